from django.apps import AppConfig
from django.core.checks import register


class GatewayConfig(AppConfig):
    name = "gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import directory  # noqa: PLC0415 - the settings are there from here on
        from gateway.checks import check_connection, check_times  # noqa: PLC0415
        from gateway.connection import channel_names  # noqa: PLC0415
        from order_api import words  # noqa: PLC0415
        from ui import said  # noqa: PLC0415

        directory.ask = channel_names
        said.register(words.SENTENCES)

        register(check_connection)
        register(check_times)
