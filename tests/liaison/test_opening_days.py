"""A new day of the horizon: closed until it is drawn, deaf to speed, and explained wish by wish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from comptoir.domain import opening as opening_domain
from comptoir.domain.business_days import monday_of
from comptoir.domain.opening import Filed
from comptoir.domain.service_day import Admitted
from comptoir.liaison.actions import booking, changing, counting, opening, waiting
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.jobs import see_to_the_waiting_list
from comptoir.liaison.models import (
    Appointment,
    EntryEnd,
    Mode,
    Opening,
    Reason,
    Side,
    WaitingEntry,
)
from comptoir.liaison.queries import days, horizon, times
from comptoir.liaison.queries import waiting as queries
from comptoir.people.actions import grants
from comptoir.people.models import Grant, Office
from tests.liaison.factories import (
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    open_day,
    opening_wish,
)
from tests.liaison.posted import CASE, said, url
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NEWEST = date(2026, 11, 30)
"""Ten business days after `NOW`, a Monday at nine."""

BEFORE = date(2026, 11, 27)
MINUTE = timedelta(minutes=1)
DRAWN_AT = NOW + 60 * MINUTE


@pytest.fixture(autouse=True)
def _rule() -> None:
    PolicyFactory.create(
        batch_minutes=60, minutes_per_day=240, minutes_per_week=600, opens_at=time(9)
    )


@pytest.fixture
def small() -> None:
    """The newest day has one hour of one professional."""
    open_day(NEWEST, first=time(10), last=time(11))


def wish(office: Office | None = None, **values: Any) -> WaitingEntry:
    """For the newest day, unless said otherwise."""
    return opening_wish(office, **{"first_on": NEWEST, "last_on": NEWEST, **values})


def book(office: Office, on: date, hour: int, *, now: datetime) -> Appointment:
    return booking.book_appointment(
        office=office,
        wish=Wish(at(on, hour), 30, "en", Mode.TELEPHONE, "613-555-0100"),
        cases=[consent_case()],
        by=delegate_of(office),
        now=now,
        seed=1,
    )


def draw(seed: int = 1, *, now: datetime = DRAWN_AT) -> Opening:
    opened = opening.draw_day(on=NEWEST, now=now, seed=seed)
    assert opened is not None
    return opened


# --- Closed until it is drawn ------------------------------------------------------------------


@pytest.mark.parametrize("after", [-9 * 60, -1, 0, 59, 60, 74])
def test_nobody_books_on_the_newest_day_before_it_was_drawn(small: None, after: int) -> None:
    now = NOW + after * MINUTE
    office = OfficeFactory.create()
    open_day(BEFORE)

    with pytest.raises(NotAdmitted) as refused:
        book(office, NEWEST, 10, now=now)
    assert refused.value.decision.reason == "beyond_horizon"
    found = times.find_times(office=office, minutes=30, language="en", now=now)
    assert NEWEST not in {day.on for day in found}
    assert book(office, BEFORE, 10, now=now)


def test_once_drawn_it_is_first_come_first_served(small: None) -> None:
    draw()

    assert book(OfficeFactory.create(), NEWEST, 10, now=DRAWN_AT)


def test_an_outage_of_the_worker_closes_no_day_for_long(small: None) -> None:
    assert book(OfficeFactory.create(), NEWEST, 10, now=DRAWN_AT + horizon.GRACE)


def test_on_a_day_that_is_no_business_day_nothing_opens(small: None) -> None:
    """On Saturday the 14th the horizon is that of Friday: its newest day was drawn then."""
    policy = days.load_rules().policy(date(2026, 11, 14))

    assert horizon.opens_today(policy, datetime(2026, 11, 14, 14, tzinfo=NOW.tzinfo)) is None
    monday = horizon.opens_today(policy, NOW)
    assert monday is not None
    assert (monday.on, monday.opens_at, monday.until) == (NEWEST, NOW, DRAWN_AT)


def test_under_a_rule_without_wishes_the_newest_day_is_open_from_midnight(small: None) -> None:
    PolicyFactory.create(valid_from=date(2026, 11, 16))

    assert book(OfficeFactory.create(), NEWEST, 10, now=NOW - 9 * 60 * MINUTE)


# --- The draw ----------------------------------------------------------------------------------


def test_each_office_gets_one_appointment_before_any_gets_two(small: None) -> None:
    greedy, modest = OfficeFactory.create(), OfficeFactory.create()
    for _ in range(3):
        wish(greedy)
    wish(modest)

    draw()

    booked = Appointment.objects.values_list("office_id", flat=True)
    assert sorted(booked) == sorted([greedy.pk, modest.pk])
    assert counting.recount([monday_of(NEWEST)]) == []


def test_when_it_was_filed_makes_no_difference(small: None) -> None:
    """The same seed gives the same answer, whoever was quicker."""
    first, second = OfficeFactory.create(), OfficeFactory.create()
    with transaction.atomic():
        wish(first, now=NOW, most_quanta=4, least_quanta=4)
        wish(second, now=NOW + 59 * MINUTE, most_quanta=4, least_quanta=4)
        draw(5)
        winner = Appointment.objects.get().office_id
        transaction.set_rollback(True)
    wish(second, now=NOW, most_quanta=4, least_quanta=4)
    wish(first, now=NOW + 59 * MINUTE, most_quanta=4, least_quanta=4)
    draw(5)

    assert Appointment.objects.get().office_id == winner


def test_what_was_drawn_can_be_computed_again_from_what_is_stored() -> None:
    open_day(NEWEST, ProfessionalFactory.create_batch(2), first=time(10), last=time(12))
    entries = [wish(office) for office in OfficeFactory.create_batch(5) for _ in range(2)]
    draw(7)

    opened = Opening.objects.get()
    drawn = Random(opened.seed)
    for order in opened.orders:
        asked = {e.office_id for e in entries}
        assert set(order) <= asked
        draws = {office: drawn.random() for office in sorted(order)}
        assert order == sorted(order, key=lambda office: draws[office])
    rounds = dict(WaitingEntry.objects.exclude(appointment=None).values_list("pk", "in_round"))
    assert Counter(rounds.values()) == {1: 5, 2: 3}


def test_a_wish_is_booked_as_the_longest_within_its_hours(small: None) -> None:
    entry = wish(most_quanta=4, least_quanta=1, from_time=time(10, 30))

    draw()

    entry.refresh_from_db()
    assert entry.appointment is not None
    assert (entry.appointment.starts_at, entry.appointment.minutes) == (at(NEWEST, 10, 30), 30)
    assert (entry.end, entry.cases) == (EntryEnd.BOOKED, [])


def test_what_is_not_granted_goes_on_waiting_for_that_day_and_says_why(small: None) -> None:
    entries = [wish(most_quanta=4, least_quanta=4) for _ in range(2)]

    draw()

    (left,) = [e for e in WaitingEntry.objects.all() if e.ended_at is None]
    assert left in entries
    assert left.decision is not None
    assert left.decision.reason == "no_time"
    won = Appointment.objects.get()
    changing.cancel_appointment(
        appointment=won, side=Side.OFFICE, reason=Reason.NOT_NEEDED, by=won.booked_by, now=DRAWN_AT
    )
    assert left.offers.get().starts_at == at(NEWEST, 10)


def test_a_day_is_drawn_once(small: None) -> None:
    wish()
    draw()

    assert opening.draw_day(on=NEWEST, now=DRAWN_AT, seed=2) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(
            on=NEWEST, opened_at=NOW, seed=1, policy=Opening.objects.get().policy
        )


def test_a_day_without_hours_is_drawn_when_it_has_some() -> None:
    entry = wish()
    assert opening.draw_day(on=NEWEST, now=DRAWN_AT, seed=1) is None

    open_day(NEWEST)
    draw()

    entry.refresh_from_db()
    assert entry.appointment is not None


# --- Wishing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [-1, 60])
def test_wishes_are_collected_in_the_first_hour_and_not_outside_it(after: int) -> None:
    with pytest.raises(opening.NotNow):
        wish(now=NOW + after * MINUTE)
    with pytest.raises(opening.NotNow):
        wish(first_on=BEFORE, last_on=BEFORE)
    assert not WaitingEntry.objects.exists()


def test_an_office_has_as_many_wishes_as_the_rule_allows_beside_what_it_waits_for() -> None:
    office = OfficeFactory.create()
    for _ in range(3):
        wish(office)

    with pytest.raises(waiting.TooManyWait):
        wish(office)


def test_a_better_loved_wish_is_answered_first(small: None) -> None:
    office = OfficeFactory.create()
    first = wish(office, until_time=time(10, 30))
    second = wish(office, from_time=time(10, 30))

    opening.prefer(entry=second, by=delegate_of(office), now=NOW)
    opening.prefer(entry=second, by=delegate_of(office), now=NOW)  # it is the first already
    draw()

    rounds = dict(WaitingEntry.objects.values_list("pk", "in_round"))
    assert rounds == {second.pk: 1, first.pk: 2}


def test_nothing_is_preferred_once_wishes_are_collected_no_longer(small: None) -> None:
    """What is drawn from must stay what it was, or nobody could compute it again."""
    office = OfficeFactory.create()
    entry = [wish(office) for _ in range(2)][1]

    with pytest.raises(opening.NotNow):
        opening.prefer(entry=entry, by=entry.person, now=DRAWN_AT)
    waiting.withdraw(entry=entry, by=entry.person, now=NOW)
    with pytest.raises(waiting.EntryOver):
        opening.prefer(entry=entry, by=entry.person, now=NOW)


def test_a_wish_that_is_withdrawn_while_its_day_is_drawn_stops_no_draw(small: None) -> None:
    stays, goes = wish(), wish()
    waiting.withdraw(entry=goes, by=goes.person, now=DRAWN_AT)

    draw()

    assert Appointment.objects.get().office == stays.office


def test_nothing_is_drawn_in_the_name_of_a_person_who_left(small: None) -> None:
    entry = wish()
    end_access(entry)

    draw()

    entry.refresh_from_db()
    assert (entry.ended_at, entry.appointment) == (None, None)
    assert entry.offers.get().answer == "open"  # the office is asked


def end_access(entry: WaitingEntry) -> None:
    grants.end_all(
        grants=Grant.objects.filter(person=entry.person), reason="left", by=None, now=NOW
    )


def test_after_an_outage_the_wishes_are_still_drawn(
    small: None, clock: time_machine.Traveller
) -> None:
    """The day has opened meanwhile; the wishes get what is left."""
    early, late = wish(), OfficeFactory.create()
    clock.move_to(DRAWN_AT + horizon.GRACE)
    book(late, NEWEST, 10, now=DRAWN_AT + horizon.GRACE)

    see_to_the_waiting_list()

    early.refresh_from_db()
    assert early.appointment is not None
    assert early.appointment.starts_at == at(NEWEST, 10, 30)


def test_the_draw_gives_what_the_rule_gives_from_the_seed_that_is_stored() -> None:
    """Computed again from the day as it was and the entries, wish by wish."""
    open_day(NEWEST, ProfessionalFactory.create_batch(2), first=time(10), last=time(11))
    for office in OfficeFactory.create_batch(4):
        for _ in range(2):
            wish(office, least_quanta=1)
    before = queries.load(NEWEST, queries.wishes_for(NEWEST), days.load_rules(), DRAWN_AT)
    assert before is not None
    filed = [
        Filed(
            e.number,
            e.request(e.most),
            before.rows[e.number].rank or 0,
            e.filed_at,
            e.window,
            e.least,
        )
        for e in before.entries
    ]
    opened = draw(11)

    again = opening_domain.opened(
        replace(before.day, last_bookable=NEWEST), filed, DRAWN_AT, Random(opened.seed)
    )
    given = {
        o.filed.number: (before.day.grid.instant(o.answer.start), o.quanta)
        for o in again.outcomes
        if isinstance(o.answer, Admitted)
    }
    rows = WaitingEntry.objects.exclude(appointment=None).select_related("appointment")
    booked = {
        row.pk: (row.appointment.starts_at, row.appointment.quanta)
        for row in rows
        if row.appointment is not None
    }
    assert booked == given
    assert len(booked) == 4


# --- Pages and the round -----------------------------------------------------------------------

FORM = {
    **CASE,
    "first_on": f"{NEWEST}",
    "last_on": f"{NEWEST}",
    "from_time": "08:00",
    "until_time": "18:00",
    "most_minutes": "60",
    "least_minutes": "60",
    "language": "en",
    "least_notice_minutes": "0",
    "mode": "telephone",
    "telephone": "613-555-0199",
    "video_link": "",
    "cases-TOTAL_FORMS": "1",
    "cases-INITIAL_FORMS": "0",
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def test_an_office_wishes_sees_the_result_and_why(
    client: Client, small: None, clock: time_machine.Traveller
) -> None:
    office = OfficeFactory.create()
    sign_in(client, delegate_of(office))
    page = url("opening", office.reference)
    assert "Wishes are collected until 10:00" in said(client.get(page).text)
    assert url("opening", office.reference) in client.get(url("office", office.reference)).text
    for _ in range(2):
        answer = client.post(url("wish", office.reference), FORM, follow=True)
        assert "Your wish is noted" in said(answer.text)
    second = WaitingEntry.objects.get(rank=2)
    client.post(url("prefer", office.reference, second.pk))
    second.refresh_from_db()
    assert second.rank == 1

    clock.shift(60 * MINUTE)
    see_to_the_waiting_list()
    later = sign_in(Client(), delegate_of(office))  # the first session has locked meanwhile
    result = said(later.get(page).text)

    assert "Granted in round 1" in result
    assert "Not granted." in result
    assert "It goes on waiting for that day." in result
    assert Appointment.objects.get(office=office).minutes == 60


def test_outside_the_hour_there_is_no_form(client: Client, clock: time_machine.Traveller) -> None:
    office = OfficeFactory.create()
    sign_in(client, delegate_of(office))
    clock.shift(60 * MINUTE)

    answer = client.get(url("wish", office.reference), follow=True)

    assert "not collected at this moment" in said(answer.text)


def test_a_wish_is_withdrawn(client: Client, clock: time_machine.Traveller) -> None:
    office = OfficeFactory.create()
    sign_in(client, delegate_of(office))
    entry = wish(office)

    client.post(url("drop-wish", office.reference, entry.pk))

    entry.refresh_from_db()
    assert entry.end == EntryEnd.WITHDRAWN


def test_the_round_draws_when_the_hour_is_over_and_not_before(
    small: None, clock: time_machine.Traveller
) -> None:
    entry = wish()
    clock.shift(59 * MINUTE)
    see_to_the_waiting_list()
    assert not Opening.objects.exists()

    clock.shift(MINUTE)
    see_to_the_waiting_list()

    entry.refresh_from_db()
    assert entry.end == EntryEnd.BOOKED
