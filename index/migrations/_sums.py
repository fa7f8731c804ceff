"""The sums of orders and payments as 0004 began to keep them. Nothing here follows what `index.rollups` becomes later:
it is made for the tables as they are between 0003 and 0005."""

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

from django.conf import settings

EPOCH = dt.date(1970, 1, 1)
ALIKE = ("status", "payment_state", "paid", "concern", "currency", "country", "shipping_state", "flags")
SUMS = ("total", "held", "taken", "gap", "undeclared")
PAYMENTS_ALIKE = ("adapter", "state", "currency", "buckets")
FIGURES = ("open", "held", "taken", "returned", "let_go", "failed", "unknown")
AT_ONCE = 400


def recount(apps):
    """From the rows, of each channel that has sums: a minute or two for a million orders."""
    orders, payments, order_sums, payment_sums = (
        apps.get_model("index", name) for name in ("IndexedOrder", "IndexedPayment", "OrderSum", "PaymentSum")
    )
    zone = ZoneInfo(settings.TIME_ZONE)
    if not orders.objects.exists():
        return
    known = order_sums.objects.filter(axis="ra", n__gt=0).values_list("merchant", "channel").distinct()
    for merchant, channel in list(known.order_by("merchant", "channel")):
        mine = {"merchant": merchant, "channel": channel}
        found = defaultdict(lambda: [0] * (1 + len(SUMS)))
        for row in orders.objects.filter(**mine).values("created", "status_since", "adapters", *SUMS, *ALIKE).iterator(5000):
            values = (1, *(row[name] for name in SUMS[:-1]), abs(row["undeclared"]))
            for key in _places(row, zone):
                _add(found[key], values)
        order_sums.objects.filter(**mine).delete()
        names = ("axis", "adapter", "since", *ALIKE, "n", *SUMS)
        _put(order_sums, mine, names, found)
        found = defaultdict(lambda: [0] * (2 + len(FIGURES)))
        columns = ("created", "amount", *PAYMENTS_ALIKE, *FIGURES)
        for row in payments.objects.filter(**mine).values(*columns).iterator(5000):
            day = row["created"].astimezone(zone).date()
            alike = tuple(row[name] for name in PAYMENTS_ALIKE)
            for axis, since in (("a", EPOCH), ("cm", day.replace(day=1)), ("cd", day)):
                _add(found[axis, since, *alike], (1, row["amount"], *(row[name] for name in FIGURES)))
        payment_sums.objects.filter(**mine).delete()
        _put(payment_sums, mine, ("axis", "since", *PAYMENTS_ALIKE, "n", "amount", *FIGURES), found)


def _places(row, zone):
    """The rows in which an order counts, by the columns that name them."""
    day, since = (row[name].astimezone(zone).date() for name in ("created", "status_since"))
    rough = (row["status"], "", "", "", row["currency"], "", "", 0)
    yield "ra", "", EPOCH, *rough
    yield "rm", "", day.replace(day=1), *rough
    yield "rd", "", day, *rough
    alike = tuple(row[name] for name in ALIKE)
    for adapter in ("", *filter(None, row["adapters"].split("\n"))):
        yield "a", adapter, EPOCH, *alike
        yield "cm", adapter, day.replace(day=1), *alike
        yield "cd", adapter, day, *alike
        yield "sm", adapter, since.replace(day=1), *alike
        yield "sd", adapter, since, *alike


def _add(sums, values):
    for place, value in enumerate(values):
        sums[place] += value


def _put(model, mine, names, found):
    rows = [model(**mine, **dict(zip(names, (*key, *values), strict=True))) for key, values in sorted(found.items()) if any(values)]
    model.objects.bulk_create(rows, batch_size=AT_ONCE)
