"""A past week as `domain.replay` asks for it: the requests on record, in order, and what was given up.

A request is a decision, or a time chosen from a list that could not be kept. That a request was refused
as a move is on no record: it is asked as one of its own. What a supervisor waived later was charged until
then, and stays so here. In other weeks an office holds ahead what it kept of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet

from comptoir.domain import replay
from comptoir.domain.grid import QUANTUM, Grid, OffGrid
from comptoir.domain.replay import Ask, GiveUp, Recorded
from comptoir.domain.service_day import Reason
from comptoir.liaison.models import (
    LIVE_STATUSES,
    Appointment,
    AppointmentEvent,
    Happening,
    Side,
    Status,
)
from comptoir.liaison.queries.scorecard.capacity import NO_REQUEST
from comptoir.ui import clock, statements

AROUND = timedelta(days=40)
"""Holdings of weeks farther away than this are not counted: longer than the horizon of any rule of ours."""


_CHANGES = (Happening.MOVED, Happening.CANCELLED, Happening.NO_SHOW)


class _Request(NamedTuple):
    """A row of `_REQUESTS`; `key` is the decision's, None of a time that could not be kept."""

    at: datetime
    key: int | None
    office: int
    on: date
    starts_at: datetime
    quanta: int
    language: str
    granted: bool
    reason: str
    seed: int


@dataclass(frozen=True, slots=True)
class _Stay:
    """An appointment at one time: booked or moved there `at` that moment, and moved on or given up later."""

    appointment: int
    office: int
    at: datetime
    starts_at: datetime
    arrived: AppointmentEvent | None
    left: AppointmentEvent | None
    next_on: date | None

    @property
    def on(self) -> date:
        return clock.service_date(self.starts_at)


@dataclass(frozen=True, slots=True)
class Events:
    """What happened of a week, in order, and which of the needs that were met were attended."""

    events: tuple[Ask | GiveUp, ...]
    was_attended: Mapping[int, bool]


_REQUESTS = """
SELECT decision.at, decision.id, office_id, decision.on, starts_at, quanta, language, accepted, reason, seed
  FROM liaison_decision decision
 WHERE decision.on BETWEEN %(first)s AND %(last)s AND starts_at IS NOT NULL
   AND (accepted OR side = %(office)s)
 UNION ALL
SELECT search.at, NULL, office_id, search.first, starts_at, quanta, language, false, reason, 0
  FROM liaison_search search
 WHERE search.first BETWEEN %(first)s AND %(last)s AND starts_at IS NOT NULL AND reason <> ''
 ORDER BY 1, 2
"""


def load(first: date, last: date, grids: Mapping[date, Grid]) -> Events:
    """The events of the days from `first` to `last` for which hours were published. Four statements."""
    values = {"first": first, "last": last, "office": Side.OFFICE.value}
    rows = [_Request(*row) for row in statements.rows(_REQUESTS, values)]
    appointments = list(_appointments(first, last))
    stays = [stay for stay in _stays(appointments) if stay.on in grids]
    asked = list(_asked(rows, stays, grids, _elsewhere(first, last)))
    needs = replay.needs(recorded for _, recorded in asked)
    need_of = {
        recorded.appointment: need
        for (_, recorded), need in zip(asked, needs, strict=True)
        if recorded.appointment is not None
    }
    asks = [replace(ask, need=need) for (ask, _), need in zip(asked, needs, strict=True)]
    given_up = [
        _as_event(stay.left, need_of[stay.appointment])
        for stay in stays
        if stay.left is not None and stay.appointment in need_of and stay.next_on not in grids
    ]
    ends = {one.pk: one.status == Status.FINISHED for one in appointments}
    return Events(
        tuple(sorted([*given_up, *asks], key=_when)),
        {need: ends[appointment] for appointment, need in need_of.items()},
    )


def _when(event: Ask | GiveUp) -> tuple[datetime, bool]:
    """What is given up can be had at the same moment."""
    return event.at, isinstance(event, Ask)


def _asked(
    rows: Iterable[_Request],
    stays: Iterable[_Stay],
    grids: Mapping[date, Grid],
    elsewhere: Mapping[int, Sequence[tuple[datetime, datetime, int]]],
) -> Iterator[tuple[Ask, Recorded]]:
    """The requests for a time that there was; their needs are not known yet."""
    stay_of = {(stay.office, stay.at, stay.starts_at): stay for stay in stays}
    begun: set[int] = set()
    for row in rows:
        start = _index(grids.get(row.on), row.starts_at)
        if start is None or (not row.granted and row.reason in NO_REQUEST):
            continue
        stay = stay_of.get((row.office, row.at, row.starts_at)) if row.granted else None
        appointment = stay.appointment if stay is not None else None
        moved = stay.arrived if stay is not None else None
        ask = Ask(
            row.at, -1, row.office, row.on, row.quanta, row.language, start, row.seed,
            was_taken=row.reason == Reason.TIME_TAKEN,
            held_elsewhere=_held(elsewhere.get(row.office, ()), row.at),
            moves=appointment in begun,
            excused=moved is not None and bool(moved.excused_quanta),
            centre=moved is not None and moved.side == Side.CENTRE,
        )  # fmt: skip
        if appointment is not None:
            begun.add(appointment)
        yield ask, Recorded(row.office, row.on, row.quanta, row.granted, appointment)


def _index(grid: Grid | None, starts_at: datetime) -> int | None:
    try:
        return grid.index(starts_at) if grid is not None else None
    except OffGrid:
        return None


def _as_event(left: AppointmentEvent, need: int) -> GiveUp:
    """What was cancelled or not attended, or moved to another week."""
    return GiveUp(
        left.at,
        need,
        excused=bool(left.excused_quanta),
        missed=left.kind == Happening.NO_SHOW,
        centre=left.side == Side.CENTRE,
    )


def _appointments(first: date, last: date) -> QuerySet[Appointment]:
    """Those of the week, and those that were moved out of it."""
    zone = clock.service_zone()
    between = clock.midnight(first, zone), clock.midnight(last + timedelta(days=1), zone)
    moved = AppointmentEvent.objects.filter(
        kind=Happening.MOVED, from_starts_at__gte=between[0], from_starts_at__lt=between[1]
    )
    found = Appointment.objects.filter(
        Q(day__on__range=(first, last)) | Q(pk__in=moved.values("appointment"))
    )
    changes = AppointmentEvent.objects.filter(kind__in=_CHANGES).order_by("at", "pk")
    return found.order_by("pk").prefetch_related(Prefetch("events", changes, to_attr="changes"))


def _stays(appointments: Iterable[Any]) -> Iterator[_Stay]:
    """Each time that each appointment had, in order; an end that was taken back is none."""
    for one in appointments:
        moves = [event for event in one.changes if event.kind == Happening.MOVED]
        ends = [event for event in one.changes if event.kind == one.status]
        times = [*(event.from_starts_at for event in moves), one.starts_at]
        for place, starts_at in enumerate(times):
            arrived = moves[place - 1] if place else None
            is_last = place == len(moves)
            left = (ends[-1] if ends else None) if is_last else moves[place]
            yield _Stay(
                one.pk, one.office_id, arrived.at if arrived else one.booked_at, starts_at,
                arrived, left, None if is_last else clock.service_date(times[place + 1]),
            )  # fmt: skip


def _elsewhere(first: date, last: date) -> dict[int, list[tuple[datetime, datetime, int]]]:
    """By office what it had in other weeks and kept: since when, for when, how much."""
    rows = Appointment.objects.filter(
        Q(day__on__gte=first - AROUND, day__on__lt=first)
        | Q(day__on__gt=last, day__on__lte=last + AROUND),
        status__in=LIVE_STATUSES,
    ).values_list("office_id", "booked_at", "starts_at", "ends_at")
    found: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for office, since, starts_at, ends_at in rows:
        found[office].append((since, starts_at, (ends_at - starts_at) // QUANTUM))
    return found


def _held(had: Iterable[tuple[datetime, datetime, int]], at: datetime) -> int:
    return sum(quanta for since, starts_at, quanta in had if since <= at < starts_at)
