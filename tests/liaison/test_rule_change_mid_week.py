"""A version of the rule that begins in the middle of a week: what is booked stays, what is asked obeys it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from comptoir.domain.business_days import monday_of
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import booking, changing, counting, holding, ruling
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    Mode,
    OfficeWeek,
    PendingCharge,
    Policy,
    Reason,
    Side,
    Status,
)
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    move,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

THURSDAY = DAY + timedelta(days=1)
"""The first day of the new version."""
FRIDAY = DAY + timedelta(days=2)


@pytest.fixture
def old() -> Policy:
    """Two hours a day and five a week; Wednesday to Friday are open."""
    for on in (DAY, THURSDAY, FRIDAY):
        open_day(on, [ProfessionalFactory.create()])
    return PolicyFactory.create(minutes_per_day=120, minutes_per_week=300)


@pytest.fixture
def office(old: Policy) -> Office:
    made = OfficeFactory.create()
    delegate_of(made)
    return made


def new_from_thursday(**values: Any) -> Policy:
    """Set by its owner on Monday: an hour a day and two a week, unless said otherwise."""
    numbers = {"minutes_per_day": 60, "minutes_per_week": 120, **values}
    draft: Policy = PolicyFactory.build(version=0, valid_from=THURSDAY, **numbers)
    return ruling.start_rule(draft=draft, by=PersonFactory.create(), now=NOW)


def wish(on: date, hour: int, minutes: int = 60) -> Wish:
    return Wish(at(on, hour), minutes, "en", Mode.TELEPHONE, telephone="613-555-0100")


def book(office: Office, on: date, hour: int, minutes: int = 60) -> Appointment:
    return booking.book_appointment(
        office=office, wish=wish(on, hour, minutes), cases=[consent_case()],
        by=delegate_of(office), now=NOW, seed=1,
    )  # fmt: skip


def why_not(act: Callable[[], object]) -> tuple[str, int]:
    """The reason of the refusal, and the version that it was refused by."""
    with pytest.raises(NotAdmitted) as refused:
        act()
    decision = refused.value.decision
    assert decision.policy is not None
    return decision.reason, decision.policy.version


def counters(office: Office) -> list[int]:
    """What the office has booked by weekday, which a recount confirms."""
    assert counting.recount([monday_of(DAY)]) == []
    assert counting.adrift([monday_of(DAY)]) == []
    return list(OfficeWeek.objects.get(office=office, week=monday_of(DAY)).booked)


def test_what_is_booked_stays_though_the_new_version_would_not_grant_it(
    office: Office, old: Policy
) -> None:
    for on in (DAY, THURSDAY):
        for hour in (10, 14):
            book(office, on, hour)
    before = list(Appointment.objects.order_by("pk").values())

    new_from_thursday()

    assert list(Appointment.objects.order_by("pk").values()) == before
    assert {one.policy for one in Appointment.objects.all()} == {old}
    assert counters(office) == [0, 0, 8, 8, 0, 0, 0]


def test_each_day_is_judged_by_its_own_version(office: Office, old: Policy) -> None:
    new = new_from_thursday()

    assert book(office, DAY, 10).policy == old
    assert book(office, DAY, 14).policy == old
    assert why_not(lambda: book(office, DAY, 16)) == ("day_limit", old.version)
    assert why_not(lambda: book(office, THURSDAY, 10)) == ("week_limit", new.version)
    assert counters(office) == [0, 0, 8, 0, 0, 0, 0]


def test_the_limit_of_a_day_is_the_new_one_from_its_first_day_on(office: Office) -> None:
    new = new_from_thursday(minutes_per_week=300)
    assert book(office, THURSDAY, 10).policy == new

    assert why_not(lambda: book(office, THURSDAY, 14, 15)) == ("day_limit", new.version)
    assert book(office, DAY, 10)
    assert book(office, DAY, 14)


def test_what_was_used_of_the_week_under_the_old_version_counts_in_the_new(office: Office) -> None:
    book(office, DAY, 10)
    new = new_from_thursday()

    assert book(office, THURSDAY, 10).policy == new
    assert why_not(lambda: book(office, FRIDAY, 10, 15)) == ("week_limit", new.version)
    assert book(office, DAY, 14), "the old version's week has room for it"
    assert counters(office) == [0, 0, 8, 4, 0, 0, 0]


def test_an_old_booking_moved_to_a_day_of_the_new_version_obeys_it(office: Office) -> None:
    """The very length it has is too long there: it stays where it is."""
    booked = book(office, DAY, 10)
    new = new_from_thursday(minutes_per_day=45, lengths=[15, 30, 45])

    assert why_not(lambda: move(booked, at(THURSDAY, 10))) == ("length_not_offered", new.version)
    booked.refresh_from_db()
    assert booked.starts_at == at(DAY, 10)
    assert counters(office) == [0, 0, 4, 0, 0, 0, 0]

    moved = move(booked, at(THURSDAY, 10), minutes=45)

    assert counters(office) == [0, 0, 0, 3, 0, 0, 0]
    assert moved.starts_at == at(THURSDAY, 10)


def test_a_move_between_days_of_the_old_version_obeys_the_old(office: Office) -> None:
    booked = [book(office, DAY, hour) for hour in (10, 14)]
    new_from_thursday(minutes_per_day=45, lengths=[15, 30, 45])

    assert move(booked[0], at(DAY, 16)).starts_at == at(DAY, 16)
    assert counters(office) == [0, 0, 8, 0, 0, 0, 0]


def test_an_old_booking_on_a_day_of_the_new_version_can_be_moved_only_as_that_allows(
    office: Office,
) -> None:
    first, second = book(office, THURSDAY, 10), book(office, THURSDAY, 14)
    new = new_from_thursday(minutes_per_week=300)

    assert why_not(lambda: move(first, at(THURSDAY, 16))) == ("day_limit", new.version)
    move(second, at(FRIDAY, 14))
    assert move(first, at(THURSDAY, 16)).starts_at == at(THURSDAY, 16)
    assert counters(office) == [0, 0, 0, 4, 4, 0, 0]


def test_what_the_old_version_granted_can_be_given_up_under_the_new(office: Office) -> None:
    booked = [book(office, THURSDAY, hour) for hour in (10, 14)]
    new_from_thursday()

    for one in booked:
        changing.cancel_appointment(
            appointment=one, side=Side.OFFICE, reason=Reason.NOT_NEEDED, by=one.booked_by, now=NOW
        )

    assert counters(office) == [0] * 7
    assert {one.status for one in Appointment.objects.all()} == {Status.CANCELLED}


def test_a_time_that_is_kept_while_somebody_types_is_booked_under_the_new_version(
    office: Office,
) -> None:
    holding.hold_time(
        office=office, wish=wish(THURSDAY, 10), by=delegate_of(office), now=NOW, seed=1
    )
    new = new_from_thursday(minutes_per_day=45, lengths=[15, 30, 45])

    assert why_not(lambda: book(office, THURSDAY, 10)) == ("length_not_offered", new.version)


def nested_from_thursday() -> Policy:
    return new_from_thursday(
        minutes_per_day=120, minutes_per_week=300, nested=True, miss_per_mille=0,
        weekly_floor_minutes=300, day_cap_percent=100, least_held_minutes=600,
    )  # fmt: skip


def test_classes_begin_with_the_first_day_of_the_version_that_has_them(office: Office) -> None:
    nested_from_thursday()

    before, after = book(office, DAY, 10), book(office, THURSDAY, 10)

    assert before.decision.of_class == ""
    assert after.decision.of_class == ShareClass.ALLOTTED
    assert counters(office) == [0, 0, 4, 4, 0, 0, 0]


def test_what_is_given_up_late_is_charged_by_the_version_of_its_day(office: Office) -> None:
    """Without classes it stays charged; with them until somebody takes it. The counters know both."""
    booked = [book(office, on, 10) for on in (DAY, THURSDAY)]
    nested_from_thursday()

    for one in booked:
        changing.cancel_appointment(
            appointment=one, side=Side.OFFICE, reason=Reason.NOT_NEEDED, by=one.booked_by,
            now=one.starts_at - timedelta(minutes=30),
        )  # fmt: skip

    assert counters(office) == [0] * 7
    assert OfficeWeek.objects.get(office=office).late == [0, 0, 4, 4, 0, 0, 0]
    assert {one.appointment for one in PendingCharge.objects.all()} == {booked[1]}


def test_a_move_from_a_version_without_classes_to_one_with_them_is_judged_by_class(
    office: Office,
) -> None:
    booked = book(office, DAY, 10)
    nested_from_thursday()

    moved = move(booked, at(THURSDAY, 10))

    decision = office.decisions.order_by("pk").last()
    assert decision is not None
    assert (decision.of_class, decision.on) == (ShareClass.ALLOTTED, THURSDAY)
    assert moved.starts_at == at(THURSDAY, 10)
    assert counters(office) == [0, 0, 0, 4, 0, 0, 0]
