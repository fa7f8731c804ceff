from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SandboxConfig(AppConfig):
    name = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sandbox import upkeep  # noqa: PLC0415 - models can be imported from here on

        post_migrate.connect(upkeep.mend, sender=self)
