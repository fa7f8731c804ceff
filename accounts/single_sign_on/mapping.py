"""Which groups at the provider give which role and channels in the desk."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from accounts.channels import parse_grant
from accounts.roles import EXTRAS, ROLES, highest


class Given(NamedTuple):
    """What a group gives: a role or none, grants as in `norce/*`, and permissions beside the role."""

    role: str = ""
    channels: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()


Groups = Mapping[str, Given]


def parse(text: str) -> Groups:
    """The groups of a text such as `{"desk-support": {"role": "support", "channels": ["norce/*"]}}`; ValueError, fit to
    show an operator, names all that is wrong with it."""
    try:
        groups = json.loads(text)
    except ValueError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    if not isinstance(groups, dict) or not groups:
        raise ValueError('write groups and what each gives, as in {"desk-support": {"role": "support"}}')
    if wrong := [f"{name!r}: {says}" for name, given in groups.items() for says in _wrong_with(given)]:
        raise ValueError("; ".join(wrong))
    return {name: _given(given) for name, given in groups.items()}


def given_by(groups: Groups, names: Iterable[str]) -> Given:
    """What somebody in these groups is given: the highest role, and all channels and permissions together. Nothing at
    all without a role: whoever has none has no access."""
    found = [groups[name] for name in names if name in groups]
    role = highest({each.role for each in found})
    if not role:
        return Given()
    return Given(
        role,
        frozenset().union(*(each.channels for each in found)),
        frozenset().union(*(each.extras for each in found)),
    )


def _wrong_with(given: Any) -> Iterator[str]:
    if not isinstance(given, dict):
        yield "write what it gives in {}"
        return
    if unknown := sorted(given.keys() - {"role", "channels", "extras"}):
        yield f"there is no {', '.join(unknown)}, but role, channels and extras"
    if given.get("role", "") not in ("", *ROLES):
        yield f"there is no role {given['role']!r}, but {', '.join(ROLES)}"
    for extra in _texts(given.get("extras", [])):
        if extra not in EXTRAS:
            yield f"{extra!r} cannot be given beside a role, but {', '.join(EXTRAS)}"
    for grant in _texts(given.get("channels", [])):
        try:
            parse_grant(grant)
        except ValueError as error:
            yield str(error)


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _given(given: dict[str, Any]) -> Given:
    channels = ("/".join(parse_grant(text)) for text in _texts(given.get("channels", [])))
    return Given(given.get("role", ""), frozenset(channels), frozenset(_texts(given.get("extras", []))))
