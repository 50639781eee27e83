"""The one way in: whatever the channel, what was asked becomes an enquiry with an owner and a due date.

What the same person asks again about the same application and topic within ten days is attached to the
first; so is the same form sent twice, once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import (
    clocks,
    contacts,
    documents,
    reopening,
    telling,
    triaging,
    turns,
)
from comptoir.enquiries.models import (
    AskerKind,
    Channel,
    Direction,
    Enquiry,
    Line,
    Message,
    Promise,
    State,
    Topic,
)
from comptoir.people.models import Office
from comptoir.ui import clock

SAME_WITHIN = timedelta(days=10)
"""What is asked again within this time is the same enquiry (ours, from the centre's own practice)."""

REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I, which are mistaken for one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where the answer goes, and in which language."""

    kind: AskerKind
    email: str
    language: str
    name: str = ""
    office: Office | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose case it is about and why somebody writes; identifiers in the one form they are kept in."""

    topic: Topic
    line_of_business: str
    applicant_name: str = ""
    applicant_born_on: date | None = None
    uci: str = ""
    application_number: str = ""
    appointment: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """The enquiry and its new text; whether it was asked before and the text is attached to that."""

    enquiry: Enquiry
    message: Message
    is_duplicate: bool


@transaction.atomic
def receive(
    *,
    line: Line,
    channel: Channel,
    asker: Asker,
    about: About,
    body: str,
    received_at: datetime,
    now: datetime,
    attempt: UUID | None = None,
    acknowledge: bool = True,
    files: Sequence[documents.Given] = (),
) -> Received:
    """Take in what was asked: a new enquiry, or one more text of one that is ten days old at most.

    With an `attempt` that is on record already, nothing is written and what it became is returned.
    A mail that may not be answered by itself is received without an acknowledgement. Raises what
    `documents.keep_of_asker` raises, and then nothing is received.
    """
    turns.take((asker.email.casefold(), str(attempt or "")))
    known = _of_attempt(attempt)
    if known is not None:
        return known
    first = _asked_before(asker, about, received_at)
    if first is not None:
        received = _attach(first, channel, body, received_at, now, attempt, acknowledge)
        documents.keep_of_asker(message=received.message, files=files, now=now)
        return received
    enquiry = _new(line, channel, asker, about, received_at)
    # Before the clocks: they run by the targets of the line it is put on.
    finding = triaging.place(enquiry, body, now)
    enquiry.save()
    finding.save()
    message = _add(enquiry, channel, body, received_at, attempt)
    documents.keep_of_asker(message=message, files=files, now=now)
    clocks.start_all(
        enquiry=enquiry, promises=(Promise.FIRST, Promise.FINAL), at=received_at, now=now
    )
    contacts.received(enquiry, message, is_first=True)
    audit.record(
        action="enquiry.received",
        subject=enquiry,
        by=None,
        now=now,
        office_id=enquiry.office_id,
        detail={"channel": str(channel), "line": enquiry.line.code},
    )
    if acknowledge:
        telling.received(enquiry, now=now)
    return Received(enquiry, message, is_duplicate=False)


def _new(
    line: Line,
    channel: Channel,
    asker: Asker,
    about: About,
    received_at: datetime,
) -> Enquiry:
    """The enquiry, not yet saved. What is about the case has the same names in both."""
    return Enquiry(
        reference=new_reference(),
        line=line,
        channel=channel,
        language=asker.language,
        received_at=received_at,
        ranked_at=received_at,
        received_on=clock.service_date(received_at),
        asker_kind=asker.kind,
        asker_name=asker.name,
        asker_email=asker.email.casefold(),
        office=asker.office,
        **asdict(about),
    )


def new_reference() -> str:
    """Eight letters and digits, as EXXXX-XXXX would be spoken: nobody guesses the next one."""
    letters = [secrets.choice(REFERENCE_LETTERS) for _ in range(8)]
    return "E" + "".join(letters[:4]) + "-" + "".join(letters[4:])


def _of_attempt(attempt: UUID | None) -> Received | None:
    if attempt is None:
        return None
    message = Message.objects.filter(attempt=attempt).select_related("enquiry").first()
    if message is None:
        return None
    first = message.enquiry.messages.order_by("at", "pk").first()
    return Received(message.enquiry, message, is_duplicate=first != message)


def _asked_before(asker: Asker, about: About, at: datetime) -> Enquiry | None:
    """The same person, application and topic, ten days ago at most; locked."""
    if not asker.email or not (about.application_number or about.uci):
        return None
    found = (
        Enquiry.objects.received_since(at - SAME_WITHIN)
        .exclude(state=State.JOINED)
        .filter(
            asker_email=asker.email.casefold(),
            topic=about.topic,
            application_number=about.application_number,
            uci=about.uci,
        )
    )
    return found.select_for_update(of=("self",), no_key=True).order_by("received_at", "pk").first()


def _attach(
    first: Enquiry,
    channel: Channel,
    body: str,
    received_at: datetime,
    now: datetime,
    attempt: UUID | None,
    acknowledge: bool,
) -> Received:
    message = _add(first, channel, body, received_at, attempt)
    contacts.received(first, message, is_first=False)
    first.duplicates += 1
    first.version += 1
    first.save(update_fields=["duplicates", "version"])
    audit.record(action="enquiry.asked_again", subject=first, by=None, now=now)
    triaging.look_again(enquiry=first, text=body, now=now)
    reopening.go_on(enquiry=first, at=received_at, now=now)
    if acknowledge:
        telling.asked_again(first, now=now)
    return Received(first, message, is_duplicate=True)


def _add(
    enquiry: Enquiry, channel: Channel, body: str, at: datetime, attempt: UUID | None
) -> Message:
    return Message.objects.create(
        enquiry=enquiry,
        direction=Direction.IN,
        channel=channel,
        at=at,
        language=enquiry.language,
        body=body,
        attempt=attempt,
    )
