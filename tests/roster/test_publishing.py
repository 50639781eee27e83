"""Publishing a day: right on both sides of a clock change, idempotent, and blind to bookings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptoir.audit.models import Event
from comptoir.roster.actions import publishing
from comptoir.roster.models import OfferedHours, Professional, ReservedHours, ServiceDay
from tests.people.factories import OfficeFactory, PersonFactory
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ClosedDayFactory,
    ExceptionFactory,
    ExtraHoursFactory,
    PatternFactory,
    ProfessionalFactory,
    between,
    full_week,
)

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


def publish(on: date = TUESDAY, now: datetime = NOW) -> publishing.Publication:
    return publishing.publish_day(on=on, by=None, now=now)


def masks(on: date = TUESDAY) -> dict[str, int]:
    rows = OfferedHours.objects.filter(day__on=on).values_list("professional__code", "mask")
    return dict(rows)


def professional(**more: Any) -> Professional:
    found = ProfessionalFactory.create(**more)
    full_week(found)
    return found


def test_a_published_day_offers_what_each_professional_works() -> None:
    early, late = ProfessionalFactory.create(code="early"), ProfessionalFactory.create(code="late")
    PatternFactory.create(professional=early, weekday=1, starts=time(7), ends=time(15))
    PatternFactory.create(professional=early, weekday=1, rest=True)
    PatternFactory.create(professional=late, weekday=1, starts=time(12), ends=time(20))

    publication = publish()

    assert masks() == {"early": between(7, 12) | between(13, 15), "late": between(12, 20)}
    assert publication.day.starts_at == datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert publication.day.quanta == 60
    assert publication.added[early.pk].bit_count() == 28


def test_who_does_not_work_that_day_has_no_row() -> None:
    PatternFactory.create(weekday=0)

    publish()

    assert masks() == {}


def test_hours_of_another_zone_fall_where_the_montreal_clock_says() -> None:
    west = ProfessionalFactory.create(code="west", time_zone="America/Vancouver")
    full_week(west)

    publish()

    # Vancouver keeps summer time all year from November 2026: two hours behind Montréal.
    assert masks() == {"west": between(10, 18)}


@pytest.mark.parametrize(
    ("friday", "monday", "friday_start", "monday_start"),
    [
        (date(2026, 3, 6), date(2026, 3, 9), 13, 12),
        (date(2026, 10, 30), date(2026, 11, 2), 12, 13),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_the_first_appointment_is_at_eight_on_both_sides_of_a_clock_change(
    friday: date, monday: date, friday_start: int, monday_start: int
) -> None:
    professional(code="p")
    now = datetime(friday.year, friday.month, friday.day, 5, tzinfo=UTC)

    days = [publish(on, now).day for on in (friday, monday)]

    assert masks(friday) == masks(monday) == {"p": between(8, 16)}
    first = [day.starts_at + timedelta(minutes=15 * 8) for day in days]
    assert [instant.hour for instant in first] == [friday_start, monday_start]


def test_publishing_again_writes_nothing() -> None:
    professional()
    extra = ExtraHoursFactory.create(
        professional=professional(), starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC), approved=True
    )
    extra.offices.add(OfficeFactory.create(), OfficeFactory.create())
    first = publish()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = publish(now=NOW + timedelta(hours=1))

    day = ServiceDay.objects.get()
    assert first.changed
    assert not again.changed
    assert (day.version, day.published_at) == (1, NOW)
    assert Event.objects.filter(action="roster.day_published").count() == 1
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_the_number_of_queries_does_not_grow_with_the_professionals() -> None:
    professional()
    publish()
    with CaptureQueriesContext(connection) as with_one:
        publish()
    for _ in range(5):
        professional()
    publish()

    with CaptureQueriesContext(connection) as with_six:
        publish()

    assert len(with_six) == len(with_one)


def test_a_change_raises_the_version_and_says_what_was_added_and_withdrawn() -> None:
    anna = professional(code="anna")
    publish()
    ExceptionFactory.create(professional=anna, on=TUESDAY, starts=time(12), ends=time(18))
    lead = PersonFactory.create()

    again = publishing.publish_day(on=TUESDAY, by=lead, now=NOW + timedelta(hours=1))

    assert again.withdrawn == {anna.pk: between(8, 12)}
    assert again.added == {anna.pk: between(16, 18)}
    day = ServiceDay.objects.get()
    assert (day.version, day.published_by) == (2, lead)
    assert masks() == {"anna": between(12, 18)}


def test_a_day_that_is_over_is_not_published() -> None:
    with pytest.raises(publishing.DayIsOver):
        publish(on=date(2026, 11, 20))


def test_today_is_the_centres_today_and_not_that_of_the_clock_in_greenwich() -> None:
    professional(code="p")
    late_on_monday = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

    publish(on=date(2026, 11, 23), now=late_on_monday)

    assert masks(date(2026, 11, 23)) == {"p": between(8, 16)}


@pytest.mark.parametrize("on", [date(2026, 11, 28), date(2026, 12, 25)])
def test_a_day_on_which_the_centre_is_closed_is_not_published(on: date) -> None:
    professional()

    with pytest.raises(publishing.CentreClosed):
        publish(on=on)

    assert not ServiceDay.objects.exists()


def test_a_day_closed_after_it_was_published_offers_nothing_any_more() -> None:
    anna = professional(code="anna")
    publish()
    ClosedDayFactory.create(on=TUESDAY)

    again = publish()

    assert masks() == {"anna": 0}
    assert again.withdrawn == {anna.pk: between(8, 16)}


def test_neither_exception_nor_extra_hours_open_a_closed_day() -> None:
    anna = professional()
    publish()
    ClosedDayFactory.create(on=TUESDAY)
    ExceptionFactory.create(professional=anna, on=TUESDAY, starts=time(9), ends=time(11))
    ExtraHoursFactory.create(
        professional=anna, starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC), approved=True
    )

    publish()

    assert set(masks().values()) == {0}


def test_who_no_longer_takes_appointments_offers_nothing() -> None:
    anna = professional(code="anna")
    publish()
    Professional.objects.filter(pk=anna.pk).update(active=False)

    publish()

    assert masks() == {"anna": 0}


def test_an_absence_takes_its_hours_off_the_offer() -> None:
    anna = professional(code="anna")
    AbsenceFactory.create(
        professional=anna,
        starts_at=datetime(2026, 11, 24, 15, tzinfo=UTC),
        ends_at=datetime(2026, 11, 24, 17, tzinfo=UTC),
    )

    publish()

    assert masks() == {"anna": between(8, 10) | between(12, 16)}


def test_an_absence_that_was_withdrawn_takes_nothing() -> None:
    anna = professional(code="anna")
    AbsenceFactory.create(
        professional=anna,
        starts_at=datetime(2026, 11, 24, 15, tzinfo=UTC),
        withdrawn_at=NOW,
        withdrawn_by=PersonFactory.create(),
    )

    publish()

    assert masks() == {"anna": between(8, 16)}


def test_extra_hours_are_kept_for_the_offices_they_name() -> None:
    anna = professional(code="anna")
    extra = ExtraHoursFactory.create(
        professional=anna, starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC), approved=True
    )
    office = OfficeFactory.create()
    extra.offices.add(office)

    publish()

    assert masks() == {"anna": between(8, 18)}
    kept = ReservedHours.objects.get()
    assert (kept.mask, kept.offices, kept.extra) == (between(16, 18), [office.pk], extra)


def test_extra_hours_without_offices_are_open_to_all() -> None:
    ExtraHoursFactory.create(
        professional=professional(),
        starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC),
        approved=True,
    )

    publish()

    assert ReservedHours.objects.get().offices == []


def test_extra_hours_that_nobody_approved_are_not_on_offer() -> None:
    anna = professional(code="anna")
    ExtraHoursFactory.create(professional=anna, starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC))

    publish()

    assert masks() == {"anna": between(8, 16)}
    assert not ReservedHours.objects.exists()


def test_a_change_of_the_offices_alone_is_a_change() -> None:
    extra = ExtraHoursFactory.create(
        professional=professional(),
        starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC),
        approved=True,
    )
    publish()
    office = OfficeFactory.create()
    extra.offices.add(office)

    again = publish()

    assert again.changed
    assert ReservedHours.objects.get().offices == [office.pk]
    assert ServiceDay.objects.get().version == 2


def test_the_horizon_is_published_as_far_as_is_set_and_holidays_are_left_out(
    settings: Any,
) -> None:
    settings.SERVICE_PUBLISHED_DAYS = 3
    professional()
    wednesday = datetime(2026, 12, 23, 15, tzinfo=UTC)

    publishing.publish_horizon(by=None, now=wednesday)

    on = [day.on.day for day in ServiceDay.objects.order_by("on")]
    # Christmas on Friday; Boxing Day falls on Saturday and is kept on Monday the 28th.
    assert on == [23, 24, 29, 30]


def test_the_day_that_enters_the_horizon_is_published_the_next_morning(settings: Any) -> None:
    settings.SERVICE_PUBLISHED_DAYS = 3
    professional()
    publishing.publish_horizon(by=None, now=NOW)

    again = publishing.publish_horizon(by=None, now=NOW + timedelta(days=1))

    assert [p.day.on for p in again if p.changed] == [date(2026, 11, 27)]


def test_the_horizon_heals_a_day_whose_hours_were_changed_behind_its_back(settings: Any) -> None:
    settings.SERVICE_PUBLISHED_DAYS = 2
    professional(code="p")
    publishing.publish_horizon(by=None, now=NOW)
    OfferedHours.objects.filter(day__on=TUESDAY).update(mask=0)

    publishing.publish_horizon(by=None, now=NOW)

    assert masks() == {"p": between(8, 16)}


def test_a_published_day_keeps_its_grid_when_the_setting_changes(settings: Any) -> None:
    professional(code="p")
    publish()
    settings.SERVICE_DAY_STARTS = time(7)
    settings.SERVICE_DAY_QUARTERS = 52

    again = publish()

    assert not again.changed
    assert masks() == {"p": between(8, 16)}
