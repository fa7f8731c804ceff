"""What every test may use: four people, their browsers, and the certainty that nothing leaves this machine."""

import gc
import ipaddress
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.template import context
from django.template.backends import django as engine
from django.template.base import Node
from django.template.context import BaseContext
from django.template.defaulttags import ForNode
from django.templatetags.i18n import BlockTranslateNode
from django.test import Client, override_settings
from django.urls import resolve
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from accounts.models import ChannelGrant
from audit import repeated
from audit.models import Entry
from audit.verify import verify
from tests import wire
from tests.anew import as_it_was_made, is_under_test
from tests.audit.helpers import begin_a_new_log
from tests.balance import ModulesTogether, in_turn
from tests.harness.tally import total
from tests.scopes import all_too_short
from ui import regions

PASSWORD = "correct horse battery staple"
ClientOf = Callable[[User], Client]

# No test depends on how fast the machine is, and each run tries the same examples; what a test needs besides,
# it adds to this.
hypothesis_settings.register_profile(
    "everywhere", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("everywhere")

# Ten thousand tests and all that they import are garbage at no time: nobody looks through them for any.
gc.disable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return ModulesTogether(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """First, of all that there is; last, of what is run."""
    functions = {item.function: item for item in items if isinstance(item, pytest.Function)}.values()
    if said := all_too_short(each._fixtureinfo.name2fixturedefs for each in functions):
        raise pytest.UsageError("\n".join(said))
    yield
    items[:] = in_turn(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the payments harness counted, over all processes and databases."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    ended = [report for report in reports if isinstance(report, pytest.TestReport) and report.when == "teardown"]
    if counted := total(one for report in ended for one in report.user_properties):
        terminalreporter.write_line(str(counted), bold=True)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


@pytest.fixture(autouse=True, scope="session")
def no_tag_overwrites_what_its_page_was_given() -> Iterator[None]:
    """`{% translate … as says %}` is a new value for whatever else on the page asks for `says`."""
    make, put, loops = context.make_context, BaseContext.__setitem__, (ForNode, BlockTranslateNode)

    def marked(given: Any, *args: Any, **options: Any) -> Any:
        made = make(given, *args, **options)
        vars(made)["given"] = frozenset(given or ())
        return made

    def guarded(these: Any, name: str, value: Any) -> None:
        if name in getattr(these, "given", ()) and these[name] != value:
            node = sys._getframe(1).f_locals.get("self")
            if isinstance(node, Node) and not isinstance(node, loops):
                raise AssertionError(f"{node.origin}, {node.token}: overwrites `{name}` of its page")
        put(these, name, value)

    with mock.patch.object(engine, "make_context", marked), mock.patch.object(BaseContext, "__setitem__", guarded):
        yield


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Loopback alone: a test that reaches for another machine fails, whichever library it goes through."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise AssertionError(f"a test went out to {address[0]}")
        connect(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if not _is_here(name):
            raise AssertionError(f"a test asked for the address of {name}")
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """With the database go the pages: each is imported here, so that no call has to do it in its time."""
    resolve(f"{settings.SANDBOX_PREFIX}order/docs")
    with ExitStack() as until_the_end:
        with django_db_blocker.unblock():
            until_the_end.enter_context(as_it_was_made())
        yield


@pytest.fixture(scope="session")
def migrated(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A desk's database that has been through every migration, to be copied into a program's data folder: migrating
    one costs more than the program."""
    if connection.vendor != "sqlite":
        pytest.skip("the database under test is no file that a program could have a copy of")
    assert is_under_test(), "the test has no database, for want of the mark django_db"
    made = tmp_path_factory.mktemp("migrated") / "orderdesk.sqlite3"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(made)])
    return made


@pytest.fixture
def data_dir(migrated: Path, db: None, tmp_path: Path) -> Path:
    """The data folder of a program, with such a database."""
    shutil.copy(migrated, tmp_path)
    return tmp_path


@pytest.fixture
def _django_db_helper(_django_db_helper: None) -> Iterator[None]:
    """After a test without a transaction the log has to be whole, and is new for the next one: a flush of all tables
    leaves it as it is."""
    yield
    if not connection.in_atomic_block and Entry.objects.exists():
        broken = verify().broken
        if connection.vendor != "sqlite":
            begin_a_new_log("default")
        assert broken is None, broken


@pytest.fixture(autouse=True)
def nothing_happened_before() -> None:
    """What another test wrote into the log is written down again in this one."""
    repeated.forget()


@pytest.fixture(autouse=True)
def nobody_was_here() -> Iterator[None]:
    """The thread forgets the language, region and time zone of whoever was served last."""
    yield
    regions.activate("")
    timezone.deactivate()
    translation.activate(settings.LANGUAGE_CODE)


_numbers = count()


@pytest.fixture(autouse=True)
def nothing_is_known_of_the_log_outside_of_it() -> Iterator[None]:
    """What other tests wrote into it, and took out by hand, is not held against this one."""
    with override_settings(AUDIT_ANCHOR_DIR=settings.AUDIT_ANCHOR_DIR / str(next(_numbers))):
        yield


@pytest.fixture(autouse=True)
def counted_tries_are_forgotten(request: pytest.FixtureRequest) -> Iterator[None]:
    """The cache's table is no model's, so the flush after a test without a transaction leaves it as it was."""
    without_transaction = bool({"transactional_db", "live_server"} & set(request.fixturenames))
    if without_transaction:
        request.getfixturevalue("transactional_db")
    yield
    if without_transaction:
        cache.clear()


@pytest.fixture
def fresh_connections() -> Iterator[None]:
    """No breaker is open, no channel has asked for a pause, and nothing was read, whatever other tests did."""
    with wire.fresh_connections():
        yield


def person(role: str) -> User:
    """Somebody in that role, with PASSWORD and every channel; without a role also without a channel."""
    user = User.objects.create_user(role or "newcomer", f"{role or 'newcomer'}@example.com", PASSWORD)
    if role:
        user.groups.add(Group.objects.get(name=role))
        ChannelGrant.objects.create(user=user, merchant="*", channel="*")
    return user


@pytest.fixture
def support(db: None) -> User:
    return person("support")


@pytest.fixture
def manager(db: None) -> User:
    return person("manager")


@pytest.fixture
def admin(db: None) -> User:
    return person("admin")


@pytest.fixture
def newcomer(db: None) -> User:
    """Somebody with an account, and no role and no channel yet."""
    return person("")


@pytest.fixture
def logged(db: None) -> "QuerySet[Entry]":
    """What is written into the log from here on. Nothing is ever taken out of it, so what tests with commits wrote
    stands in it as well."""
    last = Entry.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    return Entry.objects.filter(sequence__gt=last or 0)


@pytest.fixture
def visitor(db: None) -> Client:
    """The browser of somebody who is not signed in."""
    return Client()


@pytest.fixture
def client_of(db: None) -> ClientOf:
    """The browser of somebody who is signed in: `client_of(support).get("/norce/se/orders/")`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
