from django.apps import AppConfig
from django.core.checks import register


class GatewayConfig(AppConfig):
    name = "gateway"

    def ready(self) -> None:
        from gateway.checks import check_connection  # noqa: PLC0415 - the settings are there from here on

        register(check_connection)
