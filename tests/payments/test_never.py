"""What must never happen where money moves: a made-up outcome, a word that outlives what it was about, a proof with a gap."""

import pytest

from sandbox.models import ProviderCall
from tests.harness.steps import Point, refusing
from tests.payments.conftest import MakePayment
from tests.payments.test_dialog import DialogOf, dialog_of, text

__all__ = ["dialog_of"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("point", [Point("after", "call"), Point("after", "conclude")], ids=str)
def test_a_database_that_fails_after_the_call_makes_nobody_say_that_nothing_was_sent(
    make_payment: MakePayment, dialog_of: DialogOf, point: Point
) -> None:
    ids = make_payment()
    dialog = dialog_of(ids, "capture")
    with refusing(point) as refused:
        answer = dialog.press()
    assert refused and ProviderCall.objects.filter(payment=ids[1]).count() == 1
    assert answer.status_code == 503
    assert "nothing was sent" not in text(answer) and "It may have been sent" in text(answer)
