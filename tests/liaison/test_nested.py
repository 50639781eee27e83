"""The nested classes on real rows: what is kept for others, released, given back, and said about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from comptoir.domain import grid
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import Refused
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import booking, changing, counting, holding
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    Decision,
    Mode,
    OfficeWeek,
    Policy,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import days, explanations, times
from comptoir.liaison.queries import offices as office_queries
from comptoir.people.actions import offices as office_actions
from comptoir.people.models import Office, OfficeEnd
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    consent_case,
    delegate_of,
    open_day,
    reserve,
)
from tests.liaison.posted import said
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory, PersonFactory
from tests.people.signing_in import sign_in
from tests.roster.factories import ExtraHoursFactory

pytestmark = pytest.mark.django_db

WIDE = {"minutes_per_day": 600, "minutes_per_week": 3000, "late_notice_minutes": 0}


def nested(**values: Any) -> Policy:
    """Hard floors of a quarter hour, limits too wide to matter, unless said otherwise."""
    return PolicyFactory.create(
        **{
            **WIDE,
            "nested": True,
            "floor_minutes": 15,
            "miss_per_mille": 0,
            "weekly_floor_minutes": 0,
            **values,
        }
    )


def offices(count: int) -> list[Office]:
    found = [OfficeFactory.create() for _ in range(count)]
    for office in found:
        delegate_of(office)
    return found


def two_hours(on: date = DAY, professionals: int = 1) -> None:
    """Eight quarter hours from ten, of each professional."""
    who = [ProfessionalFactory.create() for _ in range(professionals)]
    open_day(on, who, first=time(10), last=time(12))


def wish(minutes: int, hour: int = 10, minute: int = 0, on: date = DAY) -> Wish:
    return Wish(at(on, hour, minute), minutes, "en", Mode.TELEPHONE, telephone="613-555-0100")


def book(office: Office, wished: Wish, now: datetime = NOW) -> Appointment:
    return booking.book_appointment(
        office=office,
        wish=wished,
        cases=[consent_case()],
        by=office.grants.get().person,
        now=now,
        seed=1,
    )


def refused(office: Office, wished: Wish, now: datetime = NOW) -> Decision:
    with pytest.raises(NotAdmitted) as found:
        book(office, wished, now)
    return found.value.decision


def cancel(appointment: Appointment, now: datetime = NOW) -> Appointment:
    return changing.cancel_appointment(
        appointment=appointment, side=Side.OFFICE, reason=Reason.NOT_NEEDED,
        by=appointment.booked_by, now=now,
    )  # fmt: skip


def test_what_is_owed_to_others_is_not_sold_and_the_own_floor_is() -> None:
    nested()
    first, *rest = offices(7)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})

    decision = refused(first, wish(45))

    assert (decision.reason, decision.of_class) == ("kept", ShareClass.ALLOTTED)
    assert decision.counters["offices_owed"] == 6
    assert (decision.counters["left"], decision.counters["kept"]) == (8, 6)
    assert decision.counters["instead"] == 1
    assert not OfficeWeek.objects.exclude(booked=[0] * 7).exists()
    assert book(first, wish(15)).decision.of_class == ShareClass.GUARANTEED


def test_two_quarter_hours_that_nobody_is_owed_are_sold() -> None:
    nested(day_cap_percent=100)
    first, *rest = offices(7)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})

    assert book(first, wish(30)).decision.of_class == ShareClass.ALLOTTED
    assert refused(first, wish(15, 11)).reason == "kept"
    for number, office in enumerate(rest):
        start = wish(15, 10, 30)
        start = Wish(
            start.starts_at + timedelta(minutes=15 * number), 15, "en", Mode.TELEPHONE, "1"
        )
        assert book(office, start).decision.of_class == ShareClass.GUARANTEED


def test_an_office_without_an_allowance_of_its_own_has_the_floor_of_the_week() -> None:
    nested(floor_minutes=0, day_cap_percent=100, weekly_floor_minutes=30)
    (office,) = offices(1)
    two_hours()

    assert book(office, wish(30)).decision.of_class == ShareClass.ALLOTTED
    assert book(office, wish(15, 11)).decision.of_class == ShareClass.OPEN


def test_the_allowances_of_others_are_kept_until_two_oclock_of_the_service_day_before() -> None:
    nested(floor_minutes=0, take_up_percent=100)
    first, second = offices(2)
    before = DAY - timedelta(days=1)
    two_hours(before)
    two_hours()
    apportion({first: 0, second: 10})

    # Ten unclaimed quarter hours, on the two days that are left of the week: five a day.
    decision = refused(first, wish(60))
    assert (decision.reason, decision.of_class) == ("kept", ShareClass.OPEN)
    assert (decision.counters["kept"], decision.counters["left"]) == (5, 8)
    assert refused(first, wish(60), at(before, 13, 59)).reason == "kept"
    assert book(first, wish(60), at(before, 14)).decision.of_class == ShareClass.OPEN


def test_a_suspended_office_is_owed_nothing() -> None:
    nested(day_cap_percent=100)
    first, second = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 30))
    apportion({first: 8, second: 8})
    assert refused(first, wish(30)).reason == "kept"

    office_actions.suspend(
        office=second, reason=OfficeEnd.DISSOLUTION, by=PersonFactory.create(), now=NOW
    )

    assert book(first, wish(30))


def test_a_floor_given_up_in_time_is_owed_again() -> None:
    nested(day_cap_percent=100)
    first, second = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 30))
    apportion({first: 8, second: 8})
    given_up = book(first, wish(15))
    cancel(given_up)

    assert refused(second, wish(30)).counters["offices_owed"] == 1


def test_a_quarter_hour_given_up_opens_no_claim_to_a_half_hour_that_nobody_freed() -> None:
    nested(floor_minutes=30, day_cap_percent=100)
    first, second = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 45))
    apportion({first: 8, second: 8})
    quarter = book(first, wish(15))

    cancel(quarter)

    week = OfficeWeek.objects.get(office=first)
    assert week.floor_gone[DAY.weekday()] is True
    assert refused(first, wish(30)).counters["offices_owed"] == 1
    assert book(second, wish(30)).decision.of_class == ShareClass.GUARANTEED


def test_an_office_that_moves_is_not_kept_from_its_own_time() -> None:
    nested(day_cap_percent=100)
    first, second = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 45))
    apportion({first: 8, second: 8})
    own = book(first, wish(30))

    moved = changing.move_appointment(
        appointment=own, starts_at=at(DAY, 10, 15), minutes=30, side=Side.OFFICE,
        reason=Reason.CONFLICT, by=own.booked_by, now=NOW, seed=1,
    )  # fmt: skip

    assert moved.starts_at == at(DAY, 10, 15)
    assert book(second, wish(15)).decision.of_class == ShareClass.GUARANTEED


def test_what_an_office_holds_ahead_is_capped_and_what_is_over_is_not_held() -> None:
    nested(floor_minutes=0, least_held_minutes=60, take_up_percent=0)
    (office,) = offices(1)
    two_hours()
    two_hours(DAY + timedelta(days=1))
    book(office, wish(60))

    decision = refused(office, wish(15, 10, 0, DAY + timedelta(days=1)))
    assert (decision.reason, decision.counters["held"]) == ("holds_too_much", 4)
    assert book(office, wish(15, 10, 0, DAY + timedelta(days=1)), at(DAY, 11, 1))


def test_no_time_can_be_kept_while_typing_that_could_not_be_booked() -> None:
    nested()
    first, *_ = offices(8)
    two_hours()

    answer = holding.hold_time(
        office=first, wish=wish(30), by=first.grants.get().person, now=NOW, seed=1
    )

    assert isinstance(answer, Refused)
    assert answer.reason == "kept"


def test_only_times_that_would_be_granted_are_shown() -> None:
    nested(day_cap_percent=100)
    first, *rest = offices(7)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})

    def shown(minutes: int) -> list[tuple[datetime, ...]]:
        found = times.find_times(office=first, minutes=minutes, language="en", now=NOW)
        return [day.starts for day in found if day.starts]

    assert shown(45) == []
    assert [len(starts) for starts in shown(30)] == [7]
    assert [len(starts) for starts in shown(15)] == [8]


def test_a_page_of_times_asks_once_for_all_days(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    nested()
    (office,) = offices(1)
    for ahead in range(3):
        two_hours(DAY + timedelta(days=ahead))
    rules = days.load_rules()

    with django_assert_num_queries(4):  # closed days, counters, hours, what is owed
        times.find_times(office=office, minutes=15, language="en", now=NOW, rules=rules)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["45 minutes", "2 hours", "1 hour 30 minutes", "15 minutes, is yours now"]),
        ("fr", ["45 minutes", "2 heures", "1 h 30", "15 minutes, est à vous"]),
    ],
)
def test_a_refusal_says_what_is_kept_and_what_is_ones_own(language: str, words: list[str]) -> None:
    nested()
    first, *rest = offices(7)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})
    decision = refused(first, wish(45))

    with translation.override(language):
        said = explanations.explain(decision.reason, decision.counters)

    text = f"{said.sentence} {said.next_step}".replace("\u00a0", " ")
    assert [word for word in words if word not in text] == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_rush_breaks_no_floor_and_counts_right() -> None:
    """Sixteen connections take what they can of one day; then each office that has none gets its own."""
    nested(day_cap_percent=100, least_held_minutes=600)
    made = offices(20)
    two_hours(professionals=6)
    apportion({office: 4 * (number % 5) for number, office in enumerate(made)})
    quiet, busy = made[:10], made[10:]

    def rush(seed: int) -> int:
        random, booked = Random(seed), 0
        for _ in range(12):
            start = wish(random.choice([15, 30, 45, 60]))
            begins = start.starts_at + timedelta(minutes=15 * random.randrange(8))
            try:
                book(random.choice(busy), Wish(begins, start.minutes, "en", Mode.TELEPHONE, "1"))
            except NotAdmitted:
                continue
            booked += 1
        return booked

    results = at_once([partial(rush, seed) for seed in range(16)])

    assert [result for result in results if isinstance(result, BaseException)] == []
    booked = sum(result for result in results if isinstance(result, int))
    assert booked == Appointment.objects.count() > 10
    assert counting.recount([monday_of(DAY)]) == []
    for office in quiet:
        free = next(
            day.starts[0]
            for day in times.find_times(office=office, minutes=15, language="en", now=NOW)
            if day.starts
        )
        given = book(office, Wish(free, 15, "en", Mode.TELEPHONE, "1"))
        assert given.decision.of_class == ShareClass.GUARANTEED


def test_an_offices_home_says_what_is_kept_for_it_and_what_became_of_it(client: Client) -> None:
    nested(floor_minutes=30, day_cap_percent=100, least_held_minutes=60)
    (office,) = offices(1)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 45))
    apportion({office: 6})
    rules = days.load_rules()

    def kept() -> tuple[str, int, int, int]:
        found = office_queries.shares_on(office, [DAY], rules, NOW)
        assert found is not None
        assert found.kept is not None
        one = found.kept
        assert (one.guaranteed, one.allowance, one.most_held) == (30, 90, 90)
        return one.floor, one.used, one.left, one.held

    assert kept() == ("unclaimed", 0, 90, 0)
    quarter = book(office, wish(15))
    assert kept() == ("claimed", 15, 75, 15)
    other = OfficeFactory.create()
    delegate_of(other)
    book(other, wish(30, 10, 15))
    cancel(quarter)
    assert kept() == ("gone", 0, 90, 0)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Kept for your office", "15 minutes, yours until", "1 hour; 1 hour left"]),
        ("fr", ["Réservé à votre bureau", "15 minutes – à vous jusqu’à", "1 heure; il en reste 1 heure"]),
    ],
)  # fmt: skip
def test_the_home_page_shows_it_in_both_languages(
    client: Client, language: str, words: list[str]
) -> None:
    nested(weekly_floor_minutes=60)
    (office,) = offices(1)
    two_hours()
    sign_in(client, office.grants.get().person)

    with time_machine.travel(NOW, tick=False):
        page = said(client.get(f"/{language}/offices/{office.reference}/").content.decode())

    text = " ".join(page.replace("\u00a0", " ").split())
    assert [one for one in words if one not in text] == []


def test_hours_directed_at_an_office_are_nobody_elses_and_ask_for_no_share() -> None:
    """Four common quarter hours for four offices; four more for the first one alone."""
    nested(least_held_minutes=0, holding_percent=0)
    first, *others = offices(4)
    professional = ProfessionalFactory.create()
    open_day(DAY, [professional], first=time(10), last=time(12))
    hours = OfferedHours.objects.get()
    index = Grid(hours.day.starts_at, hours.day.quanta).index(at(DAY, 11))
    reserve(hours, ExtraHoursFactory.create(), mask=grid.bits(index, 4), offices=[first.pk])

    assert refused(first, wish(30, 10)).reason == "holds_too_much"
    assert refused(others[0], wish(30, 11)).reason in ("time_taken", "not_worked")
    assert book(first, wish(60, 11)).decision.of_class == ShareClass.DIRECTED
    for number, office in enumerate(others):
        start = at(DAY, 10) + timedelta(minutes=15 * number)
        given = book(office, Wish(start, 15, "en", Mode.TELEPHONE, "1"))
        assert given.decision.of_class == ShareClass.GUARANTEED


def test_what_nobody_can_book_any_more_is_not_left_to_anybody() -> None:
    """At half past nine, with an hour of notice, the first half hour of the two is over for all."""
    nested(least_notice_minutes=60, day_cap_percent=100, ramp_minutes=10_000)
    first, *rest = offices(5)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})
    half_past_nine = at(DAY, 9, 30)

    decision = refused(first, wish(45, 11), half_past_nine)

    assert (decision.counters["left"], decision.counters["kept"]) == (6, 4)


def test_what_the_centre_takes_away_is_owed_again() -> None:
    nested(floor_minutes=30, day_cap_percent=100)
    (office,) = offices(1)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 45))
    apportion({office: 8})
    quarter = book(office, wish(15))

    changing.cancel_appointment(
        appointment=quarter, side=Side.CENTRE, reason=Reason.ABSENCE, by=PersonFactory.create(),
        now=NOW,
    )  # fmt: skip

    assert OfficeWeek.objects.get().floor_gone == [False] * 7


def test_a_floor_that_was_gone_is_claimed_anew_by_the_next_booking() -> None:
    nested(floor_minutes=30, day_cap_percent=100)
    first, second = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 45))
    apportion({first: 8, second: 8})
    cancel(book(first, wish(15)))
    cancel(book(second, wish(30)))
    again = book(first, wish(15))
    assert OfficeWeek.objects.get(office=first).floor_gone == [False] * 7

    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    cancel(again)

    assert OfficeWeek.objects.get(office=first).floor_gone == [False] * 7


def test_a_move_within_the_day_keeps_a_floor_that_a_cancellation_would_keep() -> None:
    nested(holding_percent=0, least_held_minutes=0)
    first, *_ = offices(8)
    two_hours()
    own = book(first, wish(15))

    moved = changing.move_appointment(
        appointment=own, starts_at=at(DAY, 11), minutes=15, side=Side.OFFICE,
        reason=Reason.CONFLICT, by=own.booked_by, now=NOW, seed=1,
    )  # fmt: skip

    assert moved.starts_at == at(DAY, 11)


def test_a_time_that_is_held_is_not_taken_by_what_others_book_of_theirs() -> None:
    """Two quarter hours are open when they are held; then two are allotted, and those were the last."""
    nested(floor_minutes=0, take_up_percent=100, day_cap_percent=100)
    first, second = offices(2)
    two_hours()
    apportion({first: 0, second: 6})
    holding.hold_time(office=first, wish=wish(30), by=first.grants.get().person, now=NOW, seed=1)
    book(second, wish(60, 10, 30))
    apportion({first: 0, second: 20}, on=date(2026, 11, 2))

    assert book(first, wish(30)).decision.of_class == ShareClass.OPEN


def test_where_no_office_is_active_nobody_is_owed_anything() -> None:
    nested(floor_minutes=30)
    (office,) = offices(1)
    two_hours()
    booked = book(office, wish(30))
    office_actions.suspend(
        office=office, reason=OfficeEnd.DISSOLUTION, by=PersonFactory.create(), now=NOW
    )

    assert cancel(booked).status == Status.CANCELLED


def test_a_weekly_floor_that_was_raised_since_holds_at_once() -> None:
    policy = nested(floor_minutes=0, weekly_floor_minutes=120, day_cap_percent=100)
    (office,) = offices(1)
    two_hours()
    apportion({office: 4})

    assert book(office, wish(60)).decision.of_class == ShareClass.ALLOTTED
    assert book(office, wish(60, 11)).decision.of_class == ShareClass.ALLOTTED
    assert policy.weekly_floor_minutes == 120


def test_who_is_kept_from_every_day_hears_that_it_is_released() -> None:
    nested(day_cap_percent=100)
    first, *rest = offices(7)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})

    found = times.find_times(office=first, minutes=45, language="en", now=NOW)

    said_of = times.main_refusal(found)
    assert said_of is not None
    assert said_of.reason == "kept"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"nested": False}, "which is within the limits of your office"),
        ({"floor_minutes": 0, "weekly_floor_minutes": 0}, "nothing of it was kept for others"),
        ({"floor_minutes": 30}, "which is guaranteed to your office on that day"),
    ],
)
def test_a_grant_is_explained_by_its_class(values: dict[str, Any], words: str) -> None:
    nested(**values)
    (office,) = offices(1)
    two_hours()

    assert words in explanations.of(book(office, wish(30)).decision).sentence


def test_nothing_is_kept_for_who_has_used_its_limit_of_the_week() -> None:
    """It could not claim it: the limit would refuse it."""
    nested(minutes_per_day=60, minutes_per_week=60, day_cap_percent=100)
    first, second = offices(2)
    yesterday = DAY - timedelta(days=1)
    two_hours(yesterday)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 30))
    apportion({first: 40, second: 8})
    assert refused(second, wish(30)).reason == "kept"

    book(first, wish(60, 10, 0, yesterday))

    assert book(second, wish(30)).decision.counters["offices_unclaimed"] == 1
