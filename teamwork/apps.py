from django.apps import AppConfig


class TeamworkConfig(AppConfig):
    name = "teamwork"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.checks import register  # noqa: PLC0415 - models can be imported from here on

        from audit import telling  # noqa: PLC0415 - as above
        from teamwork import log_words  # noqa: PLC0415 - as above
        from teamwork.checks import check_mail  # noqa: PLC0415 - as above

        register(check_mail)
        telling.register(log_words.tell, label_of=log_words.label_of, value_of=log_words.value_of)
