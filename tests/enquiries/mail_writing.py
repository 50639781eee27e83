"""Mails as people and machines write them, and the post that brings and takes them away."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from comptoir.enquiries import mail_keys
from comptoir.enquiries.actions import collecting, keeping, mailing
from comptoir.enquiries.gateway.imap import Account, Lying
from comptoir.enquiries.models import (
    Enquiry,
    InboundMail,
    Line,
    LineKind,
    Message,
    OutboundMail,
)
from tests.enquiries.factories import NOW, line_of
from tests.servers.fixtures import MAILBOXES
from tests.servers.post_office import PASSWORD, PostOffice

QUESTIONS, CRISIS, ASKER = MAILBOXES
OFFICES_MAILBOX = "offices@centre.example"
_numbers = itertools.count(1)


def mail(
    text: str = "Hello, where does my application stand? Thank you.",
    *,
    sender: str = ASKER,
    to: str = QUESTIONS,
    subject: str = "My application",
    message_id: str | None = None,
    **headers: str,
) -> bytes:
    """A plain mail of a person. Headers are given with underscores for hyphens."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = "Mon, 16 Nov 2026 08:59:00 -0500"
    made["Message-ID"] = message_id or f"<{next(_numbers)}@mail.client.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def line(mailbox: str = QUESTIONS, code: str = "public", kind: str = LineKind.GENERAL) -> Line:
    """The line to which a mailbox belongs."""
    found = line_of(code, kind)
    found.mailbox = mailbox
    found.save(update_fields=["mailbox"])
    return found


def line_of_offices() -> Line:
    """The line for legislators' offices, with a mailbox."""
    return line(OFFICES_MAILBOX, "offices", LineKind.LEGISLATORS)


def kept(
    raw: bytes, *, mailbox: str = QUESTIONS, place: str = "", now: datetime = NOW
) -> InboundMail:
    """A mail on record, not decided."""
    where = place or f"1.{next(_numbers)}"
    return keeping.keep(mailbox=mailbox, lying=Lying(where, now, len(raw), raw), now=now)


def came(raw: bytes, **how: Any) -> InboundMail:
    """A mail that came and was decided."""
    found = kept(raw, **how)
    mailing.decide(mail_id=found.pk, now=how.get("now", NOW))
    return InboundMail.objects.get(pk=found.pk)


def asked(raw: bytes | None = None, **how: Any) -> Enquiry:
    """The enquiry that a mail became."""
    found = came(raw or mail(), **how).enquiry
    assert found is not None
    return found


def account(office: PostOffice, mailbox: str = QUESTIONS) -> Account:
    """How a mailbox of the post office opens."""
    return Account(
        mailbox=mailbox,
        user=mailbox,
        password=PASSWORD,
        host=office.host,
        port=office.imap_port,
        security="none",
        processed="Processed",
    )


def collect(office: PostOffice, now: datetime = NOW, mailbox: str = QUESTIONS) -> int:
    """Take in what lies in the mailbox and decide it."""
    taken = collecting.collect(account=account(office, mailbox), clock=lambda: now)
    collecting.decide_pending(clock=lambda: now)
    return taken


def stopped_clock(now: datetime = NOW) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: now


def decisions() -> list[tuple[str, str]]:
    """What every mail was decided to be and why, the first that came first."""
    return list(InboundMail.objects.order_by("pk").values_list("decision", "reason"))


def outbound(message: Message) -> OutboundMail:
    """A text of ours that waits to leave as a mail."""
    return OutboundMail.objects.create(
        message=message,
        sent_as=mail_keys.message_id(message.pk, QUESTIONS),
        mailbox=QUESTIONS,
        to=message.enquiry.asker_email,
        reply_to=mail_keys.reply_address(message.enquiry.reference, QUESTIONS),
        queued_at=NOW,
        send_after=NOW,
    )
