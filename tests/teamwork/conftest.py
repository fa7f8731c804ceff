"""An order, colleagues who have its channel, and what one asks of another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from accounts.models import ChannelGrant
from audit.log import Who
from teamwork import services
from teamwork.models import Task
from tests.conftest import PASSWORD
from tests.forms import put_order

ORDER = "o_Asked"
REFERENCE = "SE-104415"
MakePerson = Callable[..., User]


@pytest.fixture
def order(db: None) -> str:
    return put_order(ORDER)["order_id"]


@pytest.fixture
def colleague(db: None) -> MakePerson:
    def make(name: str, role: str = "support", channels: str = "norce/*", **more: Any) -> User:
        """Somebody called that, as in "Anna Berg", whose account is the first name."""
        first, _space, last = name.partition(" ")
        account = more.pop("username", first.lower())
        user = User.objects.create_user(
            account, f"{account}@example.com", PASSWORD, first_name=first, last_name=last, **more
        )
        user.groups.add(Group.objects.get(name=role))
        for each in channels.split():
            merchant, _slash, channel = each.partition("/")
            ChannelGrant.objects.create(user=user, merchant=merchant, channel=channel)
        return user

    return make


@pytest.fixture
def anna(colleague: MakePerson) -> User:
    return colleague("Anna Berg")


@pytest.fixture
def bo(colleague: MakePerson) -> User:
    return colleague("Bo Ek", "manager")


def who(user: User) -> Who:
    return Who(user.username, user.pk)


def asked(by: User, to: User | str, order_id: str = ORDER, channel: str = "norce/se", **more: Any) -> Task:
    """What one asked of a person, or of a role, about that order."""
    merchant, _slash, name = channel.partition("/")
    about = services.About(order_id, merchant, name, more.pop("reference", REFERENCE))
    whose = {"for_role": to} if isinstance(to, str) else {"for_person": to}
    task = services.create(more.pop("kind", "ask"), about, who(by), **whose, **more)
    assert task is not None
    return task


def url(name: str, task: Task) -> str:
    return reverse(name, args=[task.where, task.order_id, task.pk])


def assign_url(order_id: str = ORDER) -> str:
    return reverse("task-create", args=["norce/se", order_id])


def order_url(order_id: str = ORDER) -> str:
    return reverse("order-detail", args=["norce/se", order_id])


def note_url(order_id: str = ORDER) -> str:
    return reverse("note-create", args=["norce/se", order_id])


def text(response: Any) -> str:
    return str(response.content.decode())


def queue(client: Client, name: str = "queue-list") -> str:
    return text(client.get(reverse(name)))
