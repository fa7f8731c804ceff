from django.apps import AppConfig
from django.core.checks import register


class OrdersConfig(AppConfig):
    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The settings are there from here on.
        from orders.changes.checks import check_times  # noqa: PLC0415
        from orders.checks import check_connection  # noqa: PLC0415

        register(check_connection)
        register(check_times)
