"""What each office may count on in a week: whole quanta, shared out by need above a common floor.

Everything compares exactly: numbers become fractions first, a float the fraction it is. Only weights
with an `alpha` that is not whole pass through the machine's `pow`: equal needs still get equal
weights, but another machine may round the last bit otherwise, and then two *different* needs whose
quotients agree to some fifteen digits could change places at the last quantum given out.

Ties go to the smallest key. So a set of needs has one answer, whatever order it is listed in, and
giving offices other keys moves at most one quantum between offices that were exactly tied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from math import ceil, floor, isfinite
from statistics import median

Number = int | float | Fraction


class BadNumber(ValueError):
    """A need, weight, bound or policy field that cannot be; the message says which and why."""


class FloorsExceedHouse(ValueError):
    """The floors alone are more than there is to share out."""


class NoKnownNeed(ValueError):
    """New offices only: there is no known need to take the median of."""


@dataclass(frozen=True, slots=True)
class AllowancePolicy:
    """One version of the rule for weekly allowances. The values given here are our defaults.

    `floor`: quanta a week for everybody. `share` of the week's capacity may be allotted (the rest
    is the open pool). `alpha`: weights are need to this power: 0 equal hours, 1 in proportion.
    `headroom`: no allowance above this multiple of need. `movement`: an allowance moves by at most
    this share of the last one, or by one quantum where that is more. All but `floor` are fractions
    and not floats, because floor(0.7 * 90) is 62.
    """

    floor: int = 4
    share: Fraction = Fraction(9, 10)
    alpha: Fraction = Fraction(1)
    headroom: Fraction = Fraction(6, 5)
    movement: Fraction = Fraction(1, 4)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise BadNumber(f"The share to allot must be above 0 and at most 1, not {self.share}.")
        if not 0 <= self.movement <= 1:
            raise BadNumber(f"The movement limit must be from 0 to 1, not {self.movement}.")
        for name in ("floor", "alpha", "headroom"):
            _exact(f"The {name} of a policy", getattr(self, name))

    def budget(self, capacity: int) -> Fraction:
        """The quanta of a week of `capacity` quanta that may be allotted."""
        return self.share * capacity


@dataclass(frozen=True, slots=True)
class _Range:
    """One office's weight and the bounds of what it may be given."""

    weight: Fraction
    floor: int
    cap: Fraction | None

    def admits(self, given: int) -> bool:
        """Whether one more may follow these."""
        return bool(self.weight) and (self.cap is None or given < self.cap)

    def at(self, level: Fraction) -> Fraction:
        """What the unrounded share is when everybody's is `level` * weight, within bounds."""
        share = max(level * self.weight, Fraction(self.floor))
        return share if self.cap is None else min(share, self.cap)


def divisor(
    weights: Mapping[int, Number],
    house: int,
    floor: int | Mapping[int, int] = 0,
    caps: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Share `house` whole quanta in proportion to `weights`, between floors and caps.

    From its floor A on, the office with the largest weight/(2A + 1) that is under its cap gets one
    more, ties by key, until the house is spent. What no cap lets anybody take stays unspent. A key
    without floor has floor 0, without cap none; weight 0 gets the floor and no more. The quanta
    are given in one order whatever the house, so a larger one lowers nobody.

    Raises FloorsExceedHouse; BadNumber for a negative weight or a cap below its floor.
    Source: Webster (1832), Sainte-Lague (1910); Balinski and Young (1982).
    """
    ranges = _ranges(weights, house, floor, caps)
    given = {key: each.floor for key, each in ranges.items()}
    left = house - sum(given.values())
    heap = [_claim(e, e.floor, key) for key, e in ranges.items() if e.admits(e.floor)]
    heapify(heap)
    while left and heap:
        key = heap[0][-1]
        given[key] += 1
        left -= 1
        if ranges[key].admits(given[key]):
            heapreplace(heap, _claim(ranges[key], given[key], key))
        else:
            heappop(heap)
    return given


def proportional(
    weights: Mapping[int, Number],
    house: Number,
    floor: int | Mapping[int, int] = 0,
    caps: Mapping[int, Number] | None = None,
) -> dict[int, Fraction]:
    """The same share without rounding: clip(level * weight, floor, cap), summing to `house`.

    Exact, O(n log n). Where even all caps together are less than the house, everybody is at the
    cap. Raises as `divisor` does.

    How near the two are: at some common level every whole share is within half a quantum of its
    unrounded one. That need not be the level found here, so a large office among many small ones
    may differ by many quanta (no method stays within one and is also monotone in the weights:
    Balinski and Young); but never is one office above by more than a half and another below.
    """
    ranges = _ranges(weights, house, floor, caps)
    level = _level(ranges.values(), Fraction(house))
    return {key: each.at(level) for key, each in ranges.items()}


def water_filling(
    capacity: Number, demands: Mapping[int, Number], weights: Mapping[int, Number] | None = None
) -> dict[int, Fraction]:
    """Weighted max-min shares of `capacity`: min(demand, level * weight); weights 1 if not given.

    Nobody gets more than asked, and whoever gets less has as much per weight as anybody. Spends
    min(capacity, sum of demands); a weight of 0 gets nothing, a weight not given is 1. Raises
    BadNumber. Source: Bertsekas and Gallager (1992).
    """
    given = weights or {}
    return proportional({key: given.get(key, 1) for key in demands}, capacity, 0, demands)


def with_prior(needs: Mapping[int, Number | None]) -> dict[int, Number]:
    """Needs in quanta a week, with the median of the known ones for a new office (None).

    The median moves when another office's need does, so the laws of `allowances` hold for needs as
    returned here, not for a newcomer beside changes of the others. Raises NoKnownNeed.
    """
    known = [_exact(f"The need of office {key}", n) for key, n in needs.items() if n is not None]
    if needs and not known:
        raise NoKnownNeed("No office has a known need, so a new one has no median to start from.")
    return {key: median(known) if need is None else need for key, need in needs.items()}


def allowances(
    needs: Mapping[int, Number],
    capacity: int,
    policy: AllowancePolicy,
    last: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """The weekly allowance of each office in quanta, from its need in quanta a week.

    `divisor` of the budget floor(share * capacity) with weights max(need, floor)^alpha, the floor,
    and caps max(floor, ceil(headroom * need)). What the caps leave is open to all.

    With `last` (the allowances in force) an office there moves by at most the movement limit. In
    order of strength: the budget is never passed; nobody is below the floor; nobody falls by more
    than the limit; nobody rises by more than it; nobody is above the cap. So an office whose need
    fell is brought down to its cap over several quarters. Where the budget does not hold the least
    that everybody may fall to, it is divided in proportion to exactly that: the same cut for all,
    and nobody rises but to the floor. Who is not in `last` is not limited.

    More capacity or one office fewer lowers nobody; more need lowers only others (given `last`).
    Raises FloorsExceedHouse when the floors pass the budget; BadNumber.
    """
    budget = floor(policy.budget(capacity))
    caps = _caps(needs, policy)
    weights = _weights(needs, policy)
    if last is None:
        return divisor(weights, budget, policy.floor, caps)
    lowest, highest = _movement(caps, policy, last)
    if sum(lowest.values()) > budget:
        return divisor(lowest, budget, policy.floor, lowest)
    return divisor(weights, budget, lowest, highest)


def continuous_allowances(
    needs: Mapping[int, Number], capacity: int, policy: AllowancePolicy
) -> dict[int, Fraction]:
    """The allowances before rounding, without movement limit: `proportional` of share * capacity.

    To cross-check `allowances` and to draw what alpha does; nobody is promised a part of a quantum.
    """
    weights, caps = _weights(needs, policy), _caps(needs, policy)
    return proportional(weights, policy.budget(capacity), policy.floor, caps)


def return_on_inflation(need: Number, allowance: Number, alpha: Number) -> Fraction:
    """alpha * A/D: the most by which one more quantum of need raises the unrounded allowance.

    Below 1 an office that attends a quantum it has no use for pays more than it is given back in
    all later weeks together. That holds between floor and cap and before rounding: at the edge of
    a quantum a little more need can bring a whole one, and an allowance at its cap follows need at
    the rate of the headroom. Raises BadNumber for a need that is not above zero.
    """
    exact = _exact("The need", need)
    if not exact:
        raise BadNumber("An office without need has no allowance that follows it.")
    return Fraction(alpha) * Fraction(allowance) / exact


def inflating_pays(needs: Mapping[int, Number], capacity: int, policy: AllowancePolicy) -> bool:
    """Whether the return on inflation is 1 or more for an office whose allowance binds.

    It binds where it is below need and follows it, which at the floor it does not. Up to an `alpha`
    of 1 it never pays. Raises as `continuous_allowances` does.
    """
    given = continuous_allowances(needs, capacity, policy)
    return any(
        policy.floor < allowance < needs[key]
        and return_on_inflation(needs[key], allowance, policy.alpha) >= 1
        for key, allowance in given.items()
    )


def _weights(needs: Mapping[int, Number], policy: AllowancePolicy) -> dict[int, Fraction]:
    """max(need, floor)^alpha: exact when alpha is whole, else by way of floats."""
    weights = {}
    for key, need in needs.items():
        base = max(_exact(f"The need of office {key}", need), Fraction(policy.floor))
        whole = policy.alpha.denominator == 1
        power = base**policy.alpha.numerator if whole else float(base) ** float(policy.alpha)
        weights[key] = Fraction(power)
    return weights


def _caps(needs: Mapping[int, Number], policy: AllowancePolicy) -> dict[int, int]:
    return {
        key: max(policy.floor, ceil(policy.headroom * _exact(f"The need of office {key}", need)))
        for key, need in needs.items()
    }


def _movement(
    caps: Mapping[int, int], policy: AllowancePolicy, last: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """The least and the most each office may be given, with the movement limit in force."""
    lowest, highest = dict.fromkeys(caps, policy.floor), dict(caps)
    for key in caps.keys() & last.keys():
        # Without the one, an allowance of three could never move.
        step = max(1, floor(policy.movement * last[key]))
        lowest[key] = max(policy.floor, last[key] - step)
        highest[key] = max(lowest[key], min(caps[key], last[key] + step))
    return lowest, highest


def _ranges(
    weights: Mapping[int, Number],
    house: Number,
    floor: int | Mapping[int, int],
    caps: Mapping[int, Number] | None,
) -> dict[int, _Range]:
    """Checked and exact, in the order of keys."""
    ranges = {}
    for key in sorted(weights):
        least = floor if isinstance(floor, int) else floor.get(key, 0)
        cap = None if caps is None else caps.get(key)
        each = _Range(
            _exact(f"The weight of office {key}", weights[key]),
            int(_exact(f"The floor of office {key}", least)),
            None if cap is None else _exact(f"The cap of office {key}", cap),
        )
        if each.cap is not None and each.cap < each.floor:
            raise BadNumber(f"The cap of office {key}, {each.cap}, is below its floor {least}.")
        ranges[key] = each
    floors = sum(each.floor for each in ranges.values())
    if floors > _exact("What there is to share out", house):
        raise FloorsExceedHouse(
            f"The floors of {len(ranges)} offices take {floors} quanta, and {house} may be given."
        )
    return ranges


def _claim(each: _Range, given: int, key: int) -> tuple[Fraction, int]:
    """The heap's order: the largest quotient first, then the smallest key."""
    return -each.weight / (2 * given + 1), key


def _level(ranges: Iterable[_Range], house: Fraction) -> Fraction:
    """Where the unrounded shares sum to `house`, or all are at their caps.

    Between two neighbouring events the sum is fixed + slope * level.
    """
    events: list[tuple[Fraction, Fraction, Fraction]] = []
    fixed, slope, level = Fraction(0), Fraction(0), Fraction(0)
    for each in ranges:
        fixed += each.floor
        if each.weight:
            events.append((each.floor / each.weight, each.weight, Fraction(-each.floor)))
        if each.weight and each.cap is not None:
            events.append((each.cap / each.weight, -each.weight, each.cap))
    for level, more_slope, more_fixed in sorted(events):
        if fixed + slope * level >= house:
            break
        slope += more_slope
        fixed += more_fixed
    return (house - fixed) / slope if slope else level


def _exact(name: str, number: Number) -> Fraction:
    if not (isfinite(number) and number >= 0):
        raise BadNumber(f"{name} must be zero or more, not {number}.")
    return Fraction(number)
