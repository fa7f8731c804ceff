"""Orders, what became of them, and what is asked about them."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.money import Figures
from index import checks, writing
from index.models import IndexedPayment
from index.questions import Question
from index.spans import begin_of
from tests.index.made import ADAPTERS, NO, NOW, SE, anything, order

BOTH = (SE, NO)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def tell(dice: random.Random) -> None:
    writing.see([anything(dice, number) for number in range(70)], at=NOW - timedelta(hours=5))
    for turn in range(8):
        at = NOW - timedelta(hours=4) + timedelta(minutes=turn)
        writing.see([anything(dice, dice.randrange(90)) for _ in range(15)], at=at - timedelta(hours=turn % 2))
        row = IndexedPayment.objects.order_by("pk")[dice.randrange(30)]
        some = Decimal(dice.randrange(0, 100))
        figures = Figures(taken=Decimal(499) - some, returned=some)
        event = writing.Event(f"m{turn}", "refund", True, some, some, at, is_ours=bool(turn % 2))
        channel = SE if row.channel == "se" else NO
        writing.note_transactions(channel, row.order.order_id, row.payment_id, figures, [event], at)
        writing.forget(*_some_id(dice))


def _some_id(dice: random.Random) -> tuple[Any, str]:
    made = order(number := dice.randrange(90), SE if number % 3 else NO)
    return (SE if number % 3 else NO), made.id or ""


def questions() -> list[Question]:
    every = Question(channels=BOTH)
    day = NOW - timedelta(days=9, hours=5)
    month = NOW - timedelta(days=80)
    midnight = begin_of(day.astimezone(STOCKHOLM).date(), STOCKHOLM)
    return [
        every,
        Question(channels=(NO,)),
        replace(every, status=("completed",)),
        replace(every, status=("completed", "accepted"), currency="SEK"),
        replace(every, payment_states=("captured", "reserved")),
        replace(every, concerns=("not covered",)),
        replace(every, paid=("held", "taken"), countries=("SE",)),
        replace(every, shipping_states=("failed",)),
        replace(every, adapters=(ADAPTERS[0],)),
        replace(every, adapters=ADAPTERS[:2]),
        replace(every, adapters=(ADAPTERS[1],), created_from=month),
        replace(every, created_from=day),
        replace(every, created_to=day),
        replace(every, created_from=month, created_to=day),
        replace(every, created_from=midnight, created_to=midnight + timedelta(days=1)),
        replace(every, created_from=day, created_to=day + timedelta(hours=2)),
        replace(every, created_from=midnight + timedelta(hours=1), created_to=midnight + timedelta(hours=23)),
        replace(every, created_from=midnight - timedelta(hours=11), created_to=midnight + timedelta(hours=2)),
        replace(every, created_to=midnight + timedelta(hours=20), adapters=(ADAPTERS[0],)),
        replace(every, created_from=day, created_to=day - timedelta(hours=1)),
        replace(every, created_from=midnight, status=("completed",)),
        replace(every, created_to=midnight, payment_states=("captured",)),
        replace(every, status=("completed",), payment_states=("captured",)),
        replace(every, status=("completed", "accepted"), payment_states=("captured", "reserved"), paid=("taken",)),
        replace(every, status=("accepted",), shipping_states=("failed",), created_to=day),
        replace(every, status=("checkout",), payment_states=("refunded",), shipping_states=("failed",)),
        replace(every, payment_states=("captured",), adapters=(ADAPTERS[0],)),
        replace(every, payment_states=("captured",), countries=("NO",)),
        replace(every, countries=("XX",)),
        replace(every, currency="XXX"),
        replace(every, check="not-captured", countries=("SE",)),
        replace(every, since_from=day),
        replace(every, since_to=day, check="not-captured"),
        replace(every, since_from=month, created_from=month),
        replace(every, amount_from=Decimal(100), amount_to=Decimal(600)),
        replace(every, amount_from=Decimal(100), amount_to=Decimal(600), currency="NOK"),
        replace(every, amount_to=Decimal(600), created_from=month, created_to=day),
        replace(every, amount_from=Decimal(499), status=("completed",)),
        replace(every, sku="F-1"),
        replace(every, sku="F-1", created_from=month),
        replace(every, sku="F-1", status=("completed",), created_to=day),
        replace(every, reference="SE-100004"),
        replace(every, payment_id="p4-0"),
        replace(every, text="e-10000"),
        replace(every, text="psp-p7"),
        replace(every, text="åä-7"),
        replace(every, text="x"),
        replace(every, text="no"),
        replace(every, text="nothing of the kind"),
        replace(every, text="100%_"),
        replace(every, ids=("o_se00004", "o_no00003", "nobody")),
        *(replace(every, check=name) for name in checks.CHECKS),
        replace(every, check="stuck", status=("accepted",)),
        replace(every, check="stuck", created_from=month),
        replace(every, check="twins", currency="SEK"),
    ]
