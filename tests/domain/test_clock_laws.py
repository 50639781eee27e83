"""What due dates can never do, in many zones and over their clock changes, and beside the slow twin."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comptoir.domain import clocks
from comptoir.domain.clocks import Calendar, Hours, Pause, Target, Unit
from tests.domain import minute_clock

MINUTE = timedelta(minutes=1)
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/Toronto",
        "America/St_Johns",
        "America/Vancouver",
        "America/Havana",
        "Europe/London",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Asia/Kathmandu",
        "UTC",
    )
]
CHANGES = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 11, 1)]
"""Days near which the clocks of these zones are changed."""

# Neither opening nor closing lies in an hour that is skipped or repeated: there the wall clock alone,
# which is all that the twin reads, does not say which of the two is meant.
EDGES = st.sampled_from([0, *range(240, 1441, 30)])


@st.composite
def periods_of_a_day(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(EDGES, max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(st.tuples(*[periods_of_a_day()] * 7))
    assume(any(week))
    near = st.sampled_from(CHANGES).flatmap(
        lambda on: st.dates(on - timedelta(days=6), on + timedelta(days=9))
    )
    return Calendar(
        1, draw(st.sampled_from(ZONES)), Hours(week), draw(st.frozensets(near, max_size=5))
    )


@st.composite
def moments(draw: st.DrawFn, spread: int = 6 * 1440) -> datetime:
    on = draw(st.sampled_from(CHANGES))
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return midnight + draw(st.integers(-spread, spread // 2)) * MINUTE


@st.composite
def pauses(draw: st.DrawFn) -> list[Pause]:
    starts = draw(st.lists(moments(), max_size=4))
    lengths = st.integers(0, 3 * 1440)
    return [Pause(start, start + draw(lengths) * MINUTE) for start in starts]


targets = st.builds(Target, st.sampled_from(Unit), st.integers(1, 12))


def due(received: datetime, target: Target, calendar: Calendar, stops: list[Pause]) -> datetime:
    """What is due when no pause is open."""
    found = clocks.due_at(received, target, calendar, stops)
    assert found is not None
    return found


@settings(max_examples=60)
@given(
    moments(), st.builds(Target, st.sampled_from(Unit), st.integers(1, 4)), calendars(), pauses()
)
def test_the_due_moment_is_that_of_the_twin(
    received: datetime, target: Target, calendar: Calendar, stops: list[Pause]
) -> None:
    expected = minute_clock.due(received, target, calendar, stops)

    assert expected is not None
    found = due(received, target, calendar, stops)
    assert abs(found - expected) <= timedelta(milliseconds=1)  # the twin's floats


@settings(max_examples=60)
@given(moments(), targets, calendars(), pauses(), moments())
def test_with_an_open_pause_there_is_a_due_moment_only_if_the_twin_reaches_it_first(
    received: datetime, target: Target, calendar: Calendar, stops: list[Pause], stands: datetime
) -> None:
    target = Target(target.unit, min(target.amount, 3))
    stops = [*stops, Pause(stands)]

    found = clocks.due_at(received, target, calendar, stops)

    expected = minute_clock.due(received, target, calendar, stops)
    assert (found is None) == (expected is None)
    assert found is None or expected is None or abs(found - expected) <= timedelta(milliseconds=1)


@settings(max_examples=60)
@given(moments(), st.integers(0, 5 * 1440), calendars())
def test_working_minutes_and_the_day_of_receipt_are_those_of_the_twin(
    a: datetime, span: int, calendar: Calendar
) -> None:
    b = a + span * MINUTE

    assert clocks.working_minutes(a, b, calendar) == minute_clock.minutes_worked(a, b, calendar)
    assert clocks.business_day_of(a, calendar) == minute_clock.receipt_day(a, calendar)


@given(moments(), targets, calendars(), pauses())
def test_nothing_is_due_on_a_closed_day_or_outside_working_hours(
    received: datetime, target: Target, calendar: Calendar, stops: list[Pause]
) -> None:
    found = due(received, target, calendar, stops)

    last_moment = (found - timedelta(microseconds=1)).astimezone(calendar.zone)
    assert last_moment.date() not in calendar.closed
    assert minute_clock.is_worked(last_moment, calendar)


@given(moments(), targets, calendars())
def test_what_is_promised_in_days_is_due_at_closing_time_of_the_last(
    received: datetime, target: Target, calendar: Calendar
) -> None:
    found = due(received, Target(Unit.DAYS, target.amount), calendar, [])

    first = clocks.business_day_of(received, calendar)
    last = (found - timedelta(microseconds=1)).astimezone(calendar.zone).date()
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    assert sum(bool(calendar.worked_on(on)) for on in days) == target.amount
    assert found == calendar.worked_on(last)[-1].end


@given(moments(), st.integers(0, 3 * 1440), targets, calendars(), pauses())
def test_a_later_receipt_is_never_due_earlier(
    received: datetime, later: int, target: Target, calendar: Calendar, stops: list[Pause]
) -> None:
    first = due(received, target, calendar, stops)

    assert due(received + later * MINUTE, target, calendar, stops) >= first


@given(moments(), targets, calendars(), pauses(), pauses())
def test_a_pause_more_never_makes_it_due_earlier(
    received: datetime, target: Target, calendar: Calendar, some: list[Pause], more: list[Pause]
) -> None:
    assert due(received, target, calendar, [*some, *more]) >= due(received, target, calendar, some)


@given(moments(), targets, calendars(), pauses())
def test_a_pause_of_no_working_time_changes_nothing(
    received: datetime, target: Target, calendar: Calendar, stops: list[Pause]
) -> None:
    idle = [p for p in stops if p.end and not clocks.working_minutes(p.start, p.end, calendar)]

    assert due(received, target, calendar, idle) == due(received, target, calendar, [])


@given(moments(), targets, calendars(), pauses())
def test_pauses_that_overlap_count_once(
    received: datetime, target: Target, calendar: Calendar, stops: list[Pause]
) -> None:
    halves = [
        piece
        for p in stops
        if p.end
        for piece in (
            Pause(p.start, p.start + (p.end - p.start) * 2 / 3),
            Pause(p.start + (p.end - p.start) / 3, p.end),
        )
    ]

    assert due(received, target, calendar, halves) == due(received, target, calendar, stops)
    assert due(received, target, calendar, stops * 2) == due(received, target, calendar, stops)


@settings(max_examples=60)
@given(moments(), st.integers(1, 20), calendars(), pauses())
def test_hours_are_credited_with_exactly_the_working_time_that_was_paused(
    received: datetime, amount: int, calendar: Calendar, stops: list[Pause]
) -> None:
    found = due(received, Target(Unit.HOURS, amount), calendar, stops)

    minutes = itertools.takewhile(lambda m: m < found, minute_clock.minutes_from(received))
    spent = sum(
        minute_clock.is_worked(minute, calendar) and not minute_clock.is_paused(minute, stops)
        for minute in minutes
    )
    assert spent == amount * 60


@given(moments(), st.integers(-3000, 3000), calendars())
def test_so_many_working_minutes_lie_between(
    at: datetime, minutes: int, calendar: Calendar
) -> None:
    reached = clocks.add_working(at, minutes, calendar)

    first, last = sorted((at, reached))
    assert clocks.working_minutes(first, last, calendar) == abs(minutes)
    assert (reached >= at) == (minutes >= 0)


@given(moments(), calendars())
def test_nothing_is_worked_before_the_next_opening(at: datetime, calendar: Calendar) -> None:
    opening = clocks.opens_next(at, calendar)

    assert clocks.working_minutes(at, opening, calendar) == 0
    assert minute_clock.is_worked(opening, calendar)
