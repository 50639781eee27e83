"""Deciding what becomes of a mail that came: an enquiry, a text of one, or a row that says why neither.

Headers are asked first (`domain.mail_signs`), then where it belongs (`domain.threading`). A mail is
decided once, in one transaction with all that follows from it; whoever dies in the middle leaves it
pending. Nothing is dropped, and nothing is answered that no person wrote or that is beyond the caps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain import mail_signs, threading
from comptoir.domain.mail_signs import SignKind
from comptoir.enquiries import mail_contents, mail_keys, mail_reading
from comptoir.enquiries.actions import (
    arriving,
    contacts,
    mail_files,
    receiving,
    reopening,
    triaging,
    turns,
)
from comptoir.enquiries.actions.receiving import About, Asker, Received
from comptoir.enquiries.mail_reading import Read
from comptoir.enquiries.models import (
    AskerKind,
    Bounce,
    Channel,
    Decision,
    Direction,
    Enquiry,
    InboundMail,
    Line,
    Message,
    OutboundMail,
    Topic,
)
from comptoir.enquiries.queries import mail as mails
from comptoir.notices import queries as notices
from comptoir.people.models import Office, Person
from comptoir.roster.models import LineOfBusiness

MOST_TRIES = 5
"""A mail on which deciding failed so often is set aside as broken: somebody looks at it (ours)."""

ATTEMPTS = UUID("6f0c1fe6-58f5-4d1f-9f5b-6d4f3c6f2a11")
"""Under which a mail's number is the attempt of what it becomes: decided twice, it is received once."""

ARRIVES = ("delayed", "delivered", "relayed", "expanded")
"""What a delivery report says of a mail that does arrive, or still may (RFC 3464, 2.3.3)."""

BY_SIGN = {
    SignKind.AUTO_REPLY: Decision.AUTO_REPLY,
    SignKind.BOUNCE: Decision.BOUNCE,
    SignKind.LIST: Decision.LIST,
    SignKind.LOOP: Decision.LOOP,
    SignKind.OWN: Decision.OWN,
}


@dataclass(slots=True)
class Outcome:
    """What a mail is decided to be, and why."""

    decision: Decision
    reason: str
    enquiry: Enquiry | None = None
    messages: Sequence[Message] = ()
    is_answered: bool = False


@transaction.atomic
def decide(*, mail_id: int, now: datetime) -> Decision | None:
    """What becomes of a pending mail; None if it is pending no more, another worker is at it, or it
    follows a mail that came before it and is not decided yet.
    """
    pending = InboundMail.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    mail = pending.pending().filter(pk=mail_id).first()
    if mail is None:
        return None
    read = mail_reading.read(bytes(mail.original))
    if mails.earlier_ones_pending(mail, {*read.in_reply_to, *read.references}):
        return None
    sign = mail_signs.sign_of(read.headers, mail_keys.own_addresses())
    mail.sign, mail.rule = sign.kind, sign.rule
    settle(mail=mail, outcome=_outcome(mail, read, sign, now), by=None, now=now)
    return Decision(mail.decision)


def settle(*, mail: InboundMail, outcome: Outcome, by: Person | None, now: datetime) -> None:
    """Write down what was decided, with what came of it."""
    mail.decision, mail.reason = outcome.decision, outcome.reason
    mail.enquiry = outcome.enquiry
    mail.decided_at, mail.decided_by = now, by
    mail.answered_at = now if outcome.is_answered else None
    mail.save(
        update_fields=[
            "sign",
            "rule",
            "decision",
            "reason",
            "enquiry",
            "decided_at",
            "decided_by",
            "answered_at",
            "attachments",
        ]
    )
    mail.messages.add(*outcome.messages)


@transaction.atomic
def failed(*, mail_id: int, problem: str, now: datetime) -> None:
    """Count a try that failed; after the last one the mail is set aside for somebody to look at."""
    pending = InboundMail.objects.select_for_update(of=("self",), no_key=True).defer("original")
    mail = pending.pending().filter(pk=mail_id).first()
    if mail is None:
        return
    mail.attempts += 1
    mail.save(update_fields=["attempts"])
    if mail.attempts >= MOST_TRIES:
        reason = f"failed:{problem}"[:60]
        settle(mail=mail, outcome=Outcome(Decision.BROKEN, reason), by=None, now=now)


def _outcome(mail: InboundMail, read: Read, sign: mail_signs.Sign, now: datetime) -> Outcome:
    if sign.kind is SignKind.BOUNCE:
        return _bounce(mail, now)
    if not sign.is_answerable:
        return Outcome(BY_SIGN[sign.kind], sign.rule)
    if not mail.sender or "unreadable" in read.faults:
        return Outcome(Decision.BROKEN, "unreadable" if mail.sender else "no_sender")
    # Of one domain: caps hold for all workers together.
    turns.take((mail.sender_domain, mail.message_id))
    same = mails.same_elsewhere(mail)
    if same is not None:
        return Outcome(Decision.DUPLICATE, "other_mailbox", same.enquiry)
    return _by_thread(mail, read, now)


def _by_thread(mail: InboundMail, read: Read, now: datetime) -> Outcome:
    asked = threading.Mail(
        mailbox=mail.mailbox,
        sender=mail.sender,
        recipients=read.recipients,
        in_reply_to=read.in_reply_to,
        references=read.references,
    )
    keys = mail_keys.token_keys()
    known = mails.known(threading.asked_for(asked, keys), now)
    match threading.belongs(asked, keys, known):
        case threading.Item(reference, by):
            return _join(mail, read, reference, by, now)
        case threading.Stranger(reference, by):
            named = Enquiry.objects.get(reference=reference)
            return Outcome(Decision.QUARANTINED, f"stranger_by_{by}", named)
        case _:
            return take_in(mail=mail, read=read, now=now)


def _join(
    mail: InboundMail, read: Read, reference: str, by: threading.By, now: datetime
) -> Outcome:
    """Add the text to the enquiry, which goes on; whoever has it in hand sees that it changed. If what it
    was put together with was disposed of, it is asked anew.
    """
    enquiry = mails.where_it_stands(reference)
    if enquiry.disposed_at is not None:
        return take_in(mail=mail, read=read, now=now)
    message = Message.objects.create(
        enquiry=enquiry,
        direction=Direction.IN,
        channel=Channel.EMAIL,
        at=mail.received_at,
        language=enquiry.language,
        body=read.text,
        attempt=_attempt(mail, "join"),
    )
    mail_files.keep(mail=mail, read=read, message=message, now=now)
    enquiry.version += 1
    enquiry.save(update_fields=["version"])
    audit.record(
        action="enquiry.mail_joined",
        subject=enquiry,
        by=None,
        now=now,
        office_id=enquiry.office_id,
    )
    contacts.received(enquiry, message, is_first=False)
    triaging.look_again(enquiry=enquiry, text=read.text, now=now)
    reopening.go_on(enquiry=enquiry, at=mail.received_at, now=now)
    return Outcome(Decision.JOINED, f"by_{by}", enquiry, [message])


def take_in(*, mail: InboundMail, read: Read, now: datetime, line: Line | None = None) -> Outcome:
    """Make it what it asks: one enquiry, or of an office's mail one for each application it names. It
    comes in on the line that somebody chose, else on the one that takes it by itself.
    """
    office = mails.office_of(mail.sender, now)
    line = line or mails.line_that_takes(mail.mailbox, office, now)
    if line is None:
        return Outcome(Decision.QUARANTINED, "no_open_line")
    verdict = mail_signs.may_answer(
        mail.sender, mails.answers_near(mail.sender, now), now, mail_keys.caps()
    )
    asker = Asker(
        kind=AskerKind.CLIENT if office is None else AskerKind.OFFICE,
        email=mail.sender,
        name=read.sender_name,
        office=office,
        language=_language(read, office),
    )
    received = [
        _receive(mail, read, line, asker, number, verdict.allowed, now)
        for number in _cases(read, office is not None)
    ]
    # Of an office's mail about several cases nobody knows which file is whose: they stay together.
    mail_files.keep(mail=mail, read=read, message=received[0].message, now=now)
    again = all(each.is_duplicate for each in received)
    reason = "asked_again" if again else "acknowledged"
    return Outcome(
        Decision.JOINED if again else Decision.NEW,
        reason if verdict.allowed else str(verdict.rule),
        received[0].enquiry,
        [each.message for each in received],
        is_answered=verdict.allowed,
    )


def _cases(read: Read, is_office: bool) -> list[str]:
    """The application numbers that get an enquiry each; of a client's mail the only one it names."""
    numbers = mail_contents.application_numbers(read.subject, read.text)
    most = mail_contents.MOST_CASES if is_office else 1
    return numbers if 1 <= len(numbers) <= most else [""]


def _receive(
    mail: InboundMail,
    read: Read,
    line: Line,
    asker: Asker,
    number: str,
    acknowledge: bool,
    now: datetime,
) -> Received:
    return receiving.receive(
        line=line,
        channel=Channel.EMAIL,
        asker=asker,
        about=About(
            topic=Topic.OTHER,
            line_of_business=LineOfBusiness.OTHER,
            application_number=number,
            uci=mail_contents.uci(read.subject, read.text),
            appointment=_appointment(asker, read),
            subject=read.subject,
        ),
        body=read.text,
        received_at=mail.received_at,
        now=now,
        attempt=_attempt(mail, number),
        acknowledge=acknowledge,
    )


def _language(read: Read, office: Office | None) -> str:
    """In which somebody writes; if that is not clear, the office's."""
    written = mail_contents.language(read.subject, read.text)
    return written or (office.language if office else "") or settings.LANGUAGE_CODE


def _appointment(asker: Asker, read: Read) -> str:
    """Only an office books appointments."""
    return mail_contents.appointment(read.subject, read.text) if asker.office else ""


def _bounce(mail: InboundMail, now: datetime) -> Outcome:
    """Put it with the mail of ours that did not arrive, if it names one; what is only late changes nothing.
    Of a notice it says only that it is one: whom it went to stands in the ledger of notices.
    """
    told = mail_reading.returned(bytes(mail.original))
    about = None
    if told is not None:
        sent = OutboundMail.objects.filter(sent_as=told.message_id)
        about = sent.select_related("message__enquiry").first()
    if told is None or about is None:
        is_notice = told is not None and notices.was_sent_as(told.message_id)
        what = "notice" if is_notice else "unknown_mail"
        return Outcome(Decision.BOUNCE, f"{mail.rule}:{what}")
    Bounce.objects.create(outbound=about, mail=mail, action=told.action, code=told.code, at=now)
    if told.action not in ARRIVES:
        arriving.did_not_arrive(mail_id=about.pk, code=told.code, now=now)
    return Outcome(Decision.BOUNCE, mail.rule, about.message.enquiry)


def _attempt(mail: InboundMail, what: str) -> UUID:
    return uuid5(ATTEMPTS, f"{mail.pk} {what}")
