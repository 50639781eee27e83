"""Putting a mail on record as it came, before anything is decided about it and before it is moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from comptoir.domain import mail_signs, threading
from comptoir.enquiries import mail_bounds, mail_reading
from comptoir.enquiries.gateway.imap import Lying
from comptoir.enquiries.mail_reading import Read
from comptoir.enquiries.models import Delivery, InboundMail
from comptoir.ui import clock


@transaction.atomic
def keep(*, mailbox: str, lying: Lying, now: datetime) -> InboundMail:
    """The mail's row, and one for this delivery. However often it is called, there is one of each.

    The date is the server's, the mail's own is anybody's word; a server ahead of us is taken for now.
    """
    mailbox = mailbox.casefold()
    known = Delivery.objects.filter(mailbox=mailbox, place=lying.place).select_related("mail")
    delivered = known.defer("mail__original").first()
    if delivered is not None:
        return delivered.mail
    read = mail_reading.read(lying.raw)
    same = _identity(mailbox, read, lying.raw)
    row = InboundMail(
        mailbox=mailbox,
        message_id=same.message_id,
        content_hash=same.content,
        **_facts(read, lying, now),
    )
    # What is there already is left as it is: the same mail, whoever else is taking it in.
    InboundMail.objects.bulk_create([row], ignore_conflicts=True)
    mail = InboundMail.objects.defer("original").get(
        mailbox=mailbox, message_id=same.message_id, content_hash=same.content
    )
    delivery = Delivery(mail=mail, mailbox=mailbox, place=lying.place, taken_at=now)
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    return mail


def _identity(mailbox: str, read: Read, raw: bytes) -> threading.MailIdentity:
    """Of the body every byte counts: two pictures under the same few words are two mails."""
    end = mail_bounds.END_OF_HEADERS.search(raw)
    return threading.identity_of(
        mailbox=mailbox,
        message_id=read.message_id,
        sender=read.sender,
        date=read.date,
        subject=read.subject,
        body=(raw[end.end() :] if end else raw).decode("latin-1"),
    )


def _facts(read: Read, lying: Lying, now: datetime) -> dict[str, Any]:
    received_at = min(lying.received_at or now, now)
    faults = list(read.faults)
    if lying.size > mail_bounds.LARGEST and "too_large" not in faults:
        faults.insert(0, "too_large")
    return {
        "received_at": received_at,
        "received_on": clock.service_date(received_at),
        "original": lying.raw,
        "size": lying.size,
        "faults": faults,
        "sender": read.sender,
        "sender_person": mail_signs.person_of(read.sender),
        "sender_domain": mail_signs.domain_of(read.sender),
        "subject": read.subject,
        "attachments": [
            {"name": each.name, "type": each.type, "size": each.size} for each in read.attachments
        ],
    }
