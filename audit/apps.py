from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import names, signals  # noqa: PLC0415 - models can be imported from here on

        names.connect()
        signals.connect()
