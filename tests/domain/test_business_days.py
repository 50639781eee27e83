"""Counting business days: the day itself never counts, weekends and closed days never do."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import business_days

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("asked", "expected"),
    # V7: a notice of two working days, asked Monday to Sunday.
    list(zip(range(7), (2, 3, 4, 7, 8, 8, 8), strict=True)),
)
def test_two_business_days_from_each_day_of_a_week(asked: int, expected: int) -> None:
    on = MONDAY + timedelta(days=asked)

    assert business_days.add(on, 2, frozenset()) == MONDAY + timedelta(days=expected)


def test_a_closed_day_is_stepped_over() -> None:
    christmas = frozenset({date(2026, 12, 25), date(2026, 12, 28)})

    assert business_days.add(date(2026, 12, 24), 1, christmas) == date(2026, 12, 29)


def test_no_business_day_from_a_sunday_is_that_sunday() -> None:
    sunday = date(2026, 11, 29)

    assert business_days.add(sunday, 0, frozenset()) == sunday


def test_the_days_between_include_both_ends() -> None:
    found = business_days.between(date(2026, 6, 23), date(2026, 6, 29), {date(2026, 6, 24)})

    assert found == [date(2026, 6, 23), date(2026, 6, 25), date(2026, 6, 26), date(2026, 6, 29)]


def test_there_is_nothing_between_a_day_and_the_day_before() -> None:
    assert business_days.between(MONDAY, MONDAY - timedelta(days=1), frozenset()) == []


dates = st.dates(date(2020, 1, 1), date(2030, 12, 31))
closed_sets = st.frozensets(st.dates(date(2020, 1, 1), date(2031, 12, 31)), max_size=40)


@given(dates, st.integers(1, 30), closed_sets)
def test_the_day_reached_is_the_last_of_so_many_business_days(
    on: date, count: int, closed: frozenset[date]
) -> None:
    reached = business_days.add(on, count, closed)

    passed = business_days.between(on + timedelta(days=1), reached, closed)
    assert len(passed) == count
    assert passed[-1] == reached


@given(dates, closed_sets)
def test_no_business_day_is_closed_or_in_a_weekend(on: date, closed: frozenset[date]) -> None:
    for day in business_days.between(on, on + timedelta(days=13), closed):
        assert day not in closed
        assert day.isoweekday() <= 5


@given(dates)
def test_the_monday_of_a_day_is_a_monday_less_than_a_week_before(on: date) -> None:
    monday = business_days.monday_of(on)

    assert monday.isoweekday() == 1
    assert timedelta(0) <= on - monday < timedelta(days=7)
