from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_mail(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse an address to which no mail could lead."""
    parts = urlsplit(settings.DESK_URL)
    is_fine = not settings.DESK_URL or (parts.scheme in ("http", "https") and parts.hostname and not parts.query)
    says = "DESK_URL has to be the desk's own address, as in https://desk.example.com."
    return [] if is_fine else [Error(says, id="teamwork.E001")]
