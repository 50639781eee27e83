"""Rosters from CSV: one line for each spell of weekly hours of a professional."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path

from comptoir.people.importing import tables
from comptoir.people.importing.rows import BadRow, Fields
from comptoir.roster.importing import entries
from comptoir.roster.importing.entries import Entry, Hours, Spell, Who

COLUMNS = ("code", "name", "email", "languages", "zone", "weekday", "starts", "ends")
"""Columns that must be there. May be there: skills, break_starts, break_ends, valid_from,
valid_until, every_weeks, exceptions."""

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("mon", "monday", "lun", "lundi"),
            ("tue", "tuesday", "mar", "mardi"),
            ("wed", "wednesday", "mer", "mercredi"),
            ("thu", "thursday", "jeu", "jeudi"),
            ("fri", "friday", "ven", "vendredi"),
        )
    )
    for name in names
}
CLOSED = {"sat", "saturday", "sam", "samedi", "sun", "sunday", "dim", "dimanche"}

_EXCEPTION = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2}))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet, read and checked on its own."""

    who: Who
    spells: tuple[Spell, ...]
    exceptions: dict[date, tuple[Hours, ...]]


def read(path: Path) -> Iterator[Line]:
    """The lines one by one; raises BadFile, and BadRow for a line one can go on after."""
    _kind, lines = tables.read(path, {"professionals and their hours": (COLUMNS, _line)})
    return lines


def gather(lines: list[Line]) -> list[Entry]:
    """The lines of each professional together, in the order of the file. Raises BadRow."""
    found: dict[str, Entry] = {}
    for line in lines:
        entry = found.setdefault(line.who.code, Entry(line.who))
        entry.who = entries.merged(entry.who, line.who)
        entry.spells.extend(line.spells)
        entries.same_exceptions(entry, line.exceptions, line.who.line)
    for entry in found.values():
        for name in ("name", "email", "languages", "zone"):
            if not getattr(entry.who, name):
                raise BadRow(entry.who.line, name, "is empty")
    return list(found.values())


def _line(fields: Fields) -> Line:
    def fail(column: str, message: str) -> BadRow:
        return BadRow(fields.line, column, message)

    zone = fields.text("zone", required=False)
    who = Who(
        line=fields.line,
        code=_code(fields),
        name=fields.text("name", required=False),
        email=_email(fields),
        languages=entries.languages(fields.text("languages", required=False), fail),
        skills=entries.skills(fields.text("skills", required=False), fail)
        if "skills" in fields.values
        else None,
        zone=entries.known_zone(zone, fail) if zone else "",
    )
    return Line(who, tuple(_spells(fields, fail)), _exceptions(fields, fail))


def _spells(fields: Fields, fail: entries.Fail) -> Iterator[Spell]:
    """The hours of the line and its break. No weekday: the line is about the person alone."""
    days = fields.text("weekday", required=False)
    if not days:
        for column in ("starts", "ends", "break_starts", "break_ends"):
            if fields.text(column, required=False):
                raise fail("weekday", "is empty, yet there are times")
        return
    first, until = _optional_day(fields, "valid_from"), _optional_day(fields, "valid_until")
    if first and until and until <= first:
        raise fail("valid_until", "is not after valid_from")
    hours = (_time(fields, "starts"), _time(fields, "ends"))
    entries.check_hours(hours, fail)
    spell = Spell(
        fields.line, _weekdays(days, fail), *hours, every=_every(fields), first=first, until=until
    )
    yield spell
    if fields.text("break_starts", required=False) or fields.text("break_ends", required=False):
        rest = (_time(fields, "break_starts"), _time(fields, "break_ends"))
        entries.check_hours(rest, fail, ("break_starts", "break_ends"))
        yield replace(spell, starts=rest[0], ends=rest[1], is_break=True)


def _optional_day(fields: Fields, column: str) -> date | None:
    return fields.day(column) if fields.text(column, required=False) else None


def _code(fields: Fields) -> str:
    value = fields.text("code", longest=20)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        fields.fail("code", f"{value!r} is not made of letters, digits and hyphens")
    return value


def _email(fields: Fields) -> str:
    value = fields.text("email", longest=254, required=False).casefold()
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", value):
        fields.fail("email", f"{value!r} is not an e-mail address")
    return value


def _every(fields: Fields) -> int:
    if not fields.text("every_weeks", required=False):
        return 1
    return max(fields.whole("every_weeks", most=52), 1)


def _weekdays(value: str, fail: entries.Fail) -> tuple[int, ...]:
    """A day, several, or from one to another: "mon", "lun mer", "mon-fri"."""
    found: set[int] = set()
    for part in value.casefold().replace(",", " ").replace(";", " ").split():
        ends = [_weekday(name, fail) for name in part.split("-", 1)]
        if ends[-1] < ends[0]:
            raise fail("weekday", f"{part!r} runs backwards")
        found.update(range(ends[0], ends[-1] + 1))
    return tuple(sorted(found))


def _weekday(name: str, fail: entries.Fail) -> int:
    if name.rstrip(".") in CLOSED:
        raise fail("weekday", f"the centre is closed on {name!r}")
    found = WEEKDAYS.get(name.rstrip("."))
    if found is None:
        raise fail("weekday", f"{name!r} is not a day of the week")
    return found


def _time(fields: Fields, column: str) -> time:
    return _parsed_time(fields.text(column), lambda c, m: BadRow(fields.line, c, m), column)


def _parsed_time(value: str, fail: entries.Fail, column: str) -> time:
    match = re.fullmatch(r"(\d{1,2})[:hH](\d{2})(?::00)?", value.replace(" ", ""))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise fail(column, f"{value!r} is not a time such as 08:30")
    return time(int(match[1]), int(match[2]))


def _exceptions(fields: Fields, fail: entries.Fail) -> dict[date, tuple[Hours, ...]]:
    """ "2026-12-24 08:00-12:00; 2026-12-31": hours of one date, or a date off."""
    found: dict[date, list[Hours]] = {}
    cell = fields.text("exceptions", longest=2_000, required=False)
    for part in filter(None, (piece.strip() for piece in cell.split(";"))):
        match = _EXCEPTION.fullmatch(part)
        try:
            on = date.fromisoformat(match[1] if match else "")
        except ValueError as error:
            raise fail("exceptions", f"{part!r} is not like 2026-12-24 08:00-12:00") from error
        assert match is not None, "a date was found in it"
        hours = found.setdefault(on, [])
        if match[2]:
            times = (
                _parsed_time(match[2], fail, "exceptions"),
                _parsed_time(match[3], fail, "exceptions"),
            )
            entries.check_hours(times, fail, ("exceptions", "exceptions"))
            hours.append(times)
    return {on: tuple(sorted(set(hours))) for on, hours in found.items()}
