"""A list that shares its page with others: as much of it as a page holds, and the ways to the rest."""

from collections.abc import Callable
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ui.formats import format_number

MOST = 200
M = TypeVar("M", bound=Model)
R = TypeVar("R")


class Part(NamedTuple, Generic[R]):
    """`says`: how many of how many are shown, in words; empty, as `previous` and `next` (addresses) are, where all
    are."""

    rows: list[R]
    says: str = ""
    previous: str = ""
    next: str = ""


def part_of(request: HttpRequest, name: str, found: "QuerySet[M]", present: Callable[[list[M]], list[R]]) -> Part[R]:
    """The rows of the page that the address names for this list (`?name=2`), or of the last one; one query, and one
    more where there are more than MOST."""
    page = _number(request.GET.get(name, ""))
    models = list(found[(page - 1) * MOST : page * MOST + 1])
    if page == 1 and len(models) <= MOST:
        return Part(present(models))
    total = found.count()
    if not models:
        page = max(1, -(-total // MOST))
        models = list(found[(page - 1) * MOST : page * MOST])
    rows = present(models[:MOST])
    first, last = (page - 1) * MOST + 1, (page - 1) * MOST + len(rows)
    return Part(
        rows,
        _says(first, last, total) if total > len(rows) else "",
        _address(request, name, page - 1) if page > 1 else "",
        _address(request, name, page + 1) if last < total else "",
    )


def _says(first: int, last: int, total: int) -> str:
    numbers = {"first": first, "last": last, "count": last - first + 1, "total": total}
    words = _("%(count)s of %(total)s are shown.") if first == 1 else _("%(first)s to %(last)s of %(total)s are shown.")
    return words % {name: format_number(Decimal(number), 0) for name, number in numbers.items()}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1


def _address(request: HttpRequest, name: str, page: int) -> str:
    query = request.GET.copy()
    query[name] = str(page)
    return f"{request.path}?{query.urlencode()}"
