from django.db import migrations

COLUMNS = (
    "created_at", "id", "state", "action_type", "currency", "amount", "moved_amount", "asked_by_id", "taken_by_id",
    "merchant", "channel", "provider",
)  # fmt: skip
NAME = "payments_listed"


def cover(apps, schema_editor):
    """All that the list adds up and asks of people, in an index by time: on SQLite, which would look up each row, far apart from the next.
    Not on PostgreSQL, whose indexes take no text as long as it comes. A second or two for 100,000 executions."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"CREATE INDEX {NAME} ON payments_execution({', '.join(COLUMNS)})")


def uncover(apps, schema_editor):
    schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0010_words"),
    ]

    operations = [migrations.RunPython(cover, uncover)]
