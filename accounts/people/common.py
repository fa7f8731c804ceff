"""What the pages about people share: who may open them, over whom, and the link that is shown once."""

from typing import cast

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import links
from accounts.people import services
from accounts.single_sign_on.identities import is_managed
from audit.log import Who

may_manage_people = permission_required(services.MANAGE, raise_exception=True)
LINK_KEY = "one-time-link"
LAST_ADMIN = gettext_lazy(
    "Nobody would be left who can manage people, so nothing was changed. Make somebody else an admin first."
)


def has_power_over(request: HttpRequest, person: User) -> bool:
    """Superusers are made on the server; only another one can change them here."""
    return cast(User, request.user).is_superuser or not person.is_superuser


def demand_power_over(request: HttpRequest, person: User) -> None:
    if not has_power_over(request, person):
        raise PermissionDenied("Only a superuser can change a superuser.")


def demand_link(request: HttpRequest, person: User) -> None:
    if person.pk == request.user.pk:
        raise PermissionDenied("Nobody makes a link for themselves.")
    if is_managed(person):
        raise PermissionDenied("Who signs in at the provider has no password here.")
    if not person.is_active and person.has_usable_password():
        raise PermissionDenied("No link for somebody who was deactivated.")


def show_once(request: HttpRequest, person: User) -> None:
    """Make a link, and keep it for the next look at the person's page."""
    address = reverse("person-password", args=[links.make_token(Who.of(request), person)])
    request.session[LINK_KEY] = {"person": person.pk, "url": request.build_absolute_uri(address)}


def demand_reset(request: HttpRequest, person: User) -> None:
    if person.pk == request.user.pk:
        raise PermissionDenied("Nobody resets their own second factor here.")
