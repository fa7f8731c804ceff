from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.checks import register  # noqa: PLC0415 - as below

        from audit import telling  # noqa: PLC0415 - models can be imported from here on
        from overview import log_words  # noqa: PLC0415 - as above
        from overview.settings_check import check_thresholds  # noqa: PLC0415 - as above
        from teamwork import queue  # noqa: PLC0415 - as above

        register(check_thresholds)
        queue.register_words(log_words.OF_TASKS)
        telling.register(label_of=log_words.label_of, value_of=log_words.value_of)
