"""People, a payment for each run, and what every run is held to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from audit.chain import head
from audit.verify import verify
from order_api import OrderApi
from payments.executions.intent import Intent
from tests.harness import invariants
from tests.harness.aftermath import is_locked, open_of
from tests.harness.invariants import Elsewhere
from tests.harness.server import Server, served
from tests.harness.tally import NAME, Tally
from tests.payments.conftest import MakePayment, api, case_of, make_payment

__all__ = ["api", "case_of", "make_payment"]
CaseOf = Callable[[tuple[str, str], str], Intent]


@pytest.fixture
def people(db: None) -> list[User]:
    """Twenty people who may execute payment actions, and one who looks at what became of it."""
    return User.objects.bulk_create(User(username=f"person-{number}") for number in range(21))


@dataclass
class Bench:
    """Makes payments for runs, and keeps what was found wrong with them."""

    api: OrderApi
    people: list[User]
    make_payment: MakePayment
    case_of: CaseOf
    tally: Tally = field(default_factory=Tally)
    violations: list[str] = field(default_factory=list)

    @property
    def controller(self) -> User:
        """Somebody who presses no button, and so may say what became of those of others."""
        return self.people[-1]

    def new_case(self, day: str, kind: str) -> Intent:
        """The dialog of that action on a payment of its own, whose provider has that day."""
        state = "captured" if kind == "refund" else "reserved"
        ids = self.make_payment(state, sandbox=day, reference=str(uuid4()))
        return self.case_of(ids, kind)

    def hold(self, name: str, case: Intent, elsewhere: Elsewhere | None = None) -> None:
        """Keep what does not hold of this payment now."""
        found = invariants.violations(case.payment_id, elsewhere)
        if (still_open := open_of(case.payment_id)) and not is_locked(case, self.people[-1]):
            found.append(f"{still_open[0]} does not lock its payment")
        self.violations += [f"{name}: {what}" for what in found]

    def end(self, name: str, case: Intent, elsewhere: Elsewhere | None = None) -> None:
        """Nothing may be open any more, and all that was contradicted was looked at; count it."""
        self.hold(name, case, elsewhere)
        self.violations += [f"{name}: {what}" for what in invariants.untold(case.payment_id)]
        self.violations += [f"{name}: {each} is still open" for each in open_of(case.payment_id)]
        self.tally += invariants.tally_of(case.payment_id)


@pytest.fixture
def bench(
    api: OrderApi,
    people: list[User],
    make_payment: MakePayment,
    case_of: CaseOf,
    settings: Settings,
    record_property: Callable[[str, object], None],
) -> Iterator[Bench]:
    """Afterwards there has to be no violation, and the log has to be whole."""
    settings.SANDBOX_SLOW_SECONDS = 0.01
    last = head()
    bench = Bench(api, people, make_payment, case_of)
    yield bench
    if broken := verify(last.sequence if last else 1).broken:
        bench.violations.append(f"the log: {broken.says}")
    bench.tally.violations = len(bench.violations)
    record_property(NAME, str(bench.tally))
    assert bench.violations == []


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A desk in processes of its own, on the database of these tests."""
    with served(tmp_path_factory.mktemp("deadly")) as desk:
        yield desk
