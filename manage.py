#!/usr/bin/env python
"""The command line of Order desk: `manage.py serve`, `sandbox_seed`, `order_api_check` and Django's own commands."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python has to be told before anything else is imported
    sys.exit(f"Order desk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    os.umask(0o077)  # whatever the desk writes, its database first, is its own user's alone
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from environs import EnvError
    except ImportError:
        sys.exit("Django is not installed here. Run `make run`, or activate .venv first.")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(f"The settings need a look. {error}")


if __name__ == "__main__":
    main()
