"""Where the busiest offices part from the rest: a break in the ranked volumes, and its evidence.

Rank the offices' volumes v_1 >= v_2 >= ... Under a smooth power-law tail the scaled log-spacings
G_k = k (ln v_k - ln v_{k+1}) are independent exponentials of one mean (Renyi 1953; so used by Hill
1975), whatever the exponent. The largest one's share of their sum then has Fisher's law (1929),
and a share that this law finds too large is a break.

A break describes and stratifies. It must not allocate: a two-tier entitlement has a cliff, and an
incentive to stand on its better side.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from random import Random

import jenkspy

FIRST_RANK = 3
LAST_RANK = 40
LEAST_SPACINGS = 2


class BadVolumes(ValueError):
    """Volumes must be finite, not negative, and given for the same weeks for every office."""


class TooFewOffices(ValueError):
    """One spacing alone cannot be larger than the others."""


class NoSpread(ValueError):
    """All the ranked volumes are equal: no spacing is larger than the others."""


class TooFewVolumes(ValueError):
    """Equal volumes are of one class: there cannot be more classes than different volumes."""


class NoResamples(ValueError):
    """A share of resamples needs at least one resample."""


@dataclass(frozen=True, slots=True)
class Break:
    """The widest scaled log-spacing: `rank` offices stand above it.

    `share` is its part of the sum of all `spacings` spacings, `p_value` the probability of a larger
    part when there is no break.
    """

    rank: int
    share: float
    spacings: int
    p_value: float
    above: frozenset[int]


def fisher_tail(share: float, spacings: int) -> float:
    """The probability that the largest of `spacings` uniform spacings exceeds `share`.

    P(g > x) = sum over j >= 1 of (-1)^(j+1) C(m, j) (1 - jx)_+^(m-1) (Fisher 1929). The terms
    alternate and reach 10^4 near x = 1/m, so they are summed in integers and divided once: the
    answer is the exact value for this float, rounded correctly (relative error 2^-53).

    Raises TooFewOffices under two spacings.
    """
    if spacings < LEAST_SPACINGS:
        raise TooFewOffices(f"{spacings} spacing(s): Fisher's law needs at least {LEAST_SPACINGS}.")
    above, below = share.as_integer_ratio()
    terms = (
        (-1) ** (j + 1) * math.comb(spacings, j) * (below - j * above) ** (spacings - 1)
        for j in range(1, spacings + 1)
        if j * above < below
    )
    return float(sum(terms) / below ** (spacings - 1))


def find_break(weekly: Mapping[int, Sequence[float]]) -> Break:
    """The break in the offices' totals over the weeks, and how surprising it is.

    `weekly` holds one volume (quanta, hours or appointments) a week for each office. Looked for
    from rank 3, as two offices are no group, to rank 40 or the last office but one. Offices without
    any volume have no logarithm and are left out. Of equal spacings the one of the lowest rank.

    Raises BadVolumes, TooFewOffices (under five with a volume) and NoSpread.
    """
    _check(weekly)
    totals = {office: math.fsum(volumes) for office, volumes in weekly.items()}
    spacings = scaled_log_spacings(totals.values())
    if len(spacings) < LEAST_SPACINGS:
        least = FIRST_RANK + LEAST_SPACINGS
        raise TooFewOffices(f"A break needs at least {least} offices that have a volume.")
    whole = math.fsum(spacings)
    if not whole:
        raise NoSpread("The ranked volumes are all equal: there is no break to look for.")
    widest = max(spacings)
    return Break(
        rank=FIRST_RANK + spacings.index(widest),
        share=widest / whole,
        spacings=len(spacings),
        p_value=fisher_tail(widest / whole, len(spacings)),
        above=_above(totals),
    )


def membership(
    weekly: Mapping[int, Sequence[float]], resamples: int, random: Random
) -> dict[int, float]:
    """For each office, the share of bootstrap resamples in which it stands above the break.

    A resample draws as many weeks as there are, with replacement, the same ones for every office
    (what moves all offices in one week stays together), and looks for its own break. A resample
    without any (all equal, too few volumes) puts nobody above. Says who is at the line, not whether
    there is one: that is the p-value.

    Raises BadVolumes and NoResamples.
    """
    weeks = _check(weekly)
    if resamples < 1:
        raise NoResamples(f"{resamples} resamples: at least one is needed.")
    times_above = dict.fromkeys(weekly, 0)
    for _ in range(resamples):
        drawn = [0] * weeks
        for week in random.choices(range(weeks), k=weeks):
            drawn[week] += 1
        totals = {office: sum(map(mul, drawn, volumes)) for office, volumes in weekly.items()}
        for office in _above(totals):
            times_above[office] += 1
    return {office: times / resamples for office, times in times_above.items()}


def scaled_log_spacings(volumes: Iterable[float]) -> list[float]:
    """G_k = k (ln v_k - ln v_{k+1}) of the positive volumes, from rank 3 to rank 40 at most."""
    ranked = sorted((volume for volume in volumes if volume > 0), reverse=True)
    logs = [math.log(volume) for volume in ranked[: LAST_RANK + 1]]
    return [k * (logs[k - 1] - logs[k]) for k in range(FIRST_RANK, len(logs))]


def natural_classes(volumes: Sequence[float], classes: int) -> list[int]:
    """For each volume its natural class, 1 the highest: the least sum of squares within classes (Jenks 1967).

    A picture and no evidence: it splits whatever it is given, where there is a gap and where there is
    none. Raises TooFewVolumes.
    """
    if not 1 <= classes <= len(set(volumes)):
        raise TooFewVolumes(f"{classes} classes of {len(set(volumes))} different volumes.")
    upper = jenkspy.jenks_breaks(list(volumes), n_classes=classes)[1:]
    return [classes - bisect_left(upper, volume) for volume in volumes]


def _above(totals: Mapping[int, float]) -> frozenset[int]:
    """Who stands above the widest spacing; nobody when no spacing is wider than the others."""
    spacings = scaled_log_spacings(totals.values())
    if len(spacings) < LEAST_SPACINGS or not any(spacings):
        return frozenset()
    rank = FIRST_RANK + spacings.index(max(spacings))
    line = sorted(totals.values(), reverse=True)[rank - 1]
    return frozenset(office for office, total in totals.items() if total >= line)


def _check(weekly: Mapping[int, Sequence[float]]) -> int:
    """The number of weeks that all offices have."""
    lengths = {len(volumes) for volumes in weekly.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise BadVolumes("Every office needs a volume for each of the same weeks, one at least.")
    for office, volumes in weekly.items():
        if not all(math.isfinite(volume) and volume >= 0 for volume in volumes):
            raise BadVolumes(f"Office {office} has a volume that is negative or not a number.")
    return lengths.pop()
