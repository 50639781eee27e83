"""The times an office is offered, laid out as a table on the reader's own clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from comptoir.liaison.queries.explanations import DayRow, Explanation
from comptoir.liaison.queries.times import Instead


@dataclass(frozen=True, slots=True)
class Column:
    """One day. With an `explanation` it has no times, and this is why; `instead` is offered then."""

    on: date
    explanation: Explanation | None
    instead: Instead | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One time of day: `at` is an instant that shows it; a cell is a column and its start, if free."""

    at: datetime
    cells: tuple[tuple[Column, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A row per time of day, a column per day: no day is left out because it has nothing."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def calendar(days: Sequence[DayRow]) -> Calendar:
    """The same times as in the list, by wall clock in the reader's zone.

    There a start may fall on another date than its service day, and a date may be no service day.
    """
    zone = timezone.get_current_timezone()
    starts = [start.astimezone(zone) for day in days for start in day.starts]
    cells = {(start.time(), start.date()): start for start in starts}
    filled = {on for _, on in cells}
    empty = {
        day.on: Column(day.on, day.explanation, day.instead)
        for day in days
        if not day.starts and day.on not in filled
    }
    columns = tuple(empty.get(on, Column(on, None)) for on in sorted(filled | set(empty)))
    clocks: dict[time, datetime] = {start.time(): start for start in starts}
    return Calendar(
        columns,
        tuple(
            Row(clocks[at], tuple((column, cells.get((at, column.on))) for column in columns))
            for at in sorted(clocks)
        ),
    )
