"""Orders in the order of their totals, each currency for itself, and of their last change.

The column stays one that may be empty: SQLite would make the table anew for it, without the triggers of its texts."""

from django.db import migrations, models
from django.db.models import F


def take_created(apps, _schema_editor):
    """Where an order did not say when it was changed."""
    orders = apps.get_model("index", "IndexedOrder")
    orders.objects.filter(modified=None).update(modified=F("created"))


class Migration(migrations.Migration):

    dependencies = [
        ("index", "0002_feeding"),
    ]

    operations = [
        migrations.RunPython(take_created, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name="indexedorder",
            name="index_by_total",
        ),
        migrations.AddIndex(
            model_name="indexedorder",
            index=models.Index(fields=["merchant", "channel", "currency", "total", "number"], name="index_by_total"),
        ),
        migrations.AddIndex(
            model_name="indexedorder",
            index=models.Index(fields=["merchant", "channel", "modified", "number"], name="index_by_modified"),
        ),
    ]
