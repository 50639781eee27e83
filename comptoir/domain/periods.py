"""Half-open periods of time: the start belongs to them, the end does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class EmptyPeriod(ValueError):
    """A period must end after it starts."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` up to and without `end`, both aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise EmptyPeriod(f"{self.start} to {self.end}")

    def overlaps(self, other: Period) -> bool:
        """Whether some instant belongs to both; touching ends do not overlap."""
        return self.start < other.end and other.start < self.end

    def contains(self, instant: datetime) -> bool:
        """Whether the instant belongs to it."""
        return self.start <= instant < self.end


def union(periods: Iterable[Period]) -> list[Period]:
    """The same instants as disjoint periods in order; touching ones are joined."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return joined


def subtract(periods: Iterable[Period], removed: Iterable[Period]) -> list[Period]:
    """The instants of `periods` that belong to none of `removed`, disjoint and in order."""
    left = union(periods)
    for cut in union(removed):
        left = [piece for period in left for piece in _without(period, cut)]
    return left


def _without(period: Period, cut: Period) -> list[Period]:
    if not period.overlaps(cut):
        return [period]
    pieces = []
    if period.start < cut.start:
        pieces.append(Period(period.start, cut.start))
    if cut.end < period.end:
        pieces.append(Period(cut.end, period.end))
    return pieces
