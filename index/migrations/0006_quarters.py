"""Sums of quarters of days, from the rows: a minute or two of a core for a million orders on SQLite, seconds on PostgreSQL,
which adds up by itself; nothing where nothing is kept.

Nothing here follows what `index.rollups` becomes later."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, Sum
from django.db.models.functions import Abs, ExtractHour, TruncDate

AXES = ("q0", "q1", "q2", "q3")
ALIKE = ("status", "payment_state", "currency")
SUMS = ("n", "total", "held", "taken", "gap", "undeclared")
AT_ONCE = 400


def count(apps, schema_editor):
    orders, sums = apps.get_model("index", "IndexedOrder"), apps.get_model("index", "OrderSum")
    zone = ZoneInfo(settings.TIME_ZONE)
    known = sums.objects.filter(axis="ra", n__gt=0).values_list("merchant", "channel").distinct()
    for merchant, channel in list(known.order_by("merchant", "channel")):
        mine = {"merchant": merchant, "channel": channel}
        rows = orders.objects.filter(**mine).annotate(
            hour=ExtractHour("created", tzinfo=zone), day=TruncDate("created", tzinfo=zone)
        )
        added = {"sum_n": Count("pk")} | {f"sum_{name}": Sum(name) for name in SUMS[1:-1]}
        added["sum_undeclared"] = Sum(Abs("undeclared"))
        by_hour = rows.values_list("hour", "day", *ALIKE).annotate(**added).order_by()
        found = defaultdict(lambda: [0] * len(SUMS))
        for hour, *alike in by_hour.iterator(5000):
            values = found[AXES[hour // 6], *alike[: 1 + len(ALIKE)]]
            for place, value in enumerate(alike[1 + len(ALIKE) :]):
                values[place] += int(value)
        names = ("axis", "since", *ALIKE, *SUMS)
        made = (sums(**mine, **dict(zip(names, (*key, *values), strict=True))) for key, values in sorted(found.items()))
        sums.objects.bulk_create(made, batch_size=AT_ONCE)


def forget(apps, schema_editor):
    apps.get_model("index", "OrderSum").objects.filter(axis__in=AXES).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("index", "0005_amounts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ordersum",
            name="axis",
            field=models.CharField(
                choices=[
                    ("a", "All"), ("cm", "Created Month"), ("cd", "Created Day"), ("sm", "Since Month"), ("sd", "Since Day"),
                    ("ra", "Rough All"), ("rm", "Rough Month"), ("rd", "Rough Day"),
                    ("q0", "Quarter 0"), ("q1", "Quarter 1"), ("q2", "Quarter 2"), ("q3", "Quarter 3"),
                ],
                max_length=2,
            ),
        ),
        migrations.AlterField(
            model_name="paymentsum",
            name="axis",
            field=models.CharField(
                choices=[
                    ("a", "All"), ("cm", "Created Month"), ("cd", "Created Day"), ("sm", "Since Month"), ("sd", "Since Day"),
                    ("ra", "Rough All"), ("rm", "Rough Month"), ("rd", "Rough Day"),
                    ("q0", "Quarter 0"), ("q1", "Quarter 1"), ("q2", "Quarter 2"), ("q3", "Quarter 3"),
                ],
                max_length=2,
            ),
        ),
        migrations.RunPython(count, forget),
    ]
