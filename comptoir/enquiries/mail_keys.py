"""What mail is signed and known by: keys of Reply-To tokens, our own addresses, caps, ids of our mails."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings

from comptoir.domain import mail_signs, threading
from comptoir.enquiries.models import Line

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def token_keys() -> list[bytes]:
    """The key that signs, then those that were replaced and still open."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(f"comptoir reply token {each}".encode()).digest() for each in secrets]


def reply_address(reference: str, mailbox: str) -> str:
    """Where an answer to this enquiry comes back; the bare mailbox if its name leaves no room."""
    token = threading.make_token(reference, mailbox, token_keys()[0])
    try:
        return threading.reply_address(mailbox, token)
    except threading.AddressTooLong:
        return mailbox


def message_id(message_key: int, mailbox: str) -> str:
    """The same for the same text, always, so that one sent twice over a crash is shown once."""
    digest = hmac.digest(token_keys()[0], f"mail {message_key}".encode(), "sha256").hex()
    return f"<{digest[:40]}@{mailbox.rpartition('@')[2]}>"


def own_addresses() -> set[str]:
    """Every mailbox of ours, closed lines' among them."""
    mailboxes = Line.objects.exclude(mailbox="").values_list("mailbox", flat=True)
    return {*mailboxes, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]} - {""}


def caps() -> mail_signs.Caps:
    """How many acknowledgements go out by themselves, from the settings."""
    return mail_signs.Caps(
        person=settings.MAIL_ANSWERS_PERSON,
        person_within=DAY,
        domain=settings.MAIL_ANSWERS_DOMAIN,
        domain_within=HOUR,
        wide=dict.fromkeys(settings.MAIL_WIDE_DOMAINS, settings.MAIL_ANSWERS_WIDE),
    )
