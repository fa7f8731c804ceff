from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sandbox import background, store  # noqa: PLC0415 - models can be imported from here on

        store.announce_to(background.wake)
