"""Extra hours: asked for by somebody, for some offices or all, decided by somebody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from comptoir.audit import actions as audit
from comptoir.domain import worked
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.periods import Period
from comptoir.people.models import Office, Person
from comptoir.roster import permissions
from comptoir.roster.actions import publishing
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.actions.publishing import Publication
from comptoir.roster.models import Absence, ExtraHours, Professional
from comptoir.roster.queries import calendar, plans
from comptoir.ui import clock


class CannotRequestExtraHours(Exception):
    """The extra hours cannot be asked for."""


class InThePast(CannotRequestExtraHours):
    """They would begin before now."""


class NotWholeQuarters(CannotRequestExtraHours):
    """They do not begin and end on a quarter hour."""


class CentreClosed(CannotRequestExtraHours):
    """The centre does not work on that day."""


class OutsideServiceDay(CannotRequestExtraHours):
    """They do not lie within one service day."""


class NothingExtra(CannotRequestExtraHours):
    """The professional works all of that time anyway."""


class AskedAlready(CannotRequestExtraHours):
    """Extra hours of the same professional at that time are asked for or approved."""


class CannotDecide(Exception):
    """The request cannot be decided."""


class Absent(CannotRequestExtraHours, CannotDecide):
    """The professional is away at that time: nobody would be there, and nothing be on offer."""


class AlreadyDecided(CannotDecide):
    """Somebody approved or declined it before."""


class OwnRequest(CannotDecide):
    """They asked for them, or will work them, themselves, and another team lead is there to decide."""


class TooLate(CannotDecide):
    """Its time is over: there is nothing left to approve."""


class CannotWithdrawExtraHours(Exception):
    """The hours cannot be withdrawn."""


class NotApproved(CannotWithdrawExtraHours):
    """They were never approved, or were withdrawn before."""


class AlreadyOver(CannotWithdrawExtraHours):
    """Their time is over: what was on offer then is history."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Extra hours, and what each published day gained or lost by the decision."""

    extra: ExtraHours
    publications: Sequence[Publication]

    @property
    def added(self) -> int:
        """Quarter hours of the professional that came on offer."""
        who = self.extra.professional_id
        return sum(one.added.get(who, 0).bit_count() for one in self.publications)


@roster_change
def request_extra_hours(
    *,
    professional: Professional,
    period: Period,
    offices: Collection[Office] = (),
    purpose: str,
    by: Person,
    now: datetime,
) -> ExtraHours:
    """Ask for a professional's time beyond the pattern; without offices it is for everybody.

    Nothing is on offer before somebody approves. Raises InThePast, NotWholeQuarters, CentreClosed,
    OutsideServiceDay, AskedAlready, Absent or NothingExtra.
    """
    _check_time(professional, period, now)
    extra = ExtraHours.objects.create(
        professional=professional,
        starts_at=period.start,
        ends_at=period.end,
        purpose=purpose,
        requested_by=by,
        requested_at=now,
    )
    extra.offices.set(offices)
    audit.record(
        action="roster.extra_hours_requested",
        subject=extra,
        by=by,
        now=now,
        detail={"professional": professional.pk, "offices": sorted(o.pk for o in offices)},
    )
    return extra


@roster_change
def approve_extra_hours(*, extra: ExtraHours, by: Person, now: datetime) -> Changed:
    """Put the hours on offer, on their day if it is published; `added` says whether any came.

    Raises AlreadyDecided, OwnRequest, TooLate or Absent.
    """
    extra = _undecided(extra)
    if permissions.for_another_lead(by, [extra], now):
        raise OwnRequest
    if extra.ends_at <= now:
        raise TooLate
    _check_present(extra.professional, Period(extra.starts_at, extra.ends_at))
    extra.approved_by, extra.approved_at = by, now
    extra.save(update_fields=["approved_by", "approved_at"])
    audit.record(action="roster.extra_hours_approved", subject=extra, by=by, now=now)
    return Changed(extra, _refresh(extra, by=by, now=now))


@roster_change
def decline_extra_hours(*, extra: ExtraHours, by: Person, now: datetime) -> ExtraHours:
    """Say no. Raises AlreadyDecided."""
    extra = _undecided(extra)
    extra.declined_by, extra.declined_at = by, now
    extra.save(update_fields=["declined_by", "declined_at"])
    audit.record(action="roster.extra_hours_declined", subject=extra, by=by, now=now)
    return extra


@roster_change
def withdraw_extra_hours(*, extra: ExtraHours, by: Person, now: datetime) -> Changed:
    """Take approved hours back: they leave the offer, and appointments in them stand until moved.

    Raises NotApproved or AlreadyOver.
    """
    extra = ExtraHours.objects.select_for_update(no_key=True).get(pk=extra.pk)
    if extra.approved_at is None or extra.withdrawn_at is not None:
        raise NotApproved
    if extra.ends_at <= now:
        raise AlreadyOver
    extra.withdrawn_by, extra.withdrawn_at = by, now
    extra.save(update_fields=["withdrawn_by", "withdrawn_at"])
    audit.record(action="roster.extra_hours_withdrawn", subject=extra, by=by, now=now)
    return Changed(extra, _refresh(extra, by=by, now=now))


def _refresh(extra: ExtraHours, *, by: Person, now: datetime) -> list[Publication]:
    on = clock.service_date(extra.starts_at)
    return publishing.refresh(first=on, last=on, by=by, now=now)


def _undecided(extra: ExtraHours) -> ExtraHours:
    extra = ExtraHours.objects.select_for_update(no_key=True).get(pk=extra.pk)
    if extra.approved_at is not None or extra.declined_at is not None:
        raise AlreadyDecided
    return extra


def _check_time(professional: Professional, period: Period, now: datetime) -> None:
    if period.start < now:
        raise InThePast
    if any(at.minute % QUANTUM_MINUTES or at.second for at in (period.start, period.end)):
        raise NotWholeQuarters
    on = clock.service_date(period.start)
    if not calendar.is_open(on):
        raise CentreClosed
    grid = plans.grid_of(on)
    if worked.beyond(grid, [period]):
        raise OutsideServiceDay
    same_time = ExtraHours.objects.filter(
        professional=professional,
        declined_at=None,
        withdrawn_at=None,
        starts_at__lt=period.end,
        ends_at__gt=period.start,
    )
    if same_time.exists():
        raise AskedAlready
    _check_present(professional, period)
    plan = plans.plans(on, on, [professional.pk], now=now).get(professional.pk)
    if plan is not None and not grid.mask(period) & ~worked.worked(on, grid, plan).mask:
        raise NothingExtra


def _check_present(professional: Professional, period: Period) -> None:
    """An absence takes its time out of everything that is worked, extra hours too."""
    away = Absence.objects.filter(
        professional=professional,
        withdrawn_at=None,
        starts_at__lt=period.end,
        ends_at__gt=period.start,
    )
    if away.exists():
        raise Absent
