"""Which payments hold money for an order that is agreed, an index of these alone, and what they come to: the list of
what is to be captured went through all that hold any. What nobody asks for goes: sums of payments by day and month, the
column for them, and two indexes.

For a million orders on SQLite half a minute of a core."""

from django.db import migrations, models
from django.db.models import Count, Sum

AGREED = ("accepted", "completed")
ALIKE = ("merchant", "channel", "adapter", "currency", "is_to_capture")


def tell(apps, schema_editor):
    payments, sums = apps.get_model("index", "IndexedPayment"), apps.get_model("index", "HeldSum")
    held = payments.objects.filter(held__gt=0)
    held.filter(order__status__in=AGREED).update(is_to_capture=True)
    rows = held.values_list(*ALIKE).annotate(sum_n=Count("pk"), sum_held=Sum("held")).order_by()
    sums.objects.bulk_create(
        (sums(**dict(zip((*ALIKE, "n", "held"), row, strict=True))) for row in rows), batch_size=500
    )


class Migration(migrations.Migration):

    dependencies = [
        ("index", "0008_unread_transactions"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldSum",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("merchant", models.CharField(max_length=64)),
                ("channel", models.CharField(max_length=64)),
                ("adapter", models.CharField(blank=True, max_length=200)),
                ("currency", models.CharField(blank=True, max_length=64)),
                ("is_to_capture", models.BooleanField(default=False)),
                ("n", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "channel", "adapter", "currency", "is_to_capture"),
                        name="index_one_sum_of_held",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="indexedpayment",
            name="is_to_capture",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="indexedpayment",
            index=models.Index(
                condition=models.Q(("is_to_capture", True)),
                fields=["merchant", "channel", "adapter", "created", "id", "is_to_capture", "currency",
                        "open", "held", "taken", "returned", "let_go", "failed", "unknown"],
                name="index_paid_to_capture",
            ),
        ),
        migrations.DeleteModel(name="PaymentSum"),
        migrations.RemoveIndex(model_name="indexedpayment", name="index_paid_by_created"),
        migrations.RemoveIndex(model_name="indexedpayment", name="index_paid_by_amount"),
        migrations.RemoveField(model_name="indexedpayment", name="buckets"),
    ]
