"""A no-show is taken back while somebody else wants its time, each on a connection of their own."""

from __future__ import annotations

import pytest

from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import booking, counting, taking_back
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.actions.serving import WrongState
from comptoir.liaison.models import Appointment, Claim, Mode, OfficeWeek, Status
from comptoir.people.models import Person
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    at,
    consent_case,
    delegate_of,
)
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = at(DAY, 10, 14)


@pytest.fixture
def missed() -> Appointment:
    """From ten to eleven with the only professional of the day; three quarters can be sold again."""
    PolicyFactory.create(least_notice_minutes=0)
    return AppointmentFactory.create(starts_at=at(DAY, 10), minutes=60, status=Status.NO_SHOW)


def take_back(appointment: Appointment) -> Appointment:
    person: Person = appointment.professional.person
    return taking_back.take_back_no_show(appointment=appointment, by=person, now=NOW)


def counters(appointment: Appointment) -> tuple[int, int]:
    week = OfficeWeek.objects.get(office=appointment.office, week=monday_of(DAY))
    return week.booked[DAY.weekday()], week.late[DAY.weekday()]


def test_of_who_takes_it_back_and_who_books_its_time_exactly_one_has_it(
    missed: Appointment,
) -> None:
    rival = OfficeFactory.create()
    delegate = delegate_of(rival)

    def book() -> Appointment:
        return booking.book_appointment(
            office=rival,
            wish=Wish(at(DAY, 10, 15), 45, "en", Mode.TELEPHONE, telephone="613-555-0100"),
            cases=[consent_case()],
            by=delegate,
            now=NOW,
            seed=1,
        )

    results = at_once([lambda: take_back(missed), book])

    lost = [result for result in results if isinstance(result, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], taking_back.TimeTaken | NotAdmitted)
    holders = set(Claim.objects.values_list("appointment", flat=True))
    assert holders == {result.pk for result in results if isinstance(result, Appointment)}
    assert counting.adrift([monday_of(DAY)]) == []


def test_of_two_who_take_it_back_one_does_and_it_counts_once(missed: Appointment) -> None:
    results = at_once([lambda: take_back(missed), lambda: take_back(missed)])

    assert [type(result) for result in results if isinstance(result, BaseException)] == [WrongState]
    assert counters(missed) == (4, 0)
    assert missed.claims.count() == 4
