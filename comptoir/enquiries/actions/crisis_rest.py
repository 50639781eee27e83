"""What leaves a crisis line: one enquiry that has nothing to do with the crisis, or all that is open."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import answering, changing, clocks, taking
from comptoir.enquiries.models import (
    Agent,
    CrisisEvent,
    CrisisHappening,
    Enquiry,
    Line,
    Promise,
    Rest,
    State,
    Tier,
)
from comptoir.enquiries.queries import crisis as lines
from comptoir.people.models import Person

MOST_GATHERED = 500
"""Of one round."""


class CannotClose(Exception):
    """The line stays open."""


class NobodyLeft(CannotClose):
    """Once those on loan have gone, nobody answers on the line: send what is open to the public line."""


class NoPublicLine(CannotClose):
    """No public line is open that could take what is left."""


class NotOfACrisis(changing.CannotChange):
    """It does not lie on a crisis line."""


@transaction.atomic
def send_on(*, enquiry: Enquiry, version: int, reason: str, by: Person, now: datetime) -> Enquiry:
    """What has nothing to do with the crisis waits on the public line, with its promises as made.

    Nothing leaves a drill: there it ends. The reason stays with the enquiry as a note. Raises
    CannotChange, NoPublicLine.
    """
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    crisis = lines.of_line(found.line)
    if crisis is None:
        raise NotOfACrisis
    answering.note(enquiry=found, body=reason, by=by, now=now)
    if found.line.is_drill:
        _end(found, by, now)
    else:
        found = taking.transfer(
            enquiry=found, version=found.version, to=_public_line(now), by=by, now=now
        )
    CrisisEvent.objects.create(crisis=crisis, kind=CrisisHappening.SENT_ON, at=now, by=by, items=1)
    return found


def see_to(*, line: Line, rest: Rest, by: Person, now: datetime) -> int:
    """Everything open on a line that closes: moved, left there, or ended. How many. Raises CannotClose."""
    rows = Enquiry.objects.open().filter(line=line).order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True).select_related("line"))
    if not found:
        return 0
    if rest == Rest.MOVED:
        public = _public_line(now)
        for enquiry in found:
            _move(enquiry, public, by, now)
    elif rest == Rest.ENDED:
        for enquiry in found:
            _end(enquiry, by, now)
    elif not Agent.objects.filter(active=True, lines=line).exists():
        raise NobodyLeft
    return len(found)


@transaction.atomic
def gather(*, now: datetime) -> int:
    """What waits on a line that has closed goes to the public line: its asker wrote again, or it came in
    that very moment. What was left to its line stays there, and a drill is over. How many.
    """
    public = lines.public_line(now)
    if public is None:
        return 0
    astray = Enquiry.objects.filter(
        state=State.WAITING, line__closed_at__isnull=False, line__is_drill=False
    ).exclude(line__crisis__rest=Rest.STAYED)
    rows = astray.select_for_update(of=("self",), skip_locked=True, no_key=True)
    found = list(rows.select_related("line").order_by("pk")[:MOST_GATHERED])
    for enquiry in found:
        _move(enquiry, public, None, now)
    return len(found)


def _public_line(now: datetime) -> Line:
    public = lines.public_line(now)
    if public is None:
        raise NoPublicLine
    return public


def _move(enquiry: Enquiry, to: Line, by: Person | None, now: datetime) -> None:
    """To another line, in the same hands, with its promises as they were made."""
    former = enquiry.line.code
    enquiry.line = to
    changing.save(enquiry)
    audit.record(
        action="enquiry.transferred",
        subject=enquiry,
        by=by,
        now=now,
        detail={"from": former, "to": to.code},
    )


def _end(enquiry: Enquiry, by: Person, now: datetime) -> None:
    """An exercise is over for this enquiry: it owes nobody an answer."""
    if enquiry.state == State.ON_HOLD:
        clocks.resume(enquiry=enquiry, by=by, now=now)
    for promise in (Promise.FIRST, Promise.FINAL):
        clocks.stop(enquiry=enquiry, promise=promise, by=by, now=now)
    enquiry.state, enquiry.answered_at, enquiry.tier = State.ANSWERED, now, Tier.GENERAL
    changing.save(enquiry)
    audit.record(action="enquiry.ended_with_drill", subject=enquiry, by=by, now=now)
