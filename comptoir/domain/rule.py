"""The sharing rule: limits in minutes a day and a week for each office, and the nested classes within.

Every number is a field of a dated policy; nothing here is a constant of the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.share import Nesting

Version = TypeVar("Version")

DAYS_A_WEEK = 5


class Fault(StrEnum):
    """What can be wrong with a proposed rule."""

    NO_LENGTH = "no_length"
    LENGTH_NOT_WHOLE = "length_not_whole"
    LIMIT_NOT_WHOLE = "limit_not_whole"
    LIMIT_NEGATIVE = "limit_negative"
    DAY_OVER_WEEK = "day_over_week"
    LENGTH_OVER_DAY = "length_over_day"
    FLOOR_NOT_WHOLE = "floor_not_whole"
    FLOOR_NOT_OFFERED = "floor_not_offered"
    WEEKLY_FLOOR_NOT_WHOLE = "weekly_floor_not_whole"
    FLOORS_OVER_DAY = "floors_over_day"
    FLOORS_OVER_WEEK = "floors_over_week"
    WEEKLY_FLOOR_OVER_LIMIT = "weekly_floor_over_limit"
    FLOORS_OVER_LIMIT = "floors_over_limit"
    NUMBER_NEGATIVE = "number_negative"
    INFLATING_PAYS = "inflating_pays"
    PART_OVER_ALL = "part_over_all"
    NO_PATTERN = "no_pattern"
    CONFIRMED_OUT_OF_REACH = "confirmed_out_of_reach"


@dataclass(frozen=True, slots=True)
class SharingRule:
    """One version of the rule, in minutes as its owner writes it.

    With `nesting`, what an office asks for is also put into the nested classes of `domain.share`;
    without it the two limits are all there is. `lengths` in minutes; an appointment may be asked for
    up to `horizon_business_days` ahead and with at least `least_notice_minutes`; time given up with
    less than `late_notice_minutes` of notice still counts if `late_counts`.
    """

    version: int
    minutes_per_day: int
    minutes_per_week: int
    lengths: tuple[int, ...]
    horizon_business_days: int
    least_notice_minutes: int
    late_notice_minutes: int
    late_counts: bool
    nesting: Nesting | None = None

    @property
    def day_limit(self) -> int:
        """The limit of a day, in quanta."""
        return self.minutes_per_day // QUANTUM_MINUTES

    @property
    def week_limit(self) -> int:
        """The limit of a week, in quanta."""
        return self.minutes_per_week // QUANTUM_MINUTES

    def is_late(self, notice: timedelta) -> bool:
        """Whether time given up with this notice is given up late. Exactly the limit is on time."""
        return notice < timedelta(minutes=self.late_notice_minutes)

    def faults(self) -> tuple[Fault, ...]:
        """Why this rule cannot be put in force; empty when it can. Limits may be equal (V10)."""
        limits = (self.minutes_per_day, self.minutes_per_week)
        found = {
            Fault.NO_LENGTH: not self.lengths,
            Fault.LENGTH_NOT_WHOLE: any(m <= 0 or m % QUANTUM_MINUTES for m in self.lengths),
            Fault.LIMIT_NOT_WHOLE: any(m % QUANTUM_MINUTES for m in limits),
            Fault.LIMIT_NEGATIVE: any(m < 0 for m in limits),
            Fault.DAY_OVER_WEEK: self.minutes_per_day > self.minutes_per_week,
            Fault.LENGTH_OVER_DAY: any(m > self.minutes_per_day for m in self.lengths),
        }
        if self.nesting is not None:
            floor = self.nesting.floor_minutes
            found |= {
                Fault.FLOOR_NOT_WHOLE: floor % QUANTUM_MINUTES != 0,
                Fault.FLOOR_NOT_OFFERED: floor > 0 and floor not in self.lengths,
            }
        return tuple(fault for fault, present in found.items() if present)


@dataclass(frozen=True, slots=True)
class House:
    """What there is to share out: so many offices, and quanta of an ordinary day and week.

    `chances_known` says that it was estimated how probable it is that an office claims its floor.
    """

    offices: int
    day: int
    week: int
    chances_known: bool = False


UNKNOWN = House(offices=0, day=0, week=0)
"""A house of which nothing is known yet: it can keep any guarantee that is one at all."""


def infeasible(
    nesting: Nesting,
    *,
    weekly_floor_minutes: int,
    allotted_percent: int,
    minutes_per_week: int,
    house: House,
) -> tuple[Fault, ...]:
    """Why the guarantees of this rule cannot be kept in this house; empty when they can.

    Nor are they guarantees where the rule's own limit of a week would refuse them.
    Floors that may be too few on some days are not guarantees for everybody, once it is known how many
    offices come; until then every one of them is kept. Those of a week are guarantees always.
    """
    weekly = weekly_floor_minutes // QUANTUM_MINUTES
    found = {
        Fault.WEEKLY_FLOOR_NOT_WHOLE: weekly_floor_minutes % QUANTUM_MINUTES != 0,
        Fault.FLOORS_OVER_DAY: not (nesting.miss_per_mille and house.chances_known)
        and house.offices * nesting.floor > house.day,
        Fault.FLOORS_OVER_WEEK: 100 * house.offices * weekly > allotted_percent * house.week,
        Fault.WEEKLY_FLOOR_OVER_LIMIT: weekly_floor_minutes > minutes_per_week,
        Fault.FLOORS_OVER_LIMIT: DAYS_A_WEEK * nesting.floor_minutes > minutes_per_week,
    }
    return tuple(fault for fault, present in found.items() if present)


def in_force(rules: Mapping[date, Version], on: date) -> Version | None:
    """The rule of the service day `on`: the last of `rules` (by first day) that began by then."""
    begun = [first for first in rules if first <= on]
    return rules[max(begun)] if begun else None


def interrupted(
    rules: Mapping[date, Version], first: date, until: date, trial: Version
) -> dict[date, Version]:
    """`rules` with `trial` in force from `first` to before `until`; then whatever would have been.

    Nothing changes where the trial has no day, as when it ended before it began.
    """
    after = in_force(rules, until)
    if until <= first:
        return dict(rules)
    found = {on: version for on, version in rules.items() if not first <= on <= until}
    found[first] = trial
    if after is not None:
        found[until] = after
    return found
