"""`manage.py second_factor_reset NAME`: for somebody who has lost everything while no second admin is there."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from accounts.people.services import reset_factors
from audit.log import Who


class Command(BaseCommand):
    help = (
        "Takes all second factors from a person and signs them out; they sign in with the password alone, and cannot "
        "move money for PAYMENT_CHANGED_ACCOUNT_HOURS. It stands in the audit log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is nobody called {username!r}.")
        had = reset_factors(Who.system("second_factor_reset"), person)
        self.stdout.write(f"{username}: {'the second factors are gone' if had else 'had none'}.")
