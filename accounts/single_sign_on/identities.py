"""Who somebody is at the provider: its address and what it calls them, `sub`. Never an e-mail address, which changes
hands."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User

LONGEST_SUBJECT = 191
"""Characters that the table takes."""


def person_of(issuer: str, subject: str) -> User | None:
    """Whoever signed in so before; None for somebody new."""
    found = SocialAccount.objects.select_related("user").filter(provider=issuer, uid=subject).first()
    return found.user if found else None


def connect(person: User, issuer: str, subject: str) -> None:
    """From now on the person is who the provider calls so. IntegrityError: somebody else is already."""
    SocialAccount.objects.create(user=person, provider=issuer, uid=subject)


def is_managed(person: User | AnonymousUser) -> bool:
    """Whether the provider says who this is and what they may: then nothing of it is changed by hand, and they have no
    password here. One query, none where there is no provider."""
    if not settings.SSO_ISSUER or not isinstance(person, User):
        return False
    return bool(SocialAccount.objects.filter(user_id=person.pk, provider=settings.SSO_ISSUER).exists())


def managed_ids() -> set[int]:
    """The keys of all whom the provider manages. As many queries as `is_managed`."""
    if not settings.SSO_ISSUER:
        return set()
    return set(SocialAccount.objects.filter(provider=settings.SSO_ISSUER).values_list("user_id", flat=True))
