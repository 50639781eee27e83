"""Importing a roster: all or nothing, once, and the published days follow."""

from __future__ import annotations

from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.audit.models import Event
from comptoir.people.importing.rows import BadFile, BadRows
from comptoir.people.models import Grant, Person, Role
from comptoir.roster.actions import imports, publishing
from comptoir.roster.actions.imports import Difference
from comptoir.roster.models import (
    OfferedHours,
    PatternException,
    Professional,
    WeeklyPattern,
)
from tests.people.factories import PersonFactory, person_with
from tests.roster.factories import NOW, ExceptionFactory, ProfessionalFactory, between, full_week
from tests.roster.importing.files import ANNA, calendar, event, line, sheet

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


def done(path: Path, *, dry_run: bool = False) -> Difference:
    return imports.import_roster(path=path, dry_run=dry_run, by=None, now=NOW)


def offered(on: date = TUESDAY) -> dict[str, int]:
    publishing.publish_day(on=on, by=None, now=NOW)
    return dict(OfferedHours.objects.filter(day__on=on).values_list("professional__code", "mask"))


def stored() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Person, Grant, Professional, WeeklyPattern, PatternException, Event)
    ]


def test_somebody_new_gets_an_account_the_role_and_hours(tmp_path: Path) -> None:
    difference = done(sheet(tmp_path, ANNA))

    anna = Professional.objects.select_related("person").get()
    assert (anna.person.name, anna.person.email) == ("Anna Essai", "anna@centre.example")
    assert (anna.languages, anna.skills) == (["en", "fr"], ["study"])
    assert Grant.objects.get(person=anna.person).role == Role.PROFESSIONAL
    assert offered() == {"anna": between(8, 12) | between(13, 16)}
    assert (difference.added, difference.changed, difference.unchanged) == (1, 0, 0)


def test_somebody_who_has_an_account_keeps_it(tmp_path: Path) -> None:
    person = person_with(Role.PROFESSIONAL, email="Anna@Centre.example", name="Anna of before")

    done(sheet(tmp_path, ANNA))

    assert Professional.objects.get().person == person
    assert Grant.objects.filter(person=person).count() == 1
    assert Person.objects.get(pk=person.pk).name == "Anna of before"


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        line(exceptions="2026-12-24 08:00-12:00; 2026-12-31; 2020-01-02"),
        line(code="ben", email="ben@centre.example", weekday="tue", every_weeks="2"),
        line(code="ben", email="ben@centre.example", weekday="wed", valid_from="2027-01-04"),
    )
    done(path)
    before = stored()

    again = done(path)

    assert again.is_empty
    assert again.unchanged == 2
    assert stored() == before


def test_hours_of_a_file_reach_published_days_and_keep_their_history(tmp_path: Path) -> None:
    done(sheet(tmp_path, ANNA))
    offered()

    difference = done(sheet(tmp_path, line(ends="15:00")))

    assert OfferedHours.objects.get().mask == between(8, 12) | between(13, 15)
    assert (difference.added, difference.changed) == (0, 1)


def test_who_is_not_in_the_file_is_left_alone(tmp_path: Path) -> None:
    other = ProfessionalFactory.create(code="other")
    full_week(other)

    done(sheet(tmp_path, ANNA))

    assert offered()["other"] == between(8, 16)


def test_who_had_stopped_takes_appointments_again(tmp_path: Path) -> None:
    done(sheet(tmp_path, ANNA))
    Professional.objects.update(active=False)

    difference = done(sheet(tmp_path, ANNA))

    assert Professional.objects.get().active
    assert difference.lines == ["anna: changed: active"]


def test_one_off_dates_are_set_and_others_stay(tmp_path: Path) -> None:
    done(sheet(tmp_path, ANNA))
    anna = Professional.objects.get()
    ExceptionFactory.create(professional=anna, on=date(2026, 12, 1))

    done(sheet(tmp_path, line(exceptions="2026-11-24 09:00-10:00")))

    assert offered() == {"anna": between(9, 10)}
    assert PatternException.objects.filter(on=date(2026, 12, 1)).exists()


def test_dates_that_are_over_are_not_touched(tmp_path: Path) -> None:
    done(sheet(tmp_path, line(exceptions="2026-11-20", valid_from="2020-01-06")))

    assert not PatternException.objects.exists()
    assert set(WeeklyPattern.objects.values_list("valid_from", flat=True)) == {NOW.date()}


def test_a_dry_run_says_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    before = stored()

    difference = done(sheet(tmp_path, line(exceptions="2026-12-31")), dry_run=True)

    assert difference.lines == [
        "anna: added (en, fr)",
        "anna: weekly hours from 2026-11-23: 10 rows",
        "anna: 2026-12-31: off",
    ]
    assert stored() == before


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (line(code="ben", email="b@c.example", starts="06:00"), None),
        (
            line(code="ben", email="b@c.example", starts="05:00", ends="12:00"),
            "line 3, starts: lies outside the service day on some date of the year",
        ),
        (line(code="ben", email="b@c.example", zone="Nowhere"), "line 3, zone: "),
        (line(code="ben"), "line 3, email: is on the roster as anna"),
        (line(code="taken"), "line 3, email: taken is somebody with another address"),
        (
            line(code="ben", email="gone@centre.example"),
            "line 3, email: belongs to somebody who was shut out",
        ),
    ],
)
def test_a_bad_line_keeps_the_whole_file_out(
    tmp_path: Path, second: str, expected: str | None
) -> None:
    ProfessionalFactory.create(code="taken")
    PersonFactory.create(email="gone@centre.example", is_active=False)
    if expected and "on the roster as anna" in expected:
        done(sheet(tmp_path, ANNA))
    before = stored()
    path = sheet(tmp_path, ANNA, second)

    if expected is None:
        assert done(path).added == 2
        return
    with pytest.raises(BadRows) as error:
        done(path)

    assert str(error.value).startswith(expected)
    assert stored() == before


def test_two_new_people_with_one_address_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRows) as error:
        done(sheet(tmp_path, ANNA, line(code="ben")))

    assert "line 3, email" in str(error.value)
    assert not Professional.objects.exists()


def test_a_calendar_gives_the_same_hours_as_a_sheet(tmp_path: Path) -> None:
    weekly = event("EXDATE;TZID=America/Toronto:20261208T080000", RRULE="FREQ=WEEKLY;BYDAY=TU,MO")

    done(calendar(tmp_path, weekly))

    assert offered() == {"anna": between(8, 16)}
    assert offered(date(2026, 12, 8)) == {}
    assert done(calendar(tmp_path, weekly)).is_empty


def test_a_calendar_of_somebody_on_the_roster_needs_neither_code_nor_languages(
    tmp_path: Path,
) -> None:
    done(sheet(tmp_path, ANNA))

    difference = done(calendar(tmp_path, event(), known=True))

    assert difference.lines == ["anna: weekly hours from 2026-11-23: 1 rows"]
    anna = Professional.objects.get()
    assert (anna.languages, anna.skills) == (["en", "fr"], ["study"])


def test_a_calendar_of_somebody_unknown_must_say_who_it_is(tmp_path: Path) -> None:
    with pytest.raises(BadRows) as error:
        done(calendar(tmp_path, event(), known=True))

    assert "code: is missing for somebody who is not on the roster yet" in str(error.value)


def test_a_calendar_keeps_wall_times_over_a_clock_change(tmp_path: Path) -> None:
    done(calendar(tmp_path, event(RRULE="FREQ=WEEKLY;BYDAY=TU")))

    assert offered(date(2027, 3, 9)) == offered(date(2027, 3, 16)) == {"anna": between(8, 16)}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"<!doctype html><html><body>Sign in</body></html>", "this is a web page"),
        (b"PK\x03\x04spreadsheet", "this is a spreadsheet or an archive"),
        ("code,name\n".encode("utf-16"), "this is UTF-16"),
        (b"\x00\x01\x02", "binary data"),
        (b"code,name,email\nanna,Anna,a@b.example\n", "does not name the columns"),
        (b"code\xff\xfe,name\n", "not UTF-8"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "it has no events"),
    ],
)
def test_a_hostile_file_gets_one_line_and_code_2(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError) as error:
        call_command("import_roster", str(path))

    assert error.value.returncode == 2
    assert why in str(error.value)
    assert "\n" not in str(error.value)


def test_a_header_alone_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (sheet(tmp_path), tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(BadFile):
            done(path)


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    def said(*options: str) -> list[str]:
        out = StringIO()
        call_command("import_roster", str(sheet(tmp_path, ANNA)), *options, stdout=out)
        return out.getvalue().splitlines()

    assert said("--dry-run")[-2:] == ["1 added, 0 changed, 0 unchanged.", "Nothing was written."]
    assert said() == ["1 added, 0 changed, 0 unchanged."]
    assert said() == ["0 added, 0 changed, 1 unchanged."]


def test_the_command_lists_bad_rows_and_leaves_with_code_2(tmp_path: Path) -> None:
    path = sheet(tmp_path, line(starts="x"), line(zone="Moon"))

    with pytest.raises(CommandError) as error:
        call_command("import_roster", str(path))

    assert error.value.returncode == 2
    assert str(error.value).splitlines() == [
        "roster.csv: line 2, starts: 'x' is not a time such as 08:30",
        "roster.csv: line 3, zone: 'Moon' is not a time zone such as America/Toronto",
        "Nothing was imported.",
    ]


people = st.sampled_from(["anna", "ben", "cleo"])
days = st.sampled_from(["mon", "tue wed", "thu-fri", ""])
spells = st.tuples(st.integers(24, 60), st.integers(1, 16), st.integers(1, 3), st.integers(0, 40))


@st.composite
def sheets(draw: st.DrawFn) -> list[str]:
    lines = []
    for code, day, (start, length, every, offset) in draw(
        st.lists(st.tuples(people, days, spells), min_size=1, max_size=8)
    ):
        starts = time(start // 4, start % 4 * 15)
        ends = time((start + length) // 4, (start + length) % 4 * 15)
        first = date.fromordinal(date(2026, 11, 1).toordinal() + offset)
        cells = {"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", "every_weeks": str(every)}
        if not day:
            cells = {"starts": "", "ends": ""}
        lines.append(
            line(
                code=code,
                email=f"{code}@centre.example",
                weekday=day,
                break_starts="",
                break_ends="",
                valid_from=f"{first}" if day else "",
                **cells,
            )
        )
    return lines


@given(sheets(), sheets())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_roster_was_the_second_import_of_a_sheet_changes_nothing(
    tmp_path: Path, before: list[str], lines: list[str]
) -> None:
    done(sheet(tmp_path, *before))
    done(sheet(tmp_path, *lines))
    rows = stored()

    assert done(sheet(tmp_path, *lines)).is_empty
    assert stored() == rows


@pytest.mark.parametrize(
    ("said", "fits"), [("2026-12-31 06:00-12:00", True), ("2026-12-31 05:45-12:00", False)]
)
def test_a_one_off_date_outside_the_service_day_is_named_with_its_line(
    tmp_path: Path, said: str, fits: bool
) -> None:
    file = sheet(tmp_path, line(), line(exceptions=said))
    before = stored()

    if fits:
        done(file)
        return
    with pytest.raises(BadRows) as refused:
        done(file)

    assert "line 3, exceptions: 2026-12-31 05:45-12:00 lies outside" in str(refused.value)
    assert stored() == before
