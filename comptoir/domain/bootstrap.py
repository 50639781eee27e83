"""How far a week's figures would move with other offices: percentile bootstrap intervals.

As many offices as there are of the week are drawn with replacement, so many times, and each figure is
computed of each draw; the middle 95 % of what it came to is the interval (Efron 1979). It says how much
hangs on which offices happened to come, not how good the record is, nor what another week would bring:
an office stays whole, with its day and its need, since its requests are no independent events.

Seeded by the week, so that a page says the same whenever it is looked at. Figures of offices are given as
columns, one number for each; those of a whole that offices do not make up (hours on offer) stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from comptoir.domain.evaluation import Interval

Column = NDArray[np.float64]
Draws = NDArray[np.int64]

RESAMPLES = 1000
COVERS = 0.95
"""How often such an interval holds the truth, about: the usual level, a default of ours."""


@dataclass(frozen=True, slots=True)
class Resampled:
    """The draws of the offices of a week: `picked` which, `times` how often each, a row for a draw."""

    picked: Draws
    times: Column

    @classmethod
    def of(cls, offices: int, seed: int, resamples: int = RESAMPLES) -> Resampled:
        """So many draws of as many offices with replacement. NumPy's default generator, from the seed."""
        random = np.random.default_rng(seed)
        picked = random.integers(0, offices, size=(resamples, offices))
        flat = (picked + offices * np.arange(resamples)[:, None]).ravel()
        times = np.bincount(flat, minlength=resamples * offices).reshape(resamples, offices)
        return cls(picked, times.astype(np.float64))

    def sums(self, column: Column) -> Column:
        """The sum of a column in each draw."""
        found: Column = self.times @ column
        return found

    def sorted(self, column: Column) -> Column:
        """The drawn values of a column, smallest first in each draw."""
        return np.sort(column[self.picked], axis=1)


def seed_of(monday: date) -> int:
    """The seed of a week: the number of its Monday in the calendar (1 is 1 January of the year 1)."""
    return monday.toordinal()


def interval(values: Column) -> Interval | None:
    """The middle 95 % of a figure's values, by definition 7 of Hyndman and Fan.

    A draw of which the figure says nothing (nan) is left out; None if it says nothing of any.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    low, high = np.quantile(known, [(1 - COVERS) / 2, (1 + COVERS) / 2])
    return Interval(float(low), float(high))


def ratio(drawn: Resampled, part: Column, whole: Column | float) -> Column:
    """sum part / sum whole; a whole that is one number is not drawn."""
    of = whole if isinstance(whole, float) else drawn.sums(whole)
    return _divided(drawn.sums(part), of)


def percentile(drawn: Resampled, column: Column, share: float) -> Column:
    """The value below which `share` of the values lie: `equity.percentile` of each draw."""
    ordered = drawn.sorted(column)
    place = share * (ordered.shape[1] - 1)
    below = int(place)
    above = min(below + 1, ordered.shape[1] - 1)
    found: Column = ordered[:, below] + (place - below) * (ordered[:, above] - ordered[:, below])
    return found


def jain(drawn: Resampled, column: Column) -> Column:
    """(sum x)^2 / (n sum x^2) of each draw: `equity.jain`; 1 where all are zero."""
    squares = drawn.sums(column**2) * column.size
    return np.where(squares > 0, _divided(drawn.sums(column) ** 2, squares), 1.0)


def gini(drawn: Resampled, column: Column) -> Column:
    """`equity.gini` of each draw; 0 where all are zero."""
    ordered, count = drawn.sorted(column), column.size
    weights = 2 * np.arange(1, count + 1) - count - 1
    total = ordered.sum(axis=1)
    return np.where(total > 0, _divided(ordered @ weights, count * total), 0.0)


@dataclass(frozen=True, slots=True)
class Groups:
    """What the groups of a grouping attended and needed in each draw, a column of draws for each name."""

    attended: Mapping[str, Column]
    needed: Mapping[str, Column]

    @classmethod
    def of(
        cls, drawn: Resampled, attended: Column, needed: Column, group_of: Sequence[str]
    ) -> Groups:
        """By group of each office, in the order of the columns."""
        names = np.array(group_of)
        masks = {name: (names == name).astype(np.float64) for name in sorted(set(group_of))}
        return cls(
            {name: drawn.sums(attended * mask) for name, mask in masks.items()},
            {name: drawn.sums(needed * mask) for name, mask in masks.items()},
        )

    def served(self) -> dict[str, Column]:
        """F_g = S_g / D_g."""
        return {name: _divided(self.attended[name], self.needed[name]) for name in self.attended}

    def parity_gap(self, shown: Sequence[str]) -> Column:
        """max F_g - min F_g over the groups that are shown, and in the draw."""
        served = self.served()
        found = np.stack([served[name] for name in shown])
        highest = np.where(np.isnan(found), -np.inf, found).max(axis=0)
        lowest = np.where(np.isnan(found), np.inf, found).min(axis=0)
        gap: Column = highest - lowest
        return gap

    def unmet_ratios(self) -> dict[str, Column]:
        """Q_g = (1 - F_g) / (1 - F); of a draw in which nothing is unmet it says nothing."""
        short = 1 - _divided(sum(self.attended.values()), sum(self.needed.values()))
        short = np.where(short > 0, short, np.nan)
        return {name: (1 - served) / short for name, served in self.served().items()}

    def theil_between(self) -> Column:
        """sum s ln(s/d) over the groups, s and d their shares of hours and need."""
        whole = sum(self.attended.values()), sum(self.needed.values())
        parts = [
            _divergence(self.attended[name], self.needed[name], *whole) for name in self.attended
        ]
        found: Column = np.sum(parts, axis=0)
        return found


def theil(drawn: Resampled, attended: Column, needed: Column) -> Column:
    """`equity.theil` of each draw, the whole of it: sum s ln(s/d) over the offices, all with need.

    With S and D of the draw it is sum (S_i/S) ln(S_i/D_i) - ln(S/D); who got nothing adds nothing.
    """
    logs = np.zeros_like(attended)
    served = attended > 0
    logs[served] = attended[served] * np.log(attended[served] / needed[served])
    hours = drawn.sums(attended)
    whole = np.where(hours > 0, _divided(hours, drawn.sums(needed)), 1.0)
    return np.where(hours > 0, _divided(drawn.sums(logs), hours) - np.log(whole), 0.0)


def _divergence(
    attended: Column, needed: Column, hours: Column | int, need: Column | int
) -> Column:
    share = _divided(attended, hours)
    by_need = _divided(share, _divided(needed, need))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(attended > 0, share * np.log(by_need), 0.0)


def _divided(part: Column | float, whole: Column | float) -> Column:
    """nan of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Column = np.where(np.asarray(whole) != 0, np.divide(part, whole), np.nan)
    return found
