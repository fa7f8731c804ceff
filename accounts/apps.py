from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in as came_in  # noqa: PLC0415 - models, from here on
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - as above

        from accounts import checks, local_passwords, passwords, roles, sessions  # noqa: PLC0415 - as above
        from accounts.single_sign_on import sessions as of_provider  # noqa: PLC0415 - as above
        from audit import telling  # noqa: PLC0415 - as above

        register(checks.check_channels)
        register(checks.check_second_factor)
        register(checks.check_sign_in)
        register(checks.check_breached_passwords)
        sessions.connect()
        came_in.connect(of_provider.signed_in, dispatch_uid="accounts.single_sign_on")
        user_logged_in.connect(local_passwords.say_loudly, dispatch_uid="accounts.break_glass")
        passwords.connect()
        telling.register(value_of=roles.in_the_log)
        post_migrate.connect(roles.create_roles, sender=self, dispatch_uid="accounts.create_roles")
