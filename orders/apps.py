from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import telling  # noqa: PLC0415 - models can be imported from here on
        from orders.bulk import kept as batches  # noqa: PLC0415 - as above
        from orders.bulk import running as bulk  # noqa: PLC0415 - as above
        from orders.bulk.queue import Batches, page_of  # noqa: PLC0415 - as above
        from orders.changes import field_words  # noqa: PLC0415 - as above
        from orders.exports import source  # noqa: PLC0415 - as above
        from orders.notes.telling import texts  # noqa: PLC0415 - as above
        from orders.pasted import kept  # noqa: PLC0415
        from payments.alerts import pulse  # noqa: PLC0415
        from payments.approvals import others  # noqa: PLC0415 - as above
        from teamwork import queue  # noqa: PLC0415 - as above

        queue.register_texts(texts)
        telling.register(label_of=field_words.label_of, value_of=field_words.value_of)
        pulse.also(kept.tidy)
        source.register()
        pulse.also(batches.tidy)
        batches_to_decide = Batches()
        queue.register(batches_to_decide)
        others.register(batches_to_decide)
        bulk.register(page_of)
