"""Rebooking what wants another place: one appointment with one click, or all of them in batches.

Each appointment is its own transaction: what is done stays done when the next one fails, and no day
stays locked for longer than one change takes. Without being asked nothing is moved to an earlier time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comptoir.liaison.actions import changing, locking
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.models import Appointment, Reason, Side
from comptoir.liaison.queries import rebooking
from comptoir.liaison.queries.rebooking import Cause
from comptoir.people.models import Person
from comptoir.roster.models import AbsenceKind, ServiceDay
from comptoir.roster.queries import calendar


class Reach(StrEnum):
    """How far rebooking everything may go without asking."""

    SAME_TIME = "same_time"
    OTHER_TIME = "other_time"


class Result(StrEnum):
    """What became of one appointment."""

    SAME_TIME = "same_time"
    OTHER_TIME = "other_time"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did, and how many of the affected appointments nobody has looked at yet."""

    results: tuple[Result, ...]
    waiting: int

    def count(self, result: Result) -> int:
        """How many ended so."""
        return self.results.count(result)


def reason_of(cause: Cause) -> Reason:
    """Why the office is told it changed; never the kind of leave, which is nobody's business."""
    if isinstance(cause, ServiceDay):
        return Reason.ABSENCE if calendar.is_open(cause.on) else Reason.CLOSURE
    return Reason.OUTAGE if cause.kind == AbsenceKind.OUTAGE else Reason.ABSENCE


def rebook_batch(
    *,
    cause: Cause,
    reach: Reach,
    size: int,
    left_before: int,
    by: Person,
    now: datetime,
    seed: int,
) -> Batch:
    """Rebook the next `size` appointments that the cause affects; each office is told.

    Those that find no place stay where they are, at the head of the list: `left_before` says how
    many there are from earlier batches, so that each is tried once.
    """
    batch = list(rebooking.affected_by(cause)[left_before : left_before + size])
    reason = reason_of(cause)
    results = tuple(_rebook(appointment, reach, reason, by, now, seed) for appointment in batch)
    left = left_before + results.count(Result.LEFT)
    return Batch(results, max(rebooking.affected_by(cause).count() - left, 0))


def _rebook(
    appointment: Appointment, reach: Reach, reason: Reason, by: Person, now: datetime, seed: int
) -> Result:
    try:
        changing.reassign_appointment(
            appointment=appointment, reason=reason, by=by, now=now, seed=seed
        )
        return Result.SAME_TIME
    except changing.NobodyFree:
        if reach is Reach.SAME_TIME:
            return Result.LEFT
    except (changing.NotChangeable, locking.DayBusy):
        return Result.LEFT
    return _move_to_later(appointment, reason, by, now, seed)


def _move_to_later(
    appointment: Appointment, reason: Reason, by: Person, now: datetime, seed: int
) -> Result:
    (found,) = rebooking.equivalents([appointment], now=now, seed=seed)
    for starts_at in found.later:
        try:
            changing.move_appointment(
                appointment=appointment,
                starts_at=starts_at,
                minutes=appointment.minutes,
                side=Side.CENTRE,
                reason=reason,
                by=by,
                now=now,
                seed=seed,
            )
        except NotAdmitted:
            continue  # somebody was faster: the next day's
        except (changing.NotChangeable, locking.DayBusy):
            return Result.LEFT
        return Result.OTHER_TIME
    return Result.LEFT
