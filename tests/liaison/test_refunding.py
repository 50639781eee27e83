"""What is given up late is charged until somebody takes it, quarter hour by quarter hour, and never twice."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from random import Random
from typing import Any

import pytest

from comptoir.domain import charges
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import Grid
from comptoir.liaison.actions import booking, changing, counting, serving, taking_back
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    Mode,
    OfficeWeek,
    PendingCharge,
    Policy,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import days, offices
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    open_day,
)
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

NINE = at(DAY, 9)
"""An hour before the first start: under two hours of notice, everything is late."""


@pytest.fixture
def house() -> list[Office]:
    """Three offices, nothing kept, two hours of notice, one professional from ten to one."""
    PolicyFactory.create(
        nested=True, floor_minutes=0, take_up_percent=0, least_held_minutes=3_000,
        minutes_per_day=600, minutes_per_week=3_000, late_notice_minutes=120,
    )  # fmt: skip
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(13))
    made = [OfficeFactory.create() for _ in range(3)]
    for office in made:
        delegate_of(office)
    return made


def book(
    office: Office, hour: int, minute: int = 0, minutes: int = 60, **values: Any
) -> Appointment:
    return booking.book_appointment(
        office=office,
        wish=Wish(at(DAY, hour, minute), minutes, "en", Mode.TELEPHONE, telephone="613-555-0100"),
        cases=[consent_case()],
        by=office.grants.get().person,
        **{"now": NINE, "seed": 1, **values},
    )


def cancel(appointment: Appointment, now: datetime = NINE, side: Side = Side.OFFICE) -> None:
    changing.cancel_appointment(
        appointment=appointment, side=side,
        reason=Reason.NOT_NEEDED if side == Side.OFFICE else Reason.ABSENCE,
        by=appointment.booked_by, now=now,
    )  # fmt: skip


def charged(office: Office) -> int:
    """What counts as late, as the counter says it and as the rows say it."""
    assert counting.recount([monday_of(DAY)]) == []
    week = OfficeWeek.objects.get(office=office, week=monday_of(DAY))
    return int(week.late[DAY.weekday()])


def test_what_is_given_up_late_is_charged_until_somebody_takes_it(house: list[Office]) -> None:
    one, other, _ = house
    cancel(book(one, 10))
    assert charged(one) == 4

    book(other, 10, 15, minutes=30)

    assert charged(one) == 2
    book(other, 10, minutes=15)
    book(other, 10, 45, minutes=15)
    assert charged(one) == 0
    assert not PendingCharge.objects.exists()
    refunds = AppointmentEvent.objects.filter(kind=Happening.REFILLED)
    assert sorted(refunds.values_list("late_quanta", flat=True)) == [-2, -1, -1]


def test_what_nobody_takes_stays_charged(house: list[Office]) -> None:
    cancel(book(house[0], 10))

    book(house[1], 11)

    assert charged(house[0]) == 4
    assert PendingCharge.objects.count() == 4


def test_what_is_given_up_in_time_or_by_the_centre_is_not_charged(house: list[Office]) -> None:
    early = at(DAY, 7)
    cancel(book(house[0], 10, now=early), early)
    cancel(book(house[1], 11), side=Side.CENTRE)

    assert (charged(house[0]), charged(house[1])) == (0, 0)
    assert not PendingCharge.objects.exists()


def test_nothing_is_refunded_twice(house: list[Office]) -> None:
    one, other, third = house
    cancel(book(one, 10))
    cancel(book(other, 10))

    book(third, 10)

    assert (charged(one), charged(other)) == (0, 0)
    refunds = AppointmentEvent.objects.filter(kind=Happening.REFILLED)
    assert sum(-event.late_quanta for event in refunds) == 8


def test_an_office_that_moves_late_pays_for_what_it_leaves_empty_only(house: list[Office]) -> None:
    own = book(house[0], 10)

    changing.move_appointment(
        appointment=own, starts_at=at(DAY, 10, 15), minutes=60, side=Side.OFFICE,
        reason=Reason.CONFLICT, by=own.booked_by, now=NINE, seed=1,
    )  # fmt: skip

    assert charged(house[0]) == 1
    assert [row.starts_at for row in PendingCharge.objects.all()] == [at(DAY, 10)]


def test_a_colleague_who_takes_an_appointment_over_refills_what_was_given_up_there(
    house: list[Office],
) -> None:
    colleague = ProfessionalFactory.create()
    open_day(DAY, [colleague], first=time(10), last=time(13))
    first = book(house[0], 10)
    second = book(house[1], 10)
    cancel(first)

    changing.reassign_appointment(
        appointment=second, reason=Reason.ABSENCE, by=PersonFactory.create(), now=NINE, seed=1,
        professional=first.professional,
    )  # fmt: skip

    assert charged(house[0]) == 0


def test_who_comes_after_all_refills_what_was_given_up_of_that_time_meanwhile(
    house: list[Office],
) -> None:
    """Between the record that nobody came and its being taken back another had booked and given up."""
    one, other, _ = house
    missed = book(one, 10)
    by = missed.professional.person
    serving.record_no_show(appointment=missed, by=by, now=at(DAY, 10, 10))
    cancel(book(other, 10, 30, minutes=45, now=at(DAY, 10, 12)), now=at(DAY, 10, 14))
    assert charged(other) == 3

    taking_back.take_back_no_show(appointment=missed, by=by, now=at(DAY, 10, 16))

    assert (charged(one), charged(other)) == (0, 1)
    assert PendingCharge.objects.get().starts_at == at(DAY, 11)


def test_under_a_rule_without_classes_what_is_late_stays_late() -> None:
    PolicyFactory.create(late_notice_minutes=120)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(13))
    one, other = OfficeFactory.create(), OfficeFactory.create()
    for office in (one, other):
        delegate_of(office)
    cancel(book(one, 10))

    book(other, 10)

    assert charged(one) == 4
    assert not PendingCharge.objects.exists()


def test_the_home_of_an_office_says_what_may_still_be_refunded(house: list[Office]) -> None:
    cancel(book(house[0], 10))

    def waiting(now: datetime) -> tuple[int, int]:
        found = offices.shares_on(house[0], [DAY], days.load_rules(), now)
        assert found is not None
        return found.day.pending, found.week.pending

    assert waiting(NINE) == (60, 60)
    assert waiting(at(DAY, 10, 20)) == (30, 30)
    book(house[1], 10, 45, minutes=15)
    assert waiting(NINE) == (45, 45)


@pytest.mark.parametrize("seed", range(4))
def test_the_rows_agree_with_the_rule_that_the_domain_proves(
    house: list[Office], seed: int
) -> None:
    random, rule = Random(seed), days.load_rules().on(DAY)
    assert rule is not None
    grid = Grid(at(DAY, 10), 12)
    expected: list[charges.Charge] = []
    for _ in range(14):
        office, start = random.choice(house), random.randrange(11)
        quanta = random.randint(1, min(4, 12 - start))
        try:
            made = book(office, 10 + start // 4, 15 * (start % 4), 15 * quanta)
        except NotAdmitted:
            continue
        place = charges.Booked(DAY, grid, office.pk, made.professional_id, start, quanta)
        expected = [charges.refilled(c, place.professional, place.mask) for c in expected]
        if random.random() < 0.7:
            cancel(made)
            expected.append(charges.given_up(place, rule, NINE))

    assert expected
    for office in house:
        if office.weeks.exists():
            assert charged(office) == charges.charged(expected, office.pk, DAY).day


def test_what_was_taken_under_a_version_without_classes_can_be_given_up_late_again(
    house: list[Office],
) -> None:
    cancel(book(house[0], 10))
    with_classes = Policy.objects.get()
    PolicyFactory.create(
        version=with_classes.version + 1, nested=False, late_notice_minutes=120,
        minutes_per_day=600, minutes_per_week=3_000,
    )  # fmt: skip
    taken = book(house[1], 10)
    with_classes.pk, with_classes.version = None, with_classes.version + 2
    with_classes.save(force_insert=True)

    cancel(taken)

    assert (charged(house[0]), charged(house[1])) == (4, 4)
    book(house[2], 10)
    assert (charged(house[0]), charged(house[1])) == (4, 0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_who_take_and_give_up_at_once_leave_counters_that_agree(house: list[Office]) -> None:
    open_day(DAY, [ProfessionalFactory.create() for _ in range(2)], first=time(10), last=time(13))

    def churn(seed: int) -> None:
        random = Random(seed)
        for _ in range(10):
            office = random.choice(house)
            quarter = random.randrange(12)
            try:
                made = book(
                    office, 10 + quarter // 4, 15 * (quarter % 4), random.choice([15, 30, 60])
                )
            except NotAdmitted:
                continue
            if random.random() < 0.7:
                cancel(made)

    results = at_once([partial(churn, seed) for seed in range(8)])

    assert [result for result in results if isinstance(result, BaseException)] == []
    assert Appointment.objects.filter(status=Status.CANCELLED).exists()
    for office in house:
        charged(office)
    taken = Appointment.objects.filter(status=Status.BOOKED)
    for row in PendingCharge.objects.all():
        assert not taken.filter(
            professional_id=row.professional_id, starts_at__lte=row.starts_at,
            ends_at__gt=row.starts_at,
        ).exists()  # fmt: skip
    late = sum(sum(week.late) for week in OfficeWeek.objects.all())
    assert late == PendingCharge.objects.count()
