"""What was told of some orders, for whoever asks what the index makes of it."""

import random
from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.index.made import NOW
from tests.index.told import tell


@pytest.fixture(scope="module", params=(1, 2))
def told(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[random.Random]:
    """Seventy orders, and what became of them in 8 rounds: once for all tests, each of which is rolled back to it."""
    dice = random.Random(request.param)
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            tell(dice)
        yield dice
        transaction.set_rollback(True)


@pytest.fixture
def story(told: random.Random, db: None) -> Iterator[random.Random]:
    """What was told, and dice that fall for each test alike."""
    dice = random.Random()
    dice.setstate(told.getstate())
    with time_machine.travel(NOW, tick=False):
        yield dice
