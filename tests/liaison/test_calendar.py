"""The table of times: every day of the list stands in it, on the reader's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from comptoir.liaison.queries.calendar import calendar
from comptoir.liaison.queries.explanations import DayRow, Explanation
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    open_day,
)
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

WHY = Explanation("Nothing is free.", "Choose another day.")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The reader's."""
    with timezone.override(ZoneInfo(request.param)):
        yield


def utc(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["America/Toronto"], indirect=True)
def test_a_day_without_times_is_a_column_that_says_why(zone: None) -> None:
    shown = calendar([DayRow(MONDAY, (), WHY), DayRow(TUESDAY, (utc(TUESDAY, 15),), None)])

    assert [(column.on, column.explanation) for column in shown.columns] == [
        (MONDAY, WHY),
        (TUESDAY, None),
    ]
    (row,) = shown.rows
    assert row.at.hour == 10
    assert [start for _, start in row.cells] == [None, utc(TUESDAY, 15)]


@pytest.mark.parametrize("zone", ["Asia/Tokyo"], indirect=True)
def test_a_start_stands_on_the_date_that_it_has_for_the_reader(zone: None) -> None:
    days = [DayRow(MONDAY, (utc(MONDAY, 15),), None), DayRow(TUESDAY, (), WHY)]

    shown = calendar(days)

    # Midnight of Tuesday in Tokyo: the date has a time, whatever its service day lacks.
    assert [(column.on, column.explanation) for column in shown.columns] == [(TUESDAY, None)]


def test_nothing_at_all_is_a_table_of_reasons_without_rows() -> None:
    shown = calendar([DayRow(MONDAY, (), WHY)])

    assert [column.explanation for column in shown.columns] == [WHY]
    assert shown.rows == ()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_the_page_shows_the_reason_once_and_names_the_hours_as_people_say_them() -> None:
    PolicyFactory.create()
    office = OfficeFactory.create()
    open_day()
    open_day(DAY + timedelta(days=1))
    AppointmentFactory.create(office=office, starts_at=at(DAY, 13), minutes=60)
    AppointmentFactory.create(office=office, starts_at=at(DAY, 15), minutes=60)
    delegate = sign_in(Client(), delegate_of(office))

    page = delegate.get(url("times", office.reference), {"view": "calendar", "minutes": "30"})

    assert said(page.text).count("yours has used 2 hours of that day") == 1
    assert '<span class="visually-hidden">9:00 a.m.</span>' in said(page.text)
    with translation.override("fr"):
        address = url("times", office.reference)
    french = delegate.get(address, {"view": "calendar", "minutes": "30"})
    assert '<span class="visually-hidden">9 h</span>' in said(french.text)
