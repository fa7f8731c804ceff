"""The index: what the desk last read of every order, so that questions can be answered that the API cannot be asked."""

from django.apps import AppConfig


class IndexConfig(AppConfig):
    name = "index"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gateway import heard  # noqa: PLC0415 - models can be imported from here on
        from index import feeding  # noqa: PLC0415 - as above

        heard.listen(feeding.hear)
