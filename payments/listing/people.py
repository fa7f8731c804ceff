"""Whose payments can be asked for: colleagues of one's own channels, and whoever did something there."""

from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q

from accounts.channels import channels_of
from accounts.models import ANY, ChannelGrant
from audit.names import person_name
from payments.executions.access import visible
from teamwork.people import SEES


def people(user: User) -> list[tuple[int, str]]:
    """The number of each account and the name that people know, by name. One query."""
    covers = (Q(merchant__in=(ANY, c.merchant), channel__in=(ANY, c.name)) for c in channels_of(user))
    grants = ChannelGrant.objects.filter(reduce(or_, covers, Q(pk__in=())), user=OuterRef("pk"))
    may = User.objects.with_perm(SEES, backend="django.contrib.auth.backends.ModelBackend")
    colleagues = may.filter(Q(is_superuser=True) | Exists(grants)).values("pk")
    did = visible(user).filter(Q(asked_by=OuterRef("pk")) | Q(taken_by=OuterRef("pk")))
    found = User.objects.filter(Q(pk__in=colleagues) | Exists(did)).values_list("pk", "username")
    return sorted(((pk, person_name(name)) for pk, name in found), key=lambda each: each[1].casefold())
