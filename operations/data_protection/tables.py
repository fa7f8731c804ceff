"""Every table of the desk: on which line of the page about data protection it stands, and which of its columns say
something of a person. A table, or a column of text, that is declared nowhere fails a test.

What is forgotten of somebody, and what somebody's export holds, is read from here too.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from django.apps import apps
from django.db.models import Model


class Store(StrEnum):
    """A line of the page; its words are in `stores`."""

    ACCOUNTS = "accounts"
    SESSIONS = "sessions"
    NOTES = "notes"
    VIEWS = "views"
    CHOICES = "choices"
    JOBS = "jobs"
    INDEX = "index"
    PAYMENTS = "payments"
    LOG = "log"
    PRESENCE = "presence"
    WORKINGS = "workings"
    SANDBOX = "sandbox"


class Table(NamedTuple):
    """`people`: references to accounts, and `names`: those accounts' names beside them, as (reference, column).
    `texts`: what somebody typed, or what came from outside, which may name a customer; it can be removed. `proof`: the
    same, but it stays (evidence, the log). `plain`: texts in which no person can stand. `secret`: what no export shows.
    `order`: how a row leads to merchant, channel and order_id; None where it is about no order. `is_own`: the row is
    the account's own and goes with it."""

    store: Store
    people: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    order: str | None = None
    is_own: bool = False


_S = Store
_INDEX, _WORKINGS, _SANDBOX = Table(_S.INDEX), Table(_S.WORKINGS), Table(_S.SANDBOX)
_OWN = Table(_S.ACCOUNTS, ("user",), is_own=True)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        # Who works here
        "auth.User": Table(_S.ACCOUNTS, names=(("", "username"),), plain=("first_name", "last_name", "email"),
                           secret=("password",)),
        "auth.User_groups": _OWN,
        "auth.User_user_permissions": _OWN,
        "accounts.Preference": _OWN._replace(plain=("view_order", "list_columns")),
        "accounts.ChannelGrant": _OWN,
        "accounts.OneTimeLink": Table(_S.ACCOUNTS, ("user", "made_by"), secret=("code",), is_own=True),
        "accounts.AccountChange": Table(_S.ACCOUNTS, ("person", "by"), (("by", "by_name"),), plain=("changes_json",)),
        "accounts.PendingChange": Table(
            _S.ACCOUNTS, ("person", "asked_by", "decided_by"),
            (("asked_by", "asked_by_name"), ("decided_by", "decided_by_name"), ("person", "target")),
            plain=("data_json", "changes_json"),
        ),
        "teamwork.Mailing": _OWN,
        "account.EmailAddress": _OWN._replace(plain=("email",)),
        "account.EmailConfirmation": Table(_S.ACCOUNTS, secret=("key",)),
        "mfa.Authenticator": _OWN._replace(plain=("data",), secret=("data",)),
        "socialaccount.SocialAccount": _OWN._replace(plain=("extra_data",)),
        "socialaccount.SocialToken": Table(
            _S.ACCOUNTS, plain=("token", "token_secret"), secret=("token", "token_secret")
        ),
        "socialaccount.SocialApp": _WORKINGS._replace(plain=("name", "settings"), secret=("secret",)),
        "accounts.Session": Table(
            _S.SESSIONS, ("user",), texts=("session_data",), secret=("session_data",), is_own=True
        ),
        "sessions.Session": Table(_S.SESSIONS, texts=("session_data",), secret=("session_data",)),
        # What people wrote and saved
        "orders.Note": Table(_S.NOTES, ("author",), (("author", "author_name"),), order=""),
        "orders.NoteVersion": Table(_S.NOTES, texts=("text",), order="note__"),
        "teamwork.Task": Table(
            _S.NOTES, ("for_person", "by", "done_by"), (("by", "by_name"), ("done_by", "done_by_name")),
            texts=("text",), plain=("reference",), order="",
        ),
        "teamwork.Mail": Table(_S.NOTES, ("to",), plain=("error",)),
        "overview.Dismissal": Table(_S.NOTES, ("by",), (("by", "by_name"),), texts=("reason",), order=""),
        "orders.SavedView": Table(_S.VIEWS, ("owner",), (("owner", "owner_name"),), texts=("query",), plain=("name",)),
        "orders.Paste": Table(_S.CHOICES, ("owner",), texts=("said_json",), is_own=True),
        "orders.PastedLine": Table(_S.CHOICES, texts=("text", "answers_json")),
        "orders.Batch": Table(
            _S.CHOICES, ("owner", "decided_by"), (("owner", "username"), ("decided_by", "decided_by_name")),
            texts=("sealed", "decision_note"), plain=("ip", "agent", "above_json"), secret=("sealed",),
        ),
        "orders.BatchRow": Table(
            _S.CHOICES, texts=("said",), plain=("reference", "currency", "warns_json", "facts_json"), order=""
        ),
        "orders.SentForm": Table(_S.WORKINGS, plain=("became_json",)),
        "teamwork.Presence": Table(_S.PRESENCE, ("person",), (("person", "username"),), order="", is_own=True),
        # What is done beside the pages
        "jobs.Job": Table(
            _S.JOBS, ("owner",), (("owner", "username"),), texts=("sealed",),
            plain=("ip", "agent", "arguments", "cursor", "facts", "file_name"), secret=("sealed",),
        ),
        "jobs.JobRow": Table(_S.JOBS, texts=("words",), plain=("reference", "facts"), order=""),
        "django_tasks_database.DBTaskResult": Table(
            _S.JOBS,
            plain=("args_kwargs", "task_path", "worker_ids", "return_value", "exception_class_path", "traceback"),
        ),
        "django_rq.Queue": _WORKINGS,
        # Orders as the desk knows them; names, addresses and phones as keyed hashes
        "index.IndexedOrder": _INDEX._replace(plain=("adapters", "words", "digest", "document"), order=""),
        "index.IndexedPayment": _INDEX,
        "index.MoneyEvent": _INDEX,
        "index.IndexedSku": _INDEX,
        "index.IndexedKey": _INDEX,
        "index.PushedOrder": _INDEX._replace(order=""),
        "index.OrderSum": _INDEX,
        "index.HeldSum": _INDEX,
        "index.MoveSum": _INDEX,
        "index.ChannelState": _INDEX._replace(plain=("cursors",)),
        # What is proof
        "payments.Execution": Table(
            _S.PAYMENTS, ("asked_by", "taken_by", "decided_by"),
            proof=("asked_by_name", "taken_by_name", "decided_by_name", "note", "taken_note", "decision_note",
                   "seen_json", "before_json", "message", "check_error"),
            plain=("order_reference", "payment_reference", "provider", "method", "action_type", "currency",
                   "excess_json", "code", "request_id"),
            order="",
        ),
        "payments.Evidence": Table(_S.PAYMENTS, proof=("data_json",), order="execution__"),
        "payments.ExternalMove": Table(
            _S.PAYMENTS, ("acknowledged_by",), proof=("acknowledged_by_name", "line_json", "note"), plain=("amount",),
            order="execution__",
        ),
        "audit.Entry": Table(
            _S.LOG, proof=("username", "ip", "agent", "changes_json", "message", "details_json"), order=""
        ),
        # How the desk works; of nobody
        "payments.Alert": _WORKINGS._replace(plain=("says",)),
        "payments.Notice": _WORKINGS,
        "payments.Heartbeat": _WORKINGS,
        "payments.Limit": _WORKINGS,
        "payments.FourEyes": _WORKINGS,
        "payments.ReasonList": _WORKINGS._replace(plain=("reasons_json",)),
        "operations.Beat": _WORKINGS._replace(plain=("shut",)),
        "gateway.Lease": _WORKINGS,
        "gateway.CallsInMinute": _WORKINGS,
        "accounts.Access": _WORKINGS,
        "auth.Permission": _WORKINGS,
        "auth.Group": _WORKINGS,
        "auth.Group_permissions": _WORKINGS,
        "contenttypes.ContentType": _WORKINGS,
        # The Order API of the sandbox: customers who do not exist
        "sandbox.Order": _SANDBOX._replace(
            plain=("billing_name", "shipping_name", "search")
        ),
        "sandbox.Tally": _SANDBOX,
        "sandbox.SearchTally": _SANDBOX,
        "sandbox.OrderDocument": _SANDBOX._replace(plain=("body",)),
        "sandbox.OrderPayment": _SANDBOX,
        "sandbox.Transaction": _SANDBOX._replace(plain=("body",)),
        "sandbox.Event": _SANDBOX._replace(plain=("description", "url", "payload")),
        "sandbox.Attempt": _SANDBOX._replace(plain=("answer", "error")),
        "sandbox.Settlement": _SANDBOX._replace(plain=("action", "kept")),
        "sandbox.ProviderCall": _SANDBOX,
        "sandbox.Move": _SANDBOX,
    }
)  # fmt: skip


def installed() -> dict[type[Model], Table]:
    """The tables of this desk, as its settings have them: without the sandbox behind a real API, say. A model that is
    not declared is left out; the tests see to it that there is none."""
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    return {models[label]: table for label, table in TABLES.items() if label in models}
