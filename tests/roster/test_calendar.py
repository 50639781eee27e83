"""On which days the centre is closed, and how far ten business days reach."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from comptoir.domain import business_days
from comptoir.roster import queries
from comptoir.roster.queries import calendar
from tests.roster.factories import ClosedDayFactory

pytestmark = pytest.mark.django_db


def closed(year: int) -> frozenset[date]:
    return queries.closed_days(date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 6, 24), "Saint-Jean-Baptiste Day"),
        (date(2026, 7, 1), "Canada Day"),
        (date(2026, 9, 30), "National Day for Truth and Reconciliation"),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 11, 11), "Remembrance Day"),
        (date(2026, 12, 25), "Christmas Day"),
    ],
)
def test_a_federal_department_in_quebec_is_closed(on: date, why: str) -> None:
    with override("en"):
        assert calendar.closures(on, on)[on].name == why


def test_two_names_of_one_day_are_both_told_in_each_language() -> None:
    victoria = calendar.closures(date(2026, 5, 18), date(2026, 5, 18))[date(2026, 5, 18)]

    with override("en"):
        assert victoria.name == "Victoria Day / National Patriots' Day"
    with override("fr"):
        assert victoria.name == "Fête de la Reine / Journée nationale des patriotes"


def test_no_french_name_is_left_in_english() -> None:
    for closure in calendar.closures(date(2022, 1, 1), date(2032, 12, 31)).values():
        assert "Day" not in closure.name_fr
        assert "observé" not in closure.name_fr


def test_a_holiday_that_falls_in_a_weekend_is_kept_on_the_monday() -> None:
    # 1 July 2028 is a Saturday.
    assert date(2028, 7, 3) in closed(2028)


def test_the_civic_holiday_of_ontario_is_a_working_day_in_montreal() -> None:
    assert date(2026, 8, 3) not in closed(2026)


def test_a_day_that_a_person_entered_is_closed_and_keeps_its_names() -> None:
    day = ClosedDayFactory.create(on=date(2026, 11, 26))

    found = calendar.closures(date(2026, 11, 1), date(2026, 11, 30))

    assert list(found) == [date(2026, 11, 11), date(2026, 11, 26)]
    assert found[day.on].entered == day
    assert day.on in queries.closed_days(day.on, day.on)
    assert not calendar.is_open(day.on)


def test_ten_business_days_reach_over_christmas() -> None:
    # From Thursday 17 December 2026: 25 (Friday), 28 (Boxing Day kept) and 1 January are closed.
    assert queries.horizon(date(2026, 12, 17), 10) == date(2027, 1, 5)


def test_the_horizon_steps_over_a_closed_day_that_was_entered() -> None:
    today = date(2026, 11, 23)
    before = queries.horizon(today, 10)
    ClosedDayFactory.create(on=date(2026, 11, 26))

    assert (before, queries.horizon(today, 10)) == (date(2026, 12, 7), date(2026, 12, 8))


def test_the_horizon_counts_right_when_the_centre_is_closed_for_months() -> None:
    today = date(2026, 11, 23)
    for offset in range(1, 61):
        ClosedDayFactory.create(on=today + timedelta(days=offset))

    found = queries.horizon(today, 2)

    open_days = business_days.between(
        today + timedelta(days=1), found, queries.closed_days(today, found)
    )
    assert len(open_days) == 2
    assert open_days[-1] == found


def test_only_the_holidays_that_are_set_are_kept(settings: Any) -> None:
    settings.SERVICE_HOLIDAYS = ["CA:government"]

    assert date(2026, 6, 24) not in closed(2026)
    assert date(2026, 9, 30) in closed(2026)


@pytest.mark.parametrize("kept", ["XX:public", "CA:imaginary", "CA-ZZ:public"])
def test_a_set_of_holidays_that_does_not_exist_is_named(settings: Any, kept: str) -> None:
    settings.SERVICE_HOLIDAYS = [kept]

    with pytest.raises(calendar.UnknownHolidays):
        closed(2026)


def test_a_warning_says_when_holidays_are_no_longer_known() -> None:
    known = calendar.known_until()

    assert calendar.warning(date(known, 12, 31)) == ""
    assert str(known) in calendar.warning(date(known + 1, 1, 1))
