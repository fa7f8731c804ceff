from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        from operations.data_protection import tidying  # noqa: PLC0415 - models can be imported from here on
        from payments.alerts import pulse  # noqa: PLC0415 - as above

        pulse.also(tidying.tidy)
