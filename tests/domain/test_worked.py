"""What a professional works on a date: pattern, exceptions, absences and extra hours together."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import grid as grids
from comptoir.domain.patterns import OneOff, Weekly
from comptoir.domain.periods import Period
from comptoir.domain.worked import (
    ClockChangeInGrid,
    Extra,
    Plan,
    beyond,
    service_grid,
    worked,
)

TORONTO = ZoneInfo("America/Toronto")
TUESDAY = date(2026, 12, 15)
GRID = service_grid(TUESDAY, time(6), 60, TORONTO)


def local(hour: int, minute: int = 0, on: date = TUESDAY) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=TORONTO).astimezone(UTC)


def hours(start: float, end: float) -> int:
    """The mask between two hours of the service's wall clock."""
    return grids.bits(int((start - 6) * 4), int((end - start) * 4))


def period(start: tuple[int, int], end: tuple[int, int]) -> Period:
    return Period(local(*start), local(*end))


EIGHT_TO_FOUR = Weekly(1, time(8), time(16), date(2026, 1, 1))


def test_the_grid_of_a_service_day_begins_at_its_wall_time_in_summer_and_in_winter() -> None:
    summer = service_grid(date(2026, 7, 15), time(6), 60, TORONTO)

    assert GRID.starts_at == datetime(2026, 12, 15, 11, tzinfo=UTC)
    assert summer.starts_at == datetime(2026, 7, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize("on", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_usual_grid_is_clear_of_both_clock_changes(on: date) -> None:
    grid = service_grid(on, time(6), 60, TORONTO)

    assert grid.instant(60).astimezone(TORONTO).time() == time(21)


@pytest.mark.parametrize("on", [date(2026, 3, 8), date(2026, 11, 1)])
def test_a_grid_in_which_the_clock_changes_is_refused(on: date) -> None:
    with pytest.raises(ClockChangeInGrid):
        service_grid(on, time(0), 60, TORONTO)


def test_the_grid_covers_a_day_from_st_johns_to_vancouver() -> None:
    for city, starts, ends in (("St_Johns", time(8), time(16)), ("Vancouver", time(9), time(17))):
        plan = Plan(ZoneInfo(f"America/{city}"), (Weekly(1, starts, ends, date(2026, 1, 1)),))
        assert worked(TUESDAY, GRID, plan).mask.bit_count() == 32


def test_an_absence_takes_away_every_quarter_hour_it_touches() -> None:
    away = period((10, 5), (10, 10))

    found = worked(TUESDAY, GRID, Plan(TORONTO, (EIGHT_TO_FOUR,), absences=(away,)))

    assert found.mask == hours(8, 16) & ~hours(10, 10.25)


def test_extra_hours_are_added_and_known_apart() -> None:
    evening = Extra(7, period((16, 0), (18, 0)))

    found = worked(TUESDAY, GRID, Plan(TORONTO, (EIGHT_TO_FOUR,), extras=(evening,)))

    assert found.mask == hours(8, 18)
    assert found.from_extras == {7: hours(16, 18)}


def test_what_the_pattern_offers_anyway_is_not_extra() -> None:
    afternoon = Extra(7, period((15, 0), (18, 0)))

    found = worked(TUESDAY, GRID, Plan(TORONTO, (EIGHT_TO_FOUR,), extras=(afternoon,)))

    assert found.from_extras == {7: hours(16, 18)}


def test_extra_hours_within_the_pattern_alone_add_nothing() -> None:
    plan = Plan(TORONTO, (EIGHT_TO_FOUR,), extras=(Extra(7, period((9, 0), (10, 0))),))

    assert worked(TUESDAY, GRID, plan).from_extras == {}


def test_extra_hours_may_be_given_in_a_break_and_on_a_day_off() -> None:
    lunch = Weekly(1, time(12), time(13), date(2026, 1, 1), is_break=True)
    noon = Extra(7, period((12, 0), (13, 0)))

    working = worked(TUESDAY, GRID, Plan(TORONTO, (EIGHT_TO_FOUR, lunch), extras=(noon,)))
    off = worked(
        TUESDAY, GRID, Plan(TORONTO, (EIGHT_TO_FOUR, lunch), (OneOff(TUESDAY),), extras=(noon,))
    )

    assert working.mask == hours(8, 16)
    assert off.mask == hours(12, 13)


def test_a_quarter_hour_of_two_extras_belongs_to_the_first() -> None:
    first, second = Extra(1, period((16, 0), (17, 0))), Extra(2, period((16, 30), (18, 0)))

    found = worked(TUESDAY, GRID, Plan(TORONTO, extras=(first, second)))

    assert found.from_extras == {1: hours(16, 17), 2: hours(17, 18)}


def test_an_absence_wins_over_extra_hours() -> None:
    evening = Extra(7, period((16, 0), (18, 0)))
    away = period((15, 0), (17, 0))
    plan = Plan(TORONTO, (EIGHT_TO_FOUR,), absences=(away,), extras=(evening,))

    found = worked(TUESDAY, GRID, plan)

    assert found.mask == hours(8, 15) | hours(17, 18)
    assert found.from_extras == {7: hours(17, 18)}


def test_hours_outside_the_grid_are_named() -> None:
    late = period((20, 0), (22, 0))

    assert beyond(GRID, [late]) == [period((21, 0), (22, 0))]
    assert beyond(GRID, [period((6, 0), (21, 0))]) == []


quarters = st.integers(0, 59)
stretches = st.tuples(quarters, st.integers(1, 12)).map(
    lambda s: Period(GRID.instant(s[0]), GRID.instant(s[0] + s[1]))
)


@given(st.lists(stretches, max_size=4).map(tuple), st.lists(stretches, max_size=3).map(tuple))
def test_every_extra_quarter_hour_is_worked_and_belongs_to_one_extra(
    absences: tuple[Period, ...], periods: tuple[Period, ...]
) -> None:
    extras = tuple(Extra(key, p) for key, p in enumerate(periods))
    plan = Plan(TORONTO, (EIGHT_TO_FOUR,), absences=absences, extras=extras)

    found = worked(TUESDAY, GRID, plan)
    without = worked(TUESDAY, GRID, Plan(TORONTO, (EIGHT_TO_FOUR,), absences=absences))

    together = 0
    for mask in found.from_extras.values():
        assert not together & mask
        together |= mask
    assert found.mask == without.mask | together
    assert not without.mask & together
    for absence in absences:
        touched = Period(absence.start - timedelta(minutes=1), absence.end)
        assert not found.mask & GRID.mask(Period(touched.start, absence.end))
