"""Who may do what, in one place. docs/roles.md shows it as a table, and a test holds the two and the database together.

The roles are Django groups of the same names. A permission that belongs to no table of ours is one
of `accounts.Access`.
"""

from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import Any

from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUPPORT, MANAGER, ADMIN = "support", "manager", "admin"
WORDS: Mapping[str, Promise] = MappingProxyType({SUPPORT: _("Support"), MANAGER: _("Manager"), ADMIN: _("Admin")})

# Each permission stands under the lowest role that has it; every role also has what those before it have.
MATRIX: Mapping[str, Mapping[str, Promise]] = MappingProxyType(
    {
        SUPPORT: MappingProxyType(
            {
                "accounts.view_order": _("See orders"),
                "accounts.change_address": _("Change billing and shipping addresses"),
                "accounts.change_consent": _("Check, add and remove consents"),
                "accounts.change_reference": _("Change the order reference"),
                "accounts.add_note": _("Write notes"),
            }
        ),
        MANAGER: MappingProxyType(
            {
                "accounts.change_state": _("Change the order's state"),
                "accounts.change_attributes": _("Change attributes"),
                "accounts.change_cart": _("Change the cart"),
                "accounts.change_shipping": _("Add and change shippings"),
                "accounts.execute_payment_action": _("Execute payment actions"),
                "accounts.share_views": _("Share views of the order list with others"),
                "audit.view_money_entry": _("Read what the audit log says about money in their channels"),
            }
        ),
        ADMIN: MappingProxyType(
            {
                "accounts.change_payment": _("Add and change payments"),
                "accounts.add_transaction": _("Add transactions and register payment actions"),
                "accounts.change_callbacks": _("Change integrations: checks, hooks and notifications"),
                "accounts.create_order": _("Create orders"),
                "accounts.delete_order": _("Delete orders"),
                "accounts.manage_people": _("Invite people and change their rights"),
                "accounts.change_limit": _("Set limits for payment actions"),
                "accounts.change_reasons": _("Change the reasons for payment actions"),
                "accounts.view_personal_data": _("See unmasked personal data"),
                "audit.view_entry": _("Read the audit log"),
            }
        ),
    }
)
# What an admin can give to one person beside their role.
EXTRAS = ("accounts.execute_payment_action", "accounts.view_personal_data")
RIGHTS: Mapping[str, Promise] = MappingProxyType({name: word for own in MATRIX.values() for name, word in own.items()})


def _with_those_before(role: str) -> frozenset[str]:
    roles = tuple(MATRIX)
    return frozenset(name for each in roles[: roles.index(role) + 1] for name in MATRIX[each])


ROLES: Mapping[str, frozenset[str]] = MappingProxyType({role: _with_those_before(role) for role in MATRIX})


def access_permissions() -> list[tuple[str, str]]:
    """The permissions of `accounts.Access`, as its Meta wants them."""
    names = [name.removeprefix("accounts.") for name in RIGHTS if name.startswith("accounts.")]
    return [(name, f"Can {name.replace('_', ' ')}") for name in names]


def in_the_log(action: str, field: str, value: Any) -> Promise | None:
    """A right or a role in words, for the log, which keeps their names."""
    words = {**RIGHTS, **(WORDS if field == "role" else {})}
    return words.get(value) if isinstance(value, str) else None


def highest(groups: Set[str]) -> str:
    """The highest role among the names of groups; nothing where none of them is a role."""
    return next((role for role in reversed(tuple(ROLES)) if role in groups), "")


def create_roles(using: str, apps: Any = global_apps, **kwargs: Any) -> None:
    """After a migration: the groups that are missing, and for those that exist, the permissions that are new with it.

    What an admin took from a group or gave to it stays so. Runs after a flush too, so that it needs no data migration.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        apps.get_model("accounts", "Access")
    except LookupError:  # migrated only as far as before these apps
        return
    known = existing_permissions(using, apps)
    for label in sorted({name.partition(".")[0] for name in RIGHTS}):
        create_permissions(**kwargs | {"app_config": global_apps.get_app_config(label)}, using=using, apps=apps)
    existing = existing_permissions(using, apps)
    for role, permissions in ROLES.items():
        group, created = groups.get_or_create(name=role)
        granted = permissions if created else permissions - known.keys()
        group.permissions.add(*(existing[name] for name in granted if name in existing))


def existing_permissions(using: str, apps: Any) -> dict[str, int]:
    """The permissions in the database, as in accounts.view_order, with their keys."""
    rows = apps.get_model("auth", "Permission").objects.using(using)
    return {f"{label}.{name}": pk for label, name, pk in rows.values_list("content_type__app_label", "codename", "pk")}
