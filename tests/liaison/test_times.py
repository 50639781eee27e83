"""Times offered for a move: exactly those that the move would be granted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.actions.changing import AtThatTimeAlready
from comptoir.liaison.models import Appointment
from comptoir.liaison.queries import times
from tests.liaison import factories
from tests.liaison.factories import DAY, NOW, AppointmentFactory, PolicyFactory, at
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db


def test_an_office_at_its_daily_limit_is_offered_times_to_move_its_own_appointment() -> None:
    appointment = _at_the_limit()

    assert at(DAY, 14) in _offered(appointment, still_counted=0)


def test_a_late_move_is_offered_only_what_is_left_besides_the_time_that_still_counts() -> None:
    appointment = _at_the_limit()

    assert not _offered(appointment, still_counted=appointment.quanta)


def test_a_move_to_another_day_of_the_week_is_offered_within_the_weekly_limit() -> None:
    PolicyFactory.create(minutes_per_day=120, minutes_per_week=120)
    thursday = DAY + timedelta(days=1)
    factories.open_day(thursday)
    appointment = AppointmentFactory.create(minutes=60)
    AppointmentFactory.create(office=appointment.office, starts_at=at(DAY, 15), minutes=60)

    assert at(thursday, 10) in _offered(appointment, still_counted=0)


@pytest.mark.parametrize("minutes_of_notice", [60, 5000])
def test_what_is_offered_for_a_move_is_what_is_granted(minutes_of_notice: int) -> None:
    """Every quarter hour of the day, on both sides of the late limit."""
    PolicyFactory.create(minutes_per_day=60, late_notice_minutes=1440)
    factories.open_day(DAY)
    appointment = AppointmentFactory.create(minutes=30, starts_at=at(DAY, 12))
    AppointmentFactory.create(minutes=60, starts_at=at(DAY, 10), office=OfficeFactory.create())
    now = appointment.starts_at - timedelta(minutes=minutes_of_notice)
    late = minutes_of_notice < 1440
    offered = _offered(appointment, still_counted=appointment.quanta if late else 0, now=now)

    start = at(DAY, 8)
    while start < at(DAY, 18):
        assert _granted(appointment, start, now) == (start in offered), start
        start += timedelta(minutes=15)


def test_times_beside_the_offices_own_appointments_are_known_and_still_offered() -> None:
    PolicyFactory.create()
    factories.open_day(DAY)
    own: Appointment = AppointmentFactory.create(minutes=30)
    AppointmentFactory.create(minutes=30, starts_at=at(DAY, 13), office=OfficeFactory.create())
    factories.open_day(DAY, professionals=[factories.ProfessionalFactory.create()])
    found = times.find_times(office=own.office, minutes=30, language="en", now=NOW)

    def beside(excluding: Appointment | None = None) -> frozenset[datetime]:
        return times.beside_own(found, office=own.office, minutes=30, now=NOW, excluding=excluding)

    assert beside() == {at(DAY, 9, 45), at(DAY, 10), at(DAY, 10, 15)}
    assert beside(excluding=own) == frozenset()


def _at_the_limit() -> Appointment:
    PolicyFactory.create(minutes_per_day=60)
    return AppointmentFactory.create(minutes=60)


def _offered(appointment: Appointment, *, still_counted: int, now: datetime = NOW) -> set[datetime]:
    found = times.find_times(
        office=appointment.office,
        minutes=appointment.minutes,
        language="en",
        now=now,
        excluding=appointment,
        still_counted=still_counted,
    )
    return {start for day in found for start in day.starts}


def _granted(appointment: Appointment, start: datetime, now: datetime) -> bool:
    """Whether the move would be made; it is undone at once."""
    try:
        with transaction.atomic():
            factories.move(Appointment.objects.get(pk=appointment.pk), start, now=now)
            transaction.set_rollback(True)
    except (NotAdmitted, AtThatTimeAlready):
        return False
    return True
