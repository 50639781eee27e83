"""What the centre cancels it owes: once, in a week where it can be used, and it counts as allotted."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import changing, closing
from comptoir.liaison.models import Appointment, Credit, Reason, Side
from comptoir.liaison.queries import credits, days, offices, shares
from comptoir.people.models import Office, OfficeStatus
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    open_day,
)
from tests.liaison.flags import cancel_late
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
NEXT_MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def office() -> Office:
    """One that is allotted four quarter hours a week, of a rule with classes."""
    PolicyFactory.create(nested=True, least_held_minutes=3_000)
    office = OfficeFactory.create()
    apportion({office: 4})
    return office


def cancelled(office: Office, on: date = DAY, reason: Reason = Reason.ABSENCE) -> Appointment:
    appointment = AppointmentFactory.create(office=office, starts_at=at(on, 10))
    return cancel_late(appointment, side=Side.CENTRE, reason=reason, now=NOW)


def allowance(office: Office, on: date) -> int | None:
    policy = days.load_rules().policy(on)
    assert policy is not None
    found = shares.others(office=office, dates=[on], policy=policy, cohorts=(), now=NOW)
    return found[on].row.allowance


def test_what_the_centre_cancels_is_credited_in_the_same_week(office: Office) -> None:
    appointment = cancelled(office)

    credit = Credit.objects.get()
    assert (credit.office, credit.week, credit.quanta) == (office, MONDAY, 2)
    assert (credit.appointment, credit.at) == (appointment, NOW)
    trail = Event.objects.get(action="office.credited")
    assert trail.detail == {"week": "2026-11-16", "quarter_hours": 2}


def test_what_it_cancels_of_the_last_day_of_a_week_is_credited_in_the_next(office: Office) -> None:
    cancelled(office, FRIDAY)

    assert Credit.objects.get().week == NEXT_MONDAY


def test_what_is_cancelled_days_after_its_time_is_credited_where_it_can_be_used(
    office: Office,
) -> None:
    appointment = AppointmentFactory.create(office=office)

    cancel_late(appointment, side=Side.CENTRE, reason=Reason.CLOSURE, now=at(FRIDAY, 15))

    assert Credit.objects.get().week == NEXT_MONDAY


def test_an_appointment_is_credited_once(office: Office) -> None:
    appointment = cancelled(office)

    with pytest.raises(changing.NotChangeable):
        cancel_late(appointment, side=Side.CENTRE, reason=Reason.ABSENCE, now=NOW)

    assert Credit.objects.count() == 1


def test_what_the_office_gives_up_is_not_credited(office: Office) -> None:
    cancel_late(AppointmentFactory.create(office=office), now=NOW)

    assert not Credit.objects.exists()


def test_the_end_of_an_office_is_not_credited(office: Office) -> None:
    AppointmentFactory.create(office=office)
    Office.objects.update(status=OfficeStatus.SUSPENDED, status_reason="dissolution")

    assert closing.cancel_for_ended_offices(most=10, now=NOW) == 1

    assert not Credit.objects.exists()


@pytest.mark.parametrize("reason", [Reason.OFFICE_ENDED, Reason.NOT_CONFIRMED])
def test_what_nobody_would_have_come_to_is_not_credited(office: Office, reason: Reason) -> None:
    cancelled(office, reason=reason)

    assert not Credit.objects.exists()


def test_it_is_added_to_what_the_office_is_allotted_of_that_week_alone(office: Office) -> None:
    other = OfficeFactory.create()
    cancelled(office)
    cancelled(office, FRIDAY)

    assert (allowance(office, DAY), allowance(office, NEXT_MONDAY)) == (6, 6)
    assert (allowance(other, DAY), allowance(office, NEXT_MONDAY + timedelta(weeks=1))) == (4, 4)


def test_with_it_an_office_is_never_allotted_more_than_its_limit_of_the_week(
    office: Office,
) -> None:
    for hour in range(9, 17):
        appointment = AppointmentFactory.create(office=office, starts_at=at(DAY, hour), minutes=60)
        cancel_late(appointment, side=Side.CENTRE, reason=Reason.OUTAGE, now=NOW)

    assert allowance(office, DAY) == 16  # four hours, the rule's limit of a week


def test_time_taken_with_it_counts_as_allotted() -> None:
    PolicyFactory.create(nested=True, least_held_minutes=3_000, day_cap_percent=100)
    office = OfficeFactory.create()
    apportion({office: 4})
    open_day(DAY, ProfessionalFactory.create_batch(3), first=time(9), last=time(17))
    cancelled(office)
    AppointmentFactory.create(office=office, starts_at=at(DAY, 12), minutes=60)

    more = AppointmentFactory.create(office=office, starts_at=at(DAY, 14), minutes=30)

    assert more.decision.of_class == ShareClass.ALLOTTED


def test_the_home_says_what_is_owed_this_week_and_later(office: Office) -> None:
    cancelled(office)
    cancelled(office, FRIDAY)

    found = offices.shares_on(office, [DAY], days.load_rules(), NOW)

    assert found is not None
    assert found.kept is not None
    assert found.kept.allowance == 90
    assert found.kept.credits == [
        credits.Credited(MONDAY, 30), credits.Credited(NEXT_MONDAY, 30),
    ]  # fmt: skip
    assert credits.coming(office, NEXT_MONDAY + timedelta(weeks=1)) == []
