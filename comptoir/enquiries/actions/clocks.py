"""Starting, pausing, resuming and stopping the clocks of an enquiry, each with an event of its own.

A due date is computed from what is on record (receipt, target, calendar, pauses); none is counted up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from comptoir.domain import clocks as rule
from comptoir.enquiries.models import (
    Clock,
    ClockEvent,
    ClockHappening,
    ClockQuerySet,
    Enquiry,
    Pause,
    Promise,
)
from comptoir.enquiries.queries import promises as promised
from comptoir.people.models import Person


class NotPaused(Exception):
    """No clock of the enquiry is paused."""


class PausedAlready(Exception):
    """The enquiry's clocks are paused already."""


def start(*, enquiry: Enquiry, promise: Promise, at: datetime, now: datetime) -> Clock:
    """Promise it from `at` on, under the target of its line in force on that day.

    Raises NothingPromised.
    """
    [clock] = start_all(enquiry=enquiry, promises=(promise,), at=at, now=now)
    return clock


def start_all(
    *, enquiry: Enquiry, promises: Sequence[Promise], at: datetime, now: datetime
) -> list[Clock]:
    """The same for several promises, by one calendar. Raises NothingPromised."""
    calendar = promised.calendar_around(at)
    on = rule.business_day_of(at, calendar)
    targets = promised.targets_in_force(enquiry.line, promises, on)
    started = []
    for promise in promises:
        clock = Clock.objects.create(
            enquiry=enquiry,
            promise=promise,
            target=targets[promise],
            started_at=at,
            calendar=calendar.version,
            due_at=promised.due(at, targets[promise], calendar),
        )
        _note(clock, ClockHappening.STARTED, None, now)
        started.append(clock)
    return started


@transaction.atomic
def pause(*, enquiry: Enquiry, reason: str, by: Person, now: datetime) -> None:
    """Let the promises wait while the centre waits for the client; raises PausedAlready."""
    for clock in _running(enquiry):
        if clock.pauses.filter(ends_at=None).exists():
            raise PausedAlready
        Pause.objects.create(clock=clock, starts_at=now, reason=reason)
        _note(clock, ClockHappening.PAUSED, clock.due_at, now, by=by, reason=reason)


@transaction.atomic
def resume(*, enquiry: Enquiry, by: Person | None, now: datetime) -> None:
    """Go on counting: the working time that passed is credited. Raises NotPaused."""
    paused = [clock for clock in _running(enquiry) if clock.pauses.filter(ends_at=None).exists()]
    if not paused:
        raise NotPaused
    for clock in paused:
        clock.pauses.filter(ends_at=None).update(ends_at=now)
        _compute(clock, ClockHappening.RESUMED, now, by=by)


def stop(*, enquiry: Enquiry, promise: Promise, by: Person | None, now: datetime) -> None:
    """The promise is kept, or late: its due date stays on record. Nothing if none is running."""
    for clock in _running(enquiry).filter(promise=promise):
        if clock.pauses.filter(ends_at=None).update(ends_at=now):
            _compute(clock, ClockHappening.RESUMED, now, by=by)
        clock.stopped_at = now
        clock.save(update_fields=["stopped_at"])
        _note(clock, ClockHappening.STOPPED, clock.due_at, now, by=by)


@transaction.atomic
def follow_calendar(
    *, keys: Iterable[int], calendars: promised.Calendars, now: datetime
) -> list[Clock]:
    """Compute running clocks anew after a holiday was announced; those whose due date moved.

    One that somebody changes at this moment is left for the next time.
    """
    moved = []
    found = Clock.objects.running().filter(pk__in=keys).select_related("target")
    for clock in found.select_for_update(of=("self",), skip_locked=True, no_key=True):
        before = clock.due_at
        _compute(clock, ClockHappening.RECOMPUTED, now, calendars=calendars)
        if clock.due_at != before:
            moved.append(clock)
    return moved


def _compute(
    clock: Clock,
    kind: ClockHappening,
    now: datetime,
    *,
    by: Person | None = None,
    calendars: promised.Calendars | None = None,
) -> None:
    calendar = (calendars or promised.Calendars()).at(clock.started_at)
    before = clock.due_at
    clock.calendar = calendar.version
    clock.due_at = promised.due_of(clock, calendar)
    clock.save(update_fields=["calendar", "due_at"])
    if kind is not ClockHappening.RECOMPUTED or clock.due_at != before:
        _note(clock, kind, before, now, by=by)


def _running(enquiry: Enquiry) -> ClockQuerySet:
    return (
        enquiry.clocks.running()
        .select_related("target")
        .select_for_update(of=("self",), no_key=True)
    )


def _note(
    clock: Clock,
    kind: ClockHappening,
    before: datetime | None,
    now: datetime,
    *,
    by: Person | None = None,
    reason: str = "",
) -> None:
    ClockEvent.objects.create(
        clock=clock,
        kind=kind,
        at=now,
        by=by,
        due_before=before,
        due_after=clock.due_at,
        reason=reason,
    )
