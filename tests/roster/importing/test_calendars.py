"""Reading a roster from .ics: rules, dates taken out, single events, and what is refused."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from comptoir.domain.patterns import Weekly
from comptoir.people.importing.rows import BadFile, BadRows
from comptoir.roster.importing import calendars
from comptoir.roster.importing.entries import Entry, Spell
from tests.roster.importing.files import calendar, event

MONDAY = date(2026, 11, 23)


def only(path: Path) -> Entry:
    [entry] = calendars.read(path)
    return entry


def fault(path: Path) -> str:
    with pytest.raises((BadFile, BadRows)) as error:
        calendars.read(path)
    return str(error.value)


def holds(spell: Spell, on: date) -> bool:
    return any(
        Weekly(day, spell.starts, spell.ends, spell.first or on, spell.until, every=spell.every)
        .holds_on(on)
        for day in spell.weekdays
    )  # fmt: skip


def test_a_weekly_event_is_weekly_hours(tmp_path: Path) -> None:
    anna = only(calendar(tmp_path, event(RRULE="FREQ=WEEKLY;BYDAY=MO,WE,FR")))

    [hours] = anna.spells
    assert (hours.weekdays, hours.starts, hours.ends) == ((0, 2, 4), time(8), time(16))
    assert (hours.first, hours.until, hours.every) == (MONDAY, None, 1)
    assert (anna.who.code, anna.who.name, anna.who.email, anna.who.zone) == (
        "anna",
        "Anna Essai",
        "anna@centre.example",
        "America/Toronto",
    )
    assert anna.who.languages == ("en", "fr")


def test_a_rule_without_days_holds_on_the_day_of_its_start(tmp_path: Path) -> None:
    assert only(calendar(tmp_path, event())).spells[0].weekdays == (0,)


@pytest.mark.parametrize("mark", [{"TRANSP": "TRANSPARENT"}, {"CATEGORIES": "LUNCH,BREAK"}])
def test_free_time_is_a_break(tmp_path: Path, mark: dict[str, str]) -> None:
    noon = event(
        DTSTART=";TZID=America/Toronto:20261123T120000",
        DTEND=";TZID=America/Toronto:20261123T124500",
        **mark,
    )

    anna = only(calendar(tmp_path, event(), noon))

    assert [spell.is_break for spell in anna.spells] == [False, True]


def test_the_end_may_be_a_length(tmp_path: Path) -> None:
    path = calendar(tmp_path, event(DTEND="", DURATION="PT4H30M"))

    assert only(path).spells[0].ends == time(12, 30)


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261207", date(2026, 12, 7)),
        ("20261207T130000Z", date(2026, 12, 7)),
        # 1:00 in Greenwich on the 8th is still the evening of the 7th in Montréal.
        ("20261208T010000Z", date(2026, 12, 7)),
    ],
)
def test_a_rule_holds_until_its_last_day(tmp_path: Path, until: str, last: date) -> None:
    [hours] = only(calendar(tmp_path, event(RRULE=f"FREQ=WEEKLY;UNTIL={until}"))).spells

    assert holds(hours, last)
    assert not holds(hours, last + timedelta(weeks=1))


def test_a_date_taken_out_is_a_day_off(tmp_path: Path) -> None:
    path = calendar(tmp_path, event("EXDATE;TZID=America/Toronto:20261130T080000"))

    assert only(path).exceptions == {date(2026, 11, 30): ()}


def test_a_date_taken_out_of_the_morning_leaves_the_afternoon(tmp_path: Path) -> None:
    morning = event(
        "EXDATE;TZID=America/Toronto:20261130T080000,20261207T080000",
        DTEND=";TZID=America/Toronto:20261123T120000",
    )
    afternoon = event(
        DTSTART=";TZID=America/Toronto:20261123T130000",
        DTEND=";TZID=America/Toronto:20261123T160000",
    )

    anna = only(calendar(tmp_path, morning, afternoon))

    assert anna.exceptions == {
        date(2026, 11, 30): ((time(13), time(16)),),
        date(2026, 12, 7): ((time(13), time(16)),),
    }


def test_a_single_event_is_added_to_the_hours_of_its_date(tmp_path: Path) -> None:
    evening = event(
        RRULE="",
        DTSTART=";TZID=America/Toronto:20261130T170000",
        DTEND=";TZID=America/Toronto:20261130T190000",
    )

    anna = only(calendar(tmp_path, event(), evening))

    assert anna.exceptions == {date(2026, 11, 30): ((time(8), time(16)), (time(17), time(19)))}


def test_a_moved_occurrence_replaces_the_one_it_was(tmp_path: Path) -> None:
    moved = event(
        "RECURRENCE-ID;TZID=America/Toronto:20261130T080000",
        RRULE="",
        DTSTART=";TZID=America/Toronto:20261201T100000",
        DTEND=";TZID=America/Toronto:20261201T180000",
    )

    anna = only(calendar(tmp_path, event(), moved))

    assert anna.exceptions == {
        date(2026, 11, 30): (),
        date(2026, 12, 1): ((time(10), time(18)),),
    }


def test_a_calendar_may_hold_several_professionals(tmp_path: Path) -> None:
    ben = event(
        "X-COMPTOIR-CODE:ben",
        "X-COMPTOIR-LANGUAGES:en",
        ATTENDEE=";CN=Ben Test:mailto:ben@centre.example",
    )

    found = calendars.read(calendar(tmp_path, event(), ben))

    assert [entry.who.code for entry in found] == ["anna", "ben"]
    assert found[1].who.languages == ("en",)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"DTSTART": "20261123T130000Z"}, "line 9, DTSTART: needs a time zone (TZID)"),
        ({"DTSTART": "20261123T080000"}, "line 9, DTSTART: needs a time zone (TZID)"),
        ({"DTSTART": ";VALUE=DATE:20261123"}, "line 9, DTSTART: is missing or has no time of day"),
        ({"RRULE": "FREQ=DAILY"}, "line 11, RRULE: only weekly rules are understood"),
        ({"RRULE": "FREQ=WEEKLY;BYHOUR=9"}, "line 11, RRULE: only weekly rules are understood"),
        ({"RRULE": "FREQ=WEEKLY;BYDAY=SA"}, "line 11, RRULE: only the days Monday to Friday"),
        ({"RRULE": "FREQ=WEEKLY;INTERVAL=2;WKST=SU"}, "line 11, RRULE: alternate weeks begin on"),
        ({"RRULE": "FREQ=WEEKLY;INTERVAL=99"}, "line 11, RRULE: INTERVAL is not between"),
        ({"RRULE": "FREQ=WEEKLY;COUNT=99999999"}, "line 11, RRULE: COUNT is not between"),
        (
            {
                "DTSTART": ";TZID=America/Toronto:20261128T080000",
                "DTEND": ";TZID=America/Toronto:20261128T160000",
            },
            "line 9, DTSTART: the centre is closed on Saturdays and Sundays",
        ),
        ({"RRULE": "FREQ=SOMETIMES"}, "line 11, RRULE: cannot be read"),
        ({"ATTENDEE": ""}, "line 6, ATTENDEE: is missing, and so is ORGANIZER"),
        (
            {"DTEND": ";TZID=America/Toronto:20261124T160000"},
            "line 10, DTEND: is not on the day of the start",
        ),
        (
            {"DTEND": ";TZID=America/Toronto:20261123T160500"},
            "line 10, DTEND: 16:05:00 is not on a quarter hour",
        ),
        ({"TRANSP": "TRANSPARENT", "RRULE": ""}, "line 6, RRULE: is missing: a break comes every"),
    ],
)
def test_a_wrong_event_is_named_with_its_line_and_property(
    tmp_path: Path, values: dict[str, str], expected: str
) -> None:
    assert fault(calendar(tmp_path, event(**values))).startswith(expected)


def test_hours_of_two_people_in_one_event_are_refused(tmp_path: Path) -> None:
    both = event("ATTENDEE;CN=Ben Test:mailto:ben@centre.example")

    assert "there are several" in fault(calendar(tmp_path, both))


def test_hours_of_one_person_in_two_zones_are_refused(tmp_path: Path) -> None:
    west = event(
        DTSTART=";TZID=America/Vancouver:20261124T080000",
        DTEND=";TZID=America/Vancouver:20261124T160000",
    )

    assert "zone: differs from line 6" in fault(calendar(tmp_path, event(), west))


def test_a_file_that_is_no_calendar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roster.ics"

    path.write_text("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", encoding="utf-8")
    assert "cannot be read" in fault(path) or "not a calendar" in fault(path)

    path.write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", encoding="utf-8")
    assert fault(path) == "it has no events."

    path.write_text("code,name\r\n", encoding="utf-8")
    assert "does not begin like a calendar" in fault(path)

    path.write_bytes(b"BEGIN:VCALENDAR\r\n" + b"\xff" * 100)
    assert "not UTF-8" in fault(path)

    path.write_bytes(b"BEGIN:VCALENDAR\r\n" + b"x" * calendars.MAX_BYTES)
    assert "at most 4 MB" in fault(path)


@given(
    st.sets(st.sampled_from(calendars.DAYS), min_size=1),
    st.integers(1, 3),
    st.integers(1, 12),
    st.integers(0, 4),
)
@settings(max_examples=60)
def test_a_counted_rule_holds_on_exactly_so_many_dates(
    tmp_path_factory: pytest.TempPathFactory,
    days: set[str],
    every: int,
    count: int,
    offset: int,
) -> None:
    start = MONDAY + timedelta(days=offset)
    rule = f"FREQ=WEEKLY;INTERVAL={every};COUNT={count};BYDAY={','.join(sorted(days))}"
    path = calendar(
        tmp_path_factory.mktemp("count"),
        event(
            RRULE=rule,
            DTSTART=f";TZID=America/Toronto:{start:%Y%m%d}T080000",
            DTEND=f";TZID=America/Toronto:{start:%Y%m%d}T160000",
        ),
    )

    [hours] = only(path).spells

    horizon = (start + timedelta(days=i) for i in range(12 * 3 * 7 + 14))
    assert sum(holds(hours, on) for on in horizon) == count


TOKENS = [
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "RRULE:FREQ=WEEKLY",
    "RRULE:FREQ=WEEKLY;UNTIL=x", "DTSTART;TZID=America/Toronto:20261123T080000", "DTSTART:x",
    "DTEND;TZID=America/Toronto:20261123T160000", "DURATION:PT8H", "EXDATE:x", "RECURRENCE-ID:x",
    "ATTENDEE:mailto:a@b.example", "ATTENDEE:", "EXDATE:20261130", "RRULE:FREQ=WEEKLY;COUNT=0",
    "CATEGORIES:", "X-COMPTOIR-CODE:a", ":", ";", "BEGIN:VTIMEZONE", "END:VTIMEZONE",
    "TZID:America/Toronto", "RRULE:BYDAY=1MO", "DTSTART;TZID=Nowhere:20261123T080000",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=20)), max_size=20))
@settings(max_examples=300)
def test_no_lines_end_in_anything_but_entries_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.ics"
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines])
    path.write_text(text, encoding="utf-8", errors="ignore", newline="")

    try:
        found = calendars.read(path)
    except (BadFile, BadRows):
        return
    assert all(entry.who.email for entry in found)


def test_the_test_calendar_is_a_real_one(tmp_path: Path) -> None:
    text = calendar(tmp_path, event()).read_text(encoding="utf-8")

    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1
