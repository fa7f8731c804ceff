"""Whether the database is the one that this release expects."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

_fits = False


class Schema(NamedTuple):
    """By app and name of a migration: what this release has and the database has not been through, and what it has been
    through and this release has not."""

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.missing and not self.unknown


def schema() -> Schema:
    """Reads what the database has been through. Raises OperationalError or InterfaceError where it does not answer."""
    loader, applied = MigrationLoader(None), been_through()
    missing = {".".join(key) for key in loader.disk_migrations} - {*applied}
    return Schema(tuple(sorted(missing)), _unknown(applied, loader))


def been_through() -> list[str]:
    """What the database has been through, by app and name, sorted."""
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def unknown(applied: Iterable[str]) -> tuple[str, ...]:
    """What of these this release does not know. Those of applications that these settings leave out, as the sandbox
    behind the real API, are none of it."""
    return _unknown(applied, MigrationLoader(None))


def _unknown(applied: Iterable[str], loader: MigrationLoader) -> tuple[str, ...]:
    known = {*loader.disk_migrations}
    known |= {each for key in known for each in loader.disk_migrations[key].replaces}
    ours = {*loader.migrated_apps, *loader.unmigrated_apps}
    keys = (tuple(name.split(".", maxsplit=1)) for name in applied)
    return tuple(sorted(".".join(key) for key in keys if key not in known and key[0] in ours))


def fits() -> bool:
    """Whether it is; once it was, it is not asked again by this process."""
    global _fits  # noqa: PLW0603 - one answer a process
    if not _fits:
        _fits = schema().fits
    return _fits
