"""Who missed its floor of a day has the first place on the list of the next, for that day and no longer."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from comptoir.liaison.actions import changing, waiting
from comptoir.liaison.models import (
    Answer,
    Appointment,
    Decision,
    Offer,
    OfficeWeek,
    Reason,
    Side,
    WaitingEntry,
)
from comptoir.liaison.queries import days, explanations, missed
from comptoir.liaison.queries import waiting as lists
from comptoir.people.models import Office, Role
from tests.liaison.factories import DAY, NOW, at, delegate_of, open_day, waiting_entry
from tests.liaison.posted import said, url
from tests.liaison.test_nested import book, cancel, nested, offices, refused, wish
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NEXT = date(2026, 11, 19)
AFTER = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)

Full = list[Appointment]


@pytest.fixture
def office() -> Office:
    nested(miss_per_mille=10)
    return heavy_office()


def heavy_office() -> Office:
    """It has used more of late than any other: without a first place it is the last of its class."""
    (heavy,) = offices(1)
    OfficeWeek.objects.create(office=heavy, week=date(2026, 11, 9), booked=[8, 0, 0, 0, 0, 0, 0])
    return heavy


@pytest.fixture
def full(office: Office) -> Full:
    """Half an hour of `DAY`, both quarters of which others have booked."""
    return fill(DAY)


def fill(on: date, minutes: int = 30) -> Full:
    open_day(on, first=time(10), last=time(10, minutes))
    return [
        book(one, wish(15, 10, 15 * place, on)) for place, one in enumerate(offices(minutes // 15))
    ]


def give_up(appointment: Appointment, side: Side = Side.CENTRE) -> None:
    """By the centre unless said otherwise: no floor is owed anew that would be kept."""
    reason = Reason.CENTRE_OTHER if side == Side.CENTRE else Reason.NOT_NEEDED
    changing.cancel_appointment(
        appointment=appointment, side=side, reason=reason, by=appointment.booked_by, now=NOW
    )


def wait(office: Office, on: date = NEXT, **values: Any) -> WaitingEntry:
    span = {"first_on": on, "last_on": on, "least_quanta": 1, "most_quanta": 1, **values}
    return waiting_entry(office, **span)


def first_offered(on: date, taken: Full) -> Office:
    """Who of those who wait is offered a quarter hour that is given up."""
    give_up(taken[0])
    return Offer.objects.filter(hours__day__on=on, answer=Answer.OPEN).latest("pk").office


def miss(office: Office, on: date = DAY, minutes: int = 15) -> Decision:
    return refused(office, wish(minutes, on=on))


def comes_first(office: Office, on: date = NEXT) -> bool:
    return missed.first_on(on, [office.pk]) == {office.pk}


# --- The first place ---------------------------------------------------------------------------


def test_who_missed_its_floor_is_served_first_on_the_next_service_day(
    office: Office, full: Full
) -> None:
    taken = fill(NEXT)
    decision = miss(office)
    wait(OfficeFactory.create())
    wait(office)

    assert decision.counters["floor_missed"] == 1
    assert first_offered(NEXT, taken) == office


def test_without_a_miss_it_is_served_last(office: Office, full: Full) -> None:
    taken = fill(NEXT)
    rival = OfficeFactory.create()
    wait(office)
    wait(rival)

    assert first_offered(NEXT, taken) == rival


def test_what_waits_already_comes_first_too(office: Office, full: Full) -> None:
    taken = fill(NEXT)
    wait(office, first_on=DAY)
    wait(OfficeFactory.create())
    miss(office)

    assert first_offered(NEXT, taken) == office


def test_it_ends_after_that_day(office: Office, full: Full) -> None:
    fill(NEXT)
    taken, rival = fill(AFTER), OfficeFactory.create()
    miss(office)
    wait(office, AFTER)
    wait(rival, AFTER)

    assert comes_first(office, NEXT)
    assert not comes_first(office, AFTER)
    assert first_offered(AFTER, taken) == rival


def test_the_next_service_day_is_the_next_on_which_hours_are_offered(office: Office) -> None:
    fill(AFTER)
    fill(MONDAY)
    miss(office, AFTER)

    assert comes_first(office, MONDAY)


def test_one_entry_of_the_office_comes_first_and_only_while_it_has_nothing_of_the_day(
    office: Office, full: Full
) -> None:
    taken, rival = fill(NEXT), OfficeFactory.create()
    miss(office)
    mine = [wait(office), wait(office)]
    wait(rival)

    order = [one.row.office for one in lists.standings(NEXT, NOW)]
    assert order == [office, rival, office]
    assert first_offered(NEXT, taken) == office
    waiting.accept(offer=mine[0].offers.get(), by=delegate_of(office), now=NOW, seed=1)
    assert first_offered(NEXT, taken[1:]) == rival
    assert missed.days_made_good(office, days.load_rules(), NOW) == []


def test_a_rule_without_first_places_gives_none() -> None:
    nested(miss_per_mille=10, first_place_days=0)
    office, rival = heavy_office(), OfficeFactory.create()
    fill(DAY)
    taken = fill(NEXT)
    decision = miss(office)
    wait(office)
    wait(rival)

    assert "comes first" not in explanations.of(Decision.objects.get(pk=decision.pk)).next_step
    assert missed.days_made_good(office, days.load_rules(), NOW) == []
    assert first_offered(NEXT, taken) == rival


# --- Who has not earned it ---------------------------------------------------------------------


class TestNotMissed:
    @pytest.fixture(autouse=True)
    def next_day(self, office: Office) -> None:
        open_day(NEXT)

    def test_it_was_offered_in_place_of_what_was_asked(self, office: Office) -> None:
        """Asked too much, left the quarter hour that was offered, and came again when it was gone."""
        open_day(DAY, first=time(10), last=time(10, 30))
        others = offices(2)
        book(others[0], wish(15))
        assert miss(office, minutes=30).counters["instead"] == 1
        book(others[1], wish(15, 10, 15))

        assert miss(office).counters["floor_missed"] == 1
        assert not comes_first(office)

    def test_the_list_offered_it(self, office: Office, full: Full) -> None:
        entry = wait(office, DAY)
        give_up(full[0])
        waiting.decline(offer=entry.offers.get(), by=delegate_of(office), now=NOW)
        book(full[0].office, wish(15))

        assert miss(office).counters["floor_missed"] == 1
        assert not comes_first(office)

    def test_who_was_not_drawn_was_offered_nothing(self, office: Office, full: Full) -> None:
        miss(office)
        wait(office, DAY)
        give_up(full[0])
        assert not comes_first(office)

        Offer.objects.update(answer=Answer.LOST)

        assert comes_first(office)

    def test_it_had_time_of_that_day_and_gave_it_up(self, office: Office) -> None:
        open_day(DAY, first=time(10), last=time(10, 15))
        cancel(book(office, wish(15)))
        book(offices(1)[0], wish(15))
        miss(office)

        assert not comes_first(office)

    def test_it_gets_time_of_that_day_afterwards(self, office: Office, full: Full) -> None:
        miss(office)
        assert comes_first(office)
        give_up(full[0])

        book(office, wish(15))

        assert not comes_first(office)

    def test_it_chose_one_time_of_a_day_with_others(self, office: Office) -> None:
        open_day(DAY, first=time(10), last=time(10, 30))
        book(offices(1)[0], wish(15))

        assert "floor_missed" not in miss(office).counters
        assert not comes_first(office)

    def test_it_came_when_the_day_had_begun(self, office: Office, full: Full) -> None:
        late = refused(office, wish(15), at(DAY, 8, 1))

        assert "floor_missed" not in late.counters
        assert not comes_first(office)

    def test_it_only_looked(self, office: Office, full: Full, client: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            sign_in(client, delegate_of(office)).get(
                url("times", office.reference), {"minutes": "15", "language": "en"}
            )

        assert not comes_first(office)


# --- What is said ------------------------------------------------------------------------------


class TestPages:
    def test_the_office_reads_it_until_that_day_is_over(self, office: Office, full: Full) -> None:
        fill(NEXT)
        miss(office)
        wait(office)
        sentence = "On Thursday, November 19, 2026, and on that day only"

        for now, told in [(NOW, True), (at(NEXT, 9), True), (at(AFTER, 9), False)]:
            with time_machine.travel(now, tick=False):
                delegate = sign_in(Client(), delegate_of(office))
                page = said(delegate.get(url("waiting", office.reference)).text)
            assert (sentence in page) is told
            assert ("what was guaranteed the day before was missed" in page) is told

    def test_the_refusal_says_so_in_one_sentence(self, office: Office, full: Full) -> None:
        decision = miss(office)

        assert "on the next service day comes first." in explanations.of(decision).next_step
        with translation.override("fr"):
            assert explanations.of(decision).next_step

    def test_a_refusal_of_more_than_is_left_promises_nothing(self, office: Office) -> None:
        open_day(DAY, first=time(10), last=time(10, 15))

        assert "comes first" not in explanations.of(miss(office, minutes=30)).next_step

    def test_the_board_says_why_it_is_first(
        self, office: Office, full: Full, client: Client
    ) -> None:
        fill(NEXT)
        miss(office)
        wait(office)
        wait(OfficeFactory.create())

        with time_machine.travel(NOW, tick=False):
            page = sign_in(client, person_with(Role.TEAM_LEAD)).get(url("board-waiting", NEXT))

        why = "first, because what was guaranteed the day before was missed"
        assert said(page.text).count(why) == 1


def test_it_asks_the_same_number_of_queries_however_many_wait(office: Office, full: Full) -> None:
    fill(NEXT)
    counts = []
    for _ in range(2):
        for one in offices(3):
            miss(one)
            wait(one)
        with CaptureQueriesContext(connection) as sent:
            lists.standings(NEXT, NOW + timedelta(minutes=1))
        counts.append(len(sent))

    assert counts[0] == counts[1]
