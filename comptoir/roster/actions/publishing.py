"""Publishing: making the hours on offer of a day out of everything that is known of it.

A mask holds what is worked and nothing else. A quarter hour that was sold and is no longer worked
leaves the mask and keeps its claim: the appointment stands until somebody moves it, and when it is
given up it is not sold again to find nobody there. So bookings need not be known here, and no
publication can touch them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings

from comptoir.audit import actions as audit
from comptoir.domain.grid import Grid
from comptoir.domain.worked import Worked
from comptoir.people.models import Person
from comptoir.roster.actions.locking import roster_change
from comptoir.roster.models import ExtraHours, OfferedHours, ReservedHours, ServiceDay
from comptoir.roster.queries import calendar, plans
from comptoir.ui import clock


class CannotPublish(Exception):
    """The day cannot be published."""


class DayIsOver(CannotPublish):
    """What was on offer on a day that is over is history."""


class CentreClosed(CannotPublish):
    """The centre does not work on that day."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing a day did. Masks are by professional, of the day's grid.

    `withdrawn` was on offer before and is not any more: any appointment in it wants another time.
    """

    day: ServiceDay
    changed: bool
    added: Mapping[int, int] = field(default_factory=dict)
    withdrawn: Mapping[int, int] = field(default_factory=dict)


@roster_change
def publish_day(*, on: date, by: Person | None, now: datetime) -> Publication:
    """Put the hours of `on` on offer, or bring them up to date; `by=None` is the service itself.

    Idempotent: with nothing new to say nothing is written. Never touches what is booked.
    Raises DayIsOver; CentreClosed unless the day was published before it was closed.
    """
    if on < clock.service_date(now):
        raise DayIsOver
    published = ServiceDay.objects.filter(on=on).exists()
    if not published and not calendar.is_open(on):
        raise CentreClosed
    return _publish([on], by=by, now=now)[0]


def publish_horizon(*, by: Person | None, now: datetime) -> list[Publication]:
    """Publish every business day from today as far ahead as is set, and refresh what is published.

    Each day is a transaction of its own, so that nobody's booking waits for fifteen of them.
    """
    today = clock.service_date(now)
    last = calendar.horizon(today, settings.SERVICE_PUBLISHED_DAYS)
    published = ServiceDay.objects.filter(on__gte=today).values_list("on", flat=True)
    dates = sorted({*calendar.open_days(today, last), *published})
    return [publish_day(on=on, by=by, now=now) for on in dates]


def refresh(
    *, first: date, last: date | None, by: Person | None, now: datetime
) -> list[Publication]:
    """Bring the published days from `first` to `last` (None: all) up to date, in a roster change.

    Days that are over stay as they are.
    """
    days = ServiceDay.objects.filter(on__gte=max(first, clock.service_date(now)))
    if last is not None:
        days = days.filter(on__lte=last)
    dates = days.order_by("on").values_list("on", flat=True)
    return _publish(list(dates), by=by, now=now)


def _publish(dates: list[date], *, by: Person | None, now: datetime) -> list[Publication]:
    """Compute first, then lock day after day in order of date, compare and write what differs."""
    if not dates:
        return []
    known = {day.on: day for day in ServiceDay.objects.filter(on__in=dates)}
    grids = {on: _grid(on, known.get(on)) for on in dates}
    wanted = _wanted(grids, now)
    offices = _offices(wanted.values())
    return [
        _bring_up_to_date(on, grids[on], wanted[on], offices, by=by, now=now)
        for on in sorted(dates)
    ]


def _grid(on: date, day: ServiceDay | None) -> Grid:
    return plans.grid_of(on) if day is None else Grid(day.starts_at, day.quanta)


def _wanted(grids: Mapping[date, Grid], now: datetime) -> dict[date, dict[int, Worked]]:
    """What each professional works on each date."""
    first, last = min(grids), max(grids)
    closed = calendar.closed_days(first, last)
    known = plans.plans(first, last, now=now)
    return {
        on: {pk: plans.worked_mask(on, grid, plan, closed) for pk, plan in known.items()}
        for on, grid in grids.items()
    }


def _offices(wanted: Iterable[Mapping[int, Worked]]) -> dict[int, list[int]]:
    """The offices each extra is kept for, in order; none is everybody."""
    extras = {key for day in wanted for work in day.values() for key in work.from_extras}
    if not extras:
        return {}
    links = ExtraHours.offices.through.objects.filter(extrahours__in=extras)
    found: dict[int, list[int]] = {key: [] for key in extras}
    for extra, office in links.order_by("office_id").values_list("extrahours_id", "office_id"):
        found[extra].append(office)
    return found


def _bring_up_to_date(
    on: date,
    grid: Grid,
    wanted: Mapping[int, Worked],
    offices: Mapping[int, list[int]],
    *,
    by: Person | None,
    now: datetime,
) -> Publication:
    day, is_new = _locked_day(on, grid, by=by, now=now)
    hours = {row.professional_id: row for row in OfferedHours.objects.filter(day=day)}
    before = {pk: row.mask for pk, row in hours.items()}
    after = {pk: wanted[pk].mask if pk in wanted else 0 for pk in {*before, *wanted}}
    _write_masks(day, hours, after)
    reserves_changed = _write_reserves(day, hours, wanted, offices)
    added = {pk: bits for pk in after if (bits := after[pk] & ~before.get(pk, 0))}
    withdrawn = {pk: bits for pk in before if (bits := before[pk] & ~after[pk])}
    changed = is_new or reserves_changed or bool(added) or bool(withdrawn)
    if changed:
        _say_so(day, is_new, after, by=by, now=now)
    return Publication(day, changed, added, withdrawn)


def _locked_day(
    on: date, grid: Grid, *, by: Person | None, now: datetime
) -> tuple[ServiceDay, bool]:
    """The day's row, locked; made if need be: under the roster's lock nobody else makes it."""
    day = ServiceDay.objects.select_for_update(no_key=True).filter(on=on).first()
    if day is not None:
        return day, False
    values = {"starts_at": grid.starts_at, "quanta": grid.quanta}
    made = ServiceDay.objects.create(on=on, published_at=now, published_by=by, **values)
    return made, True


def _write_masks(day: ServiceDay, hours: dict[int, OfferedHours], after: Mapping[int, int]) -> None:
    """A row is never deleted, claims point to it; one who never worked that day has none."""
    new = [
        OfferedHours(day=day, professional_id=pk, mask=mask)
        for pk, mask in sorted(after.items())
        if mask and pk not in hours
    ]
    changed = []
    for pk, row in hours.items():
        if row.mask != after[pk]:
            row.mask = after[pk]
            changed.append(row)
    if new:
        hours |= {row.professional_id: row for row in OfferedHours.objects.bulk_create(new)}
    if changed:
        OfferedHours.objects.bulk_update(changed, ["mask"])


def _write_reserves(
    day: ServiceDay,
    hours: Mapping[int, OfferedHours],
    wanted: Mapping[int, Worked],
    offices: Mapping[int, list[int]],
) -> bool:
    """What comes from extra hours, for whom: replaced as a whole when it differs."""
    after = {
        (hours[pk].pk, extra, mask, tuple(offices[extra]))
        for pk, work in wanted.items()
        for extra, mask in work.from_extras.items()
    }
    rows = ReservedHours.objects.filter(hours__day=day)
    before = {(row.hours_id, row.extra_id, row.mask, tuple(row.offices)) for row in rows}
    if before == after:
        return False
    rows.delete()
    ReservedHours.objects.bulk_create(
        ReservedHours(hours_id=hours_id, extra_id=extra, mask=mask, offices=list(kept_for))
        for hours_id, extra, mask, kept_for in sorted(after)
    )
    return True


def _say_so(
    day: ServiceDay, is_new: bool, after: Mapping[int, int], *, by: Person | None, now: datetime
) -> None:
    if not is_new:
        day.version += 1
        day.published_at, day.published_by = now, by
        day.save(update_fields=["version", "published_at", "published_by"])
    audit.record(
        action="roster.day_published",
        subject=day,
        by=by,
        now=now,
        detail={"version": day.version, "quarter_hours": _total(after.values())},
    )


def _total(masks: Collection[int]) -> int:
    return sum(mask.bit_count() for mask in masks)
