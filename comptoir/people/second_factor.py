"""Second factors: who has shown one in this session, who has one, and how their secrets are kept."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from comptoir.people import sealing
from comptoir.people.models import Person

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
RESERVED_ENDING = ".example"
"""Addresses that can belong to nobody: those of the demonstration's people."""


def strong(person: Person) -> QuerySet[Authenticator]:
    """The person's authenticator apps and passkeys. Recovery codes only stand in for one of these."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=STRONG)
    return found


def shown_in(request: HttpRequest, person: Person) -> bool:
    """Whether a second factor was shown in this session, here or (if trusted) at the organization."""
    methods = {record["method"] for record in get_authentication_records(request, person)}
    return "mfa" in methods or (settings.OIDC_SECOND_FACTOR and "socialaccount" in methods)


def demonstration_code(person: Person | None) -> str:
    """The present code of an invented person, in the demonstration only: nobody else holds its app."""
    if settings.PRODUCTION or person is None or not person.email.endswith(RESERVED_ENDING):
        return ""
    app = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if app is None:
        return ""
    secret = sealing.unseal(app.data["secret"])
    counter = list(totp.yield_hotp_counters_from_time())[settings.MFA_TOTP_TOLERANCE]
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))
