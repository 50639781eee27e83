"""How the hours on offer were used: attended, given up late, refilled, left idle though wanted.

Everything is counted in quanta, quarter hour by quarter hour. Formulas: capacity model, section 4.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from comptoir.domain import grid as grids
from comptoir.domain.service_day import Reason
from comptoir.liaison.models import Happening, Side
from comptoir.liaison.queries.scorecard.values import Asked, Ended, Hours, Tenure, Terms, Use

NOTICE_BUCKETS = ((15, "under_15_minutes"), (120, "under_2_hours"), (1440, "under_24_hours"))
MORE_NOTICE = "24_hours_or_more"
"""How much notice was given, in minutes: the buckets that the capacity model names."""

NO_REQUEST = frozenset(
    (
        Reason.OFFICE_NOT_ACTIVE,
        Reason.PAST,
        Reason.CLOSED,
        Reason.BEYOND_HORIZON,
        Reason.NOT_PUBLISHED,
        Reason.LENGTH_NOT_OFFERED,
        Reason.OFF_QUARTER,
    )
)
"""Refused because nobody could have had it: no sharing of hours would have helped."""

_GIVEN_UP = (Happening.CANCELLED, Happening.MOVED, Happening.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Directed:
    """Hours kept for some offices, in quanta."""

    offered: int
    booked: int
    attended: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One quarter hour that was given up, by whom, and whether it was taken again by anybody."""

    office: int
    on: date
    ended: Ended
    refilled: bool

    def is_late(self, terms: Mapping[date, Terms]) -> bool:
        """Whether nobody came, or the notice was shorter than the rule of the day asks."""
        missed = self.ended.kind == Happening.NO_SHOW
        return missed or self.ended.notice_minutes < terms[self.on].late_notice_minutes


def masks_on_offer(use: Use) -> list[tuple[Hours, int]]:
    """What was on offer of each professional's day, with what was booked before it was withdrawn."""
    booked = _masks(use, (tenure for tenure in use.tenures if tenure.was_occupied))
    return [(one, one.mask | booked[one.professional, one.on]) for one in use.hours]


def offered(use: Use) -> int:
    """Quanta on offer, with what was booked before it was withdrawn."""
    return sum(mask.bit_count() for _, mask in masks_on_offer(use))


def attended(use: Use) -> int:
    """Quanta of appointments that were held."""
    return attended_of(use).total()


def attended_of(use: Use) -> Counter[int]:
    """The same by office."""
    found: Counter[int] = Counter()
    for tenure in use.tenures:
        if tenure.is_attended:
            found[tenure.office] += tenure.quanta
    return found


def unrecorded(use: Use) -> int:
    """Quanta of appointments of which nobody has said what became of them."""
    return sum(tenure.quanta for tenure in use.tenures if tenure.is_live and not tenure.is_attended)


def given_up(tenures: Iterable[Tenure]) -> list[GivenUp]:
    """Every quarter hour that an office or the centre gave up, oldest first for each place.

    It was refilled if anybody, the same office included, had the place afterwards. Another
    professional for the same time gives nothing up, but ends one tenure of the place.
    """
    places: dict[tuple[int, datetime], list[Tenure]] = defaultdict(list)
    for tenure in tenures:
        for slot in tenure.slots():
            places[slot].append(tenure)
    return [
        GivenUp(tenure.office, tenure.on, tenure.ended, refilled=number < len(had))
        for had in places.values()
        for number, tenure in enumerate(sorted(had, key=_end), start=1)
        if tenure.ended is not None and tenure.ended.kind in _GIVEN_UP
    ]


def lost_late(use: Use, side: Side) -> int:
    """Quanta that one side gave up with too little notice, or that nobody came for, and nobody refilled.

    Late loss is this over what was offered. The centre's own stands beside the offices'.
    """
    return lost_late_of(use, side).total()


def lost_late_of(use: Use, side: Side) -> Counter[int]:
    """The same by office whose time it was."""
    return Counter(
        one.office
        for one in given_up(use.tenures)
        if one.ended.side == side and not one.refilled and one.is_late(use.terms)
    )


def refills(use: Use) -> dict[str, tuple[int, int]]:
    """By notice, what offices gave up: quanta that were taken again, and all of them.

    Not attended is no notice at all.
    """
    total: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for one in given_up(use.tenures):
        if one.ended.side == Side.OFFICE:
            total[_bucket(one.ended.notice_minutes)] += 1
            again[_bucket(one.ended.notice_minutes)] += one.refilled
    names = [*(name for _, name in NOTICE_BUCKETS), MORE_NOTICE]
    return {name: (again[name], total[name]) for name in names}


def avoidably_idle(use: Use) -> int:
    """Idle quanta for which a compatible request existed that was refused. Avoidable idle is this over offered.

    Idle is what was on offer and nobody had in the end. A request is compatible with a run of idle
    time that is long enough, begins after it was made, on a day it asked for, with a professional who
    speaks its language and may serve its office. Each request counts for its own length once, those
    with the narrowest choice first: fifteen minutes refused do not make a whole empty day avoidable.
    An office that was granted as much for these days afterwards has nothing open, and what it asked
    for several times on the same days is one request, of the greatest length.
    """
    return avoidably_idle_of(use).total()


def avoidably_idle_of(use: Use) -> Counter[int]:
    """The same by office that was refused."""
    idle = _idle(use)
    by_day: dict[date, list[Hours]] = defaultdict(list)
    for hours in use.hours:
        by_day[hours.on].append(hours)
    found: Counter[int] = Counter()
    for asked in _still_open(use.asked):
        days = (by_day[on] for on in sorted(by_day) if asked.first <= on <= asked.last)
        place = _idle_run(idle, chain.from_iterable(days), asked)
        if place is not None:
            hours, start = place
            idle[hours.professional, hours.on] &= ~grids.bits(start, asked.quanta)
            found[asked.office] += asked.quanta
    return found


def directed(use: Use) -> Directed:
    """Hours that were kept for some offices: offered, booked (also in vain), attended."""
    booked = _masks(use, (tenure for tenure in use.tenures if tenure.was_occupied))
    held = _masks(use, (tenure for tenure in use.tenures if tenure.is_attended))
    return Directed(
        offered=sum(one.directed.bit_count() for one in use.hours),
        booked=sum(
            (one.directed & booked[one.professional, one.on]).bit_count() for one in use.hours
        ),
        attended=sum(
            (one.directed & held[one.professional, one.on]).bit_count() for one in use.hours
        ),
    )


def _end(tenure: Tenure) -> tuple[bool, datetime]:
    """What has not ended comes last."""
    return tenure.ended is None, tenure.ended.at if tenure.ended else tenure.starts_at


def _bucket(minutes: int) -> str:
    limits = [limit for limit, _ in NOTICE_BUCKETS]
    place = bisect_right(limits, minutes)
    return NOTICE_BUCKETS[place][1] if place < len(limits) else MORE_NOTICE


def _masks(use: Use, tenures: Iterable[Tenure]) -> dict[tuple[int, date], int]:
    """What these tenures take, by professional and day."""
    grid_of = {one.on: one.grid for one in use.hours}
    masks: dict[tuple[int, date], int] = defaultdict(int)
    for tenure in tenures:
        if tenure.on in grid_of:
            masks[tenure.professional, tenure.on] |= tenure.mask(grid_of[tenure.on])
    return masks


def _idle(use: Use) -> dict[tuple[int, date], int]:
    taken = _masks(use, (tenure for tenure in use.tenures if tenure.was_occupied))
    return {
        (one.professional, one.on): one.mask & ~taken[one.professional, one.on] for one in use.hours
    }


def _still_open(asked: Iterable[Asked]) -> list[Asked]:
    """The requests that nothing came of, one for each office and choice of days, narrowest choice first."""
    granted: dict[int, list[Asked]] = defaultdict(list)
    refused: list[Asked] = []
    for one in asked:
        if one.granted:
            granted[one.office].append(one)
        elif one.reason not in NO_REQUEST:
            refused.append(one)
    longest: dict[tuple[int, date, date, str], Asked] = {}
    for one in refused:
        if any(_answers(later, one) for later in granted[one.office]):
            continue
        key = one.office, one.first, one.last, one.language
        if key not in longest or longest[key].quanta < one.quanta:
            longest[key] = one
    return sorted(
        longest.values(), key=lambda one: (one.last - one.first, one.first, one.at, one.office)
    )


def _answers(granted: Asked, refused: Asked) -> bool:
    within = refused.first <= granted.first and granted.last <= refused.last
    return within and granted.at >= refused.at and granted.quanta >= refused.quanta


def _idle_run(
    idle: Mapping[tuple[int, date], int], hours: Iterable[Hours], asked: Asked
) -> tuple[Hours, int] | None:
    """The first idle run of these hours that the request could have had, and where it begins."""
    for one in hours:
        if asked.language not in one.languages:
            continue
        free = idle[one.professional, one.on] & one.open_to(asked.office)
        free &= ~grids.bits(0, one.grid.first_from(asked.at))
        fits = grids.starts(free, asked.quanta)
        if fits:
            return one, next(grids.indexes(fits))
    return None
