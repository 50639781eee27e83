"""How evenly a week's hours met the need for them: the figures of the equity scorecard.

Amounts are quanta of a week. An office without need (need 0) has no fill and no part in any figure
by office, even if it was served: nothing can be said of its share. Indices over plain numbers
(`jain`, `gini`, `percentile`) take whatever the caller compares, fill or hours: the two disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, fsum, isfinite, log


class BadAmount(ValueError):
    """A number of quanta, or a share, that cannot be; the message says which and why."""


class NothingToDescribe(ValueError):
    """A percentile was asked of no number at all."""


class Ungrouped(LookupError):
    """An office with need that the grouping says nothing about."""


@dataclass(frozen=True, slots=True)
class Service:
    """What one office needed and attended in the week, in quanta."""

    attended: float
    need: float

    def __post_init__(self) -> None:
        _check((self.attended, self.need))

    @property
    def ratio(self) -> float:
        """S/D, uncapped; only for an office with need."""
        return self.attended / self.need

    @property
    def fill(self) -> float:
        """phi = min(1, S/D): the part of the need that was met; only for an office with need."""
        return min(1.0, self.ratio)


@dataclass(frozen=True, slots=True)
class FillSummary:
    """How the fills of the offices with need are spread: between 0 and 1 each."""

    median: float
    fifth: float
    tenth: float
    under_half: float


@dataclass(frozen=True, slots=True)
class Theil:
    """Need-weighted inequality in nats: 0 when all are equally served; total = between + within."""

    total: float
    between: float
    within: float


def jain(values: Iterable[float]) -> float:
    """(sum x)^2 / (n sum x^2): 1 when all are equal, k/n when k of n share everything.

    All zero, or no value at all: 1, nobody is treated worse than another. Raises BadAmount for a
    negative or infinite value. Source: Jain, Chiu and Hawe (1984).
    """
    amounts = _check(values)
    largest = max(amounts, default=0)
    if largest == 0:
        return 1.0
    # The index does not know the unit; in parts of the largest no square can vanish.
    parts = [amount / largest for amount in amounts]
    return fsum(parts) ** 2 / (len(parts) * fsum(part * part for part in parts))


def gini(values: Iterable[float]) -> float:
    """sum_ij |x_i - x_j| / (2 n^2 mean): 0 when all are equal, 1 - 1/n when one has everything.

    All zero, or no value at all: 0. Raises BadAmount for a negative or infinite value. By sorting,
    O(n log n). Source: Gini (1912); no correction for small n.
    """
    amounts = sorted(_check(values))
    total, count = fsum(amounts), len(amounts)
    if total == 0:
        return 0.0
    ranked = fsum((2 * rank - count - 1) * amount for rank, amount in enumerate(amounts, 1))
    return ranked / (count * total)


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, linear between neighbours.

    Definition 7 of Hyndman and Fan (1996), the one of numpy and of spreadsheets: share 0 is the
    least value, 1 the largest. Raises NothingToDescribe when there is no value.
    """
    if not 0 <= share <= 1:
        raise BadAmount(f"A percentile is asked for by a share from 0 to 1, not {share}.")
    ordered = sorted(values)
    if not ordered:
        raise NothingToDescribe("There is no value to take a percentile of.")
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def fill_summary(services: Mapping[int, Service]) -> FillSummary:
    """Median, 5th and 10th percentile of the fill, and the share of offices with less than half.

    Offices with need only; raises NothingToDescribe when there is none.
    """
    fills = [service.fill for service in _with_need(services).values()]
    if not fills:
        raise NothingToDescribe("There is no office with need whose fill could be described.")
    return FillSummary(
        median=percentile(fills, 0.5),
        fifth=percentile(fills, 0.05),
        tenth=percentile(fills, 0.10),
        under_half=sum(fill < 0.5 for fill in fills) / len(fills),
    )


def served_share(services: Iterable[Service]) -> float:
    """F = sum S / sum D over the offices with need, uncapped; 0 when there is no need."""
    counted = [service for service in services if service.need > 0]
    need = fsum(service.need for service in counted)
    return fsum(service.attended for service in counted) / need if counted else 0.0


def theil(services: Mapping[int, Service], group_of: Mapping[int, str]) -> Theil:
    """T = sum (D_i/D) r_i ln r_i with r_i = (S_i/D_i)/F uncapped, and its two parts by group.

    With s = S_i/S and d = D_i/D it is sum s ln(s/d): how far shares of hours are from shares of
    need. Between is the same sum over groups, within the groups' own values weighted by their
    hours. An office that got nothing adds 0 (x ln x vanishes at 0), and so does a group. Nothing
    attended, or no need: all three are 0. Raises Ungrouped. Source: Theil (1967).
    """
    groups = _groups(services, group_of)
    everyone = [service for members in groups.values() for service in members]
    totals = [_total(members) for members in groups.values()]
    attended = fsum(total.attended for total in totals)
    return Theil(
        total=_divergence(everyone),
        between=_divergence(totals),
        within=fsum(
            _total(members).attended / attended * _divergence(members)
            for members in groups.values()
            if attended
        ),
    )


def unmet_ratios(
    services: Mapping[int, Service], group_of: Mapping[int, str]
) -> dict[str, float] | None:
    """Q_g = [(D_g - S_g) / (D - S)] / (D_g / D) by group: 1 when it carries its fair part.

    It equals (1 - F_g)/(1 - F). Hours beyond an office's need count against the group's unmet need,
    so a group served beyond its need is below 0. None when nothing is unmet on balance (S >= D):
    then there is no burden to share, and the parity gap still shows who got more. A group without
    need is left out. Raises Ungrouped.
    """
    groups = _groups(services, group_of)
    short = 1 - served_share(service for members in groups.values() for service in members)
    if short <= 0 or not groups:
        return None
    return {group: (1 - served_share(members)) / short for group, members in groups.items()}


def parity_gap(services: Mapping[int, Service], group_of: Mapping[int, str]) -> float:
    """max F_g - min F_g over groups with need; 0 when there are fewer than two. Raises Ungrouped."""
    shares = [served_share(members) for members in _groups(services, group_of).values()]
    return max(shares) - min(shares) if shares else 0.0


def _with_need(services: Mapping[int, Service]) -> dict[int, Service]:
    return {office: service for office, service in services.items() if service.need > 0}


def _groups(
    services: Mapping[int, Service], group_of: Mapping[int, str]
) -> dict[str, list[Service]]:
    """The offices with need by group, groups in the order of their names."""
    counted = _with_need(services)
    for office in sorted(counted):
        if office not in group_of:
            raise Ungrouped(f"Office {office} has need and belongs to no group.")
    groups: dict[str, list[Service]] = {group_of[office]: [] for office in counted}
    for office, service in counted.items():
        groups[group_of[office]].append(service)
    return dict(sorted(groups.items()))


def _total(members: Sequence[Service]) -> Service:
    return Service(fsum(each.attended for each in members), fsum(each.need for each in members))


def _divergence(members: Sequence[Service]) -> float:
    """sum s ln(s/d) over members, all with need; s and d their shares of hours and of need."""
    whole = _total(members)
    return fsum(
        each.attended / whole.attended * log(each.ratio / whole.ratio)
        for each in members
        if each.attended > 0
    )


def _check(values: Iterable[float]) -> list[float]:
    amounts = list(values)
    for amount in amounts:
        if not (isfinite(amount) and amount >= 0):
            raise BadAmount(f"An amount must be zero or more, not {amount}.")
    return amounts
