"""`manage.py changepassword NAME`: Django's, and it stands in the log."""

import getpass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import changepassword

from accounts import passwords
from audit.log import Who


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        options["username"] = options["username"] or getpass.getuser()
        said: str | None = super().handle(*args, **options)
        if said is not None:
            person = get_user_model().objects.get_by_natural_key(options["username"])
            passwords.changed(Who.system("changepassword"), person)
        return said
