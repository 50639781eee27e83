"""When an office is asked to confirm its appointments: the pattern of time lost late, never one loss.

The share of its appointments that an office loses late is Beta(a, b) before anything is known of
it, a constant that was chosen and not fitted to any office; each appointment then moves it
(Beta-binomial). Little evidence stays near that prior, so that a small office is not flagged by bad
luck. The only consequence of a flag is that appointments are to be confirmed, and it ends by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from comptoir.domain import business_days

STEPS = 10_000
TINY = 1e-300


class BadTally(ValueError):
    """What was lost late is part of the appointments, and neither is negative."""


class BadRule(ValueError):
    """The parameters of a pattern rule contradict themselves."""


class OutOfRange(ValueError):
    """The beta distribution has positive parameters and shares from 0 to 1."""


class NotConverged(ArithmeticError):
    """The continued fraction still moved after the last step allowed."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The appointments of a day that were not given up in time, and how many of them were lost.

    Lost late: cancelled with too little notice or not attended, not refilled, and not excused.
    """

    appointments: int
    late: int

    def __post_init__(self) -> None:
        if not 0 <= self.late <= self.appointments:
            raise BadTally(f"{self.late} of {self.appointments} appointments cannot be lost late.")


@dataclass(frozen=True, slots=True)
class PatternRule:
    """What makes a pattern. The defaults are ours, to be replaced by a dated policy's.

    A share over `share` is too much; it must be `certainty` probable, on `least_late` losses or
    more, within `window_days` business days. A flag ends after `clean_days` business days without
    a loss. The prior Beta(`prior_late`, `prior_kept`) weighs as so many appointments seen before: 2 of
    40 lost late is our guess of what is usual, to be replaced once there are records.
    """

    prior_late: float = 2.0
    prior_kept: float = 38.0
    share: float = 0.10
    certainty: float = 0.90
    least_late: int = 5
    window_days: int = 20
    clean_days: int = 10

    def __post_init__(self) -> None:
        if min(self.prior_late, self.prior_kept) <= 0:
            raise BadRule("Both parameters of the prior must be positive.")
        if not (0 < self.share < 1 and 0 < self.certainty < 1):
            raise BadRule("The share and the certainty must lie between 0 and 1.")
        if min(self.least_late, self.window_days, self.clean_days) < 1:
            raise BadRule("A flag takes at least one loss, one day to look at and one clean day.")

    def probability(self, tally: Tally) -> float:
        """The probability that the office loses more than `share`, given this tally."""
        late = self.prior_late + tally.late
        kept = self.prior_kept + tally.appointments - tally.late
        return regularised_beta(kept, late, 1 - self.share)

    def is_pattern(self, tally: Tally) -> bool:
        """Whether this tally, of one window, is a pattern and not bad luck."""
        return tally.late >= self.least_late and self.probability(tally) >= self.certainty


@dataclass(frozen=True, slots=True)
class Flag:
    """Set on `since`; `clean` business days without a loss have gone by after the last one."""

    since: date
    clean: int = 0


def flag_on(
    history: Mapping[date, Tally],
    on: date,
    rule: PatternRule,
    closed: AbstractSet[date] = frozenset(),
) -> Flag | None:
    """The office's flag at the end of `on`, from its dated tallies; None when it has none.

    A flag is set on a day with a loss, by the window of business days that ends with it: no office
    is flagged for having waited. While it holds a further loss starts the clean days anew. A day
    without appointments is a clean day, so that a flag ends without the office's doing. What lies
    after `on` is not looked at.
    """
    known = {day: tally for day, tally in history.items() if day <= on}
    if not known:
        return None
    worked = business_days.between(min(known), on, closed)
    lost = {day for day, tally in known.items() if tally.late}
    flag: Flag | None = None
    for day in sorted(lost.union(worked)):
        if day not in lost:
            flag = _after_clean_day(flag, rule)
        elif flag is not None:
            flag = replace(flag, clean=0)
        elif rule.is_pattern(_sum(known, day, rule, worked)):
            flag = Flag(day)
    return flag


def _after_clean_day(flag: Flag | None, rule: PatternRule) -> Flag | None:
    if flag is None or flag.clean + 1 >= rule.clean_days:
        return None
    return replace(flag, clean=flag.clean + 1)


def window(
    history: Mapping[date, Tally],
    last: date,
    rule: PatternRule,
    closed: AbstractSet[date] = frozenset(),
) -> Tally:
    """What a flag that is set on `last` is set on: the sum of the window that ends with that day."""
    known = {day: tally for day, tally in history.items() if day <= last}
    worked = business_days.between(min(known, default=last), last, closed)
    return _sum(known, last, rule, worked)


def _sum(known: Mapping[date, Tally], last: date, rule: PatternRule, worked: list[date]) -> Tally:
    """The sum of the tallies of the window that ends on `last`, closed days between included."""
    days = [day for day in worked if day <= last][-rule.window_days :]
    first = days[0] if len(days) == rule.window_days else date.min
    inside = [tally for day, tally in known.items() if first <= day <= last]
    return Tally(sum(t.appointments for t in inside), sum(t.late for t in inside))


def regularised_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b): the probability that a Beta(a, b) share is at most x.

    By the continued fraction of Gauss (DLMF 8.17.22), on the side of the mean where it converges
    fast. Absolute error under 1e-11 for a + b up to 10,000, most of it from `math.lgamma`.

    Raises OutOfRange and NotConverged.
    """
    if not (a > 0 and b > 0 and 0 <= x <= 1):
        raise OutOfRange(f"Beta({a}, {b}) at {x}: parameters are positive, shares from 0 to 1.")
    if x in (0, 1):
        return float(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - regularised_beta(b, a, 1 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_front += a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / (a * _beta_fraction(a, b, x))


def _beta_fraction(a: float, b: float, x: float) -> float:
    """1 + d_1/(1 + d_2/(1 + ...)) from its top, by Lentz's method (1976)."""
    value = above = 1.0
    below = 0.0
    for step in range(1, STEPS):
        m = step // 2
        if step % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / (1 + d * below or TINY)
        above = 1 + d / above or TINY
        value *= above * below
        if abs(above * below - 1) < 1e-15:
            return value
    raise NotConverged(f"Beta({a}, {b}) at {x} still moved after {STEPS} steps.")
