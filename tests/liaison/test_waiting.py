"""The waiting list on real rows: who is offered what comes free, and that nobody overtakes them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from comptoir.domain import waiting as waiting_domain
from comptoir.domain.admission import admit
from comptoir.domain.business_days import monday_of
from comptoir.domain.service_day import Refused, Request
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import (
    booking,
    bringing,
    changing,
    counting,
    holding,
    offering,
    waiting,
    waiting_rounds,
)
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Answer,
    Appointment,
    EntryEnd,
    Mode,
    Offer,
    OfficeWeek,
    Policy,
    Reason,
    Side,
    WaitingEntry,
)
from comptoir.liaison.queries import days
from comptoir.liaison.queries import waiting as queries
from comptoir.people.actions import grants
from comptoir.people.actions import offices as office_actions
from comptoir.people.models import Grant, Office, OfficeEnd
from comptoir.roster.models import ServiceDay
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    consent_case,
    delegate_of,
    move,
    open_day,
)
from tests.liaison.factories import offer as offer_hours
from tests.liaison.factories import waiting_entry as wait
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
WIDE = {"minutes_per_day": 600, "minutes_per_week": 3000}


@pytest.fixture(autouse=True)
def policy() -> Policy:
    return PolicyFactory.create(**WIDE)


@pytest.fixture
def full(policy: Policy) -> list[Appointment]:
    """A day of one hour, two half hours of which are booked by one office."""
    open_day(DAY, first=time(10), last=time(11))
    booker = OfficeFactory.create()
    return [
        AppointmentFactory.create(office=booker, starts_at=at(DAY, 10, minute))
        for minute in (0, 30)
    ]


def cancel(appointment: Appointment, *, now: datetime = NOW, side: Side = Side.OFFICE) -> None:
    changing.cancel_appointment(
        appointment=appointment,
        side=side,
        reason=Reason.NOT_NEEDED if side == Side.OFFICE else Reason.CENTRE_OTHER,
        by=appointment.booked_by,
        now=now,
    )


def book(office: Office, hour: int, minute: int = 0, *, now: datetime = NOW) -> Appointment:
    return booking.book_appointment(
        office=office,
        wish=Wish(at(DAY, hour, minute), 30, "en", Mode.TELEPHONE, "613-555-0100"),
        cases=[consent_case()],
        by=delegate_of(office),
        now=now,
        seed=1,
    )


def offers(entry: WaitingEntry) -> list[Offer]:
    return list(entry.offers.order_by("pk"))


def only_offer(entry: WaitingEntry) -> Offer:
    (found,) = entry.offers.filter(answer=Answer.OPEN)
    return found


# --- Offering ----------------------------------------------------------------------------------


def test_what_is_free_already_is_offered_at_once(policy: Policy) -> None:
    open_day(DAY)

    entry = wait(from_time=time(13))

    office_zone = only_offer(entry).starts_at.astimezone(at(DAY, 13).tzinfo)
    assert office_zone >= at(DAY, 13)
    assert only_offer(entry).minutes == 30


def test_time_that_is_given_up_is_offered_to_who_waits(full: list[Appointment]) -> None:
    entry = wait()
    assert offers(entry) == []

    cancel(full[1])

    offer = only_offer(entry)
    assert (offer.starts_at, offer.ends_at) == (full[1].starts_at, full[1].ends_at)
    assert offer.expires_at == NOW + 15 * MINUTE


def test_nobody_can_take_what_is_offered_from_under_the_fingers(full: list[Appointment]) -> None:
    wait()
    cancel(full[1])

    with pytest.raises(NotAdmitted):
        book(OfficeFactory.create(), 10, 30)


def test_whoever_refreshes_first_after_hours_are_added_comes_after_the_list(
    policy: Policy,
) -> None:
    """No round has run since the time came free: booking and holding serve the list first."""
    day = open_day(DAY, first=time(10), last=time(11))
    entry = wait(from_time=time(11), until_time=time(12))
    rival = OfficeFactory.create()
    wish = Wish(at(DAY, 11), 30, "en", Mode.TELEPHONE, "613-555-0100")
    open_longer(day)

    refused = holding.hold_time(office=rival, wish=wish, by=delegate_of(rival), now=NOW, seed=1)
    assert isinstance(refused, Refused)
    assert only_offer(entry).starts_at == at(DAY, 11)
    with pytest.raises(NotAdmitted):
        book(rival, 11)


def open_longer(day: ServiceDay) -> None:
    """The professional of the day offers an hour more; nothing has told the waiting list."""
    offer_hours(day, day.hours.get().professional, first=time(10), last=time(12))


def test_a_move_serves_the_list_with_what_it_leaves(full: list[Appointment]) -> None:
    open_day(date(2026, 11, 19))
    entry = wait()

    move(full[0], at(date(2026, 11, 19), 10))

    assert only_offer(entry).starts_at == full[0].starts_at


def test_who_has_used_least_of_late_is_asked_first(full: list[Appointment]) -> None:
    heavy, light = OfficeFactory.create(), OfficeFactory.create()
    OfficeWeek.objects.create(office=heavy, week=date(2026, 11, 9), booked=[8, 0, 0, 0, 0, 0, 0])
    entries = [wait(heavy), wait(light)]

    cancel(full[1])

    assert [len(offers(entry)) for entry in entries] == [0, 1]


def test_an_office_whose_appointment_the_centre_cancelled_is_served_first(
    full: list[Appointment],
) -> None:
    first_in_line, wronged = OfficeFactory.create(), full[0].office
    wait(first_in_line, least_quanta=1, most_quanta=1)
    cancel(full[0], side=Side.CENTRE)
    (taken,) = Offer.objects.filter(office=first_in_line)
    later = wait(OfficeFactory.create(), from_time=time(10, 30))
    made_good = wait(wronged, from_time=time(10, 30))

    cancel(full[1])

    assert taken.starts_at == full[0].starts_at
    assert made_good.first
    assert not later.first
    assert (len(offers(made_good)), len(offers(later))) == (1, 0)
    assert not queries.is_owed_first_place(wronged, days.load_rules(), NOW)


def test_an_entry_is_offered_one_time_at_once_and_of_its_own_hours_and_language(
    full: list[Appointment],
) -> None:
    two = wait()
    elsewhere = wait(from_time=time(15))

    for appointment in full:
        cancel(appointment)

    assert len(offers(two)) == 1
    assert offers(elsewhere) == []


def test_hours_are_on_the_clock_of_the_office(full: list[Appointment]) -> None:
    """In Vancouver, which no longer changes its clocks, it is half past eight then."""
    western = OfficeFactory.create(time_zone="America/Vancouver")
    entry = wait(western, from_time=time(8, 30), until_time=time(9))

    cancel(full[0])
    assert offers(entry) == []
    cancel(full[1])

    assert only_offer(entry).starts_at == at(DAY, 10, 30)


# --- Answering ---------------------------------------------------------------------------------


@pytest.fixture
def offered(full: list[Appointment]) -> Offer:
    entry = wait(auto_accept=False)
    cancel(full[1])
    return only_offer(entry)


def accept(offer: Offer, *, now: datetime = NOW) -> Appointment | None:
    return waiting.accept(offer=offer, by=delegate_of(offer.office), now=now, seed=1)


def test_one_click_books_with_the_cases_that_were_brought(offered: Offer) -> None:
    booked = accept(offered)

    assert booked is not None
    entry = WaitingEntry.objects.get()
    assert (booked.starts_at, booked.office, booked.telephone) == (
        offered.starts_at,
        offered.office,
        "613-555-0100",
    )
    assert [case.question for case in booked.case_lines.all()] == [consent_case().question]
    assert (entry.end, entry.appointment) == (EntryEnd.BOOKED, booked)
    assert counting.recount([monday_of(DAY)]) == []


def test_what_was_written_down_is_forgotten_when_the_entry_ends(offered: Offer) -> None:
    assert WaitingEntry.objects.get().cases
    accept(offered)

    entry = WaitingEntry.objects.get()
    assert (entry.cases, entry.telephone, entry.video_link) == ([], "", "")


def test_the_database_keeps_no_case_of_an_entry_that_ended(offered: Offer) -> None:
    with pytest.raises(IntegrityError, match="waiting_entry_forgets"), transaction.atomic():
        WaitingEntry.objects.update(ended_at=NOW, end=EntryEnd.IN_VAIN)


def test_an_offer_is_accepted_once(offered: Offer) -> None:
    accept(offered)

    with pytest.raises((waiting.OfferGone, waiting.EntryOver)):
        accept(offered)
    assert Appointment.objects.filter(office=offered.office).count() == 1


def test_an_offer_can_be_accepted_until_it_ends_and_not_then(offered: Offer) -> None:
    with pytest.raises(waiting.OfferGone) as gone:
        accept(offered, now=offered.expires_at)
    assert gone.value.answer == Answer.EXPIRED

    assert accept(offered, now=offered.expires_at - timedelta(seconds=1)) is not None


def test_what_is_declined_goes_to_the_next_and_is_not_offered_again(offered: Offer) -> None:
    following = wait()

    waiting.decline(offer=offered, by=delegate_of(offered.office), now=NOW)
    assert only_offer(following).starts_at == offered.starts_at
    waiting.withdraw(entry=following, by=delegate_of(following.office), now=NOW)
    offering.serve_day(on=DAY, now=NOW)

    assert [one.answer for one in offers(offered.entry)] == [Answer.DECLINED]


def test_what_nobody_answers_goes_to_the_next_and_to_nobody_else_before(offered: Offer) -> None:
    following = wait()
    over = offered.expires_at

    with pytest.raises(NotAdmitted):
        book(OfficeFactory.create(), 10, 30, now=over)  # it serves the list first
    assert only_offer(following).starts_at == offered.starts_at


def test_an_entry_ends_when_two_offers_were_not_answered(offered: Offer, policy: Policy) -> None:
    entry, now = offered.entry, NOW
    open_day(DAY)
    for _ in range(policy.most_unanswered):
        waiting_rounds.end_what_is_over(most=10, now=now)
        offering.serve_day(on=DAY, now=now)
        assert entry.offers.filter(answer=Answer.OPEN).exists()
        now += 16 * MINUTE
    offering.serve_day(on=DAY, now=now)
    waiting_rounds.end_what_is_over(most=10, now=now)

    entry.refresh_from_db()
    assert entry.end == EntryEnd.UNANSWERED
    assert not entry.offers.filter(answer=Answer.OPEN).exists()


def test_who_needs_not_be_asked_is_booked_by_the_next_round(full: list[Appointment]) -> None:
    entry = wait(auto_accept=True)
    cancel(full[1])

    assert waiting_rounds.take_automatic_offers(most=50, now=NOW, seed=1) == 1
    entry.refresh_from_db()
    assert entry.appointment is not None
    assert entry.appointment.starts_at == full[1].starts_at
    assert waiting_rounds.take_automatic_offers(most=50, now=NOW, seed=1) == 0


def test_nothing_is_booked_by_itself_in_the_name_of_who_left(full: list[Appointment]) -> None:
    entry = wait(auto_accept=True)
    grants.end_all(
        grants=Grant.objects.filter(person=entry.person), reason="left", by=None, now=NOW
    )
    cancel(full[1])

    assert waiting_rounds.take_automatic_offers(most=50, now=NOW, seed=1) == 0
    assert only_offer(entry)


def test_withdrawing_lets_the_offer_go_to_the_next_booking(offered: Offer) -> None:
    waiting.withdraw(entry=offered.entry, by=delegate_of(offered.office), now=NOW)

    assert book(OfficeFactory.create(), 10, 30)
    with pytest.raises(waiting.EntryOver):
        accept(offered)


def test_an_office_at_its_limit_keeps_its_place_when_it_accepts_in_vain(offered: Offer) -> None:
    PolicyFactory.create(valid_from=date(2026, 11, 17), minutes_per_day=0, minutes_per_week=0)

    with pytest.raises(NotAdmitted) as refused:
        accept(offered)

    assert refused.value.decision.reason == "day_limit"
    assert WaitingEntry.objects.get().ended_at is None
    offered.refresh_from_db()
    assert offered.answer == Answer.LOST


# --- The draw ----------------------------------------------------------------------------------

SOON = at(DAY, 10, 10)
"""Twenty minutes before the second half hour: less notice than an offer to one alone needs."""


@pytest.fixture
def drawn_for(full: list[Appointment]) -> list[Offer]:
    """Three offices wait; the last half hour comes free twenty minutes before it begins."""
    for _ in range(3):
        wait(from_time=time(10, 30))
    cancel(full[1], now=SOON)
    return list(Offer.objects.order_by("pk"))


def test_shortly_before_a_start_all_are_asked_and_one_of_those_who_accept_is_drawn(
    drawn_for: list[Offer],
) -> None:
    assert [one.together for one in drawn_for] == [True] * 3
    over = SOON + MINUTE
    assert [accept(one, now=SOON) for one in drawn_for[:2]] == [None, None]

    assert waiting_rounds.draw_due(most=50, now=SOON, seed=1) == 0
    assert waiting_rounds.draw_due(most=50, now=over, seed=1) == 1

    booked = Appointment.objects.get(office__in=[one.office for one in drawn_for])
    answers = dict(Offer.objects.values_list("office_id", "answer"))
    assert sorted(answers.values()) == [Answer.BOOKED, Answer.EXPIRED, Answer.LOST]
    assert answers[booked.office_id] == Answer.BOOKED
    assert answers[drawn_for[2].office_id] == Answer.EXPIRED


def test_who_misses_the_minute_of_an_offer_to_several_is_not_away(drawn_for: list[Offer]) -> None:
    """Its place and its cases stay, even where one offer without an answer ends an entry."""
    PolicyFactory.create(**WIDE, valid_from=date(2026, 11, 17), most_unanswered=1)
    accept(drawn_for[0], now=SOON)

    over = SOON + MINUTE
    waiting_rounds.draw_due(most=50, now=over, seed=1)
    waiting_rounds.end_what_is_over(most=10, now=over)

    missed = drawn_for[1]
    missed.refresh_from_db()
    missed.entry.refresh_from_db()
    assert missed.answer == Answer.EXPIRED
    assert missed.entry.ended_at is None
    assert missed.entry.cases


def test_until_the_draw_nobody_else_can_book_it(drawn_for: list[Offer]) -> None:
    accept(drawn_for[0], now=SOON)

    with pytest.raises(NotAdmitted):
        book(OfficeFactory.create(), 10, 30, now=SOON)
    with pytest.raises(NotAdmitted):
        book(drawn_for[0].office, 10, 30, now=SOON)


def test_who_is_drawn_and_may_not_have_it_leaves_it_to_another(drawn_for: list[Offer]) -> None:
    for one in drawn_for[:2]:
        accept(one, now=SOON)
    first = waiting_domain.drawn([one.entry_id for one in drawn_for[:2]], 1)
    barred = next(one for one in drawn_for if one.entry_id == first)
    Office.objects.filter(pk=barred.office_id).update(status="suspended", status_reason="vacancy")

    assert waiting_rounds.draw_due(most=50, now=SOON + MINUTE, seed=1) == 1
    booked = Appointment.objects.get(office__in=[one.office for one in drawn_for])
    assert booked.office_id != barred.office_id


# --- Filing ------------------------------------------------------------------------------------


def test_an_office_waits_for_so_many_things_and_no_more(full: list[Appointment]) -> None:
    office = OfficeFactory.create()
    for _ in range(3):
        wait(office)

    with pytest.raises(waiting.TooManyWait) as refused:
        wait(office)
    assert refused.value.most == 3
    assert WaitingEntry.objects.filter(office=office).count() == 3


def test_a_person_files_no_more_in_a_day_than_anybody_needs(full: list[Appointment]) -> None:
    office = OfficeFactory.create()
    for _ in range(20):
        waiting.withdraw(entry=wait(office), by=delegate_of(office), now=NOW)

    with pytest.raises(waiting.TooManyFiled):
        wait(office)
    assert wait(office, now=NOW + timedelta(days=1))


@pytest.mark.parametrize("on", [date(2026, 11, 15), date(2027, 1, 20)])
def test_nobody_waits_for_a_day_that_cannot_be_booked(full: list[Appointment], on: date) -> None:
    """It is over, or beyond the horizon."""
    with pytest.raises(waiting.NoDay):
        wait(first_on=on, last_on=on)


def test_a_consent_must_hold_until_the_last_day_that_is_waited_for(
    full: list[Appointment],
) -> None:
    office = OfficeFactory.create()
    case = consent_case(consent_expires_on=date(2026, 11, 17))

    with pytest.raises(bringing.BadCases):
        wait(office, cases=[case])
    assert not WaitingEntry.objects.exists()


def test_an_entry_ends_when_its_last_hour_has_passed(full: list[Appointment]) -> None:
    entry = wait(until_time=time(15))

    assert waiting_rounds.end_what_is_over(most=10, now=at(DAY, 14, 59)) == 0
    assert waiting_rounds.end_what_is_over(most=10, now=at(DAY, 15)) == 1
    entry.refresh_from_db()
    assert (entry.end, entry.cases) == (EntryEnd.IN_VAIN, [])


def test_an_office_that_ends_waits_no_longer(offered: Offer) -> None:
    office_actions.suspend(
        office=offered.office, reason=OfficeEnd.VACANCY, by=PersonFactory.create(), now=NOW
    )

    assert waiting_rounds.end_what_is_over(most=10, now=NOW) == 1
    assert WaitingEntry.objects.get().end == EntryEnd.OFFICE_ENDED
    assert book(OfficeFactory.create(), 10, 30)


# --- Under the nested classes ------------------------------------------------------------------


def test_what_is_kept_for_others_is_offered_when_it_is_released() -> None:
    """Three quarter hours and three offices: none may have two before the floors are released."""
    PolicyFactory.create(
        **WIDE,
        valid_from=date(2026, 11, 17),
        nested=True,
        floor_minutes=15,
        miss_per_mille=0,
        weekly_floor_minutes=0,
        late_notice_minutes=0,
    )
    open_day(DAY, first=time(12), last=time(12, 45))
    for _ in range(2):
        delegate_of(OfficeFactory.create())

    entry = wait()
    assert offers(entry) == []
    offering.serve_day(on=DAY, now=at(DAY, 10, 59))
    assert offers(entry) == []

    offering.serve_day(on=DAY, now=at(DAY, 11))  # the standby hour of the first of them
    offer = only_offer(entry)
    assert offer.decision.of_class == ShareClass.OPEN
    assert offer.decision.counters["kept"] > 0


def test_every_office_of_a_list_is_seen_as_it_would_be_alone() -> None:
    """The day of all who wait and the day of one of them give the same answers, class and numbers."""
    PolicyFactory.create(
        **WIDE,
        valid_from=date(2026, 11, 17),
        nested=True,
        weekly_floor_minutes=30,
        miss_per_mille=10,
    )
    open_day(DAY, first=time(9), last=time(12))
    made = [OfficeFactory.create() for _ in range(4)]
    entries = [wait(office, from_time=time(18), until_time=time(19)) for office in made]
    book(made[0], 9)
    rules = days.load_rules()

    waited = queries.load(DAY, queries.entries_on(DAY), rules, NOW)
    assert waited is not None
    for entry in entries:
        alone = days.load_days(dates=[DAY], office=entry.office, rules=rules, now=NOW)[DAY].day
        for quanta in (1, 2, 4):
            request = Request(entry.office_id, quanta, "en", seed=3)
            assert admit(waited.day, request, NOW) == admit(alone, request, NOW)
