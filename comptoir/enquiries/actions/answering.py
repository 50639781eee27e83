"""Answering, asking back, and noting: what leaves the centre about an enquiry leaves from here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.domain.gates import Closed, Reason
from comptoir.enquiries.actions import changing, clocks, contacts, resending, telling, texting
from comptoir.enquiries.models import (
    Direction,
    Enquiry,
    Message,
    Promise,
    State,
    TextVersion,
    Tier,
)
from comptoir.enquiries.queries import bundles, gates
from comptoir.people.models import Person


class GatesClosed(changing.CannotChange):
    """What is about a case is not told to whoever asked: why is in `reasons`."""

    def __init__(self, reasons: Collection[Reason]) -> None:
        super().__init__(*reasons)
        self.reasons = tuple(reasons)


class NoAction(changing.CannotChange):
    """A representative who gives no name writes for many: nothing is told until they say who they are."""


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
    texts: Collection[TextVersion] = (),
) -> Message:
    """Send the answer and close the enquiry under its wrap-up code.

    What is about a case, by its wrap-up code too, or quotes a text that is, passes both gates and is
    disclosed on record. Raises CannotChange, and texting.NotInUse for a text that is not.
    """
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    if bundles.is_barred(found):
        raise NoAction
    is_about_it = is_case_specific or tier != Tier.GENERAL
    message = _say(found, body, language, is_about_it, texts, by, now)
    if found.state == State.ON_HOLD:
        clocks.resume(enquiry=found, by=by, now=now)
    answered = [found, *found.joined.all()]  # its parts are answered with it
    for each in answered:
        for promise in (Promise.FIRST, Promise.FINAL):
            clocks.stop(enquiry=each, promise=promise, by=by, now=now)
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
    for each in answered:
        contacts.answered(each, message, now=now)
    resending.answered_anew(enquiry=found, by=by, now=now)
    telling.answered(found, message, now=now)
    return message


@transaction.atomic
def ask_back(
    *,
    enquiry: Enquiry,
    version: int,
    body: str,
    language: str,
    is_case_specific: bool,
    by: Person,
    now: datetime,
    texts: Collection[TextVersion] = (),
) -> Message:
    """Ask the client for something and wait: the first answer is given, the final one pauses.

    A question that is about a case passes both gates as an answer does. Raises CannotChange, and
    texting.NotInUse for a text that is not.
    """
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    message = _say(found, body, language, is_case_specific, texts, by, now)
    clocks.stop(enquiry=found, promise=Promise.FIRST, by=by, now=now)
    if found.state != State.ON_HOLD:
        clocks.pause(enquiry=found, reason="client", by=by, now=now)
    found.state = State.ON_HOLD
    changing.save(found)
    audit.record(action="enquiry.held", subject=found, by=by, now=now)
    contacts.answered(found, message, now=now)
    telling.more_needed(found, message, now=now)
    return message


@transaction.atomic
def note(
    *, enquiry: Enquiry, body: str, by: Person, now: datetime, is_case_specific: bool = False
) -> Message:
    """Write something for colleagues; the asker never reads it.

    A reason why something was done is no fact about the case, unless its writer says so.
    """
    message = Message.objects.create(
        enquiry=enquiry,
        direction=Direction.NOTE,
        channel=enquiry.channel,
        at=now,
        by=by,
        body=body,
        is_case_specific=is_case_specific,
    )
    audit.record(action="enquiry.noted", subject=enquiry, by=by, now=now)
    return message


def _disclose(enquiry: Enquiry, by: Person, now: datetime) -> None:
    """Both gates are open, and on which basis is on the trail; raises GatesClosed."""
    verdict = gates.verdict(enquiry, now)
    if isinstance(verdict, Closed):
        raise GatesClosed(verdict.reasons)
    audit.record(
        verb=Verb.DISCLOSED,
        action="enquiry.case_told",
        subject=enquiry,
        by=by,
        now=now,
        office_id=enquiry.office_id,
        detail={"basis": gates.basis_code(verdict)},
    )


def _say(
    enquiry: Enquiry,
    body: str,
    language: str,
    is_case_specific: bool,
    texts: Collection[TextVersion],
    by: Person,
    now: datetime,
) -> Message:
    """The one way out: what is about a case, quotes a text that is, or holds a number or the date of birth
    of one, is disclosed before it is said.
    """
    is_case_specific = (
        is_case_specific
        or any(one.text.is_case_specific for one in texts)
        or gates.tells_of_a_case(enquiry, body)
    )
    if is_case_specific:
        _disclose(enquiry, by, now)
    message = Message.objects.create(
        enquiry=enquiry,
        direction=Direction.OUT,
        channel=enquiry.channel,
        at=now,
        by=by,
        language=language,
        body=body,
        is_case_specific=is_case_specific,
    )
    texting.quote(message=message, versions=texts, now=now)
    return message
