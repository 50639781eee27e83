"""Who may book what: the one function that lists times, enforces, explains, counts and simulates.

`admit` answers a request for one service day from plain values, without a clock, a database or a
draw of its own. What a screen offers is `offers`, which asks the same two questions: does the rule
allow this length to this office on this day, and where does it fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from comptoir.domain import grid as grids
from comptoir.domain.grid import Grid
from comptoir.domain.rule import SharingRule


class Reason(StrEnum):
    """Why a request was refused. Each has an English and a French sentence and a next step."""

    OFFICE_NOT_ACTIVE = "office_not_active"
    NOT_PUBLISHED = "not_published"
    BEYOND_HORIZON = "beyond_horizon"
    LENGTH_NOT_OFFERED = "length_not_offered"
    TOO_SOON = "too_soon"
    DAY_LIMIT = "day_limit"
    WEEK_LIMIT = "week_limit"
    NO_TIME = "no_time"
    TIME_TAKEN = "time_taken"


@dataclass(frozen=True, slots=True)
class Reserve:
    """A part of a professional's hours that only these offices may book."""

    mask: int
    offices: frozenset[int]


@dataclass(frozen=True, slots=True)
class ProfessionalHours:
    """What one professional offers on the day and what of it is taken (claims and live holds)."""

    professional: int
    languages: frozenset[str]
    offered: int
    taken: int = 0
    reserves: tuple[Reserve, ...] = ()

    def free_for(self, office: int) -> int:
        """The mask of quarter hours this office could still take."""
        free = self.offered & ~self.taken
        for reserve in self.reserves:
            if office not in reserve.offices:
                free &= ~reserve.mask
        return free


@dataclass(frozen=True, slots=True)
class Use:
    """What an office has used of the day and of its week, in quanta, late losses included."""

    day: int = 0
    week: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """One service day as plain values. `rule=None` or no hours: the day is not on offer."""

    on: date
    grid: Grid
    rule: SharingRule | None
    last_bookable: date
    hours: tuple[ProfessionalHours, ...] = ()
    use: Mapping[int, Use] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What an office asks for. `start` is a quarter hour of the day's grid, None for the soonest.

    `professional` narrows the choice (a hold, a rebooking); `seed` settles what is otherwise equal,
    so that the same values always give the same answer.
    """

    office: int
    quanta: int
    language: str
    start: int | None = None
    professional: int | None = None
    office_active: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Admitted:
    """The request is granted: this professional, this quarter hour."""

    professional: int
    start: int
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is refused: the reason and the numbers that made it so."""

    reason: Reason
    counters: Mapping[str, int]


def admit(day: Day, request: Request, now: datetime) -> Admitted | Refused:
    """Grant or refuse `request` on `day` as it stands at `now`.

    The rule is asked first, the calendar second, so that an office over its limit is told so and
    not that nothing is free. Deterministic: equal arguments, equal answer.
    """
    counters = _counters(day, request, now)
    reason = _rule_refuses(day, request)
    if reason is not None:
        return Refused(reason, counters)
    fits = _starts(day, request, now)
    wanted = (fits & -fits).bit_length() - 1 if request.start is None else request.start
    if not fits:
        return Refused(Reason.NO_TIME, counters)
    if not fits >> wanted & 1:
        soon = wanted < _first_start(day, now)
        return Refused(Reason.TOO_SOON if soon else Reason.TIME_TAKEN, counters)
    return Admitted(_professional(day, request, wanted), wanted, counters)


def offers(day: Day, request: Request, now: datetime) -> int:
    """The mask of starts at which `admit` would grant `request`; 0 when the rule refuses it."""
    return 0 if _rule_refuses(day, request) is not None else _starts(day, request, now)


def _rule_refuses(day: Day, request: Request) -> Reason | None:
    """The part of the answer that does not depend on the time of day asked for."""
    if not request.office_active:
        return Reason.OFFICE_NOT_ACTIVE
    if day.rule is None or not day.hours:
        return Reason.NOT_PUBLISHED
    if day.on > day.last_bookable:
        return Reason.BEYOND_HORIZON
    if request.quanta * grids.QUANTUM_MINUTES not in day.rule.lengths:
        return Reason.LENGTH_NOT_OFFERED
    use = day.use.get(request.office, Use())
    if use.day + request.quanta > day.rule.day_limit:
        return Reason.DAY_LIMIT
    if use.week + request.quanta > day.rule.week_limit:
        return Reason.WEEK_LIMIT
    return None


def _starts(day: Day, request: Request, now: datetime) -> int:
    """Where the request fits: the union over eligible professionals, from the least notice on."""
    fits = 0
    for hours in day.hours:
        if _eligible(hours, request):
            fits |= grids.starts(hours.free_for(request.office), request.quanta)
    return fits & ~grids.bits(0, _first_start(day, now))


def _first_start(day: Day, now: datetime) -> int:
    notice = timedelta(minutes=day.rule.least_notice_minutes if day.rule else 0)
    return day.grid.first_from(now + notice)


def _eligible(hours: ProfessionalHours, request: Request) -> bool:
    return request.language in hours.languages and request.professional in (
        None,
        hours.professional,
    )


def _professional(day: Day, request: Request, start: int) -> int:
    """Who takes it: keep bilingual people free, break up free time least, spare the busiest.

    Fragmentation is the number of free runs after less before (-1 fills a gap exactly, 0 trims an
    end, 1 splits a run), then the length of the run used, shortest first. The seed settles ties.
    """
    wanted = 1 << start
    candidates = [
        hours
        for hours in day.hours
        if _eligible(hours, request)
        and grids.starts(hours.free_for(request.office), request.quanta) & wanted
    ]

    def rank(hours: ProfessionalHours) -> tuple[int, int, int, int, bytes]:
        first, length = grids.run_around(hours.free_for(request.office), start)
        touches = (first == start) + (first + length == start + request.quanta)
        tie = blake2b(f"{request.seed}:{hours.professional}".encode(), digest_size=8).digest()
        return (len(hours.languages), 1 - touches, length, hours.taken.bit_count(), tie)

    return min(candidates, key=rank).professional


def _counters(day: Day, request: Request, now: datetime) -> dict[str, int]:
    """The numbers an explanation needs, in quanta; free is what could still be booked at `now`."""
    use = day.use.get(request.office, Use())
    gone = grids.bits(0, _first_start(day, now))
    free = sum(
        (hours.free_for(request.office) & ~gone).bit_count()
        for hours in day.hours
        if _eligible(hours, request)
    )
    counters = {"asked": request.quanta, "day_used": use.day, "week_used": use.week, "free": free}
    if day.rule is not None:
        counters |= {"day_limit": day.rule.day_limit, "week_limit": day.rule.week_limit}
    return counters
