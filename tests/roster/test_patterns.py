"""Setting weekly hours and one-off dates; what was worked before stays as it was."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.roster.actions import patterns, publishing
from comptoir.roster.actions.patterns import Row
from comptoir.roster.models import OfferedHours, PatternException, Professional, WeeklyPattern
from tests.people.factories import PersonFactory
from tests.roster.factories import (
    LONG_AGO,
    NOW,
    PatternFactory,
    ProfessionalFactory,
    between,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
MORNINGS = [Row(weekday, time(8), time(12)) for weekday in range(5)]


@pytest.fixture
def anna() -> Professional:
    return ProfessionalFactory.create(code="anna")


def set_pattern(
    anna: Professional, rows: list[Row], valid_from: date = TUESDAY
) -> list[publishing.Publication]:
    found = patterns.set_pattern(
        professional=anna, rows=rows, valid_from=valid_from, by=PersonFactory.create(), now=NOW
    )
    return list(found)


def worked(on: date) -> int:
    publishing.publish_day(on=on, by=None, now=NOW)
    hours = OfferedHours.objects.filter(day__on=on).first()
    return hours.mask if hours else 0


def test_new_hours_hold_from_their_date_on(anna: Professional) -> None:
    PatternFactory.create(professional=anna, weekday=0, starts=time(9), ends=time(17))
    PatternFactory.create(professional=anna, weekday=1, starts=time(9), ends=time(17))

    set_pattern(anna, MORNINGS)

    assert worked(TODAY) == between(9, 17)
    assert worked(TUESDAY) == between(8, 12)


def test_new_hours_reach_published_days(anna: Professional) -> None:
    PatternFactory.create(professional=anna, weekday=1, starts=time(9), ends=time(17))
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)

    publications = set_pattern(anna, MORNINGS)

    assert OfferedHours.objects.get().mask == between(8, 12)
    assert [p.withdrawn for p in publications] == [{anna.pk: between(12, 17)}]


def test_rows_of_before_are_ended_and_kept(anna: Professional) -> None:
    old = PatternFactory.create(professional=anna, weekday=1)

    set_pattern(anna, MORNINGS)

    old.refresh_from_db()
    assert (old.valid_from, old.valid_until) == (LONG_AGO, TUESDAY)


def test_rows_that_had_not_begun_are_replaced(anna: Professional) -> None:
    PatternFactory.create(professional=anna, weekday=1, valid_from=date(2027, 1, 5))

    set_pattern(anna, MORNINGS)

    assert WeeklyPattern.objects.filter(professional=anna).count() == 5


def test_setting_the_same_hours_writes_nothing(anna: Professional) -> None:
    set_pattern(anna, MORNINGS)
    rows = list(WeeklyPattern.objects.order_by("pk").values())

    set_pattern(anna, MORNINGS)
    set_pattern(anna, MORNINGS, valid_from=TUESDAY + timedelta(days=3))

    assert list(WeeklyPattern.objects.order_by("pk").values()) == rows
    assert Event.objects.filter(action="roster.pattern_set").count() == 1


def test_breaks_are_taken_out(anna: Professional) -> None:
    set_pattern(anna, [Row(1, time(8), time(16)), Row(1, time(12), time(12, 45), is_break=True)])

    assert worked(TUESDAY) == between(8, 12) | between(12.75, 16)


def test_every_second_week_counts_from_the_first_day(anna: Professional) -> None:
    set_pattern(anna, [Row(1, time(8), time(16), every=2)])

    assert worked(TUESDAY) == between(8, 16)
    assert worked(TUESDAY + timedelta(weeks=1)) == 0
    assert worked(TUESDAY + timedelta(weeks=2)) == between(8, 16)


def test_alternate_weeks_stay_in_step_when_they_are_set_again_later(anna: Professional) -> None:
    rows = [Row(1, time(8), time(16), every=2, first=date(2026, 11, 3))]
    set_pattern(anna, rows)
    before = list(WeeklyPattern.objects.values())

    set_pattern(anna, rows, valid_from=date(2026, 11, 30))

    assert worked(TUESDAY) == 0
    assert worked(date(2026, 12, 1)) == between(8, 16)
    assert list(WeeklyPattern.objects.values()) == before


def test_a_row_may_end_and_another_begin_later(anna: Professional) -> None:
    until = TUESDAY + timedelta(days=1)
    set_pattern(
        anna,
        [
            Row(1, time(8), time(12), until=until),
            Row(1, time(13), time(16), first=until),
        ],
    )

    assert worked(TUESDAY) == between(8, 12)
    assert worked(TUESDAY + timedelta(weeks=1)) == between(13, 16)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (Row(1, time(8, 10), time(12)), patterns.NotWholeQuarters),
        (Row(1, time(12), time(12)), patterns.EndsBeforeStart),
        (Row(1, time(5), time(12)), patterns.OutsideServiceDay),
        (Row(1, time(12), time(21, 15)), patterns.OutsideServiceDay),
        (Row(5, time(8), time(12)), patterns.ClosedWeekday),
    ],
)
def test_hours_that_could_not_be_offered_are_refused(
    anna: Professional, row: Row, error: type[Exception]
) -> None:
    with pytest.raises(error):
        set_pattern(anna, [row])

    assert not WeeklyPattern.objects.exists()


def test_hours_that_fit_now_but_not_after_a_clock_change_are_refused() -> None:
    # Regina never changes its clocks: its 19:00 is 20:00 in Montréal in winter and 21:00 in summer.
    regina = ProfessionalFactory.create(time_zone="America/Regina")
    row = Row(1, time(12), time(19, 30))

    with pytest.raises(patterns.OutsideServiceDay):
        set_pattern(regina, [row])

    patterns.add_exception(
        professional=regina, on=TUESDAY, hours=[(row.starts, row.ends)], by=None, now=NOW
    )
    assert worked(TUESDAY) == between(13, 20.5)


def test_hours_of_days_that_are_over_are_not_changed(anna: Professional) -> None:
    yesterday = TODAY - timedelta(days=1)

    with pytest.raises(patterns.InThePast):
        set_pattern(anna, MORNINGS, valid_from=yesterday)
    with pytest.raises(patterns.InThePast):
        patterns.add_exception(professional=anna, on=yesterday, hours=[], by=None, now=NOW)
    with pytest.raises(patterns.InThePast):
        patterns.remove_exception(professional=anna, on=yesterday, by=None, now=NOW)


def test_an_exception_replaces_the_one_before_it(anna: Professional) -> None:
    PatternFactory.create(professional=anna, weekday=1)
    publishing.publish_day(on=TUESDAY, by=None, now=NOW)

    def except_for(*hours: tuple[time, time]) -> int:
        patterns.add_exception(
            professional=anna, on=TUESDAY, hours=hours, reason="Course", by=None, now=NOW
        )
        return OfferedHours.objects.get().mask

    assert except_for((time(9), time(10)), (time(14), time(15))) == between(9, 10) | between(14, 15)
    assert except_for() == 0
    assert PatternException.objects.count() == 1


def test_the_same_exception_twice_is_written_once(anna: Professional) -> None:
    for _ in range(2):
        patterns.add_exception(
            professional=anna, on=TUESDAY, hours=[(time(9), time(10))], by=None, now=NOW
        )

    assert Event.objects.filter(action="roster.exception_added").count() == 1


def test_the_weekly_hours_hold_again_when_an_exception_is_removed(anna: Professional) -> None:
    PatternFactory.create(professional=anna, weekday=1)
    patterns.add_exception(professional=anna, on=TUESDAY, hours=[], by=None, now=NOW)
    assert worked(TUESDAY) == 0

    patterns.remove_exception(professional=anna, on=TUESDAY, by=None, now=NOW)

    assert OfferedHours.objects.get().mask == between(8, 16)
    assert patterns.remove_exception(professional=anna, on=TUESDAY, by=None, now=NOW) == []
