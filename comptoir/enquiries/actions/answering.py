"""Answering, asking back, and noting: what leaves the centre about an enquiry leaves from here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import changing, clocks, contacts, telling
from comptoir.enquiries.models import (
    Direction,
    Enquiry,
    Message,
    Promise,
    State,
    Tier,
)
from comptoir.people.models import Person


@transaction.atomic
def answer(
    *,
    enquiry: Enquiry,
    version: int,
    body: str,
    language: str,
    tier: Tier,
    line_of_business: str,
    is_case_specific: bool,
    by: Person,
    now: datetime,
) -> Message:
    """Send the answer and close the enquiry under its wrap-up code. Raises CannotChange."""
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    message = _say(found, body, language, is_case_specific, by, now)
    if found.state == State.ON_HOLD:
        clocks.resume(enquiry=found, by=by, now=now)
    for promise in (Promise.FIRST, Promise.FINAL):
        clocks.stop(enquiry=found, promise=promise, by=by, now=now)
    found.state = State.ANSWERED
    found.answered_at = now
    found.tier = tier
    found.line_of_business = line_of_business
    changing.save(found)
    audit.record(
        action="enquiry.answered",
        subject=found,
        by=by,
        now=now,
        office_id=found.office_id,
        detail={"wrap_up_code": found.wrap_up_code},
    )
    contacts.answered(found, message, now=now)
    telling.answered(found, now=now)
    return message


@transaction.atomic
def ask_back(
    *, enquiry: Enquiry, version: int, body: str, language: str, by: Person, now: datetime
) -> Message:
    """Ask the client for something and wait: the first answer is given, the final one pauses.

    Raises CannotChange.
    """
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    message = _say(found, body, language, False, by, now)
    clocks.stop(enquiry=found, promise=Promise.FIRST, by=by, now=now)
    if found.state != State.ON_HOLD:
        clocks.pause(enquiry=found, reason="client", by=by, now=now)
    found.state = State.ON_HOLD
    changing.save(found)
    audit.record(action="enquiry.held", subject=found, by=by, now=now)
    contacts.answered(found, message, now=now)
    telling.more_needed(found, now=now)
    return message


@transaction.atomic
def note(*, enquiry: Enquiry, body: str, by: Person, now: datetime) -> Message:
    """Write something for colleagues; the asker never reads it."""
    message = Message.objects.create(
        enquiry=enquiry,
        direction=Direction.NOTE,
        channel=enquiry.channel,
        at=now,
        by=by,
        body=body,
    )
    audit.record(action="enquiry.noted", subject=enquiry, by=by, now=now)
    return message


def _say(
    enquiry: Enquiry, body: str, language: str, is_case_specific: bool, by: Person, now: datetime
) -> Message:
    return Message.objects.create(
        enquiry=enquiry,
        direction=Direction.OUT,
        channel=enquiry.channel,
        at=now,
        by=by,
        language=language,
        body=body,
        is_case_specific=is_case_specific,
    )
