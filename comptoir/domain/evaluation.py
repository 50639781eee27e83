"""What a pilot of another sharing rule did: estimated so that offices sharing one pool do not mislead.

The rule is switched by service week, at random within pairs of adjacent weeks: every office is then
under the same rule at a time, and what one gains from another is inside the estimate. Register the
outcomes before the first week, and publish the result also when it is null.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from random import Random

MOST_PAIRS = 16
ROUNDING = 1e-9


class BadDesign(ValueError):
    """Weeks come in adjacent pairs, one under each rule."""


class TooManyPairs(ValueError):
    """The exact test goes through every assignment: 2 to the number of pairs."""


class BadSequence(ValueError):
    """A confidence sequence needs positive scales and an error level between 0 and 1."""


class Arm(StrEnum):
    """The sharing rule a service week is under."""

    BASE = "base"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Switchback:
    """The effect of the trial rule in the outcome's unit, and its exact two-sided p-value."""

    effect: float
    p_value: float
    assignments: int


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float


class Harm(StrEnum):
    """Why a pilot must stop."""

    DAY_ACCESS = "day_access"
    OTHERS_FILL = "others_fill"
    AVOIDABLE_IDLE = "avoidable_idle"


@dataclass(frozen=True, slots=True)
class HarmLimits:
    """The least day access, the largest fall of the others' fill rate, the most avoidable idle time.

    All are shares. The defaults are ours, to be registered with the pilot before it starts.
    """

    day_access: float = 0.95
    others_fill_drop: float = 0.03
    avoidable_idle: float = 0.03


@dataclass(frozen=True, slots=True)
class Reading:
    """The state of a pilot at a look, as shares; `others_fill_before` is the base rule's."""

    day_access: float
    others_fill: float
    others_fill_before: float
    avoidable_idle: float


def naive_difference_in_differences(
    treated: tuple[float, float], others: tuple[float, float]
) -> float:
    """The change of the treated less the change of the others, each as (before, after).

    For comparison only, as it is biased here, twice. Offices share one pool: what the treated gain
    is taken from the others, whose loss is then counted as a second gain (no interference is what
    the method rests on). And offices picked for a high past volume come down by themselves
    (regression to the mean), which the others do not. It can praise a rule that serves fewer.
    """
    return (treated[1] - treated[0]) - (others[1] - others[0])


def draw_assignment(pairs: int, random: Random) -> tuple[Arm, ...]:
    """The rule of each of 2 `pairs` service weeks: within each pair a fair coin says which is first.

    To be drawn, and stored with its seed, before the first week opens for booking.

    Raises BadDesign under one pair.
    """
    if pairs < 1:
        raise BadDesign(f"{pairs} pairs of weeks: a pilot needs at least one.")
    orders = ((Arm.BASE, Arm.TRIAL), (Arm.TRIAL, Arm.BASE))
    return tuple(arm for _ in range(pairs) for arm in random.choice(orders))


def switchback(
    outcomes: Sequence[float],
    assignment: Sequence[Arm],
    volumes: Sequence[float] | None = None,
) -> Switchback:
    """The effect of the trial rule from adjacent pairs of weeks, with Fisher's randomisation test.

    The mean of trial less base within the pairs. With `volumes`, the requests of each week, it is
    the intercept of a least-squares line of those differences on the differences in volume; only
    sound where the rule does not itself move the volume. The p-value is the share of all 2^pairs
    assignments whose estimate would be as far from 0 had the rule no effect on any week: exact,
    whatever the distribution and the dependence of the weeks; least value 2 / 2^pairs.

    An effect g that a week leaves on the next one biases it by -g / 2, as half the weeks follow the
    other week of their own pair: also look at it without each week's first days.

    Raises BadDesign and TooManyPairs (over 16).
    """
    gains = within_pairs(outcomes, assignment)
    moves = within_pairs(volumes, assignment) if volumes is not None else [0.0] * len(gains)
    effect = _intercept(gains, moves)
    least = abs(effect) - ROUNDING * max(map(abs, gains))
    estimates = list(_under_every_assignment(gains, moves))
    as_far = sum(abs(estimate) >= least for estimate in estimates)
    return Switchback(effect, as_far / len(estimates), len(estimates))


def within_pairs(weekly: Sequence[float], assignment: Sequence[Arm]) -> list[float]:
    """Trial less base for each pair of adjacent weeks. Raises BadDesign and TooManyPairs."""
    if len(weekly) != len(assignment) or len(weekly) % 2 or not weekly:
        raise BadDesign("Each week needs one value and one rule, and weeks come in pairs.")
    if len(weekly) > 2 * MOST_PAIRS:
        raise TooManyPairs(f"{len(weekly) // 2} pairs: the exact test goes up to {MOST_PAIRS}.")
    gains = []
    for week in range(0, len(weekly), 2):
        first, second = assignment[week], assignment[week + 1]
        if first == second:
            raise BadDesign(f"Weeks {week + 1} and {week + 2} are under the same rule.")
        gain = weekly[week + 1] - weekly[week]
        gains.append(gain if second == Arm.TRIAL else -gain)
    return gains


def _under_every_assignment(gains: Sequence[float], moves: Sequence[float]) -> Iterator[float]:
    """The estimate for each way to order the pairs; the other order turns both differences round."""
    for signs in product((1, -1), repeat=len(gains)):
        yield _intercept(
            [sign * gain for sign, gain in zip(signs, gains, strict=True)],
            [sign * move for sign, move in zip(signs, moves, strict=True)],
        )


def _intercept(gains: Sequence[float], moves: Sequence[float]) -> float:
    """Of the least-squares line of gains on moves; their mean where the moves do not differ."""
    gain, move = statistics.fmean(gains), statistics.fmean(moves)
    spread = math.fsum((x - move) ** 2 for x in moves)
    if not spread:
        return gain
    together = math.fsum((x - move) * (y - gain) for x, y in zip(moves, gains, strict=True))
    return gain - move * together / spread


def mixture_scale(planned: int, alpha: float) -> float:
    """The r at which the confidence sequence is narrowest after `planned` values.

    Its width there depends on u = t r^2 alone, and is least where u = ln(1 + u) - 2 ln(alpha).

    Raises BadSequence.
    """
    if planned < 1 or not 0 < alpha < 1:
        raise BadSequence("At least one value is planned, and the error level is between 0 and 1.")
    # Newton's method on a convex function from above the root comes down to it and stops.
    least = -2 * math.log(alpha)
    u, before = least + math.sqrt(2 * least), math.inf
    while u < before:
        before, u = u, u - (u - math.log1p(u) - least) * (1 + u) / u
    return math.sqrt(u / planned)


def confidence_sequence(
    values: Sequence[float], sd: float, scale: float, alpha: float
) -> list[Interval]:
    """After each value an interval for the mean; all of them hold at once, 1 - `alpha` probable.

    mean +- sd sqrt(2 (t r^2 + 1) / (t^2 r^2) ln(sqrt(t r^2 + 1) / alpha)) after t values, r the
    `scale` (Robbins 1970; Howard et al. 2021): one may look every week and stop when one likes.
    `values` are independent, as differences of pairs are, and normal or lighter in the tails; `sd`
    is known beforehand, from weeks before the pilot. One that is estimated from the same few
    values makes the error larger than `alpha`: about 0.10 for 0.05, looking from the fourth on.

    Raises BadSequence.
    """
    if not (sd > 0 and scale > 0 and 0 < alpha < 1):
        raise BadSequence("Deviation and scale are positive, the error level is between 0 and 1.")
    intervals, total = [], 0.0
    for t, value in enumerate(values, 1):
        total += value
        u = t * scale**2
        width = sd * math.sqrt(2 * (u + 1) / (t * u) * math.log(math.sqrt(u + 1) / alpha))
        intervals.append(Interval(total / t - width, total / t + width))
    return intervals


def harms(reading: Reading, limits: HarmLimits) -> tuple[Harm, ...]:
    """Why the pilot must stop at this look; empty when it may go on. Exactly a limit is no harm."""
    drop = reading.others_fill_before - reading.others_fill
    found = {
        Harm.DAY_ACCESS: limits.day_access - reading.day_access,
        Harm.OTHERS_FILL: drop - limits.others_fill_drop,
        Harm.AVOIDABLE_IDLE: reading.avoidable_idle - limits.avoidable_idle,
    }
    # 0.80 - 0.77 is a little over 0.03 in binary: a limit that is met is not passed by rounding.
    return tuple(harm for harm, excess in found.items() if excess > ROUNDING)
