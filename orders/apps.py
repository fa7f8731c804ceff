from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import telling  # noqa: PLC0415 - models can be imported from here on
        from orders.changes import field_words  # noqa: PLC0415 - as above

        telling.register(label_of=field_words.label_of, value_of=field_words.value_of)
