"""Absences: recorded, and withdrawn when they do not come about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from comptoir.audit import actions as audit
from comptoir.domain.periods import Period
from comptoir.people.models import Person
from comptoir.roster.actions import publishing
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.actions.publishing import Publication
from comptoir.roster.models import Absence, AbsenceKind, Professional
from comptoir.ui import clock

LONGEST = timedelta(days=400)
"""A longer one is a typing error in the year."""


class CannotRecordAbsence(Exception):
    """The absence cannot be recorded."""


class AlreadyAbsent(CannotRecordAbsence):
    """An absence on record covers all of that time: a second click, or a second person."""


class AbsenceTooLong(CannotRecordAbsence):
    """It would last longer than any absence does."""


class CannotWithdrawAbsence(Exception):
    """The absence cannot be withdrawn."""


class AlreadyWithdrawn(CannotWithdrawAbsence):
    """It was withdrawn before."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An absence, and what each published day lost (or got back) by it."""

    absence: Absence
    publications: Sequence[Publication]


@roster_change
def record_absence(
    *,
    professional: Professional,
    kind: AbsenceKind,
    period: Period,
    note: str = "",
    by: Person,
    now: datetime,
) -> Recorded:
    """Record that a professional is away, and take the time off the published days.

    Appointments in that time stand until they are moved; `publications` tell what was withdrawn.
    Raises AlreadyAbsent or AbsenceTooLong.
    """
    if period.end - period.start > LONGEST:
        raise AbsenceTooLong
    covering = Absence.objects.filter(
        professional=professional,
        withdrawn_at=None,
        starts_at__lte=period.start,
        ends_at__gte=period.end,
    )
    if covering.exists():
        raise AlreadyAbsent
    absence = Absence.objects.create(
        professional=professional,
        kind=kind,
        starts_at=period.start,
        ends_at=period.end,
        note=note,
        entered_by=by,
        entered_at=now,
    )
    audit.record(
        action="roster.absence_recorded",
        subject=absence,
        by=by,
        now=now,
        detail={"professional": professional.pk},
    )
    return Recorded(absence, _refresh(absence, by=by, now=now))


@roster_change
def withdraw_absence(*, absence: Absence, by: Person, now: datetime) -> Recorded:
    """Take an absence back: its time is on offer again. Raises AlreadyWithdrawn."""
    absence = Absence.objects.select_for_update(no_key=True).get(pk=absence.pk)
    if absence.withdrawn_at is not None:
        raise AlreadyWithdrawn
    absence.withdrawn_at, absence.withdrawn_by = now, by
    absence.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record(action="roster.absence_withdrawn", subject=absence, by=by, now=now)
    return Recorded(absence, _refresh(absence, by=by, now=now))


def _refresh(absence: Absence, *, by: Person, now: datetime) -> list[Publication]:
    return publishing.refresh(
        first=clock.service_date(absence.starts_at),
        last=clock.service_date(absence.ends_at),
        by=by,
        now=now,
    )
