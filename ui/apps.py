from django.apps import AppConfig
from django.core.checks import register


class UiConfig(AppConfig):
    name = "ui"

    def ready(self) -> None:
        from ui import checks  # noqa: PLC0415 - settings are there from here on

        register(checks.check_languages)
