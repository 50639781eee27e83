"""Rosters from .ics: weekly events in local wall time, dates taken out and single events.

An event is hours, or a break if it is marked as free time (TRANSP:TRANSPARENT) or bears the
category BREAK. Whose it is: ATTENDEE, else ORGANIZER, with X-COMPTOIR-CODE, X-COMPTOIR-LANGUAGES and
X-COMPTOIR-SKILLS on the event or on the calendar for somebody who is not on the roster yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar, Component

from comptoir.domain.patterns import Weekly
from comptoir.people.importing.rows import MAX_BAD_ROWS, BadFile, BadRow, BadRows, Fault
from comptoir.roster.importing import entries
from comptoir.roster.importing.entries import Entry, Hours, Spell, Who

MAX_BYTES = 4 * 1024 * 1024
DAYS = ("MO", "TU", "WE", "TH", "FR")
MOST_WEEKS = 52
MOST_COUNTED = 1_000
UNDERSTOOD = {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Seen:
    """What the events of one professional said so far."""

    entry: Entry
    weekly: list[Spell] = field(default_factory=list)
    removed: dict[date, set[time]] = field(default_factory=dict)
    """Dates on which the event that begins at this time does not take place."""
    added: dict[date, list[Hours]] = field(default_factory=dict)


def read(path: Path) -> list[Entry]:
    """The professionals of a calendar; raises BadFile, or BadRows with every event that is wrong."""
    text = _text(path)
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        raise BadFile("it is not a calendar that can be read.") from error
    lines = text.splitlines()
    seen: dict[str, _Seen] = {}
    faults: list[Fault] = []
    for event, line in zip(calendar.walk("VEVENT"), _beginnings(lines), strict=False):
        try:
            _take(_Source(calendar, event, line, lines), seen)
        except BadRow as bad:
            faults.append(bad.fault)
    if faults:
        raise BadRows(faults[:MAX_BAD_ROWS], more=len(faults) > MAX_BAD_ROWS)
    if not seen:
        raise BadFile("it has no events.")
    return [_entry(one) for one in seen.values()]


def _text(path: Path) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise BadFile(f"a calendar has at most {MAX_BYTES // 1024**2} MB.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("it is not UTF-8. Save the file as UTF-8.") from error
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise BadFile("it does not begin like a calendar (BEGIN:VCALENDAR).")
    return text


def _beginnings(lines: Sequence[str]) -> Iterator[int]:
    return (
        number for number, line in enumerate(lines, 1) if line.strip().upper() == "BEGIN:VEVENT"
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """One event, where it stands in the file, and the calendar around it."""

    calendar: Component
    event: Component
    line: int
    lines: Sequence[str]

    def fail(self, name: str, message: str) -> BadRow:
        """The error at the line of this property, or where the event begins."""
        for number in range(self.line, len(self.lines)):
            text = self.lines[number].upper()
            if text.startswith("END:VEVENT"):
                break
            if text.startswith((f"{name}:", f"{name};")):
                return BadRow(number + 1, name, message)
        return BadRow(self.line, name, message)

    def text(self, name: str) -> str:
        """A property of the event, else of the calendar."""
        return str(self.event.get(name) or self.calendar.get(name) or "").strip()

    def moment(self, name: str) -> datetime:
        """A wall time with its zone."""
        value = getattr(self.event.get(name), "dt", None)
        if not isinstance(value, datetime):
            raise self.fail(name, "is missing or has no time of day")
        return value


def _take(source: _Source, seen: dict[str, _Seen]) -> None:
    """Add one event to what is known of its professional."""
    for name, _problem in source.event.errors:
        raise source.fail(name or "VEVENT", "cannot be read")
    start, end = source.moment("DTSTART"), _end(source)
    hours = (start.time().replace(tzinfo=None), end.time().replace(tzinfo=None))
    entries.check_hours(hours, source.fail, ("DTSTART", "DTEND"))
    who = _who(source, start)
    one = seen.setdefault(who.email, _Seen(Entry(who)))
    one.entry.who = entries.merged(one.entry.who, who)
    is_break = _is_break(source)
    rule = source.event.get("RRULE")
    if rule is not None:
        spell = _spell(source, rule, start.date(), hours, is_break)
        one.weekly.append(spell)
        for gone in () if is_break else _dates(source, "EXDATE"):
            one.removed.setdefault(gone, set()).add(hours[0])
    elif is_break:
        raise source.fail("RRULE", "is missing: a break comes every week")
    else:
        one.added.setdefault(start.date(), []).append(hours)
    moved = source.event.get("RECURRENCE-ID")
    if moved is not None:
        replaced = source.moment("RECURRENCE-ID")
        one.removed.setdefault(replaced.date(), set()).add(replaced.time().replace(tzinfo=None))


def _end(source: _Source) -> datetime:
    start = source.moment("DTSTART")
    duration = getattr(source.event.get("DURATION"), "dt", None)
    end = start + duration if isinstance(duration, timedelta) else source.moment("DTEND")
    if end.date() != start.date():
        raise source.fail("DTEND", "is not on the day of the start")
    return end


def _who(source: _Source, start: datetime) -> Who:
    person = source.event.get("ATTENDEE") or source.event.get("ORGANIZER")
    if isinstance(person, list):
        raise source.fail("ATTENDEE", "there are several; hours are one professional's")
    email = str(person or "").casefold().removeprefix("mailto:").strip()
    if "@" not in email:
        raise source.fail("ATTENDEE", "is missing, and so is ORGANIZER: whose hours are these?")
    skills = source.text("X-COMPTOIR-SKILLS")
    return Who(
        line=source.line,
        code=source.text("X-COMPTOIR-CODE"),
        name=str(getattr(person, "params", {}).get("CN", "")).strip(),
        email=email,
        languages=entries.languages(
            source.text("X-COMPTOIR-LANGUAGES"), source.fail, "X-COMPTOIR-LANGUAGES"
        ),
        skills=entries.skills(skills, source.fail, "X-COMPTOIR-SKILLS") if skills else None,
        zone=_zone(source, start),
    )


def _zone(source: _Source, start: datetime) -> str:
    """The zone of the wall times. An hour in UTC would drift by the clock changes: refused."""
    key = getattr(start.tzinfo, "key", None) or str(source.event["DTSTART"].params.get("TZID", ""))
    if start.tzinfo is None or key.upper() in ("UTC", "ETC/UTC", ""):
        raise source.fail("DTSTART", "needs a time zone (TZID) other than UTC")
    return entries.known_zone(key, source.fail, "DTSTART")


def _is_break(source: _Source) -> bool:
    categories = source.event.get("CATEGORIES")
    groups = categories if isinstance(categories, list) else [categories]
    words = {str(word).upper() for group in groups if group for word in group.cats}
    return "BREAK" in words or source.text("TRANSP").upper() == "TRANSPARENT"


def _spell(source: _Source, rule: Any, first: date, hours: Hours, is_break: bool) -> Spell:
    if isinstance(rule, list) or not _is_plain(rule):
        raise source.fail("RRULE", "only weekly rules are understood")
    every = int(_one(rule, "INTERVAL") or 1)
    if not 0 < every <= MOST_WEEKS:
        raise source.fail("RRULE", f"INTERVAL is not between 1 and {MOST_WEEKS}")
    if every > 1 and str(_one(rule, "WKST") or "MO") != "MO":
        raise source.fail("RRULE", "alternate weeks begin on Monday here (WKST=MO)")
    names = [str(name).upper() for name in rule.get("BYDAY", [])]
    if any(name not in DAYS for name in names):
        raise source.fail("RRULE", "only the days Monday to Friday, without numbers")
    weekdays = tuple(sorted({DAYS.index(name) for name in names})) or (first.weekday(),)
    if max(weekdays) > 4:
        raise source.fail("DTSTART", "the centre is closed on Saturdays and Sundays")
    spell = Spell(source.line, weekdays, *hours, is_break=is_break, every=every, first=first)
    return replace(spell, until=_until(source, rule, spell))


def _is_plain(rule: Any) -> bool:
    return _one(rule, "FREQ") == "WEEKLY" and {name.upper() for name in rule} <= UNDERSTOOD


def _until(source: _Source, rule: Any, spell: Spell) -> date | None:
    """The first date on which the rule holds no more: after UNTIL, or after COUNT dates."""
    until, count = _one(rule, "UNTIL"), _one(rule, "COUNT")
    if isinstance(until, datetime):
        zone = source.moment("DTSTART").tzinfo
        until = until.astimezone(zone).date() if until.tzinfo else until.date()
    if isinstance(until, date):
        return until + ONE_DAY
    if count is None:
        return None
    if not 0 < int(count) <= MOST_COUNTED:
        raise source.fail("RRULE", f"COUNT is not between 1 and {MOST_COUNTED}; use UNTIL")
    on = spell.first or date.min
    for _ in range(int(count)):
        following = [row.next_from(on) for row in _weekly(spell)]
        on = min(found for found in following if found is not None) + ONE_DAY
    return on


def _weekly(spell: Spell) -> list[Weekly]:
    return [
        Weekly(
            weekday=weekday,
            starts=spell.starts,
            ends=spell.ends,
            first=spell.first or date.min,
            until=spell.until,
            every=spell.every,
        )
        for weekday in spell.weekdays
    ]


def _one(rule: Any, name: str) -> Any:
    values = rule.get(name)
    return values[0] if isinstance(values, list) and values else values


def _dates(source: _Source, name: str) -> Iterable[date]:
    found = source.event.get(name)
    for group in found if isinstance(found, list) else [found] if found else []:
        for value in group.dts:
            yield value.dt.date() if isinstance(value.dt, datetime) else value.dt


def _entry(seen: _Seen) -> Entry:
    """Weekly rows, and for each date that differs from them all the hours that remain or come."""
    entry = seen.entry
    entry.spells = seen.weekly
    for on in sorted({*seen.removed, *seen.added}):
        gone = seen.removed.get(on, set())
        usual = [
            (spell.starts, spell.ends)
            for spell in seen.weekly
            if not spell.is_break and spell.starts not in gone and _holds(spell, on)
        ]
        entry.exceptions[on] = tuple(sorted({*usual, *seen.added.get(on, [])}))
    return entry


def _holds(spell: Spell, on: date) -> bool:
    return any(row.holds_on(on) for row in _weekly(spell))
