from django.apps import AppConfig
from django.core.checks import register


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import claims, telling  # noqa: PLC0415 - models can be imported from here on
        from index import registry  # noqa: PLC0415 - as above
        from payments.alerts.checks import check_alerts  # noqa: PLC0415 - as above
        from payments.approvals.queue import Requests, way_to  # noqa: PLC0415 - as above
        from payments.checks import check_profiles, check_times  # noqa: PLC0415 - as above
        from payments.claims import unwritten  # noqa: PLC0415 - as above
        from payments.executions import answers  # noqa: PLC0415 - as above
        from payments.limits.shipped import check_shipped  # noqa: PLC0415 - as above
        from payments.listing import export, noting  # noqa: PLC0415 - as above
        from payments.presentation import log_words  # noqa: PLC0415 - as above
        from teamwork import queue  # noqa: PLC0415 - as above

        register(check_times)
        register(check_profiles)
        register(check_alerts)
        register(check_shipped)
        claims.register(unwritten)
        export.register()
        registry.reads_transactions(noting.read_of)
        queue.register(Requests())
        queue.register_way(way_to)
        queue.register_words(answers.WORDS)
        telling.register(log_words.tell, value_of=log_words.value_of)
