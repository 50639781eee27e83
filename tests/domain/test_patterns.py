"""Weekly hours on a wall clock, expanded date by date, against a clock read minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import patterns
from comptoir.domain.patterns import OneOff, Weekly
from comptoir.domain.periods import Period

NEW_YORK = ZoneInfo("America/New_York")
TORONTO = ZoneInfo("America/Toronto")
ALWAYS = date(2019, 1, 1)


def utc(on: date, start: int, end: int) -> Period:
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Period(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


def weekdays(starts: time, ends: time, **more: Any) -> list[Weekly]:
    return [Weekly(day, starts, ends, ALWAYS, **more) for day in range(5)]


NINE_TO_FIVE = weekdays(time(9), time(17))


@pytest.mark.parametrize("zone", [NEW_YORK, TORONTO])
def test_working_hours_keep_their_wall_time_when_clocks_go_back(zone: ZoneInfo) -> None:
    # V1: clocks go back on Sunday 5 November 2023.
    friday, saturday, monday = date(2023, 11, 3), date(2023, 11, 4), date(2023, 11, 6)

    assert patterns.expand(friday, zone, NINE_TO_FIVE) == [utc(friday, 13, 21)]
    assert patterns.expand(saturday, zone, NINE_TO_FIVE) == []
    assert patterns.expand(monday, zone, NINE_TO_FIVE) == [utc(monday, 14, 22)]


def test_working_hours_keep_their_wall_time_when_clocks_go_forward() -> None:
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)

    assert patterns.expand(friday, TORONTO, NINE_TO_FIVE) == [utc(friday, 14, 22)]
    assert patterns.expand(monday, TORONTO, NINE_TO_FIVE) == [utc(monday, 13, 21)]


def test_an_exception_replaces_the_weekly_hours_of_its_date_alone() -> None:
    # V2: 10 to 15 on 13 June 2023 beside 8 to 17.
    eight_to_five = weekdays(time(8), time(17))
    special = [OneOff(date(2023, 6, 13), time(10), time(15))]

    thirteenth = patterns.expand(date(2023, 6, 13), NEW_YORK, eight_to_five, special)
    fourteenth = patterns.expand(date(2023, 6, 14), NEW_YORK, eight_to_five, special)

    assert thirteenth == [utc(date(2023, 6, 13), 14, 19)]
    assert fourteenth == [utc(date(2023, 6, 14), 12, 21)]


def test_an_exception_without_times_is_a_day_off() -> None:
    off = [OneOff(date(2026, 12, 24))]

    assert patterns.expand(date(2026, 12, 24), TORONTO, NINE_TO_FIVE, off) == []


def test_a_break_is_taken_out_of_weekly_hours_and_of_exceptions() -> None:
    lunch = weekdays(time(12), time(13), is_break=True)
    tuesday, special = date(2026, 12, 15), [OneOff(date(2026, 12, 15), time(11), time(15))]

    usual = patterns.expand(tuesday, TORONTO, [*NINE_TO_FIVE, *lunch])
    unusual = patterns.expand(tuesday, TORONTO, [*NINE_TO_FIVE, *lunch], special)

    assert usual == [utc(tuesday, 14, 17), utc(tuesday, 18, 22)]
    assert unusual == [utc(tuesday, 16, 17), utc(tuesday, 18, 20)]


@pytest.mark.parametrize(
    ("on", "works"),
    # V8: every second Wednesday from 2 January 2019; clocks change on 10 March (here) and after.
    [
        (date(2019, 1, 2), True),
        (date(2019, 1, 9), False),
        (date(2019, 3, 13), True),
        (date(2019, 3, 20), False),
        (date(2019, 3, 27), True),
        (date(2019, 4, 3), False),
    ],
)
def test_every_second_wednesday(on: date, works: bool) -> None:
    row = Weekly(2, time(9), time(17), date(2019, 1, 2), every=2)

    assert row.holds_on(on) is works


def test_alternate_weeks_are_counted_from_the_week_of_the_first_day() -> None:
    # From a Friday, every second Wednesday: the Wednesday of that week is over.
    row = Weekly(2, time(9), time(17), date(2026, 11, 27), every=2)

    held = [
        on for on in (date(2026, 11, 1) + timedelta(days=i) for i in range(60)) if row.holds_on(on)
    ]

    assert held == [date(2026, 12, 9), date(2026, 12, 23)]


def test_a_row_holds_from_its_first_day_until_the_day_named_and_not_on_it() -> None:
    row = Weekly(0, time(9), time(17), date(2026, 11, 23), until=date(2026, 12, 7))

    assert not row.holds_on(date(2026, 11, 16))
    assert row.holds_on(date(2026, 11, 23))
    assert row.holds_on(date(2026, 11, 30))
    assert not row.holds_on(date(2026, 12, 7))


@given(
    st.integers(0, 6),
    st.integers(1, 4),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(-30, 60),
    st.one_of(st.none(), st.integers(1, 90)),
)
def test_the_next_date_is_the_first_of_all_dates_that_holds(
    weekday: int, every: int, first: date, offset: int, lasting: int | None
) -> None:
    until = first + timedelta(days=lasting) if lasting else None
    row = Weekly(weekday, time(9), time(17), first, until, every=every)
    asked = first + timedelta(days=offset)

    dates = (asked + timedelta(days=i) for i in range(120))
    assert row.next_from(asked) == next((on for on in dates if row.holds_on(on)), None)


def test_a_time_that_the_clock_skips_is_read_as_before_the_change() -> None:
    # 8 March 2026: 2:00 becomes 3:00.
    found = patterns.wall_period(date(2026, 3, 8), time(2, 30), time(9), TORONTO)

    assert found is not None
    assert found.start == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_hours_that_the_clock_change_swallows_are_not_worked() -> None:
    sunday = Weekly(6, time(2, 30), time(3, 15), ALWAYS)

    assert patterns.expand(date(2026, 3, 8), TORONTO, [sunday]) == []


def test_a_time_that_comes_twice_is_its_first_occurrence() -> None:
    # 1 November 2026: 1:30 comes twice; the first is in summer time, 5:30 UTC.
    found = patterns.wall_period(date(2026, 11, 1), time(1, 30), time(9), TORONTO)

    assert found is not None
    assert found.start == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


ZONES = st.sampled_from(
    [
        ZoneInfo(f"America/{city}")
        for city in (
            "St_Johns",
            "Halifax",
            "Toronto",
            "Winnipeg",
            "Regina",
            "Edmonton",
            "Vancouver",
        )
    ]
)
# The dates around every change of clocks in these zones, and days when nothing changes.
CHANGES = [
    date(2022, 3, 13),
    date(2022, 11, 6),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2027, 3, 14),
]
DATES = st.one_of(
    st.tuples(st.sampled_from(CHANGES), st.integers(-2, 2)).map(
        lambda d: d[0] + timedelta(days=d[1])
    ),
    st.dates(date(2022, 1, 1), date(2028, 12, 31)),
)
QUARTERS = st.integers(0, 95)


@st.composite
def wall_hours(draw: st.DrawFn) -> tuple[time, time]:
    """Two wall times of a day, in order, clear of the hours in which clocks change."""
    first, last = sorted(draw(st.lists(st.integers(16, 95), min_size=2, max_size=2, unique=True)))
    return time(first // 4, first % 4 * 15), time(last // 4, last % 4 * 15)


@st.composite
def weekly_rows(draw: st.DrawFn, around: date) -> list[Weekly]:
    rows = draw(st.lists(st.tuples(wall_hours(), st.booleans(), st.integers(1, 3)), max_size=5))
    shift = draw(st.integers(0, 40))
    return [
        Weekly(around.weekday(), *hours, around - timedelta(days=shift), is_break=rest, every=every)
        for hours, rest, every in rows
    ]


@st.composite
def situations(
    draw: st.DrawFn,
) -> tuple[date, ZoneInfo, list[Weekly], list[OneOff]]:
    on = draw(DATES)
    special = draw(st.lists(st.one_of(st.none(), wall_hours()), max_size=2))
    exceptions = [OneOff(on, *hours) if hours else OneOff(on) for hours in special]
    return on, draw(ZONES), draw(weekly_rows(on)), exceptions


def on_a_wall_clock(
    on: date, zone: ZoneInfo, rows: list[Weekly], exceptions: list[OneOff]
) -> set[datetime]:
    """The brute-force twin: walk through two days in steps of a quarter hour, reading the clock."""
    rows = [
        row
        for row in rows
        if row.weekday == on.weekday()
        and (on.toordinal() - on.weekday() - row.first.toordinal() + row.first.weekday())
        % (7 * row.every)
        == 0
    ]
    hours = [(e.starts, e.ends) for e in exceptions if e.starts and e.ends]
    if not exceptions:
        hours = [(row.starts, row.ends) for row in rows if not row.is_break]
    breaks = [(row.starts, row.ends) for row in rows if row.is_break]
    instant = datetime(on.year, on.month, on.day, tzinfo=UTC)
    worked = set()
    for _ in range(48 * 4):
        wall = instant.astimezone(zone)
        inside = any(starts <= wall.time() < ends for starts, ends in hours)
        resting = any(starts <= wall.time() < ends for starts, ends in breaks)
        if wall.date() == on and inside and not resting:
            worked.add(instant)
        instant += timedelta(minutes=15)
    return worked


@given(situations())
def test_expansion_agrees_with_a_clock_on_the_wall(
    situation: tuple[date, ZoneInfo, list[Weekly], list[OneOff]],
) -> None:
    on, zone, rows, exceptions = situation

    found = patterns.expand(on, zone, rows, exceptions)

    quarter = timedelta(minutes=15)
    quarters = {p.start + i * quarter for p in found for i in range((p.end - p.start) // quarter)}
    assert quarters == on_a_wall_clock(on, zone, rows, exceptions)
