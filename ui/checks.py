from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from ui import languages

_TEMPLATE = Path(__file__).resolve().parent.parent / "locale" / "django.pot"


def check_languages(**_: Any) -> list[CheckMessage]:
    """Every start refuses words that replace no message or lose a part of one."""
    return [Error(each, id="ui.E001") for each in languages.wrong_words(settings.WORDS_DIR, _TEMPLATE)]
