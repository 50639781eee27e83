"""How much to keep for claims that are worth more and come later: protection levels.

A level is the number of quanta that claims of lower value may not take. The classes are nested: a
claim may always use what is kept for the classes below its own. Levels are real numbers (the reader
rounds them) and assume normal, independent demand and that lower classes book first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import isfinite, sqrt
from statistics import NormalDist


class BadDemand(ValueError):
    """A class of demand that cannot be reckoned with; the message says which number and why."""


class NotNested(ValueError):
    """Classes that are not listed from the highest value to the lowest."""


@dataclass(frozen=True, slots=True)
class DemandClass:
    """Claims of one `value` per quantum; their demand in quanta has this mean and deviation."""

    value: float
    mean: float
    deviation: float

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and self.value > 0):
            raise BadDemand(f"The value of a claim must be above zero, not {self.value}.")
        for name, amount in (("mean", self.mean), ("deviation", self.deviation)):
            if not (isfinite(amount) and amount >= 0):
                raise BadDemand(f"The {name} of demand must be zero or more, not {amount}.")


def littlewood(higher: DemandClass, lower_value: float) -> float:
    """The quanta to keep for `higher` from claims worth `lower_value`: y with P(D > y) = v2/v1.

    A quantum is sold low as soon as that is worth more than the chance of selling it high. Zero if
    the lower value is not lower, and never negative, though the normal distribution may be: nothing
    can be kept for a class by less than nothing. Without deviation the level is the mean.
    Source: Littlewood (1972), reprinted 2005.
    """
    if not (isfinite(lower_value) and lower_value > 0):
        raise BadDemand(f"The value of a claim must be above zero, not {lower_value}.")
    sold_high = 1 - lower_value / higher.value
    # The second test is for values so near or so far that the quotient rounds to one or to zero.
    if lower_value >= higher.value or sold_high <= 0:
        return 0.0
    if sold_high >= 1:
        raise BadDemand(f"A value of {lower_value} is too small beside {higher.value} to compare.")
    return max(0.0, higher.mean + higher.deviation * NormalDist().inv_cdf(sold_high))


def emsr_a(classes: Sequence[DemandClass]) -> tuple[float, ...]:
    """The quanta kept for classes 1..j from class j+1, for each j: one level fewer than classes.

    Expected marginal seat revenue, version a: the sum over the classes above of what Littlewood's
    rule keeps for each of them alone. Never decreasing in j. `classes` from the highest value down
    (equal values are allowed), else NotNested. Source: Belobaba (1987).
    """
    _check_nested(classes)
    return tuple(
        sum(littlewood(higher, lower.value) for higher in classes[:index])
        for index, lower in enumerate(classes[1:], 1)
    )


def emsr_b(classes: Sequence[DemandClass]) -> tuple[float, ...]:
    """The same levels, version b: the classes above are taken together as one class.

    Its demand is the sum of theirs, its value their average weighted by mean demand. Where the
    formula would keep less for more classes (large deviations, values close together) the level
    stays at the one before: what is kept for the first class is kept for the first two.
    Source: Belobaba (1992); Talluri and van Ryzin (2004), section 2.2.
    """
    _check_nested(classes)
    single = (
        littlewood(_together(classes[:index]), lower.value)
        for index, lower in enumerate(classes[1:], 1)
    )
    return tuple(accumulate(single, max))


def _together(classes: Sequence[DemandClass]) -> DemandClass:
    mean = sum(each.mean for each in classes)
    # Nobody is expected: the lowest value keeps least, and there is no weight to average with.
    value = sum(each.value * each.mean for each in classes) / mean if mean else classes[-1].value
    return DemandClass(value, mean, sqrt(sum(each.deviation**2 for each in classes)))


def _check_nested(classes: Sequence[DemandClass]) -> None:
    for higher, lower in pairwise(classes):
        if higher.value < lower.value:
            raise NotNested(
                f"Classes go from the highest value down, and {lower.value} follows {higher.value}."
            )
