"""Who had access: on the days it asked for, in the week, and how long the wait for a time was.

An office asks for a day by booking it, by being refused it, or by choosing a time of it that could not
be kept. A look at the list asks for no day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import inf, isfinite
from statistics import median

from comptoir.domain.periods import Period
from comptoir.liaison.queries.scorecard.capacity import NO_REQUEST
from comptoir.liaison.queries.scorecard.values import Asked, Looked, Tenure, Use


@dataclass(frozen=True, slots=True)
class Access:
    """What one office asked for on one day, held and was offered, in quanta, and the last reason it was given."""

    office: int
    on: date
    asked: int
    held: int
    offered: int
    floor: int
    reason: str

    @property
    def is_given(self) -> bool:
        """Whether it held, or was offered, at least the floor."""
        return max(self.held, self.offered) >= self.floor


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole. `offices`: how many stand behind the whole."""

    part: int
    whole: int
    offices: int

    @property
    def value(self) -> float | None:
        """None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Wait:
    """Third-next-available of a group: the median of business hours. None: fewer than three times were on
    offer for half of the looks or more."""

    hours: float | None
    looks: int
    offices: int


def requests(use: Use) -> list[Asked]:
    """What asked for a day, granted or refused."""
    return [one for one in use.asked if not one.listed and one.reason not in NO_REQUEST]


def office_days(use: Use) -> list[Access]:
    """What came of every office-day with a request, by day and office.

    What an office held is all it had in the end, or the longest that it let go by itself or did not
    come to: it had access. What the centre cancelled it did not hold.
    """
    asked: dict[tuple[date, int], list[Asked]] = defaultdict(list)
    for one in requests(use):
        asked[one.first, one.office].append(one)
    had: dict[tuple[date, int], list[Tenure]] = defaultdict(list)
    for tenure in use.tenures:
        had[tenure.on, tenure.office].append(tenure)
    return [
        _access(on, office, asked[on, office], had[on, office], use.terms[on].floor)
        for on, office in sorted(asked.keys() | had.keys())
    ]


def day_access(days: Iterable[Access], *, without: frozenset[int] = frozenset()) -> Share:
    """Office-days with a request on which the office held, or was offered, at least the floor; of all such days.

    `without` leaves out some offices.
    """
    counted = [day for day in days if day.office not in without]
    return Share(
        sum(day.is_given for day in counted), len(counted), len({day.office for day in counted})
    )


def floor_misses(days: Iterable[Access]) -> list[Access]:
    """The office-days without access."""
    return [day for day in days if not day.is_given]


def week_access(days: Iterable[Access], weekly_floor: int) -> Share:
    """Offices that held at least min(g, asked) in the week, of those that asked.

    An office asked for the most it asked for or held on each day, summed over the days.
    """
    got = had_week(days, weekly_floor)
    return Share(sum(got.values()), len(got), len(got))


def had_week(days: Iterable[Access], weekly_floor: int) -> dict[int, bool]:
    """Of each office that asked, whether it held as much."""
    asked: dict[int, int] = defaultdict(int)
    held: dict[int, int] = defaultdict(int)
    for day in days:
        asked[day.office] += max(day.asked, day.held)
        held[day.office] += day.held
    return {office: held[office] >= min(weekly_floor, asked[office]) for office in asked}


class BusinessClock:
    """Counts the hours between two instants during which the centre works."""

    def __init__(self, days: Iterable[Period]) -> None:
        self._days = sorted(days)
        self._starts = [day.start for day in self._days]
        lengths = (day.end - day.start for day in self._days)
        self._before = [timedelta(0), *accumulate(lengths)]

    def between(self, start: datetime, end: datetime) -> float:
        """Business hours from `start` to `end`; nights and closed days do not count."""
        return (self._gone(end) - self._gone(start)) / timedelta(hours=1)

    def _gone(self, at: datetime) -> timedelta:
        place = bisect_right(self._starts, at) - 1
        if place < 0:
            return timedelta(0)
        day = self._days[place]
        return self._before[place] + min(at, day.end) - day.start


def third_next_available(
    looks: Iterable[Looked], clock: BusinessClock, group_of: Mapping[int, str]
) -> dict[str, Wait]:
    """By group, the median of business hours from each look at the list to its third soonest time.

    Seen by those who looked, under the rule and in the language and length they looked for. A look
    that was offered fewer than three times counts as the longest wait of all.
    """
    waits: dict[str, list[float]] = defaultdict(list)
    offices: dict[str, set[int]] = defaultdict(set)
    for look in looks:
        group = group_of[look.office]
        waits[group].append(clock.between(look.at, look.third_at) if look.third_at else inf)
        offices[group].add(look.office)
    return {
        group: Wait(_finite(median(found)), len(found), len(offices[group]))
        for group, found in sorted(waits.items())
    }


def _access(
    on: date, office: int, asked: Sequence[Asked], had: Sequence[Tenure], floor: int
) -> Access:
    kept = sum(tenure.quanta for tenure in had if tenure.is_live)
    let_go = max((tenure.quanta for tenure in had if tenure.left_by_office), default=0)
    refused = [one for one in asked if not one.granted]
    return Access(
        office,
        on,
        asked=max((one.quanta for one in asked), default=0),
        held=max(kept, let_go),
        offered=max((one.offered for one in refused), default=0),
        floor=floor,
        reason=max(refused, key=lambda one: one.at).reason if refused else "",
    )


def _finite(hours: float) -> float | None:
    return hours if isfinite(hours) else None
