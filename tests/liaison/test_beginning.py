"""When an appointment can begin, and what its beginning writes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.liaison.actions import serving
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    Side,
    Status,
)
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
)

pytestmark = pytest.mark.django_db


def start_at(appointment: Appointment, now: datetime) -> Appointment:
    return serving.start_appointment(
        appointment=appointment,
        office_late_minutes=0,
        by=appointment.professional.person,
        now=now,
    )


def test_it_begins_now_and_says_how_late_the_office_was() -> None:
    appointment = AppointmentFactory.create()
    now = appointment.starts_at + timedelta(minutes=7)

    begun = serving.start_appointment(
        appointment=appointment,
        office_late_minutes=6,
        by=appointment.professional.person,
        now=now,
    )

    assert begun.status == Status.STARTED
    assert begun.started_at == now
    assert begun.office_late_minutes == 6


def test_an_office_on_time_is_nought_minutes_late() -> None:
    assert AppointmentFactory.create(status=Status.STARTED).office_late_minutes == 0


def test_who_began_it_and_when_is_on_record() -> None:
    appointment = AppointmentFactory.create(status=Status.STARTED)

    event = AppointmentEvent.objects.get(appointment=appointment, kind=Happening.STARTED)
    assert event.by == appointment.professional.person
    assert event.side == Side.CENTRE
    assert Event.objects.filter(action="appointment.started").count() == 1


def test_it_can_begin_early_on_its_day() -> None:
    appointment = AppointmentFactory.create()
    early = appointment.starts_at - timedelta(minutes=5)

    begun = serving.start_appointment(
        appointment=appointment,
        office_late_minutes=0,
        by=appointment.professional.person,
        now=early,
    )

    assert begun.started_at == early


@pytest.mark.parametrize("early", [0, 5, 30])
def test_it_begins_no_earlier_before_its_time_than_the_days_rule_says(early: int) -> None:
    PolicyFactory.create()
    PolicyFactory.create(start_early_minutes=early, valid_from=DAY)
    appointment = AppointmentFactory.create()
    begins_from = appointment.starts_at - timedelta(minutes=early)

    with pytest.raises(serving.TooEarly) as refused:
        start_at(appointment, begins_from - timedelta(seconds=1))

    assert refused.value.begins_from == begins_from
    assert start_at(appointment, begins_from).status == Status.STARTED


def test_it_waits_for_the_end_of_another_that_the_same_professional_has_begun() -> None:
    first = AppointmentFactory.create(starts_at=at(DAY, 10), status=Status.STARTED)
    second = AppointmentFactory.create(starts_at=at(DAY, 10, 30))
    assert second.professional == first.professional

    with pytest.raises(serving.AnotherGoesOn) as refused:
        start_at(second, second.starts_at)

    assert refused.value.other == first
    factories.finish(first)
    assert start_at(second, second.starts_at).status == Status.STARTED


def test_a_colleagues_appointment_is_no_bar() -> None:
    first = AppointmentFactory.create(status=Status.STARTED)
    factories.open_day(DAY, [ProfessionalFactory.create()])
    second = AppointmentFactory.create()
    assert second.professional != first.professional

    assert start_at(second, second.starts_at).status == Status.STARTED


def test_what_an_earlier_day_left_without_an_end_is_no_bar() -> None:
    left = AppointmentFactory.create(status=Status.STARTED)
    later = DAY + timedelta(days=1)
    factories.open_day(later, [left.professional])
    today = AppointmentFactory.create(starts_at=at(later, 10))
    assert today.professional == left.professional

    assert start_at(today, today.starts_at).status == Status.STARTED


def test_begun_for_the_record_after_its_time_it_began_when_the_office_came() -> None:
    appointment = AppointmentFactory.create()

    begun = serving.start_appointment(
        appointment=appointment,
        office_late_minutes=5,
        by=appointment.professional.person,
        now=appointment.ends_at + timedelta(hours=3),
    )

    assert begun.started_at == appointment.starts_at + timedelta(minutes=5)


@pytest.mark.parametrize("status", [s for s in Status if s != Status.BOOKED])
def test_only_what_is_booked_can_begin(status: Status) -> None:
    appointment = AppointmentFactory.create(status=status)

    with pytest.raises(serving.WrongState):
        factories.start(appointment)
