from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import checks, passwords, roles, sessions  # noqa: PLC0415 - models can be imported from here on
        from audit import telling  # noqa: PLC0415 - as above

        register(checks.check_channels)
        register(checks.check_breached_passwords)
        sessions.connect()
        passwords.connect()
        telling.register(value_of=roles.in_the_log)
        post_migrate.connect(roles.create_roles, sender=self, dispatch_uid="accounts.create_roles")
