"""A waiver lifts what still counts, never more and never twice, and the counters stay true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial

import pytest
from django.db.models import QuerySet

from comptoir.audit.models import Event
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import booking, counting, serving, taking_back, waiving
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    Mode,
    OfficeWeek,
    PendingCharge,
    Side,
    Status,
)
from comptoir.liaison.queries import charged
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    in_status,
    move,
    open_day,
)
from tests.liaison.flags import cancel_late
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

NINE = at(DAY, 9)
EVENING = at(DAY, 20)
THURSDAY = DAY + timedelta(days=1)


@pytest.fixture
def house() -> Office:
    """An office under a rule that refunds what is taken again; one professional from ten to one."""
    PolicyFactory.create(
        generous=True, nested=True, floor_minutes=0, take_up_percent=0, least_held_minutes=3_000,
        late_notice_minutes=120,
    )  # fmt: skip
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(13))
    return OfficeFactory.create()


def waive(appointment: Appointment) -> int:
    return waiving.waive(
        appointment=appointment, reason="The telephones were down.", by=PersonFactory.create(),
        now=EVENING,
    )  # fmt: skip


def late_of(office: Office) -> list[int]:
    """What counts as late of each day of the week; the rows say the same."""
    assert counting.recount([monday_of(DAY)]) == []
    return list(OfficeWeek.objects.get(office=office, week=monday_of(DAY)).late)


def book(office: Office, hour: int = 10, minute: int = 0, minutes: int = 60) -> Appointment:
    return booking.book_appointment(
        office=office,
        wish=Wish(at(DAY, hour, minute), minutes, "en", Mode.TELEPHONE, telephone="613-555-0100"),
        cases=[consent_case()],
        by=delegate_of(office),
        now=NINE,
        seed=1,
    )


def cancelled_late(office: Office) -> Appointment:
    return cancel_late(book(office), now=NINE)


def not_attended(office: Office) -> Appointment:
    return in_status(book(office), Status.NO_SHOW)


def moved_late(office: Office) -> Appointment:
    return move(book(office), at(DAY, 12), now=NINE)


@pytest.mark.parametrize("lose", [cancelled_late, not_attended, moved_late])
def test_a_late_loss_of_any_kind_can_be_waived(
    house: Office, lose: Callable[[Office], Appointment]
) -> None:
    lost = lose(house)
    assert late_of(house)[DAY.weekday()] == 4

    assert waive(lost) == 4

    assert sum(late_of(house)) == 0
    assert not PendingCharge.objects.exists()
    event = AppointmentEvent.objects.get(kind=Happening.WAIVED)
    assert (event.late_quanta, event.note, event.side) == (
        -4, "The telephones were down.", Side.CENTRE,
    )  # fmt: skip
    trail = Event.objects.get(action="appointment.waived")
    assert (trail.office_id, trail.detail) == (house.pk, {"quarter_hours": 4})


def test_waiving_twice_is_refused_and_changes_nothing(house: Office) -> None:
    lost = cancelled_late(house)
    waive(lost)

    with pytest.raises(waiving.NothingCharged):
        waive(lost)

    assert sum(late_of(house)) == 0
    assert AppointmentEvent.objects.filter(kind=Happening.WAIVED).count() == 1


def test_only_what_nobody_took_is_waived(house: Office) -> None:
    lost = cancelled_late(house)
    book(OfficeFactory.create(), minutes=30)

    assert waive(lost) == 2
    assert sum(late_of(house)) == 0


def test_who_takes_waived_time_refunds_nothing(house: Office) -> None:
    lost = cancelled_late(house)
    waive(lost)

    book(OfficeFactory.create())

    assert sum(late_of(house)) == 0
    assert not AppointmentEvent.objects.filter(kind=Happening.REFILLED).exists()


def test_what_was_lost_on_two_days_is_waived_on_both(house: Office) -> None:
    open_day(THURSDAY, [ProfessionalFactory.create()])
    appointment = move(book(house), at(THURSDAY, 10), now=NINE)
    cancel_late(appointment)
    assert late_of(house)[DAY.weekday() : DAY.weekday() + 2] == [4, 4]

    assert waive(appointment) == 8

    assert sum(late_of(house)) == 0


def test_what_is_lost_after_a_waiver_is_charged_and_can_be_waived_again(house: Office) -> None:
    appointment = moved_late(house)
    waive(appointment)

    cancel_late(appointment, now=at(DAY, 11, 30))

    assert sum(late_of(house)) == 4
    assert waive(appointment) == 4


def test_what_was_given_up_in_time_has_nothing_to_waive(house: Office) -> None:
    appointment = cancel_late(AppointmentFactory.create(office=house), now=at(DAY, 7))

    with pytest.raises(waiving.NothingCharged):
        waive(appointment)


def test_a_waived_absence_that_is_taken_back_is_not_taken_off_twice(house: Office) -> None:
    missed = serving.record_no_show(
        appointment=book(house), by=PersonFactory.create(), now=at(DAY, 10, 15)
    )
    waive(missed)

    taking_back.take_back_no_show(
        appointment=missed, by=PersonFactory.create(), now=at(DAY, 10, 20)
    )

    assert sum(late_of(house)) == 0


def counts(found: QuerySet[AppointmentEvent]) -> list[tuple[Appointment, int]]:
    return [(loss.event.appointment, loss.counts) for loss in charged.with_counts(list(found))]


def test_the_list_says_what_of_each_loss_still_counts_and_keeps_what_was_waived_apart(
    house: Office,
) -> None:
    waived = cancelled_late(house)
    waive(waived)
    lost = cancelled_late(house)
    book(OfficeFactory.create(), minutes=15)

    assert counts(charged.losses(EVENING)) == [(lost, 3)]
    assert counts(charged.waived(EVENING)) == [(waived, 0)]
    later = EVENING + charged.LISTED
    assert not charged.losses(later).exists()
    assert not charged.waived(later).exists()


def test_what_is_lost_after_a_waiver_stands_beside_what_was_waived_of_the_same_appointment(
    house: Office,
) -> None:
    appointment = moved_late(house)
    waive(appointment)
    cancel_late(appointment, now=at(DAY, 11, 30))

    assert counts(charged.losses(EVENING)) == [(appointment, 4)]
    assert counts(charged.waived(EVENING)) == [(appointment, 0)]


def test_of_an_appointment_lost_on_two_days_each_row_says_its_own(house: Office) -> None:
    open_day(THURSDAY, [ProfessionalFactory.create()])
    appointment = move(book(house), at(THURSDAY, 10), now=NINE)
    cancel_late(appointment)
    book(OfficeFactory.create(), minutes=30)

    assert counts(charged.losses(EVENING)) == [(appointment, 4), (appointment, 2)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(4))
def test_waivers_and_those_who_take_the_time_at_once_leave_counters_that_agree(
    house: Office, round_: int
) -> None:
    lost, other = cancelled_late(house), OfficeFactory.create()
    delegate_of(other)
    lead = PersonFactory.create()
    lift = partial(waiving.waive, appointment=lost, reason="Ours.", by=lead, now=EVENING)

    rivals: list[Callable[[], object]] = [lift, partial(book, other, 10, 15 * round_, 15), lift]
    results = at_once(rivals)

    expected = (int, Appointment, waiving.NothingCharged)
    assert all(isinstance(result, expected) for result in results), results
    assert not any(isinstance(result, NotAdmitted) for result in results)
    assert sum(isinstance(result, waiving.NothingCharged) for result in results) == 1
    assert sum(late_of(house)) == 0
    assert not PendingCharge.objects.exists()
