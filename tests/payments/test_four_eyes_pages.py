"""The pages of four eyes: what they say, whom they let in, what they refuse, and that every change is in the log with
what it was."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from audit.models import Change, Entry
from payments.models import FourEyes, Limit
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD
from tests.forms import filled
from tests.payments.test_limit_pages import Desk, desk, give, newest

__all__ = ["desk"]
NEW = {"scope": "norce/se", "action_type": "refund", "mode": "always", "two_above": "1 000,50", "currency": "sek"}
ADD, LIST = reverse("four-eyes-create"), reverse("four-eyes-list")


@pytest.fixture
def rule(db: None) -> FourEyes:
    return FourEyes.objects.create(merchant="norce", channel="se", mode="always", two_above=500, currency="SEK")


def edit(rule: FourEyes) -> str:
    return reverse("four-eyes-edit", args=[rule.pk])


def gone(rule: FourEyes) -> str:
    return reverse("four-eyes-delete", args=[rule.pk])


def page(desk: Desk) -> str:
    return str(desk.client.get(LIST).content.decode())


def test_a_rule_that_was_added_stands_in_the_list_and_in_the_log(desk: Desk) -> None:
    assert "No rules: a second person approves what is above a limit." in page(desk)
    assert desk.send(ADD, **NEW).status_code == 302
    made = FourEyes.objects.get()
    assert (made.merchant, made.channel, made.action_type, made.mode) == ("norce", "se", "refund", "always")
    assert (str(made.two_above), made.currency) == ("1000.5000", "SEK")
    assert "1,000.50" in page(desk) and "Always" in page(desk)
    entry = newest("payment.four-eyes.create")
    assert (entry.username, entry.merchant, entry.channel) == ("admin", "norce", "se")
    assert {Change("mode", None, "always"), Change("two_above", None, "1000.5")} <= set(entry.changes)


def test_a_change_is_in_the_log_with_what_it_was(desk: Desk, rule: FourEyes) -> None:
    assert desk.send(edit(rule), mode="never", two_above="").status_code == 302
    assert newest("payment.four-eyes.update").changes == [
        Change("mode", "always", "never"),
        Change("two_above", "500", None),
        Change("currency", "SEK", ""),
    ]


def test_saving_what_is_there_already_changes_and_records_nothing(desk: Desk, rule: FourEyes) -> None:
    assert desk.send(edit(rule)).status_code == 302
    assert not Entry.objects.filter(action__startswith="payment.four-eyes").exists()


def test_deleting_asks_first_and_says_what_counts_then(desk: Desk, rule: FourEyes) -> None:
    shown = desk.client.get(gone(rule)).content.decode()
    assert "From then on the next rule that fits counts" in shown and "500.00" in shown
    assert "<dt>Role</dt>" not in shown, "the role of whoever reads it is not the rule's"
    assert FourEyes.objects.exists()
    desk.client.post(gone(rule), {"password": PASSWORD})
    assert not FourEyes.objects.exists()
    assert Change("mode", "always", None) in newest("payment.four-eyes.delete").changes


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"mode": ""}, "This field is required."),
        ({"mode": "sometimes"}, "is not one of the available choices"),
        ({"currency": ""}, "Say of which currency the amount is."),
        ({"currency": "XQZ"}, "There is no such currency."),
        ({"two_above": "-5"}, "This cannot be less than 0."),
        ({"scope": "elsewhere/se"}, "is not one of the available choices"),
        ({"action_type": "refnd"}, "is not one of the available choices"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_beside_the_field(desk: Desk, typed: dict[str, str], says: str) -> None:
    answer = desk.send(ADD, **NEW | typed)
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert not FourEyes.objects.exists()


def test_a_currency_without_an_amount_says_nothing_and_is_not_kept(desk: Desk) -> None:
    assert desk.send(ADD, **NEW | {"two_above": ""}).status_code == 302
    assert FourEyes.objects.get().currency == ""


def test_there_is_one_rule_of_a_kind(desk: Desk, rule: FourEyes) -> None:
    answer = desk.send(ADD, **NEW | {"action_type": ""})
    assert (answer.status_code, "There is a rule for this" in answer.content.decode()) == (422, True)
    assert FourEyes.objects.count() == 1


def test_nobody_overwrites_the_rule_of_a_colleague_unseen(desk: Desk, rule: FourEyes) -> None:
    form = filled(desk.client.get(edit(rule)), edit(rule), {"mode": "never", "password": PASSWORD})
    FourEyes.objects.update(mode="limit")
    answer = desk.client.post(edit(rule), form)
    assert (answer.status_code, "Somebody else has changed this rule" in answer.content.decode()) == (422, True)
    assert FourEyes.objects.get().mode == "limit"


def test_what_cannot_be_written_into_the_log_is_not_done(desk: Desk, rule: FourEyes) -> None:
    form = filled(desk.client.get(edit(rule)), edit(rule), {"mode": "never", "password": PASSWORD})
    with log_out_of_reach():
        assert desk.client.post(edit(rule), form).status_code == 503
        assert desk.client.post(gone(rule), {"password": PASSWORD}).status_code == 503
    assert FourEyes.objects.get().mode == "always"


def test_a_rule_of_other_channels_is_not_found(desk: Desk, admin: User, rule: FourEyes) -> None:
    give(admin, ("norce", "no"))
    assert desk.client.get(edit(rule)).status_code == 404
    assert desk.client.post(gone(rule)).status_code == 404
    assert "500.00" not in page(desk)


def test_a_rule_of_more_channels_than_theirs_is_shown_and_not_theirs_to_change(desk: Desk, admin: User) -> None:
    wide = FourEyes.objects.create(merchant="norce", mode="always", two_above=600, currency="SEK")
    give(admin, ("norce", "se"))
    assert "600.00" in page(desk) and edit(wide) not in page(desk)
    assert desk.client.post(edit(wide), NEW).status_code == 403
    assert desk.client.post(gone(wide)).status_code == 403
    assert desk.client.post(ADD, NEW | {"scope": "norce/*"}).status_code == 422
    assert FourEyes.objects.get().mode == "always"


@pytest.mark.parametrize("password", ["", "a guess"])
def test_nothing_is_added_changed_or_deleted_without_the_password(desk: Desk, rule: FourEyes, password: str) -> None:
    for where, typed in ((ADD, NEW), (edit(rule), {"mode": "never"})):
        answer = desk.send(where, **typed | {"password": password})
        assert (answer.status_code, "Your password" in answer.content.decode()) == (422, True)
    assert desk.client.post(gone(rule), {"password": password}).status_code == 422
    assert FourEyes.objects.get().mode == "always"


def test_limits_and_approvals_lead_to_it(desk: Desk) -> None:
    for name in ("limit-list", "approval-list"):
        assert f'href="{LIST}"' in desk.client.get(reverse(name)).content.decode()


def test_a_role_without_limits_is_told_what_is_so(desk: Desk, admin: User) -> None:
    Limit.objects.create(role="manager", merchant="norce", channel="no", currency="SEK", per_action=1)
    assert "whatever they execute needs a second person" in desk.list()
    assert "does so alone, for any amount" not in desk.list()
    give(admin, ("norce", "se"))
    assert "There are some for channels that are not yours" in desk.list()
    assert "goes on counting until nobody looks at the payment any more" in " ".join(desk.list().split())
