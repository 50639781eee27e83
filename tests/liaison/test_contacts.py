"""Every appointment is one contact in the ledger, and stands there as it does here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from comptoir.ledger import queries
from comptoir.ledger.models import Channel, Contact, Outcome
from comptoir.liaison import jobs
from comptoir.liaison.actions import changing, contacts, taking_back
from comptoir.liaison.models import Appointment, Reason, Side, Status
from comptoir.ui import clock
from tests.liaison.factories import DAY, NOW, AppointmentFactory, at, finish, in_status, move, start

pytestmark = pytest.mark.django_db

LONG_SINCE = NOW - timedelta(days=1)
BOOKED_ON = clock.service_date(NOW)


def told() -> Contact:
    """How the one appointment stands in the ledger once it has been told."""
    contacts.tell(since=LONG_SINCE)
    [state] = Contact.objects.newest(BOOKED_ON, BOOKED_ON + timedelta(days=1))
    return state


def test_a_booking_is_a_contact_of_its_office_that_waits_for_its_answer() -> None:
    appointment = AppointmentFactory.create(language="fr")

    contact = told()

    assert (contact.channel, contact.outcome) == (Channel.APPOINTMENT, Outcome.RECEIVED)
    assert (contact.office_id, contact.language) == (appointment.office_id, "fr")
    assert contact.source_id == appointment.reference
    assert (contact.received_at, contact.offered_at) == (appointment.booked_at,) * 2
    assert contact.client_key is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (Status.STARTED, Outcome.ANSWERED),
        (Status.FINISHED, Outcome.ANSWERED),
        (Status.NO_SHOW, Outcome.ABANDONED),
        (Status.CANCELLED, Outcome.ABANDONED),
    ],
)
def test_what_became_of_it_is_what_became_of_the_attempt(status: Status, outcome: Outcome) -> None:
    AppointmentFactory.create(status=status)

    assert told().outcome == outcome


def test_an_appointment_that_took_place_was_answered_when_it_began_and_ended_when_it_did() -> None:
    appointment = AppointmentFactory.create(status=Status.FINISHED)

    contact = told()

    assert (contact.answered_at, contact.ended_at) == (
        appointment.started_at,
        appointment.finished_at,
    )


def test_what_the_centre_gives_up_was_not_abandoned_by_the_office() -> None:
    appointment = AppointmentFactory.create()
    changing.cancel_appointment(
        appointment=appointment,
        side=Side.CENTRE,
        reason=Reason.ABSENCE,
        by=appointment.professional.person,
        now=NOW + timedelta(minutes=5),
    )

    contact = told()

    assert (contact.outcome, contact.abandoned_at) == (Outcome.RECEIVED, None)
    assert contact.ended_at == NOW + timedelta(minutes=5)


def test_each_step_that_is_told_of_is_a_later_account_of_the_same_contact() -> None:
    appointment = AppointmentFactory.create()
    assert told().outcome == Outcome.RECEIVED
    start(appointment)
    assert told().outcome == Outcome.ANSWERED
    taking_back.take_back_start(
        appointment=appointment,
        by=appointment.professional.person,
        now=appointment.starts_at + timedelta(minutes=1),
    )
    assert told().outcome == Outcome.RECEIVED
    finish(start(appointment))
    assert told().outcome == Outcome.ANSWERED

    assert Contact.objects.count() == 4
    [figures] = queries.figures(first_on=BOOKED_ON, until_on=BOOKED_ON + timedelta(days=1))
    assert (figures.received, figures.answered) == (1, 1)


def test_told_again_nothing_is_new_and_a_move_is_no_other_contact() -> None:
    appointment = AppointmentFactory.create()
    assert contacts.tell(since=LONG_SINCE) == 1

    move(appointment, at(DAY, 11))

    assert contacts.tell(since=LONG_SINCE) == 0
    assert told().received_at == NOW


def test_what_is_older_than_asked_for_is_left_to_the_night() -> None:
    AppointmentFactory.create()

    assert contacts.tell(since=NOW + timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("after", "job", "number"),
    [
        (timedelta(days=1), jobs.tell_contacts, 1),
        (timedelta(days=3), jobs.tell_contacts, 0),
        (timedelta(days=3), jobs.tell_contacts_again, 1),
    ],
)
def test_the_hour_tells_of_two_days_and_the_night_of_what_an_outage_left(
    after: timedelta, job: Callable[[int], object], number: int
) -> None:
    AppointmentFactory.create()

    with time_machine.travel(NOW + after, tick=False):
        job(0)

    assert Contact.objects.count() == number


def test_many_are_told_in_as_many_transactions_as_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contacts, "TOLD_AT_ONCE", 2)
    made = [booked(at(DAY, hour)) for hour in (9, 10, 11, 13, 14)]

    assert contacts.tell(since=LONG_SINCE) == len(made)
    assert Contact.objects.count() == len(made)


def booked(starts_at: datetime) -> Appointment:
    """One that is booked and cancelled again: two events, of which the later one counts."""
    return in_status(AppointmentFactory.create(starts_at=starts_at), Status.CANCELLED)
