"""Wall times, weekdays, amounts of hours and absences as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from comptoir.roster import gateway
from comptoir.roster.models import Absence
from comptoir.roster.queries.boards import Stretch
from comptoir.roster.templatetags import roster


def said(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def absence(start: str, end: str) -> str:
    found = Absence(
        starts_at=datetime.fromisoformat(start).replace(tzinfo=UTC),
        ends_at=datetime.fromisoformat(end).replace(tzinfo=UTC),
    )
    return said(roster.absence_period(found, "America/Toronto"))


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (390, "6 h 30 min", "6 h 30"),
        (65, "1 h 5 min", "1 h 05"),
        (15, "15 min", "15 min"),
        (6000, "100 h", "100 h"),
        (1987 * 60 + 45, "1,987 h 45 min", "1 987 h 45"),
        (0, "0 h", "0 h"),
        (None, "0 h", "0 h"),
    ],
)
def test_working_time_in_a_column_is_hours_and_minutes_as_everywhere_else(
    minutes: int | None, english: str, french: str
) -> None:
    with override("en"):
        assert said(roster.hours(minutes)) == english
    with override("fr"):
        assert said(roster.hours(minutes)) == french


def test_wall_times_follow_the_language_and_know_no_zone() -> None:
    with override("en"):
        assert said(roster.wall_range(time(8), time(16, 15))) == "8:00 a.m. to 4:15 p.m."
    with override("fr"):
        assert said(roster.wall_range(time(8), time(16, 15))) == "de 8 h à 16 h 15"


@pytest.mark.parametrize(
    ("kind", "label", "english", "french"),
    [
        ("free", "", "10:00 to 10:15 a.m.: free", "de 10 h à 10 h 15 : libre"),
        (
            "unattended",
            "Testa Alba",
            "10:00 to 10:15 a.m.: booked, but not worked (Testa Alba)",
            "de 10 h à 10 h 15 : réservé, mais non travaillé (Testa Alba)",
        ),
    ],
)
def test_a_stretch_of_the_board_is_told_with_its_times_and_whose_it_is(
    kind: str, label: str, english: str, french: str
) -> None:
    ten = datetime(2026, 11, 25, 15, tzinfo=UTC)
    stretch = Stretch(kind, 16, 1, ten, ten + timedelta(minutes=15), label)

    with timezone.override("America/Toronto"):
        with override("en"):
            assert said(roster.stretch_words(stretch)) == english
        with override("fr"):
            assert said(roster.stretch_words(stretch)) == french


def test_the_ends_of_a_bar_are_as_short_as_can_be() -> None:
    at = datetime(2026, 11, 25, 18, 15, tzinfo=UTC)
    with timezone.override("America/Toronto"):
        with override("en"):
            assert roster.edge(at) == "1:15"
        with override("fr"):
            assert said(roster.edge(at)) == "13 h 15"


def test_neighbouring_weekdays_are_a_span_and_others_a_list() -> None:
    with override("en"):
        assert roster.weekdays([0, 1, 2, 3, 4]) == "Monday to Friday"
        assert roster.weekdays([0, 1]) == "Monday, Tuesday"
        assert roster.weekdays([0, 2, 4]) == "Monday, Wednesday, Friday"
        assert roster.weekdays([3]) == "Thursday"


def test_an_absence_of_whole_days_is_told_by_its_dates() -> None:
    with override("en"):
        one = absence("2026-11-25T05:00", "2026-11-26T05:00")
        several = absence("2026-11-25T05:00", "2026-11-28T05:00")
    with override("fr"):
        en_un_jour = absence("2026-11-25T05:00", "2026-11-26T05:00")

    assert one == "all day Wednesday, November 25, 2026"
    assert en_un_jour == "toute la journée du mercredi 25 novembre 2026"
    assert several == "Wednesday, November 25, 2026 to Friday, November 27, 2026"


def test_any_other_absence_is_told_with_its_times_and_zone() -> None:
    with override("en"):
        within = absence("2026-11-25T15:00", "2026-11-25T17:00")
        across = absence("2026-11-25T15:00", "2026-11-26T17:00")

    assert within == "Wednesday, November 25, 2026, 10:00 a.m. to 12:00 p.m. (Toronto time)"
    assert across == (
        "Wednesday, November 25, 2026, at 10:00 a.m. (Toronto time)"
        " to Thursday, November 26, 2026, at 12:00 p.m. (Toronto time)"
    )


@pytest.fixture
def nobody_books() -> Iterator[None]:
    registered = list(gateway._registered)
    gateway._registered.clear()
    yield
    gateway._registered[:] = registered


def test_without_a_room_that_books_nothing_is_booked(nobody_books: None) -> None:
    assert gateway.booked([1, 2]) == {}
    assert gateway.affected_url(1) == ""
