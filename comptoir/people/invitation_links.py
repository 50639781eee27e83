"""The link that an invitation carries: the row's number under the service's signature.

It is written anew whenever it is needed, so nothing that opens an account is kept anywhere.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from comptoir.people.models import Invitation

_signer = signing.Signer(salt="people.invitation", sep=".")


def token_of(invitation: Invitation) -> str:
    """What stands at the end of the link."""
    return _signer.sign(str(invitation.pk))


def link_to(invitation: Invitation, language: str) -> str:
    """The whole link, in the language in which the invited person is written to."""
    with translation.override(language):
        return settings.ADDRESS + reverse("people:invitation", args=[token_of(invitation)])


def invitation_from(token: str) -> Invitation | None:
    """The invitation a link leads to; None for a link that we did not write."""
    try:
        key = _signer.unsign(token)
    except signing.BadSignature:
        return None
    found = Invitation.objects.select_related("office__district", "invited_by")
    return found.filter(pk=int(key)).first()
