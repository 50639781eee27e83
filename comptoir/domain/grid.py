"""The quarter hours of a service day, as bits of an integer.

Bit i of a mask is the quarter hour that begins i quarter hours after the grid's start. Masks make
the whole day of 34 professionals 34 small integers, and runs of free time a few shifts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from comptoir.domain.periods import Period

QUANTUM_MINUTES = 15
QUANTUM = timedelta(minutes=QUANTUM_MINUTES)


class OffGrid(ValueError):
    """An instant that is not the beginning of one of the day's quarter hours."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The quarter hours of one day: `quanta` of them from `starts_at`."""

    starts_at: datetime
    quanta: int

    def instant(self, index: int) -> datetime:
        """When the quarter hour `index` begins."""
        return self.starts_at + index * QUANTUM

    def index(self, instant: datetime) -> int:
        """Which quarter hour begins at `instant`; raises OffGrid if none does."""
        index, rest = divmod(instant - self.starts_at, QUANTUM)
        if rest or not 0 <= index < self.quanta:
            raise OffGrid(f"{instant} on a grid from {self.starts_at}")
        return index

    def first_from(self, instant: datetime) -> int:
        """The first quarter hour that begins at or after `instant`, between 0 and `quanta`."""
        index = -((self.starts_at - instant) // QUANTUM)
        return min(max(index, 0), self.quanta)

    def mask(self, period: Period) -> int:
        """The whole quarter hours inside `period`; a part of one does not count."""
        first = self.first_from(period.start)
        end = min(max((period.end - self.starts_at) // QUANTUM, 0), self.quanta)
        return bits(first, end - first) if end > first else 0


def bits(first: int, count: int) -> int:
    """`count` ones from bit `first` upwards."""
    return ((1 << count) - 1) << first


def starts(free: int, length: int) -> int:
    """The bits at which `length` consecutive ones of `free` begin."""
    fits = free
    for shift in range(1, length):
        fits &= free >> shift
    return fits


def indexes(mask: int) -> Iterator[int]:
    """The positions of the ones, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """The maximal runs of ones as (first, length), lowest first."""
    while mask:
        first = (mask & -mask).bit_length() - 1
        length = (~(mask >> first) & ((mask >> first) + 1)).bit_length() - 1
        yield first, length
        mask &= ~bits(first, length)


def run_around(mask: int, index: int) -> tuple[int, int]:
    """The maximal run of ones that holds bit `index`, as (first, length)."""
    below = ~mask & bits(0, index)
    first = below.bit_length()
    above = mask >> first
    return first, (~above & (above + 1)).bit_length() - 1
