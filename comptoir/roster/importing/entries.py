"""What a file says of one professional, and checking what only the whole file can show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.people.importing.rows import MAX_BAD_ROWS, BadRow, BadRows, Fault
from comptoir.people.models import Language
from comptoir.roster.models import LineOfBusiness
from comptoir.roster.queries import plans

Hours = tuple[time, time]
Fail = Callable[[str, str], BadRow]
"""Makes the error for a column and a message, at the line where it stands."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Weekly hours or a break as a file says them, and the line that says it."""

    line: int
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    is_break: bool = False
    every: int = 1
    first: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """A professional as a line names them; what is empty was left out (no skills at all: None)."""

    line: int
    code: str = ""
    name: str = ""
    email: str = ""
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] | None = None
    zone: str = ""


@dataclass(slots=True)
class Entry:
    """One professional with all the hours and one-off dates that the file gives them."""

    who: Who
    spells: list[Spell] = field(default_factory=list)
    exceptions: dict[date, tuple[Hours, ...]] = field(default_factory=dict)
    exception_lines: dict[date, int] = field(default_factory=dict)
    """Where each one-off date stands, if not on the professional's first line."""


def known_zone(value: str, fail: Fail, column: str = "zone") -> str:
    """A time zone by its name in the pinned data."""
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fail(column, f"{value!r} is not a time zone such as America/Toronto") from error


def languages(value: str, fail: Fail, column: str = "languages") -> tuple[str, ...]:
    """Language codes, separated by blanks, commas or semicolons."""
    return _codes(value, set(Language.values), fail, column, "en or fr")


def skills(value: str, fail: Fail, column: str = "skills") -> tuple[str, ...]:
    """Codes of lines of business, separated by blanks, commas or semicolons."""
    known = set(LineOfBusiness.values)
    return _codes(value, known, fail, column, ", ".join(sorted(known)))


def check_hours(hours: Hours, fail: Fail, columns: tuple[str, str] = ("starts", "ends")) -> None:
    """Whole quarter hours that end after they begin."""
    for at, column in zip(hours, columns, strict=True):
        if at.minute % QUANTUM_MINUTES or at.second or at.microsecond:
            raise fail(column, f"{at.isoformat()} is not on a quarter hour")
    if hours[1] <= hours[0]:
        raise fail(columns[1], f"{hours[1]:%H:%M} is not after {hours[0]:%H:%M}")


def check_service_days(entries: Iterable[Entry], today: date) -> None:
    """Spells lie in the service day all through the year, one-off dates on their date; else BadRows."""
    entries = list(entries)
    faults = [
        Fault(spell.line, "starts", "lies outside the service day on some date of the year")
        for entry in entries
        for spell in entry.spells
        if not plans.within_service_days(entry.who.zone, spell.starts, spell.ends, today)
    ]
    faults += [
        Fault(
            entry.exception_lines.get(on, entry.who.line),
            "exceptions",
            f"{on} {starts:%H:%M}-{ends:%H:%M} lies outside the service day",
        )
        for entry in entries
        for on, hours in sorted(entry.exceptions.items())
        for starts, ends in hours
        if on >= today and not plans.within_service_days(entry.who.zone, starts, ends, on, only=on)
    ]
    faults.sort(key=lambda fault: fault.line)
    if faults:
        raise BadRows(faults[:MAX_BAD_ROWS], more=len(faults) > MAX_BAD_ROWS)


def merged(first: Who, second: Who) -> Who:
    """Two lines about one professional: what both say is the same, what one leaves out the other says."""
    values = {}
    for name in ("code", "name", "email", "languages", "skills", "zone"):
        before, after = getattr(first, name), getattr(second, name)
        if before and after and before != after:
            raise BadRow(second.line, name, f"differs from line {first.line}")
        values[name] = before or after or before
    return Who(line=first.line, **values)


def same_exceptions(entry: Entry, exceptions: Mapping[date, tuple[Hours, ...]], line: int) -> None:
    """Add one-off dates; a date said twice is said the same way twice."""
    for on, hours in exceptions.items():
        entry.exception_lines.setdefault(on, line)
        if entry.exceptions.setdefault(on, hours) != hours:
            raise BadRow(line, "exceptions", f"{on} is there twice with different times")


def _codes(value: str, known: set[str], fail: Fail, column: str, expected: str) -> tuple[str, ...]:
    found = value.casefold().replace(",", " ").replace(";", " ").replace("|", " ").split()
    for code in found:
        if code not in known:
            raise fail(column, f"{code!r} is none of: {expected}")
    return tuple(sorted(set(found)))
