"""Views as people keep them."""

import re
from typing import Any
from uuid import uuid4

from django.test import Client

from orders.saved_views.models import SavedView
from tests.orders.pages import body_of

LIST = "/norce/se/orders/"
Json = dict[str, Any]


def keep(desk: Client, name: str = "Mine", filters: str = "status=completed", **more: str) -> Any:
    return desk.post(
        "/views/new/", {"name": name, "filters": filters, "audience": "mine", "mark": str(uuid4()), **more}
    )


def the_view(name: str = "Mine") -> SavedView:
    return SavedView.objects.get(name=name)


def tabs_of(desk: Client, address: str = LIST) -> list[str]:
    nav = body_of(desk.get(address)).partition('id="views"')[2].partition("</nav>")[0]
    return re.findall(r'data-view="([^"]+)"', nav)
