"""Reading a roster from CSV: what each cell may say, and where a wrong one stands."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.people.importing.rows import BadFile, BadRow, BadRows, collect
from comptoir.roster.importing import sheets
from comptoir.roster.importing.entries import Entry
from tests.roster.importing.files import ANNA, line, sheet


def read(path: Path) -> list[Entry]:
    return sheets.gather(collect(sheets.read(path)))


def fault(path: Path) -> str:
    with pytest.raises((BadRow, BadRows, BadFile)) as error:
        read(path)
    return str(error.value)


def test_a_line_gives_a_person_hours_and_a_break(tmp_path: Path) -> None:
    [anna] = read(sheet(tmp_path, ANNA))

    assert (anna.who.code, anna.who.name, anna.who.email) == (
        "anna",
        "Anna Essai",
        "anna@centre.example",
    )
    assert (anna.who.languages, anna.who.skills) == (("en", "fr"), ("study",))
    hours, rest = anna.spells
    assert (hours.weekdays, hours.starts, hours.ends) == ((0, 1, 2, 3, 4), time(8), time(16))
    assert (rest.is_break, rest.starts, rest.ends) == (True, time(12), time(13))


def test_lines_of_one_code_are_one_professional_and_need_not_repeat_themselves(
    tmp_path: Path,
) -> None:
    more = line(
        name="", email="", languages="", skills="", zone="", weekday="tue", break_starts="",
        break_ends="",
    )  # fmt: skip

    [anna] = read(sheet(tmp_path, line(weekday="mon"), more))

    assert [spell.weekdays for spell in anna.spells if not spell.is_break] == [(0,), (1,)]
    assert anna.who.zone == "America/Toronto"


@pytest.mark.parametrize(
    ("cell", "weekdays"),
    [
        ("mon", (0,)),
        ("Lundi", (0,)),
        ("mar. jeu.", (1, 3)),
        ("wed, fri", (2, 4)),
        ("mon-wed fri", (0, 1, 2, 4)),
    ],
)
def test_weekdays_may_be_written_in_either_language(
    tmp_path: Path, cell: str, weekdays: tuple[int, ...]
) -> None:
    [anna] = read(sheet(tmp_path, line(weekday=cell)))

    assert anna.spells[0].weekdays == weekdays


@pytest.mark.parametrize("cell", ["8:30", "08:30", "8h30", "8 h 30", "08:30:00"])
def test_times_may_be_written_as_people_do(tmp_path: Path, cell: str) -> None:
    [anna] = read(sheet(tmp_path, line(starts=cell)))

    assert anna.spells[0].starts == time(8, 30)


def test_exceptions_are_hours_or_days_off(tmp_path: Path) -> None:
    cell = "2026-12-24 08:00-12:00; 2026-12-31; 2026-12-23 8:00-9:00; 2026-12-23 10:00-11:00"

    [anna] = read(sheet(tmp_path, line(exceptions=cell)))

    assert anna.exceptions == {
        date(2026, 12, 24): ((time(8), time(12)),),
        date(2026, 12, 31): (),
        date(2026, 12, 23): ((time(8), time(9)), (time(10), time(11))),
    }


def test_a_line_without_a_weekday_is_about_the_person_alone(tmp_path: Path) -> None:
    bare = line(weekday="", starts="", ends="", break_starts="", break_ends="")

    [anna] = read(sheet(tmp_path, bare))

    assert anna.spells == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"code": ""}, "line 2, code: is empty"),
        ({"code": "an na"}, "line 2, code: 'an na' is not made of letters, digits and hyphens"),
        ({"email": "anna"}, "line 2, email: 'anna' is not an e-mail address"),
        ({"languages": "en de"}, "line 2, languages: 'de' is none of: en or fr"),
        ({"zone": "America/Quebec"}, "line 2, zone: 'America/Quebec' is not a time zone"),
        ({"zone": "../../etc/passwd"}, "line 2, zone: '../../etc/passwd' is not a time zone"),
        ({"weekday": "someday"}, "line 2, weekday: 'someday' is not a day of the week"),
        ({"weekday": "sat"}, "line 2, weekday: the centre is closed on 'sat'"),
        ({"weekday": "fri-mon"}, "line 2, weekday: 'fri-mon' runs backwards"),
        ({"weekday": ""}, "line 2, weekday: is empty, yet there are times"),
        ({"starts": "8"}, "line 2, starts: '8' is not a time such as 08:30"),
        ({"starts": "25:00"}, "line 2, starts: '25:00' is not a time"),
        ({"starts": "08:10"}, "line 2, starts: 08:10:00 is not on a quarter hour"),
        ({"ends": "08:00"}, "line 2, ends: 08:00 is not after 08:00"),
        ({"break_ends": ""}, "line 2, break_ends: is empty"),
        ({"valid_from": "soon"}, "line 2, valid_from: 'soon' is not a date"),
        (
            {"valid_from": "2026-12-01", "valid_until": "2026-12-01"},
            "line 2, valid_until: is not after valid_from",
        ),
        ({"every_weeks": "x"}, "line 2, every_weeks: 'x' is not a whole number"),
        ({"exceptions": "Christmas"}, "line 2, exceptions: 'Christmas' is not like"),
        ({"exceptions": "2026-02-30"}, "line 2, exceptions: '2026-02-30' is not like"),
        ({"skills": "juggling"}, "line 2, skills: 'juggling' is none of: "),
        ({"name": ""}, "line 2, name: is empty"),
        ({"languages": ""}, "line 2, languages: is empty"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_column(
    tmp_path: Path, cells: dict[str, str], expected: str
) -> None:
    assert fault(sheet(tmp_path, line(**cells))).startswith(expected)


def test_two_lines_that_contradict_one_another_are_refused(tmp_path: Path) -> None:
    assert fault(sheet(tmp_path, line(), line(email="a@b.example"))) == (
        "line 3, email: differs from line 2"
    )
    contradiction = sheet(
        tmp_path, line(exceptions="2026-12-24"), line(exceptions="2026-12-24 8:00-9:00")
    )
    assert fault(contradiction) == (
        "line 3, exceptions: 2026-12-24 is there twice with different times"
    )


def test_every_bad_line_is_reported_at_once(tmp_path: Path) -> None:
    path = sheet(tmp_path, line(starts="x"), line(), line(zone="Moon"))

    assert fault(path).startswith("line 2, starts: 'x'")
    assert "line 4, zone: 'Moon'" in fault(path)


def test_a_sheet_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path, "anna,Anna", header="code,name")

    assert "does not name the columns" in fault(path)


cells = st.text(st.characters(codec="utf-8", exclude_characters='"\n\r\0'), max_size=30)


@given(st.lists(st.tuples(*[cells] * 15), max_size=4))
def test_no_cells_end_in_anything_but_entries_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    path = sheet(tmp_path_factory.mktemp("any"), *lines)

    try:
        found = read(path)
    except (BadRow, BadRows, BadFile):
        return
    assert all(entry.who.code for entry in found)
