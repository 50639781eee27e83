"""One-off closed days: who entered them and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from comptoir.audit import actions as audit
from comptoir.people.models import Person
from comptoir.roster.actions import publishing
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.actions.publishing import Publication
from comptoir.roster.models import ClosedDay
from comptoir.roster.queries import calendar
from comptoir.ui import clock


class CannotClose(Exception):
    """The day cannot be entered as closed."""


class ClosedAnyway(CannotClose):
    """It is a weekend or a closed day already."""


class DayIsOver(CannotClose):
    """What was on offer on a day that is over is history."""


class CannotReopen(Exception):
    """The day cannot be opened again."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed day, and what its published hours lost."""

    day: ClosedDay
    publications: Sequence[Publication]


@roster_change
def add_closed_day(
    *, on: date, name_en: str, name_fr: str, reason: str, by: Person, now: datetime
) -> Closed:
    """Close the centre on a date and take its published hours off the offer.

    Appointments of that day stand until they are moved. Raises DayIsOver or ClosedAnyway.
    """
    if on < clock.service_date(now):
        raise DayIsOver
    if not calendar.is_open(on):
        raise ClosedAnyway
    day = ClosedDay.objects.create(
        on=on, name_en=name_en, name_fr=name_fr, reason=reason, entered_by=by, entered_at=now
    )
    audit.record(
        action="roster.day_closed", subject=day, by=by, now=now, detail={"on": on.isoformat()}
    )
    return Closed(day, publishing.refresh(first=on, last=on, by=by, now=now))


@roster_change
def reopen_day(*, day: ClosedDay, by: Person, now: datetime) -> Sequence[Publication]:
    """Take back a closed day that was entered; its hours are on offer again. Raises CannotReopen.

    Who comes second finds it done: the trail says once that it was, and by whom.
    """
    if day.on < clock.service_date(now):
        raise CannotReopen
    reopened, _ = ClosedDay.objects.filter(pk=day.pk).delete()
    if not reopened:
        return []
    audit.record(
        action="roster.day_reopened",
        subject=day,
        by=by,
        now=now,
        detail={"on": day.on.isoformat()},
    )
    return publishing.refresh(first=day.on, last=day.on, by=by, now=now)
