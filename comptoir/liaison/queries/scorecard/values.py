"""What the scorecard computes with: hours on offer, who had them until when, what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from comptoir.domain import grid as grids
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM, Grid
from comptoir.liaison.models import LIVE_STATUSES, Happening, Side, Status

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of somebody's hours that only these offices may book."""

    mask: int
    offices: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hours:
    """What one professional offered on one day, as a mask of the day's grid."""

    on: date
    grid: Grid
    professional: int
    languages: frozenset[str]
    mask: int
    kept: tuple[Kept, ...] = ()

    def open_to(self, office: int) -> int:
        """What of it this office could book."""
        closed = [kept.mask for kept in self.kept if office not in kept.offices]
        return self.mask & ~_union(closed)

    @property
    def directed(self) -> int:
        """What of it was kept for some offices."""
        return _union(kept.mask for kept in self.kept)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a tenure ended. A no-show is giving up without notice."""

    kind: Happening
    at: datetime
    side: Side
    notice_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Tenure:
    """An appointment at one place, until it ended there; a move leads to another tenure.

    `booked_at` is of the place the appointment has now; a place that it left has none.
    """

    office: int
    professional: int
    on: date
    starts_at: datetime
    quanta: int
    status: Status
    booked_at: datetime | None = None
    ended: Ended | None = None

    @property
    def is_live(self) -> bool:
        """Whether the time was the appointment's in the end."""
        return self.ended is None and self.status in LIVE_STATUSES

    @property
    def was_occupied(self) -> bool:
        """Whether a professional was bound by it: live, or waited for in vain."""
        return self.is_live or self.is_missed

    @property
    def is_missed(self) -> bool:
        """Whether nobody came."""
        return self.ended is not None and self.ended.kind == Happening.NO_SHOW

    @property
    def is_attended(self) -> bool:
        """Whether it was held."""
        return self.is_live and self.status == Status.FINISHED

    @property
    def left_by_office(self) -> bool:
        """Whether the office itself let it go, or did not come."""
        return self.ended is not None and self.ended.side == Side.OFFICE

    def slots(self) -> Iterator[tuple[int, datetime]]:
        """Its quarter hours: professional and instant."""
        return ((self.professional, self.starts_at + i * QUANTUM) for i in range(self.quanta))

    def mask(self, grid: Grid) -> int:
        """Its quarter hours on a day's grid."""
        return grids.bits(grid.index(self.starts_at), self.quanta)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for time on the days from `first` to `last`: granted, or refused for a reason.

    `offered` is the longest time, in quanta, that the office was offered of that day instead, or on a
    list about then. `listed`: it asks for no day by itself, as a list on which nothing was offered, or to wait.
    """

    office: int
    first: date
    last: date
    at: datetime
    quanta: int
    language: str
    granted: bool
    reason: str = ""
    offered: int = 0
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at the list of times: the third soonest that was offered, if there were three."""

    office: int
    at: datetime
    third_at: datetime | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rule of a day says of it, in quanta and minutes."""

    floor: int
    weekly_floor: int
    late_notice_minutes: int


@dataclass(frozen=True, slots=True)
class About:
    """What offices are grouped by."""

    chamber: str
    province: str
    language: str


@dataclass(frozen=True, slots=True)
class Use:
    """Some days of service: hours on offer, tenures and requests, with the terms of each day."""

    hours: Sequence[Hours]
    tenures: Sequence[Tenure]
    asked: Sequence[Asked]
    terms: Mapping[date, Terms]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was on offer and nothing booked."""
        return not self.tenures and not any(one.mask for one in self.hours)


def by_week(use: Use, mondays: Iterable[date]) -> dict[date, Use]:
    """The same, week by week; a request for several weeks stands in each."""
    found: dict[date, tuple[list[Hours], list[Tenure], list[Asked]]] = {
        monday: ([], [], []) for monday in mondays
    }
    for hours in use.hours:
        if (monday := monday_of(hours.on)) in found:
            found[monday][0].append(hours)
    for tenure in use.tenures:
        if (monday := monday_of(tenure.on)) in found:
            found[monday][1].append(tenure)
    for asked in use.asked:
        monday = monday_of(asked.first)
        while monday <= asked.last:
            if monday in found:
                found[monday][2].append(asked)
            monday += WEEK
    return {monday: Use(*parts, use.terms) for monday, parts in found.items()}


def from_weekday(use: Use, weekday: int) -> Use:
    """The same without the first days of each week, those before `weekday`: 0 is Monday."""
    return Use(
        [hours for hours in use.hours if hours.on.weekday() >= weekday],
        [tenure for tenure in use.tenures if tenure.on.weekday() >= weekday],
        [asked for asked in use.asked if _reaches(asked, weekday)],
        use.terms,
    )


def _reaches(asked: Asked, weekday: int) -> bool:
    """Whether one of the days it asked for is that late in its week."""
    days = range(min((asked.last - asked.first).days, 6) + 1)
    return any((asked.first + timedelta(days=ahead)).weekday() >= weekday for ahead in days)


def _union(masks: Iterable[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole
