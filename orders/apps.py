from django.apps import AppConfig
from django.core.checks import register


class OrdersConfig(AppConfig):
    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from orders.changes.checks import check_times  # noqa: PLC0415 - the settings are there from here on

        register(check_times)
