"""`manage.py serve`: everything between a fresh checkout and a page in the browser, in one command that Ctrl-C ends."""

import argparse
import ctypes
import fcntl
import gc
import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.template import engines
from django.template.loader import get_template
from gunicorn.app.base import BaseApplication

from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, demo_accounts_left, ensure_demo_accounts
from dashboard.buffering import CONNECTIONS
from gateway.connection import longest_call
from index.sweeping import worker as index_worker
from jobs import worker as jobs_worker
from operations.schema import schema
from payments.executions import worker

LONGEST_REQUEST_LINE = 8190
"""Bytes, the most that gunicorn can be told. The filters of the list, which stand in its address,
keep well below it."""

PREPARING = 0x0DE5C  # the name of the lock, among those of the database
M_ARENA_MAX = -8  # of glibc's mallopt


class Command(BaseCommand):
    help = "Migrates, collects static files, seeds an empty sandbox, and serves with gunicorn until Ctrl-C."
    requires_migrations_checks = False
    requires_system_checks = ()  # `refuse_bad_settings` runs them, and says what is wrong in a sentence

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-seed", action="store_true", help="leave an empty sandbox empty")
        parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter

    def handle(self, *args: Any, no_seed: bool = False, **options: Any) -> None:
        count_together()
        refuse_bad_settings()
        refuse_taken_port(settings.HOST, settings.PORT)
        prepare_data_dir()
        in_children(collect_static, lambda: self.prepare_database(seed=settings.SANDBOX and not no_seed))
        self.announce()
        use_few_arenas()
        Server().run()

    def prepare_database(self, *, seed: bool) -> None:
        with one_after_the_other():
            refuse_newer_database()
            call_command("migrate", interactive=False, verbosity=0)
            self.prepare_people()
            if seed:
                call_command("sandbox_seed", orders=settings.SANDBOX_ORDERS, if_empty=True)

    def prepare_people(self) -> None:
        if settings.DEMO:
            ensure_demo_accounts()
        elif left := demo_accounts_left():
            raise CommandError(
                f"These accounts still have the demo password: {', '.join(left)}. "
                "Change it (manage.py changepassword NAME) or deactivate them, then start again."
            )

    def announce(self) -> None:
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        behind = "the sandbox in this process" if settings.SANDBOX else settings.ORDER_API_URL
        self.stdout.write(f"\nOrder desk   http://{host}:{settings.PORT}/\nOrder API    {behind}")
        if settings.DEMO:
            names = ", ".join(DEMO_ACCOUNTS)
            self.stdout.write(f"Sign in as   {names} (password {DEMO_PASSWORD})")
        elif not get_user_model().objects.filter(is_active=True).exists():
            self.stdout.write("Nobody can sign in yet: `manage.py createsuperuser` makes the first account.")
        if not settings.LOCAL_PASSWORDS and not has_break_glass_account():
            self.stdout.write(
                f"Emergency    nobody can sign in as {settings.BREAK_GLASS_ACCOUNT}: createsuperuser makes it"
            )
        if not (settings.HTTPS or settings.DEMO):
            self.stdout.write("Cookies      for plain HTTP on this machine; behind a proxy with TLS, set HTTPS=1")
        self.stdout.write("Stop         Ctrl-C\n")
        self.stdout.flush()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn over this project, with threads; configured by our settings alone."""

    def __init__(self) -> None:
        super().__init__(prog="order-desk")

    def init(self, parser: Any, opts: Any, args: Any) -> None:
        """Nothing comes from the command line: it belongs to manage.py."""

    def load_config(self) -> None:
        for name, value in {
            "bind": f"[{settings.HOST}]:{settings.PORT}"
            if ":" in settings.HOST
            else f"{settings.HOST}:{settings.PORT}",
            "preload_app": True,
            "worker_class": "dashboard.buffering.BufferingWorker",
            "worker_connections": CONNECTIONS,
            "sendfile": False,  # what is written to a slow client is written where its time is counted
            "forwarder_headers": "",  # SCRIPT_NAME comes from nobody's request
            "workers": settings.WORKERS,
            "threads": settings.THREADS,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "graceful_timeout": longest_end(),
            "limit_request_line": LONGEST_REQUEST_LINE,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": take_up_what_was_left,
            "child_exit": forget_worker,
            "worker_exit": tell_what_is_left,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, in the process that forks the workers: what is in memory by then they all share."""
        application = get_wsgi_application()
        load_templates()
        connections.close_all()  # a connection belongs to one process
        gc.collect()
        gc.freeze()  # a collection in a worker would write to every object, and so copy every page
        return application


def longest_end() -> int:
    """Seconds that requests under way are given to end in as the desk is stopped: a page that makes two calls to the
    Order API, one after the other, which both take as long as a call may, and a minute at the most."""
    return min(60, round(2 * longest_call() + 5))


def has_break_glass_account() -> bool:
    """Whether the one account that keeps its password is there, and can be signed in to."""
    account = get_user_model().objects.filter(username=settings.BREAK_GLASS_ACCOUNT, is_active=True).first()
    return account is not None and account.has_usable_password()


def collect_static() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def in_children(*works: Callable[[], None]) -> None:
    """Does each in a process of its own, at the same time: the memory that they take goes with them.

    Raises SystemExit where one has failed; it has said why.
    """
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=do_or_say_why_not, args=(work,)) for work in works]
    for child in children:
        child.start()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise SystemExit(1)


def do_or_say_why_not(work: Callable[[], None]) -> None:
    try:
        work()
    except CommandError as error:
        sys.exit(f"CommandError: {error}")
    except (DatabaseError, InterfaceError) as error:
        if not isinstance(error, OperationalError | InterfaceError) and type(error) is not DatabaseError:
            raise  # a statement of ours is wrong, and not what it is said to
        says = str(error).strip().splitlines()[0]
        sys.exit(f"CommandError: The database does not work: {says}. Look at DATABASE_URL, or DATA_DIR for SQLite.")


def count_together() -> None:
    """Says where the processes that serve add up what they count, if anybody may ask for it: before anything is
    imported that counts. What was counted before this start is gone, as whoever asks for it expects."""
    if settings.METRICS_TOKEN:
        folder = settings.DATA_DIR / "metrics" / str(settings.PORT)
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # `prepare_data_dir` says in a sentence what stands in the way
            folder.mkdir(parents=True)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def forget_worker(_server: object, worker: Any) -> None:
    """gunicorn's hook in the process that forks, once one that served has ended."""
    import_module("operations.metrics").forget_process(worker.pid)  # it is loaded once the folder above is known


def use_few_arenas() -> None:
    """Lets threads share what glibc has freed, instead of keeping it for each of them;
    MALLOC_ARENA_MAX outweighs this."""
    if "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def load_templates() -> None:
    """Parses every template, and with them the tags, that a page may need."""
    for folder in map(Path, engines["django"].dirs):
        for path in sorted(folder.rglob("*.html")):
            get_template(str(path.relative_to(folder)))


def take_up_what_was_left(_worker: object) -> None:
    """gunicorn's hook in each process that serves: payment actions that a process left behind are
    looked at from now on, so are jobs, and the channels are looked through."""
    import_module("operations.tracing").start()  # in each process for itself; loaded as above
    worker.ensure()
    jobs_worker.ensure()
    index_worker.ensure()


def tell_what_is_left(_server: object, _worker: object) -> None:
    """gunicorn's hook in a process that served, as it ends."""
    import_module("operations.tracing").end()


def refuse_bad_settings() -> None:
    """Raises CommandError, in the words of the checks that found something wrong, before anything else is done."""
    if wrong := [str(message.msg) for message in run_checks() if message.is_serious()]:
        raise CommandError(" ".join(wrong))


@contextmanager
def one_after_the_other() -> Iterator[None]:
    """Who prepares the same database meanwhile waits, on this machine or, with PostgreSQL, on another."""
    with (settings.DATA_DIR / "preparing").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        yield  # the lock goes with the connection, which goes with this process


def refuse_newer_database() -> None:
    """Raises CommandError where a newer release was here: this one would write what that one does not expect."""
    if unknown := schema().unknown:
        raise CommandError(
            f"The database belongs to a newer release of the desk: this one does not know {', '.join(unknown)}. "
            "Start that release, or restore a backup from before it."
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CommandError where nothing can listen there, before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CommandError(f"Cannot listen on {host}:{port}: {reason}. Set PORT or HOST to another one.") from None


def prepare_data_dir() -> None:
    """Makes the folder of the database and the static files; raises CommandError where it can't be written."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"Cannot make the folder {settings.DATA_DIR}: {error.strerror}. Set DATA_DIR to another one."
        ) from None
    if not os.access(settings.DATA_DIR, os.W_OK | os.X_OK):
        raise CommandError(f"The folder {settings.DATA_DIR} cannot be written to. Set DATA_DIR to another one.")
    sys.stdout.flush()
