from django.apps import AppConfig
from django.core.checks import register


class OperationsConfig(AppConfig):
    name = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gateway import one_thread  # noqa: PLC0415 - the models are there from here on
        from operations import beats, tracing  # noqa: PLC0415
        from operations.data_protection import tidying  # noqa: PLC0415
        from payments.alerts import pulse  # noqa: PLC0415

        one_thread.listen(beats.write)
        pulse.also(tidying.tidy)
        register(tracing.check_packages)
