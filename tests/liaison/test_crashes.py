"""A crash between any two statements of a change leaves nothing of it, and it can be done again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import Error, connection

from comptoir.liaison.actions import (
    booking,
    changing,
    closing,
    confirming,
    counting,
    excusing,
    holding,
    offering,
    opening,
    projecting,
    rebooking,
    serving,
    taking_back,
    waiting,
    waiting_rounds,
    waiving,
)
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.models import (
    Answer,
    Appointment,
    AppointmentEvent,
    Claim,
    EntryEnd,
    Hold,
    Mode,
    Offer,
    Opening,
    PendingCharge,
    Reason,
    Side,
    Status,
    WaitingEntry,
)
from comptoir.liaison.queries import charged, needs
from comptoir.people.models import Office, OfficeEnd, OfficeStatus
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock
from tests.liaison.crashes import Server, crash_everywhere, wrong
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    apportion,
    at,
    consent_case,
    delegate_of,
    move,
    offer,
    open_day,
    opening_wish,
    waiting_entry,
    waits,
)
from tests.liaison.flags import flag
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NINE = at(DAY, 9)
"""An hour before the first start: under two hours of notice, everything is late."""

FEWEST = 6
"""No change has fewer statements: it begins, locks, reads, writes, is put on the trail, and is committed."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(monkeypatch)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def day() -> ServiceDay:
    """A rule with all it can have, and a day of one professional from ten to eleven."""
    PolicyFactory.create(
        nested=True, minutes_per_day=600, minutes_per_week=3_000, late_notice_minutes=120,
        floor_minutes=15, least_held_minutes=3_000, take_up_percent=0, ramp_minutes=0,
    )  # fmt: skip
    return open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(11))


def wish(hour: int = 10, minute: int = 0) -> Wish:
    return Wish(at(DAY, hour, minute), 30, "en", Mode.TELEPHONE, telephone="613-555-0100")


def book(office: Office, minute: int = 0, **values: Any) -> Appointment:
    return booking.book_appointment(
        office=office, wish=wish(minute=minute), cases=[consent_case()],
        by=delegate_of(office), **{"now": NINE, "seed": 1, **values},
    )  # fmt: skip


def cancel(
    appointment: Appointment, now: datetime = NINE, reason: Reason = Reason.NOT_NEEDED
) -> Appointment:
    return changing.cancel_appointment(
        appointment=appointment, side=Side.OFFICE, reason=reason, by=appointment.booked_by, now=now,
    )  # fmt: skip


@pytest.fixture
def full() -> list[Appointment]:
    """Both half hours of the day are booked."""
    return [book(OfficeFactory.create(), minute) for minute in (0, 30)]


def wait(**values: Any) -> WaitingEntry:
    return waiting_entry(**{"now": NINE, **values})


def only_offer(entry: WaitingEntry) -> Offer:
    return entry.offers.get(answer=Answer.OPEN)


def longer(day: ServiceDay) -> None:
    """The professional offers an hour more; nobody has told the waiting list."""
    offer(day, day.hours.get().professional, first=time(10), last=time(12))


# --- What an office does -----------------------------------------------------------------------


def test_booking(server: Server, day: ServiceDay) -> None:
    """With a hold of its own, of time that another gave up late, and with somebody who waits."""
    office, other = OfficeFactory.create(), OfficeFactory.create()
    cancel(book(other))
    wait(from_time=time(11), until_time=time(12))
    holding.hold_time(office=office, wish=wish(), by=delegate_of(office), now=NINE, seed=1)
    longer(day)

    assert crash_everywhere(server, lambda: book(office)) > FEWEST

    assert Appointment.objects.get(office=office).quanta == Claim.objects.count()
    assert not PendingCharge.objects.exists()
    assert not Hold.objects.exists()
    assert Offer.objects.get().answer == Answer.OPEN


def test_being_refused(server: Server, full: list[Appointment]) -> None:
    """The decision stands, or nothing does."""
    office = OfficeFactory.create()
    delegate_of(office)

    def ask() -> None:
        with pytest.raises(booking.NotAdmitted):
            book(office)

    assert crash_everywhere(server, ask) > FEWEST
    assert office.decisions.get().reason == "no_time"


def test_keeping_a_time(server: Server) -> None:
    office = OfficeFactory.create()
    by = delegate_of(office)

    def hold() -> object:
        return holding.hold_time(office=office, wish=wish(), by=by, now=NINE, seed=1)

    assert crash_everywhere(server, hold) > FEWEST
    assert Hold.objects.get().office == office


def test_moving_late_to_another_day(server: Server, full: list[Appointment]) -> None:
    """Whoever waits for what it leaves is offered it in the same transaction."""
    other_day = DAY + timedelta(days=1)
    open_day(other_day, first=time(10), last=time(11))
    entry = wait()

    crashed = crash_everywhere(server, lambda: move(full[0], at(other_day, 10), now=NINE))

    assert crashed > FEWEST
    assert only_offer(entry).starts_at == at(DAY, 10)
    assert PendingCharge.objects.count() == 2


def test_cancelling_late(server: Server, full: list[Appointment]) -> None:
    entry = wait()

    assert crash_everywhere(server, lambda: cancel(full[1])) > FEWEST
    assert only_offer(entry).starts_at == at(DAY, 10, 30)
    assert PendingCharge.objects.count() == 2


def test_cancelling_in_time(server: Server) -> None:
    early = at(DAY, 7)
    booked = book(OfficeFactory.create(), now=early)

    assert crash_everywhere(server, lambda: cancel(booked, early)) > FEWEST
    assert not PendingCharge.objects.exists()


# --- What the centre does ----------------------------------------------------------------------


def test_giving_it_to_a_colleague(server: Server, day: ServiceDay) -> None:
    booked = book(OfficeFactory.create())
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(11))
    by = PersonFactory.create()

    def give() -> Appointment:
        return changing.reassign_appointment(
            appointment=booked, reason=Reason.ABSENCE, by=by, now=NINE, seed=1
        )

    assert crash_everywhere(server, give) > FEWEST
    assert Appointment.objects.get().professional != booked.professional


def test_nobody_came(server: Server) -> None:
    booked = book(OfficeFactory.create())

    def miss() -> Appointment:
        return serving.record_no_show(
            appointment=booked, by=booked.professional.person, now=at(DAY, 10, 10)
        )

    assert crash_everywhere(server, miss) > FEWEST
    assert Appointment.objects.get().status == Status.NO_SHOW


def test_somebody_came_after_all(server: Server) -> None:
    booked = book(OfficeFactory.create())
    by = booked.professional.person
    serving.record_no_show(appointment=booked, by=by, now=at(DAY, 10, 10))

    def take_back() -> Appointment:
        return taking_back.take_back_no_show(appointment=booked, by=by, now=at(DAY, 10, 12))

    assert crash_everywhere(server, take_back) > FEWEST
    assert Appointment.objects.get().status == Status.BOOKED
    assert Claim.objects.count() == booked.quanta


def test_an_office_ends(server: Server, full: list[Appointment]) -> None:
    entry = wait()
    Office.objects.filter(pk=full[0].office_id).update(
        status=OfficeStatus.SUSPENDED, status_reason=OfficeEnd.DISSOLUTION
    )

    def end() -> int:
        return closing.cancel_for_ended_offices(most=10, now=NINE)

    assert crash_everywhere(server, end) > FEWEST
    assert only_offer(entry).starts_at == full[0].starts_at


def test_nobody_confirmed(server: Server) -> None:
    """What is released is offered to who waits, and costs nothing."""
    office = OfficeFactory.create()
    booked = book(office, now=NOW)
    flag(office)
    entry = wait(until_time=time(10, 30))
    assert confirming.ask(most=10, now=booked.starts_at - timedelta(hours=3)) == 1

    def release() -> int:
        return confirming.release_unconfirmed(most=10, now=NINE)

    assert crash_everywhere(server, release) > FEWEST
    assert Appointment.objects.get().status == Status.CANCELLED
    assert only_offer(entry).starts_at == booked.starts_at
    assert not PendingCharge.objects.exists()


def test_waiving(server: Server) -> None:
    booked = cancel(book(OfficeFactory.create()))
    by = PersonFactory.create()

    def waive() -> int:
        return waiving.waive(appointment=booked, reason="It rained.", by=by, now=NINE)

    assert crash_everywhere(server, waive) > FEWEST
    assert charged.of(booked) == []
    assert not PendingCharge.objects.exists()


def test_striking_an_excuse(server: Server) -> None:
    booked = cancel(book(OfficeFactory.create()), reason=Reason.CHAMBER)
    event, by = AppointmentEvent.objects.get(excused_quanta=2), PersonFactory.create()

    def strike() -> object:
        return excusing.strike(
            event=event, reason="The House did not sit.", by=by, now=NINE + timedelta(days=1)
        )

    assert charged.on(booked, DAY) == 0
    assert crash_everywhere(server, strike) > FEWEST
    assert charged.on(booked, DAY) == 2


def test_rebooking_one(server: Server) -> None:
    """No colleague is free: it is tried, undone, and moved to the next day, or stays where it was."""
    booked = book(OfficeFactory.create())
    other_day = DAY + timedelta(days=1)
    open_day(other_day, first=time(10), last=time(11))
    absence, by = absent(booked.professional), PersonFactory.create()

    def rebook() -> object:
        return rebooking.rebook_batch(
            cause=absence, reach=rebooking.Reach.OTHER_TIME, size=1, left_before=0, by=by, now=NINE,
            seed=1,
        )  # fmt: skip

    assert crash_everywhere(server, rebook) > FEWEST
    assert clock.service_date(Appointment.objects.get().starts_at) == other_day
    assert set(Claim.objects.values_list("professional_id", flat=True)) != {booked.professional_id}


# --- The waiting list --------------------------------------------------------------------------


def test_getting_on_the_list(server: Server) -> None:
    """Serving the days afterwards is a transaction of its own, and has its own test."""
    office = OfficeFactory.create()
    by = delegate_of(office)

    def put_on_list() -> object:
        return waiting.put_on_list(
            office=office, waits=waits(), cases=[consent_case()], by=by, now=NINE
        )

    assert crash_everywhere(server, put_on_list) > FEWEST
    assert WaitingEntry.objects.get().cases


@pytest.fixture
def offered(full: list[Appointment]) -> Offer:
    entry = wait()
    cancel(full[1])
    return only_offer(entry)


def test_accepting(server: Server, offered: Offer) -> None:
    """What the one before gave up late is refunded in the same transaction."""
    by = delegate_of(offered.office)

    def accept() -> object:
        return waiting.accept(offer=offered, by=by, now=NINE, seed=1)

    assert crash_everywhere(server, accept) > FEWEST
    assert WaitingEntry.objects.get().end == EntryEnd.BOOKED
    assert not PendingCharge.objects.exists()


def test_declining(server: Server, offered: Offer) -> None:
    following = wait()
    by = delegate_of(offered.office)

    def decline() -> None:
        waiting.decline(offer=offered, by=by, now=NINE)

    assert crash_everywhere(server, decline) > FEWEST
    assert only_offer(following).starts_at == offered.starts_at


def test_withdrawing(server: Server, offered: Offer) -> None:
    by = delegate_of(offered.office)

    def withdraw() -> object:
        return waiting.withdraw(entry=offered.entry, by=by, now=NINE)

    assert crash_everywhere(server, withdraw) >= FEWEST - 1
    assert Offer.objects.get().answer == Answer.WITHDRAWN


SOON = at(DAY, 10, 10)
"""Twenty minutes before the second half hour: all who wait for it are asked at once."""


@pytest.fixture
def drawn_for(full: list[Appointment]) -> list[Offer]:
    for _ in range(3):
        wait(from_time=time(10, 30))
    cancel(full[1], SOON)
    return list(Offer.objects.order_by("pk"))


def accept_together(one: Offer) -> None:
    waiting.accept(offer=one, by=delegate_of(one.office), now=SOON, seed=1)


def test_accepting_what_is_drawn(server: Server, drawn_for: list[Offer]) -> None:
    assert crash_everywhere(server, lambda: accept_together(drawn_for[0])) > FEWEST
    assert Offer.objects.filter(answer=Answer.ACCEPTED).count() == 1


def test_drawing(server: Server, drawn_for: list[Offer]) -> None:
    for one in drawn_for[:2]:
        accept_together(one)
    over = SOON + timedelta(minutes=1)

    def draw() -> object:
        return waiting.draw(offer=drawn_for[0], now=over, seed=1)

    assert crash_everywhere(server, draw) > FEWEST
    assert sorted(Offer.objects.values_list("answer", flat=True)) == ["booked", "expired", "lost"]


def test_serving_a_day(server: Server, day: ServiceDay, full: list[Appointment]) -> None:
    entries = [wait(from_time=time(11), until_time=time(12)) for _ in range(2)]
    longer(day)

    def serve() -> int:
        return offering.serve_day(on=DAY, now=NINE)

    assert crash_everywhere(server, serve) > FEWEST
    assert {only_offer(entry).starts_at for entry in entries} == {at(DAY, 11), at(DAY, 11, 30)}


def test_the_end_of_waiting(server: Server, full: list[Appointment]) -> None:
    entry = wait()

    def end() -> int:
        return waiting_rounds.end_what_is_over(most=10, now=at(DAY, 20))

    assert crash_everywhere(server, end) > FEWEST
    entry.refresh_from_db()
    assert (entry.end, entry.cases) == (EntryEnd.IN_VAIN, [])


def test_the_chances_of_tomorrow(server: Server) -> None:
    offices = [OfficeFactory.create() for _ in range(3)]
    apportion(dict.fromkeys(offices, 4))
    cancel(book(offices[0]))
    next_day = NINE + timedelta(days=1)

    assert crash_everywhere(server, lambda: projecting.project(now=next_day)) > FEWEST
    assert needs.in_force(DAY + timedelta(days=2)).quanta == {office.pk: 4 for office in offices}


def test_opening_a_day(server: Server) -> None:
    """Two of three wishes are drawn, and what was drawn is booked, or nobody has drawn anything."""
    opens_on = date(2026, 11, 30)  # ten business days after `NOW`
    PolicyFactory.create(
        valid_from=date(2022, 1, 10), generous=True, nested=True, batch_minutes=60, floor_minutes=0,
        take_up_percent=0,
    )  # fmt: skip
    open_day(opens_on, first=time(10), last=time(11))
    for _ in range(3):
        opening_wish(first_on=opens_on, last_on=opens_on)

    def draw() -> object:
        return opening.draw_day(on=opens_on, now=NOW + timedelta(hours=1), seed=1)

    assert crash_everywhere(server, draw) > FEWEST
    assert Appointment.objects.count() == 2
    assert WaitingEntry.objects.after_opening().get().in_round is not None
    assert Opening.objects.get().orders


# --- Where the tests could deceive themselves -----------------------------------------------------


def test_a_counter_written_on_its_own_would_be_found(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: counters that are committed before the claims are let go."""
    booked = book(OfficeFactory.create())
    save = counting.save

    def save_at_once(weeks: counting.Weeks) -> None:
        save(weeks)
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")

    monkeypatch.setattr(counting, "save", save_at_once)

    with pytest.raises(AssertionError, match="left something"):
        crash_everywhere(server, lambda: cancel(booked))
    assert wrong() != []


def test_a_form_sent_again_because_the_answer_was_lost_books_once(server: Server) -> None:
    """It crashed after the server had committed and before anybody was told: the rows stand."""
    office, attempt = OfficeFactory.create(), uuid.uuid4()
    delegate_of(office)
    sent = 0
    while not Appointment.objects.exists():
        sent += 1
        with server.ending_it(at=sent, after_the_answer=True), pytest.raises(Error):
            book(office, attempt=attempt)
        assert wrong() == []

    again = book(office, attempt=attempt)

    assert sent > FEWEST
    assert again == Appointment.objects.get()
