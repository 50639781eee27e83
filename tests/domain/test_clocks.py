"""Due dates: the vectors of other systems, the written rules, and what can never happen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from comptoir.domain import clocks
from comptoir.domain.clocks import (
    BadHours,
    BadPause,
    BadTarget,
    Calendar,
    Hours,
    NaiveMoment,
    NeverOpens,
    Pause,
    Target,
    Unit,
)

TORONTO = ZoneInfo("America/Toronto")
LONDON = ZoneInfo("Europe/London")
NINE_TO_FIVE = Calendar(1, TORONTO, Hours.regular((540, 1020)))
EIGHT_TO_SIX = Calendar(1, TORONTO, Hours.regular((480, 1080)))
WITH_LUNCH = Calendar(1, TORONTO, Hours.regular((480, 720), (780, 960)))
MOURNING = date(2022, 9, 19)


def toronto(*parts: int) -> datetime:
    """A wall-clock time in Toronto: year, month, day, hour, minute."""
    year, month, day, hour, minute = (*parts, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=TORONTO)


def hours(amount: int) -> Target:
    return Target(Unit.HOURS, amount)


def days(amount: int) -> Target:
    return Target(Unit.DAYS, amount)


# --- Vectors of other systems ---


def test_a_saturdays_letter_rolls_to_monday_and_day_one_is_the_day_after() -> None:
    """hocs-casework: 20 days from Saturday 1 February 2020, England and Wales."""
    received = datetime(2020, 2, 1, 11, tzinfo=LONDON)
    calendar = Calendar(1, LONDON, Hours.regular((540, 1020)))

    due = clocks.due_at(received, days(20), calendar)

    assert due == datetime(2020, 3, 2, 17, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("received", "target", "calendar", "due"),
    [
        # chatwoot: Friday 16:30 and one hour; Wednesday 7:00 and two.
        (toronto(2026, 11, 20, 16, 30), 1, NINE_TO_FIVE, toronto(2026, 11, 23, 9, 30)),
        (toronto(2026, 11, 18, 7), 2, NINE_TO_FIVE, toronto(2026, 11, 18, 11)),
        # glpi: Monday 17:00 and four hours.
        (toronto(2026, 11, 23, 17), 4, EIGHT_TO_SIX, toronto(2026, 11, 24, 11)),
    ],
)
def test_hours_are_counted_in_working_time_only(
    received: datetime, target: int, calendar: Calendar, due: datetime
) -> None:
    assert clocks.due_at(received, hours(target), calendar) == due


def test_a_warning_comes_a_working_hour_before() -> None:
    """glpi: due Tuesday at 11:00, warned at 10:00; and before Monday's first hour it is Friday's last."""
    found = clocks.add_working(toronto(2026, 11, 24, 11), -60, EIGHT_TO_SIX)
    over_the_weekend = clocks.add_working(toronto(2026, 11, 23, 8, 30), -60, EIGHT_TO_SIX)

    assert found == toronto(2026, 11, 24, 10)
    assert over_the_weekend == toronto(2026, 11, 20, 17, 30)


def test_a_holiday_announced_later_moves_what_is_due_by_the_next_version() -> None:
    received = toronto(2022, 9, 8, 10)
    after = Calendar(2, TORONTO, NINE_TO_FIVE.hours, frozenset({MOURNING}))

    assert clocks.due_at(received, days(10), NINE_TO_FIVE) == toronto(2022, 9, 22, 17)
    assert clocks.due_at(received, days(10), after) == toronto(2022, 9, 23, 17)


# --- The day of receipt ---


@pytest.mark.parametrize(
    ("received", "counts_as"),
    [
        (toronto(2026, 11, 20, 0), date(2026, 11, 20)),
        (toronto(2026, 11, 20, 7, 59), date(2026, 11, 20)),
        (toronto(2026, 11, 20, 12, 30), date(2026, 11, 20)),
        (toronto(2026, 11, 20, 15, 59), date(2026, 11, 20)),
        (toronto(2026, 11, 20, 16), date(2026, 11, 23)),
        (toronto(2026, 11, 20, 23, 59), date(2026, 11, 23)),
        (toronto(2026, 11, 22, 12), date(2026, 11, 23)),
    ],
)
def test_a_receipt_counts_for_its_day_until_closing_time(
    received: datetime, counts_as: date
) -> None:
    assert clocks.business_day_of(received, WITH_LUNCH) == counts_as


def test_the_day_is_that_of_the_calendars_zone() -> None:
    """Half past midnight on Tuesday in London is Monday evening in Toronto, after closing."""
    received = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)

    assert clocks.business_day_of(received, WITH_LUNCH) == date(2026, 11, 24)
    assert clocks.due_at(received, days(1), WITH_LUNCH) == toronto(2026, 11, 25, 16)


def test_closed_days_in_a_row_are_stepped_over() -> None:
    christmas = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
    calendar = Calendar(1, TORONTO, NINE_TO_FIVE.hours, christmas)

    assert clocks.due_at(toronto(2026, 12, 24, 9), days(1), calendar) == toronto(2026, 12, 29, 17)
    assert clocks.due_at(toronto(2026, 12, 25, 9), days(1), calendar) == toronto(2026, 12, 30, 17)
    assert clocks.due_at(toronto(2026, 12, 24, 16), hours(2), calendar) == toronto(2026, 12, 29, 10)


def test_a_short_day_ends_early() -> None:
    week = ((540, 1020),) * 4
    short_friday = Hours((*((period,) for period in week), ((540, 720),), (), ()))
    calendar = Calendar(1, TORONTO, short_friday)

    assert clocks.due_at(toronto(2026, 11, 19, 9), days(1), calendar) == toronto(2026, 11, 20, 12)
    assert clocks.business_day_of(toronto(2026, 11, 20, 12), calendar) == date(2026, 11, 23)


# --- Working time ---


def test_lunch_is_not_worked() -> None:
    noon = toronto(2026, 11, 23, 12)

    assert clocks.opens_next(noon, WITH_LUNCH) == toronto(2026, 11, 23, 13)
    assert clocks.due_at(toronto(2026, 11, 23, 11, 30), hours(1), WITH_LUNCH) == toronto(
        2026, 11, 23, 13, 30
    )
    assert clocks.working_minutes(toronto(2026, 11, 23, 11), noon, WITH_LUNCH) == 60
    assert clocks.working_minutes(noon, toronto(2026, 11, 23, 13), WITH_LUNCH) == 0


def test_the_next_opening_is_now_while_it_is_worked() -> None:
    assert clocks.opens_next(toronto(2026, 11, 23, 9), NINE_TO_FIVE) == toronto(2026, 11, 23, 9)
    assert clocks.opens_next(toronto(2026, 11, 23, 10), NINE_TO_FIVE) == toronto(2026, 11, 23, 10)
    assert clocks.opens_next(toronto(2026, 11, 20, 17), NINE_TO_FIVE) == toronto(2026, 11, 23, 9)


def test_a_target_that_ends_with_the_day_is_due_at_closing_time() -> None:
    assert clocks.due_at(toronto(2026, 11, 20, 16), hours(1), NINE_TO_FIVE) == toronto(
        2026, 11, 20, 17
    )
    assert clocks.add_working(toronto(2026, 11, 23, 9), -60, NINE_TO_FIVE) == toronto(
        2026, 11, 20, 16
    )
    assert clocks.add_working(toronto(2026, 11, 23, 10), -60, NINE_TO_FIVE) == toronto(
        2026, 11, 23, 9
    )


def test_an_hour_before_two_is_when_lunch_ends() -> None:
    two = toronto(2026, 11, 23, 14)

    assert clocks.add_working(two, -60, WITH_LUNCH) == toronto(2026, 11, 23, 13)
    assert clocks.add_working(two, -61, WITH_LUNCH) == toronto(2026, 11, 23, 11, 59)


def test_no_minutes_later_is_the_same_moment_even_outside_working_hours() -> None:
    sunday = toronto(2026, 11, 22, 12)

    assert clocks.add_working(sunday, 0, NINE_TO_FIVE) == sunday


def test_backwards_nothing_was_worked() -> None:
    assert (
        clocks.working_minutes(toronto(2026, 11, 24, 9), toronto(2026, 11, 23, 9), NINE_TO_FIVE)
        == 0
    )


def test_seconds_are_not_dropped() -> None:
    received = toronto(2026, 11, 23, 10) + timedelta(seconds=42, microseconds=7)

    assert clocks.due_at(received, hours(1), NINE_TO_FIVE) == received + timedelta(hours=1)


# --- Clock changes: 8 March and 1 November 2026 in Toronto ---

ROUND_THE_CLOCK = Calendar(1, TORONTO, Hours.regular((0, 1440), weekdays=range(7)))


def test_the_hour_that_spring_skips_is_not_worked_and_that_autumn_repeats_is_worked_twice() -> None:
    spring, autumn = toronto(2026, 3, 8, 0), toronto(2026, 11, 1, 0)

    assert clocks.working_minutes(spring, toronto(2026, 3, 9, 0), ROUND_THE_CLOCK) == 23 * 60
    assert clocks.working_minutes(autumn, toronto(2026, 11, 2, 0), ROUND_THE_CLOCK) == 25 * 60
    assert clocks.due_at(spring, hours(3), ROUND_THE_CLOCK) == toronto(2026, 3, 8, 4)
    assert clocks.due_at(autumn, hours(3), ROUND_THE_CLOCK) == toronto(2026, 11, 1, 2)


def test_closing_time_is_that_of_the_wall_clock_on_both_sides_of_a_change() -> None:
    due = clocks.due_at(toronto(2026, 10, 30, 10), days(1), NINE_TO_FIVE)

    assert due == datetime(2026, 11, 2, 22, tzinfo=UTC)


def test_what_was_given_in_local_time_is_not_measured_by_the_wall_clock() -> None:
    """Two moments of one zone are subtracted as the wall clock shows them, unless one takes care."""
    first, again = toronto(2026, 11, 1, 1), toronto(2026, 11, 1, 1).replace(fold=1)

    assert clocks.working_minutes(first, again, ROUND_THE_CLOCK) == 60
    assert not clocks.is_met(again, first)
    assert clocks.due_at(
        first, hours(1), ROUND_THE_CLOCK, [Pause(first, again)]
    ) == again.astimezone(UTC) + timedelta(hours=1)


def test_a_period_that_a_change_swallows_is_no_working_time() -> None:
    calendar = Calendar(1, TORONTO, Hours.regular((120, 180), weekdays=range(7)))

    assert clocks.business_day_of(toronto(2026, 3, 8, 0), calendar) == date(2026, 3, 9)


def test_a_date_that_a_zone_skips_is_no_business_day() -> None:
    """Samoa went over the date line: 30 December 2011, a Friday, never was."""
    apia = ZoneInfo("Pacific/Apia")
    calendar = Calendar(1, apia, NINE_TO_FIVE.hours)
    received = datetime(2011, 12, 29, 10, tzinfo=apia)

    assert clocks.due_at(received, days(1), calendar) == datetime(2012, 1, 2, 17, tzinfo=apia)


# --- Pauses ---


def test_a_pause_gives_credit_for_working_time_only() -> None:
    """From Friday 16:00 to Monday 10:00 two hours were worked, not sixty-six."""
    received = toronto(2026, 11, 20, 15)
    pause = Pause(toronto(2026, 11, 20, 16), toronto(2026, 11, 23, 10))

    due = clocks.due_at(received, hours(2), NINE_TO_FIVE, [pause])

    assert due == toronto(2026, 11, 23, 11)


def test_a_day_that_is_wholly_paused_is_a_day_more() -> None:
    pause = Pause(toronto(2026, 11, 24, 0), toronto(2026, 11, 25, 0))

    due = clocks.due_at(toronto(2026, 11, 23, 10), days(2), NINE_TO_FIVE, [pause])

    assert due == toronto(2026, 11, 26, 17)


def test_a_day_that_is_half_paused_is_half_a_day_more() -> None:
    pause = Pause(toronto(2026, 11, 24, 13), toronto(2026, 11, 24, 20))

    due = clocks.due_at(toronto(2026, 11, 23, 10), days(2), NINE_TO_FIVE, [pause])

    assert due == toronto(2026, 11, 26, 13)


def test_a_pause_on_the_day_of_receipt_is_no_part_of_a_target_in_days() -> None:
    pause = Pause(toronto(2026, 11, 23, 11), toronto(2026, 11, 23, 16))

    due = clocks.due_at(toronto(2026, 11, 23, 10), days(1), NINE_TO_FIVE, [pause])

    assert due == toronto(2026, 11, 24, 17)


def test_a_pause_after_what_was_due_changes_nothing() -> None:
    received = toronto(2026, 11, 23, 10)
    ended = Pause(toronto(2026, 11, 23, 12), toronto(2026, 11, 23, 15))
    still = Pause(toronto(2026, 11, 23, 12))

    assert clocks.due_at(received, hours(1), NINE_TO_FIVE, [ended]) == toronto(2026, 11, 23, 11)
    assert clocks.due_at(received, hours(1), NINE_TO_FIVE, [still]) == toronto(2026, 11, 23, 11)


@pytest.mark.parametrize("target", [hours(4), days(1)])
def test_while_it_is_paused_nothing_is_due_and_nobody_is_late(target: Target) -> None:
    received = toronto(2026, 11, 23, 10)

    due = clocks.due_at(received, target, NINE_TO_FIVE, [Pause(toronto(2026, 11, 23, 12))])

    assert due is None
    assert clocks.is_met(toronto(2027, 11, 23, 12), due)


def test_a_promise_is_kept_up_to_the_last_moment() -> None:
    due = toronto(2026, 11, 24, 17)

    assert clocks.is_met(due, due)
    assert not clocks.is_met(due + timedelta(microseconds=1), due)


# --- What cannot be ---


@pytest.mark.parametrize("unit", Unit)
def test_a_calendar_that_is_closed_for_ever_is_named(unit: Unit) -> None:
    calendar = Calendar(1, TORONTO, Hours.regular())
    monday = toronto(2026, 11, 23, 10)

    with pytest.raises(NeverOpens):
        clocks.due_at(monday, Target(unit, 1), calendar)
    for minutes in (1, -1):
        with pytest.raises(NeverOpens):
            clocks.add_working(monday, minutes, calendar)
    with pytest.raises(NeverOpens):
        clocks.opens_next(monday, calendar)


@pytest.mark.parametrize("unit", Unit)
def test_a_target_beyond_the_end_of_time_is_named(unit: Unit) -> None:
    with pytest.raises(NeverOpens):
        clocks.due_at(datetime(9999, 12, 1, tzinfo=UTC), Target(unit, 10_000), NINE_TO_FIVE)


def test_a_closure_of_a_year_is_waited_out() -> None:
    first = date(2026, 11, 24)
    closed = frozenset(first + timedelta(days=n) for n in range(365))
    calendar = Calendar(1, TORONTO, NINE_TO_FIVE.hours, closed)

    assert clocks.due_at(toronto(2026, 11, 23, 16), hours(2), calendar) == toronto(2027, 11, 24, 10)


def test_only_closed_days_in_a_row_end_the_search() -> None:
    """Ten years of promises step over more closed days than any closure has."""
    due = clocks.due_at(toronto(2026, 11, 23, 10), days(2600), NINE_TO_FIVE)

    assert due == toronto(2036, 11, 10, 17)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 6,
        (((600, 540),), *((),) * 6),
        (((540, 540),), *((),) * 6),
        (((540, 700), (690, 800)), *((),) * 6),
        (((780, 960), (480, 720)), *((),) * 6),
        (((-1, 60),), *((),) * 6),
        (((60, 1441),), *((),) * 6),
    ],
)
def test_hours_that_contradict_themselves_are_refused(
    week: tuple[tuple[tuple[int, int], ...], ...],
) -> None:
    with pytest.raises(BadHours):
        Hours(week)


def test_a_target_of_nothing_and_a_pause_that_ends_before_it_starts_are_refused() -> None:
    with pytest.raises(BadTarget):
        Target(Unit.DAYS, 0)
    with pytest.raises(BadPause):
        Pause(toronto(2026, 11, 23, 10), toronto(2026, 11, 23, 9))


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001 (what is tested)

    with pytest.raises(NaiveMoment):
        clocks.due_at(naive, hours(1), NINE_TO_FIVE)
    with pytest.raises(NaiveMoment):
        clocks.working_minutes(naive, naive, NINE_TO_FIVE)
