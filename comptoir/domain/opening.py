"""The opening of a day: what was asked for in its first hour is granted in rounds, by lot.

A new day of the horizon is not raced for. The requests of the first hour are one batch: in each round
the offices are put into a new random order and each gets one appointment, the first of its own list
that `admit` grants; after a round that adds nothing the day is open to first come, first served
(design of the capacity model, 2.7). A batch ends the advantage of speed and of scripts (Hakimov,
Heller, Kübler and Kurino 2021); one appointment a turn is a draft, which offices can play but which
serves them better than to let the first take all it wants (Budish and Cantillon 2012).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from comptoir.domain import grid as grids
from comptoir.domain.admission import admit, offers
from comptoir.domain.periods import Period
from comptoir.domain.service_day import Admitted, Day, Reason, Refused, Request
from comptoir.domain.waiting import granted


class SameRank(ValueError):
    """An office must say which of its requests it would rather have: two cannot have one rank."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A request for the day; `number` is how the caller knows it.

    `rank` is its place on the office's own list, the smallest first. With a `window` it takes any start
    within it, and `least` quanta if that is the longest there is.
    """

    number: int
    request: Request
    rank: int
    filed_at: datetime
    window: Period | None = None
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a request, and the round (from 1) that gave it; a refusal is of the last round."""

    filed: Filed
    answer: Admitted | Refused
    in_round: int

    @property
    def quanta(self) -> int:
        """How much was granted, or refused at last."""
        return self.answer.counters["asked"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What became of a batch: outcomes by number, the offices' order of each round, the day after."""

    outcomes: tuple[Outcome, ...]
    orders: tuple[tuple[int, ...], ...]
    day: Day


def opened(day: Day, batch: Iterable[Filed], now: datetime, random: Random) -> Opening:
    """Grant what can be granted of the batch, round by round, on the day as it stands at `now`.

    When it was filed is not looked at, nor in which order it is listed. A request that was refused is
    tried again in the next round: what others take may set free what was kept for them. In the end
    every request refused is one that `admit` refuses on the day as it is left. Each office is asked
    in each round before any gets its next appointment in the round after. Raises SameRank.
    """
    left = _lists(batch)
    own: defaultdict[int, int] = defaultdict(int)
    outcomes: list[Outcome] = []
    orders: list[tuple[int, ...]] = []
    more = True
    while more and any(left.values()):
        order = _order(left, random)
        orders.append(order)
        more = False
        for office in order:
            found = _first_granted(day, left[office], now, own[office])
            if found is not None:
                filed, grant = found
                own[office] |= grids.bits(grant.start, grant.counters["asked"])
                outcomes.append(Outcome(filed, grant, len(orders)))
                left[office].remove(filed)
                day = granted(day, office, grant.counters["asked"], grant)
                more = True
    outcomes += _refused(day, left, now, len(orders))
    return Opening(tuple(sorted(outcomes, key=lambda o: o.filed.number)), tuple(orders), day)


def _lists(batch: Iterable[Filed]) -> dict[int, list[Filed]]:
    """By office, in the order of their keys and ranks: nothing else may decide who draws what."""
    lists: defaultdict[int, list[Filed]] = defaultdict(list)
    for filed in sorted(batch, key=lambda one: (one.request.office, one.rank)):
        own = lists[filed.request.office]
        if own and own[-1].rank == filed.rank:
            raise SameRank(f"Office {filed.request.office} gave rank {filed.rank} twice.")
        own.append(filed)
    return dict(lists)


def _order(left: Mapping[int, Sequence[Filed]], random: Random) -> tuple[int, ...]:
    """By drawn numbers, not by `shuffle`: only `random()` is promised to replay on a later Python."""
    draws = {office: random.random() for office, own in left.items() if own}
    return tuple(sorted(draws, key=lambda office: draws[office]))


def _first_granted(
    day: Day, wanted: Sequence[Filed], now: datetime, own: int
) -> tuple[Filed, Admitted] | None:
    for filed in wanted:
        found = answer(day, filed, now, own)
        if isinstance(found, Admitted):
            return filed, found
    return None


def answer(day: Day, filed: Filed, now: datetime, own: int = 0) -> Admitted | Refused:
    """What `admit` says to the request: to the longest of it that fits its window, if it has one.

    Beside what the office has been granted already (`own`, as a mask), if that can be helped.
    """
    request, least = filed.request, filed.least or filed.request.quanta
    if filed.window is None:
        return admit(day, request, now)
    window = day.grid.mask(filed.window)
    for quanta in range(request.quanta, least - 1, -1):
        shorter = replace(request, quanta=quanta, start=None)
        left = offers(day, shorter, now) & grids.starts(window, quanta)
        if left:
            wanted = left & grids.starts(window & ~own, quanta) or left
            return admit(day, replace(shorter, start=next(grids.indexes(wanted))), now)
    refused = admit(day, replace(request, quanta=least, start=None), now)
    if isinstance(refused, Admitted):  # there is time, at other hours
        return Refused(Reason.TIME_TAKEN, refused.counters)
    return refused


def _refused(
    day: Day, left: Mapping[int, Sequence[Filed]], now: datetime, last: int
) -> list[Outcome]:
    """In a round that adds nothing the day stands still, so these are the answers of that round."""
    refused = [filed for own in left.values() for filed in own]
    return [Outcome(filed, answer(day, filed, now), last) for filed in refused]
