"""Which payments are in another currency than their order's, and indexes of the few that the board adds up one by one.

For a million orders on SQLite some seconds of a core."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def tell(apps, schema_editor):
    payments, orders = apps.get_model("index", "IndexedPayment"), apps.get_model("index", "IndexedOrder")
    of_order = Subquery(orders.objects.filter(pk=OuterRef("order_id")).values("currency")[:1])
    payments.objects.exclude(currency="").exclude(currency=of_order).update(is_abroad=True)


class Migration(migrations.Migration):

    dependencies = [
        ("index", "0006_quarters"),
    ]

    operations = [
        migrations.AddField(
            model_name="indexedpayment",
            name="is_abroad",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="indexedpayment",
            index=models.Index(condition=models.Q(("is_abroad", True)), fields=["order"], name="index_paid_abroad"),
        ),
        migrations.AddIndex(
            model_name="indexedpayment",
            index=models.Index(condition=models.Q(("twin__isnull", False)), fields=["order"], name="index_paid_twin"),
        ),
    ]
