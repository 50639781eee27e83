"""Mail that leaves: general answers and questions to who asked by mail, each once, from the line's mailbox.

What is about a case never leaves so: its asker gets a notice with a link. A mail is queued in the
transaction of the text it carries and sent by a job, under the rules of `notices.actions`: the row is
locked while the server has the mail, and its status is written in that transaction, so that of two
workers one sends. A worker that dies between the server's "taken" and the commit leaves the row
waiting, and the mail goes again under the same Message-ID: twice in one known window, never not at all.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from procrastinate.contrib.django import app

from comptoir.domain import delivery_codes
from comptoir.enquiries import letters, mail_keys
from comptoir.enquiries.actions import arriving
from comptoir.enquiries.models import (
    Channel,
    Enquiry,
    Message,
    OutboundMail,
    SendingStatus,
)
from comptoir.enquiries.queries import mail as mails
from comptoir.notices import actions as notices
from comptoir.notices import gateway
from comptoir.notices.queries import open_switch

logger = logging.getLogger(__name__)

SEND = "enquiries.send_mail"
"""The name of the job that sends what is due; the job itself is in `jobs`, upstairs."""

MOST_ATTEMPTS = 60
"""Tries, an hour apart at the end: two days and a half, after which somebody has to look (ours)."""


def queue_if_it_may(*, enquiry: Enquiry, message: Message, now: datetime) -> bool:
    """Queue a text as a mail if it may leave so; whether it does."""
    if not may_leave(enquiry, message):
        return False
    queue(enquiry=enquiry, message=message, to=mails.address_of(enquiry), now=now)
    return True


def queue(*, enquiry: Enquiry, message: Message, to: str, now: datetime) -> OutboundMail:
    """Queue a text, which may leave, as a mail to an address."""
    mailbox = enquiry.line.mailbox
    queued = OutboundMail.objects.create(
        message=message,
        sent_as=mail_keys.message_id(message.pk, mailbox),
        mailbox=mailbox,
        to=to,
        reply_to=mail_keys.reply_address(enquiry.reference, mailbox),
        queued_at=now,
        send_after=now,
    )
    transaction.on_commit(_wake, robust=True)
    return queued


def may_leave(enquiry: Enquiry, message: Message) -> bool:
    """Only a general text, to who asked by mail, about nothing that is restricted."""
    return bool(
        enquiry.channel == Channel.EMAIL
        and enquiry.asker_email
        and enquiry.line.mailbox
        and not enquiry.is_restricted
        and not message.is_case_specific
    )


def _wake() -> None:
    """A hint, which may be lost: the round of each minute finds what waits."""
    app.configure_task(SEND).defer()


def send(*, mail_id: int, mailbox: BaseEmailBackend, now: datetime) -> SendingStatus | None:
    """Send one mail if it is due; what became of it, or None if it was not ours.

    Raises `gateway.Unreachable` when there is no point in going on with others.
    """
    if not _begin(mail_id, now):
        return None
    try:
        with transaction.atomic(durable=True):
            return _send(mail_id, mailbox, now)
    except gateway.Refused as problem:
        text = str(problem)
        return _close(mail_id, SendingStatus.FAILED, now, text, delivery_codes.code_in(text))
    except gateway.Unreachable as problem:
        # Whatever codes it names are about us, and say nothing of the address.
        _postpone(mail_id, now, str(problem))
        raise
    except gateway.TryLater as problem:
        _postpone(mail_id, now, str(problem), delivery_codes.code_in(str(problem)))
    except Exception as error:
        # A mail that cannot be made must not hold up those behind it.
        logger.exception("Mail %s could not be made.", mail_id)
        _postpone(mail_id, now, type(error).__name__)
    return SendingStatus.QUEUED


@transaction.atomic(durable=True)
def _begin(mail_id: int, now: datetime) -> bool:
    """Mark it as being sent. The mark outlives a worker that dies, and is how that is noticed."""
    if open_switch() is not None:
        return False
    due = OutboundMail.objects.due(now).filter(pk=mail_id)
    mail = due.select_for_update(skip_locked=True, no_key=True).first()
    if mail is None or (mail.began_at is not None and mail.began_at > now - notices.LEASE):
        return False
    if mail.began_at is not None:
        mail.interruptions += 1
    if mail.interruptions >= notices.MOST_INTERRUPTIONS:
        _close(mail_id, SendingStatus.FAILED, now, "The worker died each time it was sent.")
        return False
    mail.began_at = now
    mail.save(update_fields=["began_at", "interruptions"])
    return True


def _send(mail_id: int, mailbox: BaseEmailBackend, now: datetime) -> SendingStatus | None:
    due = OutboundMail.objects.due(now).filter(pk=mail_id)
    mail = due.select_for_update(of=("self",), no_key=True).first()
    if mail is None:
        return None
    if not may_leave(mail.message.enquiry, mail.message):
        # Restricted since it was queued, say: somebody who may see it tells whoever asked.
        return _close(mail_id, SendingStatus.FAILED, now, "It may leave as a mail no more.")
    gateway.send(letters.letter(mail, now=now), mailbox)
    return _close(mail_id, SendingStatus.SENT, now)


@transaction.atomic
def _close(
    mail_id: int, status: SendingStatus, now: datetime, problem: str = "", code: str = ""
) -> SendingStatus:
    """Write down what became of it; its enquiry goes on with what could not be sent. The code is what
    was said of the address.
    """
    closed = OutboundMail.objects.filter(pk=mail_id, status=SendingStatus.QUEUED).update(
        status=status, closed_at=now, began_at=None, problem=problem[:300]
    )
    if closed and status == SendingStatus.FAILED:
        arriving.did_not_arrive(mail_id=mail_id, code=code, now=now)
    return status


def _postpone(mail_id: int, now: datetime, problem: str, code: str = "") -> None:
    """Try again after a pause of 1, 2, 4, … minutes, up to an hour; a few days, then give up."""
    mail = OutboundMail.objects.get(pk=mail_id)
    if mail.attempts + 1 >= MOST_ATTEMPTS:
        _close(mail_id, SendingStatus.FAILED, now, problem, code)
        return
    pause = min(timedelta(minutes=2 ** min(mail.attempts, 10)), notices.LONGEST_PAUSE)
    OutboundMail.objects.filter(pk=mail_id, status=SendingStatus.QUEUED).update(
        attempts=mail.attempts + 1,
        interruptions=0,
        began_at=None,
        send_after=now + pause,
        problem=problem[:300],
    )
