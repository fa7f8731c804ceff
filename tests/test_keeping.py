"""Parts of pages that are written once are the same for everybody who gets them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.template import Context, Template

from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import many

TEMPLATES = Path(settings.BASE_DIR) / "templates"
KEPT = re.compile(r"{% keep .*?{% endkeep %}", re.DOTALL)
INCLUDED = re.compile(r'{% include "([^"]+)"')


def whole(text: str) -> str:
    """With what it includes."""
    return text + "".join(whole((TEMPLATES / name).read_text()) for name in INCLUDED.findall(text))


def kept_parts() -> Iterator[str]:
    for path in TEMPLATES.rglob("*.html"):
        yield from map(whole, KEPT.findall(path.read_text()))


def test_no_part_that_is_kept_holds_a_forms_token() -> None:
    parts = list(kept_parts())
    assert parts
    assert [part for part in parts if "csrf_token" in part] == []


def test_a_part_is_written_once_for_what_it_depends_on_and_anew_where_that_is_nobody_elses() -> None:
    page = Template("{% load keeping %}{% keep key part-of-a-test other %}{{ text }}{% endkeep %}")

    def shown(text: str, key: str, other: str = "") -> str:
        return page.render(Context({"text": text, "key": key, "other": other}))

    assert [shown("one", "k"), shown("two", "k"), shown("three", "k", "else")] == ["one", "one", "three"]
    assert [shown("four", ""), shown("five", "")] == ["four", "five"]


@pytest.mark.django_db
def test_each_reader_has_their_own_name_and_channels_in_the_frame(
    client_of: ClientOf, support: User, admin: User
) -> None:
    many(3)
    User.objects.filter(pk=admin.pk).update(first_name="Åsa", last_name="Öberg")
    pages = [
        client_of(each).get("/norce/se/orders/").content.decode() for each in (support, User.objects.get(pk=admin.pk))
    ]
    assert ["Åsa Öberg" in page for page in pages] == [False, True]
    assert ["/people/" in page for page in pages] == [False, True]


@pytest.mark.django_db
def test_the_filters_go_along_to_another_channel_and_stay_with_whoever_chose_them(
    client_of: ClientOf, support: User
) -> None:
    many(3)
    client = client_of(support)
    pages = [client.get(f"/norce/se/orders/{query}").content.decode() for query in ("?status=completed", "")]
    assert ['href="/norce/no/orders/?status=completed"' in page for page in pages] == [True, False]
    assert 'href="/norce/no/orders/"' in pages[1]
