"""Three nested classes of access, and what each must leave for others: the heart of the sharing rule.

Every office is *guaranteed* a little of each day (its floor), *allotted* a part of each week (its
allowance), and may take what is *open* besides. An open request leaves what is kept for unclaimed
floors and allowances, an allotted one what is kept for floors, a guaranteed one nothing: the classes
are nested, as protection levels are (Littlewood 1972; Belobaba 1989). What is kept is released: the
allowances at an hour of the business day before, the floors in the course of the day itself.

Counts are quanta (quarter hours) unless a name says minutes or offices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist

from comptoir.domain import grid as grids
from comptoir.domain.grid import QUANTUM_MINUTES, Grid

ROUNDING = 1e-9
"""What sums of probabilities may be off by before it would cost a whole quantum."""


class ShareClass(StrEnum):
    """What an appointment takes of: the office's floor, its allowance, or what is open to all.

    Hours directed at the office itself are kept for it alone. They count in its use as any time does.
    """

    GUARANTEED = "guaranteed"
    ALLOTTED = "allotted"
    OPEN = "open"
    DIRECTED = "directed"


@dataclass(frozen=True, slots=True)
class Nesting:
    """The numbers of the nested classes, as the owner of a policy writes them.

    `floor_minutes` are guaranteed to each office on each day. `miss_per_mille` is how often the
    floors kept may turn out too few on a day: 0 keeps one for every office. `take_up_percent` of the
    unclaimed allowances are kept until `release_at` of the business day before. An office may use
    `day_cap_percent` of its allowance on one day before then, and hold `holding_percent` of it, or
    `least_held_minutes`, ahead. Kept floors melt away over `ramp_minutes` from the beginning of the
    day; in the last `standby_minutes` before a start nothing is kept.
    """

    floor_minutes: int
    miss_per_mille: int = 0
    take_up_percent: int = 80
    day_cap_percent: int = 40
    holding_percent: int = 100
    least_held_minutes: int = 180
    release_at: time = time(14)
    ramp_minutes: int = 360
    standby_minutes: int = 60

    @property
    def floor(self) -> int:
        """The daily floor of an office."""
        return self.floor_minutes // QUANTUM_MINUTES

    def day_cap(self, allowance: int) -> int:
        """How much of a day an office may have as its allowance, until the release."""
        return ceil(allowance * self.day_cap_percent / 100)

    def holding_cap(self, allowance: int) -> int:
        """How much an office may hold ahead, floors apart."""
        least = self.least_held_minutes // QUANTUM_MINUTES
        return max(least, ceil(allowance * self.holding_percent / 100))

    def ramp(self, grid: Grid, now: datetime) -> float:
        """Which part of the floors is still kept at `now`: 1 before the day, 0 from the end of the ramp."""
        if now <= grid.starts_at:
            return 1.0
        gone = (now - grid.starts_at) / timedelta(minutes=1)
        return max(0.0, 1 - gone / self.ramp_minutes) if self.ramp_minutes else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """What one office may have and holds: its week's allowance, its future holdings, its floor.

    `owed` says that its floor of the day is unclaimed, `chance` how probable it is that it claims it.
    """

    allowance: int = 0
    held: int = 0
    owed: bool = False
    chance: float = 0.0


@dataclass(frozen=True, slots=True)
class Owed:
    """What a day still owes to all offices together, the one that asks among them.

    `offices` have not claimed their floor; `mean` and `variance` are of how many of them will (the
    sums of p and of p(1-p)). `allowances` are unclaimed in the day's week, which has `days_left`.
    """

    offices: int = 0
    mean: float = 0.0
    variance: float = 0.0
    allowances: int = 0
    days_left: int = 1


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as the classes see it: how much, of a day and a week of which so much is used."""

    quanta: int
    used_day: int
    used_week: int
    share: Share
    owed: Owed
    ramp: float = 1.0
    released: bool = False


def classify(nesting: Nesting, asking: Asking) -> ShareClass:
    """The class the request falls into: the lowest that covers all of it."""
    if asking.quanta <= own_floor(nesting, asking):
        return ShareClass.GUARANTEED
    share, quanta = asking.share, asking.quanta
    within_day = asking.released or asking.used_day + quanta <= nesting.day_cap(share.allowance)
    if within_day and asking.used_week + quanta <= share.allowance:
        return ShareClass.ALLOTTED
    return ShareClass.OPEN


def own_floor(nesting: Nesting, asking: Asking) -> int:
    """What is left of the office's own floor of the day."""
    unclaimed = asking.share.owed or asking.used_day > 0
    return max(0, nesting.floor - asking.used_day) if unclaimed else 0


def offices_owed(nesting: Nesting, asking: Asking) -> int:
    """For how many other offices a floor is kept: all that are owed, or as many as will probably claim.

    The probable number is exceeded on `miss_per_mille` of days, by the normal approximation.
    """
    owed, share = asking.owed, asking.share
    others = owed.offices - share.owed
    if nesting.miss_per_mille:
        own = share.chance if share.owed else 0.0
        spread = sqrt(max(0.0, owed.variance - own * (1 - own)))
        level = NormalDist().inv_cdf(1 - nesting.miss_per_mille / 1000)
        others = min(others, ceil(owed.mean - own + level * spread - ROUNDING))
    return max(0, ceil(others * asking.ramp - ROUNDING))


def kept_for_allowances(nesting: Nesting, asking: Asking) -> int:
    """What is kept of this day for what others have not claimed of their week."""
    if asking.released:
        return 0
    own = max(0, asking.share.allowance - asking.used_week)
    others = max(0, asking.owed.allowances - own)
    return ceil(others * nesting.take_up_percent / (100 * max(1, asking.owed.days_left)) - ROUNDING)


def kept(nesting: Nesting, asking: Asking, of_class: ShareClass) -> int:
    """What a request of this class must leave free on the day.

    The levels are nested, not added: who claims its floor has used of its allowance, so what is kept
    for allowances serves both (docs/adr/0013).
    """
    if of_class is ShareClass.GUARANTEED:
        return 0
    floors = nesting.floor * offices_owed(nesting, asking)
    allowances = kept_for_allowances(nesting, asking) if of_class is ShareClass.OPEN else 0
    return max(floors, allowances)


def holds_too_much(nesting: Nesting, asking: Asking) -> bool:
    """Whether it would hold more ahead than it may. A request for nothing but its floor never does."""
    if asking.quanta <= own_floor(nesting, asking):
        return False
    return asking.share.held + asking.quanta > nesting.holding_cap(asking.share.allowance)


def floors_in(free: int, floor: int) -> int:
    """How many floors of `floor` quanta each fit into the runs of a mask.

    Counting quanta is not enough: a day of free single quarter hours holds no half hour.
    """
    if floor == 1:
        return free.bit_count()
    return sum(length // floor for _, length in grids.runs(free))


def is_given_back(floor: int, fit: int, offices_owed: int) -> bool:
    """Whether an office that has given up all it had of a day is owed its floor again.

    Only if a floor for it fits beside those of the others. A quarter hour taken and given up must not
    open a claim to a half hour that nobody has freed.
    """
    return floor > 0 and fit > offices_owed
