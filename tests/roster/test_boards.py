"""The board: a fortnight in figures, a day in stretches, and what is thin in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from comptoir.liaison.models import Status
from comptoir.liaison.queries import booked
from comptoir.roster.actions import publishing
from comptoir.roster.models import OfferedHours, Professional
from comptoir.roster.queries import boards, hours
from comptoir.roster.queries.boards import Booking, Stretch
from tests.liaison import factories as liaison
from tests.people.factories import OfficeFactory
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ClosedDayFactory,
    ProfessionalFactory,
    between,
    full_week,
    offer_day,
    reserve,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
WEDNESDAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _montreal() -> Any:
    with timezone.override("America/Toronto"), override("en"):
        yield


def nothing_booked(_hours: object) -> dict[int, int]:
    return {}


def summary(on: date = WEDNESDAY, booked_of: Any = nothing_booked) -> boards.DaySummary:
    board = boards.fortnight(*hours.fortnight_from(MONDAY), booked_of=booked_of, now=NOW)
    return next(day for day in board.days if day.on == on)


def stretches(row: boards.Row) -> list[tuple[str, int]]:
    return [(one.kind, one.minutes) for one in row.stretches]


def day(bookings: list[Booking] | None = None, booked_of: Any = nothing_booked) -> boards.DayBoard:
    return boards.day_board(WEDNESDAY, booked_of=booked_of, bookings=bookings or [], now=NOW)


def test_a_fortnight_is_ten_weekdays_and_names_the_closed_ones() -> None:
    ClosedDayFactory.create(on=date(2026, 11, 26), name_en="Burst pipe")

    board = boards.fortnight(*hours.fortnight_from(MONDAY), booked_of=nothing_booked, now=NOW)

    assert [found.on.day for found in board.days] == [23, 24, 25, 26, 27, 30, 1, 2, 3, 4]
    closed = [found.closed.name for found in board.days if found.closed]
    assert closed == ["Burst pipe"]


def test_a_day_counts_its_hours_and_those_of_each_language() -> None:
    offer_day(WEDNESDAY, between(8, 16), languages=["en"])
    offer_day(WEDNESDAY, between(9, 12), languages=["fr"])
    offer_day(WEDNESDAY, between(9, 11), languages=["en", "fr"])

    found = summary()

    assert (found.totals.offered, found.totals.free, found.professionals) == (780, 780, 3)
    assert found.by_language["en"].offered == 600
    assert found.by_language["fr"].offered == 300


def test_booked_and_free_are_what_masks_and_claims_say() -> None:
    offer_day(WEDNESDAY, between(8, 16))
    hours_id = OfferedHours.objects.get().pk

    found = summary(booked_of=lambda _: {hours_id: between(9, 10)})

    assert (found.totals.offered, found.totals.booked, found.totals.free) == (480, 60, 420)


def test_what_was_sold_and_is_no_longer_worked_stays_offered_and_is_named() -> None:
    offer_day(WEDNESDAY, between(8, 12))
    hours_id = OfferedHours.objects.get().pk

    found = summary(booked_of=lambda _: {hours_id: between(11, 13)})

    assert (found.totals.offered, found.totals.booked) == (300, 120)
    assert (found.totals.free, found.totals.unattended) == (180, 60)


def test_time_that_has_begun_is_not_free_any_more() -> None:
    offer_day(MONDAY, between(8, 16))

    # NOW is 9:00.
    assert summary(MONDAY).totals.free == 7 * 60


def test_offered_time_is_booked_free_or_past_and_nothing_else() -> None:
    offer_day(MONDAY, between(8, 16))
    hours_id = OfferedHours.objects.get().pk

    # NOW is 9:00: of the hour that has begun a half was booked; one appointment lies outside the hours.
    taken = between(8, 8.5) | between(11, 12) | between(16, 17)
    found = summary(MONDAY, booked_of=lambda _: {hours_id: taken}).totals

    assert (found.offered, found.booked, found.unused, found.free) == (540, 150, 30, 360)
    assert found.booked + found.unused + found.free == found.offered


def test_what_went_by_unsold_adds_up_over_the_days() -> None:
    offer_day(date(2026, 11, 20), between(8, 10))
    offer_day(MONDAY, between(8, 16))

    board = boards.fortnight(date(2026, 11, 16), MONDAY, booked_of=nothing_booked, now=NOW)

    assert board.totals.unused == 120 + 60


def test_nobody_nothing_and_little_are_told_apart(settings: Any) -> None:
    settings.SERVICE_THIN_PERCENT = 10
    offer_day(WEDNESDAY, between(8, 18), languages=["en"])
    hours_id = OfferedHours.objects.get().pk

    def thin(mask: int) -> tuple[str, ...]:
        return summary(booked_of=lambda _: {hours_id: mask}).thin

    assert thin(0) == ("Nobody offers French.",)
    # An hour of ten is not under ten per cent; three quarters of an hour are.
    assert thin(between(8, 17)) == ("Nobody offers French.",)
    assert thin(between(8, 17.25))[0].replace("\N{NO-BREAK SPACE}", " ") == (
        "Little is left in English: 45 minutes of 10 hours."
    )
    assert thin(between(8, 18))[0] == "Nothing is left in English."


def test_days_that_are_over_or_closed_are_not_thin() -> None:
    offer_day(date(2026, 11, 20), between(8, 10))
    offer_day(WEDNESDAY, 0)
    ClosedDayFactory.create(on=WEDNESDAY)

    past = boards.fortnight(
        date(2026, 11, 16), date(2026, 11, 22), booked_of=nothing_booked, now=NOW
    )

    assert past.days[-1].thin == ()
    assert summary().thin == ()


def test_words_are_french_on_a_french_page() -> None:
    offer_day(WEDNESDAY, between(8, 10), languages=["en"])

    with override("fr"):
        [sentence] = summary().thin

    assert "français" in sentence


def test_a_day_shows_each_state_as_one_stretch() -> None:
    anna = ProfessionalFactory.create()
    full_week(anna)
    AbsenceFactory.create(
        professional=anna,
        starts_at=datetime(2026, 11, 25, 19, tzinfo=UTC),
        ends_at=datetime(2026, 11, 25, 20, tzinfo=UTC),
    )
    offer_day(WEDNESDAY, between(8, 14) | between(15, 18), professionals=[anna])
    offered = OfferedHours.objects.get()
    reserve(offered, between(16, 17), OfficeFactory.create())
    reserve(offered, between(17, 18))
    bookings = [Booking(anna.pk, 12, 2, "Testa Alba", "/a/"), Booking(anna.pk, 14, 2, "B", "/b/")]

    board = day(bookings, lambda _: {offered.pk: between(9, 10) | between(14, 14.25)})

    [row] = board.rows
    assert stretches(row) == [
        ("free", 60),
        ("booked", 30),
        ("booked", 30),
        ("free", 240),
        ("unattended", 15),
        ("absent", 45),
        ("free", 60),
        ("kept", 60),
        ("extra", 60),
    ]
    assert [one.label for one in row.stretches if one.url] == ["Testa Alba", "B"]
    assert board.hours[0] == datetime(2026, 11, 25, 13, tzinfo=UTC)
    assert len(board.hours) == 10


def test_stretches_cover_the_shown_hours_without_gap_or_overlap() -> None:
    offer_day(WEDNESDAY, between(8.25, 11.75), between(7, 9) | between(19, 20.5))

    board = day()

    for row in board.rows:
        at = board.hours[0]
        for one in row.stretches:
            assert one.starts_at == at
            at = one.ends_at
        assert at == board.hours[-1] + timedelta(hours=1)


def test_a_day_says_when_nobody_speaks_a_language() -> None:
    offer_day(WEDNESDAY, between(8, 12), between(14, 16), languages=["en"])
    offer_day(WEDNESDAY, between(8, 16), languages=["fr"])

    thin = [text.replace("\N{NO-BREAK SPACE}", " ") for text in day().summary.thin]

    assert thin == ["12:00 to 2:00 p.m.: nobody offers English."]


def test_a_language_that_nobody_offers_at_all_is_said_once() -> None:
    offer_day(WEDNESDAY, between(8, 12), languages=["en"])

    assert day().summary.thin == ("Nobody offers French.",)


def test_a_day_on_which_everybody_is_off_shows_the_whole_grid() -> None:
    offer_day(WEDNESDAY, 0, languages=["en"])

    board = day()

    assert len(board.hours) == 15
    assert stretches(board.rows[0]) == [("none", 15 * 60)]
    assert board.summary.thin == ("Nobody offers English.", "Nobody offers French.")


def test_what_nobody_attends_is_named_with_whose_it_was() -> None:
    anna = ProfessionalFactory.create()
    offer_day(WEDNESDAY, between(8, 9), professionals=[anna])
    hours_id = OfferedHours.objects.get().pk
    bookings = [Booking(anna.pk, 16, 2, "Testa Alba", "/a/")]

    board = day(bookings, lambda _: {hours_id: between(10, 10.5)})

    [(row, one)] = board.unattended
    assert (row.professional, one.label, one.url, one.minutes) == (
        anna.pk,
        "Testa Alba",
        "/a/",
        30,
    )


def test_a_day_without_hours_has_no_rows() -> None:
    board = day()

    assert (board.rows, board.hours, board.summary.published) == ((), (), None)


def test_the_day_beside_steps_over_weekends_and_closed_days() -> None:
    ClosedDayFactory.create(on=date(2026, 11, 30))

    assert boards.open_day_beside(date(2026, 11, 27), 1) == date(2026, 12, 1)
    assert boards.open_day_beside(date(2026, 12, 1), -1) == date(2026, 11, 27)


def test_real_appointments_are_what_is_booked() -> None:
    anna: Professional = ProfessionalFactory.create()
    full_week(anna)
    publishing.publish_day(on=liaison.DAY, by=None, now=liaison.NOW)
    liaison.PolicyFactory.create()
    office = OfficeFactory.create(legislator="Testa Alba")
    liaison.AppointmentFactory.create(
        office=office, starts_at=liaison.at(liaison.DAY, 10), minutes=45
    )

    board = boards.day_board(
        liaison.DAY,
        booked_of=booked.masks,
        bookings=booked.of_day(liaison.DAY),
        now=liaison.NOW,
    )

    [row] = board.rows
    [taken] = [one for one in row.stretches if one.kind == "booked"]
    assert isinstance(taken, Stretch)
    assert (taken.starts_at, taken.minutes) == (liaison.at(liaison.DAY, 10), 45)
    assert taken.label == "Testa Alba"
    assert row.totals.booked == 45


def test_a_cancelled_appointment_is_not_booked() -> None:
    full_week(ProfessionalFactory.create())
    publishing.publish_day(on=liaison.DAY, by=None, now=liaison.NOW)
    liaison.PolicyFactory.create()
    liaison.AppointmentFactory.create(
        starts_at=liaison.at(liaison.DAY, 10), status=Status.CANCELLED
    )

    assert booked.of_day(liaison.DAY) == []
    assert booked.masks(OfferedHours.objects.values_list("pk", flat=True)) == {}


def test_the_number_of_queries_does_not_grow_with_the_professionals() -> None:
    offer_day(WEDNESDAY, between(8, 16))

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as of_fortnight:
            summary(booked_of=booked.masks)
        with CaptureQueriesContext(connection) as of_day:
            day(booked.of_day(WEDNESDAY), booked.masks)
        return len(of_fortnight), len(of_day)

    few = queries()
    offer_day(WEDNESDAY, *[between(8, 16)] * 6)

    assert queries() == few
    assert few[0] <= 4
    assert few[1] <= 11
