"""What offices would have asked for, when a cap or a sold-out day cut short what they could ask.

A week that a limit bound says only that the need was at least what was booked. Leaving such weeks
out, or taking them at face value, always puts the need too low (Weatherford and Polt 2002).
Censoring is informative, as busy offices hit limits more often: show the estimate beside the plain
means, never alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 20_000
TOLERANCE = 1e-11
FAR = 5.0


class BadWeek(ValueError):
    """A week's volume must be a finite number, and a count where counts are asked for."""


class AllCensored(ValueError):
    """Every week was cut short: the likelihood rises without end and no need is the likeliest."""


class NoSpread(ValueError):
    """The weeks do not differ: the likelihood grows without end as the deviation shrinks."""


class NotConverged(ArithmeticError):
    """The estimate still moved after the last step allowed."""


@dataclass(frozen=True, slots=True)
class Week:
    """The volume of one week. If `censored`, a limit bound: the need was that much or more."""

    volume: float
    censored: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A weekly need that is normal: mean and standard deviation, in the weeks' own unit."""

    mean: float
    sd: float


def censored_normal(weeks: Sequence[Week]) -> Need:
    """The likeliest normal need behind weeks of which some are right-censored.

    Expectation-maximisation (Dempster, Laird and Rubin 1977): a censored week counts as its
    expectation and variance above its limit, then both moments are taken anew (divisor n, as
    maximum likelihood has it). The likelihood has one maximum (Olsen 1978). Stops when a step moves
    neither mean nor deviation by more than 1e-11 deviations; steps shrink by the share r of missing
    information, so the error left is at most about 1e-11 r / (1 - r) deviations.

    Raises BadWeek, AllCensored, NoSpread, and NotConverged after 20,000 steps.
    """
    seen, limits = _parted(weeks)
    if len(seen) == 1 and max(limits, default=-math.inf) <= min(seen):
        raise NoSpread("The weeks that no limit bound are all equal, and no limit is above them.")
    # Steps are measured in deviations: a large common level must not drown them in rounding.
    origin = min(seen)
    seen, limits = _moved(seen, -origin), _moved(limits, -origin)
    need = _moments(seen + limits)
    for _ in range(STEPS):
        before, need = need, _expected_moments(need, seen, limits)
        moved = max(abs(need.mean - before.mean), abs(need.sd - before.sd))
        if moved <= TOLERANCE * need.sd:
            return Need(need.mean + origin, need.sd)
    raise NotConverged(f"The need still moved after {STEPS} steps: too many weeks are censored.")


def _expected_moments(need: Need, seen: Counter[float], limits: Counter[float]) -> Need:
    """One step: mean and deviation with every censored week at its expectation given `need`."""
    expected, within = Counter(seen), 0.0
    for limit, times in limits.items():
        z = (limit - need.mean) / need.sd
        hazard = normal_hazard(z)
        expected[need.mean + need.sd * hazard] += times
        within += times * need.sd**2 * max(0.0, 1 - hazard * (hazard - z))
    return _moments(expected, within)


def _moments(values: Counter[float], within: float = 0.0) -> Need:
    """Mean and deviation of values that have a sum `within` of variances of their own."""
    n = values.total()
    mean = math.fsum(times * x for x, times in values.items()) / n
    squares = math.fsum(times * (x - mean) ** 2 for x, times in values.items())
    return Need(mean, math.sqrt((squares + within) / n))


def _moved(values: Counter[float], by: float) -> Counter[float]:
    moved: Counter[float] = Counter()
    for value, times in values.items():
        moved[value + by] += times
    return moved


def normal_hazard(z: float) -> float:
    """Density over upper tail of the standard normal at z (the inverse of Mills' ratio).

    Beyond 5 by Laplace's continued fraction z + 1/(z + 2/(z + 3/...)), as the tail itself
    underflows near 38. Relative error under 1e-13.
    """
    if z < FAR:
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return density / (math.erfc(z / math.sqrt(2)) / 2)
    fraction = z
    for k in range(100, 0, -1):
        fraction = z + k / fraction
    return fraction


def censored_poisson(weeks: Sequence[Week]) -> float:
    """The likeliest Poisson rate, per week, behind counts of which some are right-censored.

    The logarithm of P(X >= c) is concave in the rate, hence so is the likelihood: its slope is
    bisected down to neighbouring floats. A week censored at 0 says nothing and is left out; a
    rate of 0 is the answer when nothing was ever asked for. Weeks more scattered than Poisson's
    (variance over mean) leave the rate usable but not an interval built on it.

    Raises BadWeek (a volume that is not a count) and AllCensored.
    """
    seen, limits = _parted(weeks)
    if not all(x.is_integer() and x >= 0 for x in (*seen, *limits)):
        raise BadWeek("A Poisson need takes whole numbers, 0 or more.")
    del limits[0.0]
    if not any(seen) and not limits:
        return 0.0
    low, high = 0.0, 1.0
    while _slope(high, seen, limits) > 0:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        if _slope(middle, seen, limits) > 0:
            low = middle
        else:
            high = middle
    return high


def _slope(rate: float, seen: Counter[float], limits: Counter[float]) -> float:
    """The derivative of the Poisson log-likelihood in the rate."""
    hazards = math.fsum(times * _poisson_hazard(rate, limit) for limit, times in limits.items())
    counted = math.fsum(times * count for count, times in seen.items())
    return counted / rate - seen.total() + hazards


def _poisson_hazard(rate: float, limit: float) -> float:
    """P(X = c - 1) / P(X >= c): one over the sum of rate^j / (c (c+1) ... (c+j-1)), j >= 1.

    A sum of positive terms: it can neither cancel nor, far in the tail, divide nought by nought.
    """
    term = total = rate / limit
    while term > total * 1e-17:
        limit += 1
        term *= rate / limit
        total += term
    return 1 / total


def _parted(weeks: Sequence[Week]) -> tuple[Counter[float], Counter[float]]:
    """How many weeks had each volume that no limit bound, and how many were cut short at each."""
    if not all(math.isfinite(week.volume) for week in weeks):
        raise BadWeek("A week's volume must be a finite number.")
    seen = Counter(float(week.volume) for week in weeks if not week.censored)
    if not seen:
        raise AllCensored("At least one week must be free of limits to say what the need was.")
    return seen, Counter(float(week.volume) for week in weeks if week.censored)
