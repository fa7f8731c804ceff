"""Which payments have transactions that are to be read, and an index of these alone: looking for them went through all
that had taken money.

For a million orders on SQLite some seconds of a core."""

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

MOVED = ("captured", "refunded", "credited")


def tell(apps, schema_editor):
    payments, orders = apps.get_model("index", "IndexedPayment"), apps.get_model("index", "IndexedOrder")
    modified = Subquery(orders.objects.filter(pk=OuterRef("order_id")).values("modified")[:1])
    unread = Q(transactions_at=None) | Q(transactions_at__lt=modified)
    payments.objects.filter(unread, state__in=MOVED).update(is_unread=True)


class Migration(migrations.Migration):

    dependencies = [
        ("index", "0007_few_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="indexedpayment",
            name="is_unread",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="indexedpayment",
            index=models.Index(
                condition=models.Q(("is_unread", True)),
                fields=["merchant", "channel", "created", "id"],
                name="index_paid_unread",
            ),
        ),
    ]
