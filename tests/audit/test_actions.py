"""Every action that this program records is one of a set, and each has its words on the log's page."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from audit import log
from audit.actions import AuditAction
from audit.past import PAST
from audit.words import action_word
from orders.changes.base import OrderChange
from tests.conftest import ClientOf
from tests.test_architecture import modules


def forms() -> set[type[OrderChange]]:
    """All changes that can be sent: those that have a permission and an action of their own or their parent's."""
    import orders.urls  # noqa: F401 - so that all forms are there

    found, left = set(), [OrderChange]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        found.add(kind)
    return {kind for kind in found if hasattr(kind, "action")}


def strings_of(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def members_named() -> set[str]:
    """The members that product code names, outside of where they are defined."""
    return {
        node.attr
        for module, path in modules()
        if module != "audit.actions"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id == "AuditAction" and node.attr.isupper()
    }


def test_every_form_is_recorded_under_an_action_that_has_words() -> None:
    assert len(forms()) > 20
    assert {kind.__name__ for kind in forms() if not isinstance(kind.action, AuditAction)} == set()


def test_the_actions_that_have_words_are_those_that_are_recorded() -> None:
    assert members_named() == set(AuditAction.names)


def test_no_other_module_names_an_action_by_a_string_of_its_own() -> None:
    dotted = {value for value in AuditAction.values if "." in value}
    found = {module: named for module, path in modules() if (named := strings_of(path) & dotted)}
    assert found == {"audit.actions": dotted}


def test_an_action_of_another_version_stands_as_it_was_written() -> None:
    assert action_word("order.teleport") == "order.teleport"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["order.attributes.patch", "order.consents.patch", "order.validate"])
def test_what_was_recorded_without_words_has_them_on_its_page(client_of: ClientOf, admin: User, action: str) -> None:
    entry = log.event(log.Who("admin"), action)
    page = client_of(admin).get(f"/audit/{entry.sequence}/").content.decode()
    assert f"<h1>admin {PAST[action]}</h1>" in page


def test_every_action_is_told_in_the_past_tense_too() -> None:
    assert PAST.keys() == set(AuditAction)
