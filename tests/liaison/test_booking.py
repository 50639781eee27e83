"""Booking through the action: what is written when it is granted, what when it is refused."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comptoir.domain.business_days import monday_of
from comptoir.domain.service_day import Refused
from comptoir.liaison.actions import booking, counting, holding
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.actions.bringing import BadCases, Case
from comptoir.liaison.models import (
    LIVE_STATUSES,
    Appointment,
    Claim,
    Decision,
    Hold,
    Mode,
    OfficeWeek,
    Policy,
    Status,
)
from comptoir.liaison.queries import days, times
from comptoir.notices.models import Notice
from comptoir.people.models import OfficeStatus
from comptoir.roster.models import ClosedDay, ExtraHours
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    member_case,
    offer,
    open_day,
    reserve,
)
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db


def wish(
    hour: int = 10, minute: int = 0, *, on: date = DAY, minutes: int = 30, language: str = "en"
) -> Wish:
    return Wish(at(on, hour, minute), minutes, language, Mode.TELEPHONE, telephone="613-555-0100")


def test_a_granted_booking_writes_the_appointment_its_claims_counters_cases_and_decision() -> None:
    appointment = AppointmentFactory.create(minutes=45, cases=[consent_case(), consent_case()])

    claimed = list(Claim.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert claimed == [at(DAY, 10), at(DAY, 10, 15), at(DAY, 10, 30)]
    assert [case.position for case in appointment.case_lines.order_by("position")] == [1, 2]
    week = OfficeWeek.objects.get(office=appointment.office)
    assert (week.week, week.booked, week.late) == (monday_of(DAY), [0, 0, 3, 0, 0, 0, 0], [0] * 7)
    assert appointment.decision.accepted
    assert appointment.decision.policy == appointment.policy
    assert appointment.decision.counters["asked"] == 3


def test_a_booking_is_confirmed_at_once_and_reminded_a_day_and_an_hour_before() -> None:
    appointment = AppointmentFactory.create()

    notices = Notice.objects.filter(subject_id=appointment.pk).order_by("send_after")
    assert [(n.kind, n.send_after) for n in notices] == [
        ("liaison.booked", NOW),
        ("liaison.reminder_day", appointment.starts_at - timedelta(hours=24)),
        ("liaison.reminder_hour", appointment.starts_at - timedelta(hours=1)),
    ]


def test_the_limit_of_a_day_is_the_offices_whoever_of_its_people_books() -> None:
    PolicyFactory.create(minutes_per_day=60)
    open_day()
    first = AppointmentFactory.create(minutes=45)
    colleague = delegate_of(first.office)

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(
            office=first.office, by=colleague, starts_at=at(DAY, 14), minutes=30
        )

    decision = refused.value.decision
    assert decision.reason == "day_limit"
    assert decision.counters["day_used"] == 3
    assert decision.counters["day_limit"] == 4
    assert Decision.objects.get(pk=decision.pk).accepted is False
    AppointmentFactory.create(office=first.office, starts_at=at(DAY, 14), minutes=15)


def test_the_limit_of_a_week_counts_all_its_days_and_begins_again_on_monday() -> None:
    PolicyFactory.create(minutes_per_day=60, minutes_per_week=60)
    for on in (date(2026, 11, 16), DAY, date(2026, 11, 23)):
        open_day(on)
    first = AppointmentFactory.create(starts_at=at(date(2026, 11, 16), 15), minutes=60)

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(office=first.office, minutes=15)
    assert refused.value.decision.reason == "week_limit"

    AppointmentFactory.create(office=first.office, starts_at=at(date(2026, 11, 23), 10), minutes=60)


def test_a_day_shown_full_for_an_office_is_refused_and_one_refused_is_not_shown() -> None:
    """V9: what the limit refuses is not listed either, on every day of the week."""
    PolicyFactory.create(minutes_per_day=60, minutes_per_week=60)
    week = [date(2026, 11, d) for d in range(16, 21)]
    for on in week:
        open_day(on)
    first = AppointmentFactory.create(starts_at=at(week[0], 15), minutes=60)

    found = times.find_times(
        office=first.office, minutes=15, language="en", rules=days.load_rules(), now=NOW
    )

    this_week = [day for day in found if day.on in week]
    assert len(this_week) == 5
    assert all(day.starts == () for day in this_week)
    assert {day.refused.reason for day in this_week if day.refused} == {"day_limit", "week_limit"}


def test_the_rule_of_the_service_day_decides_not_that_of_the_day_of_booking() -> None:
    PolicyFactory.create(minutes_per_day=60)
    PolicyFactory.create(minutes_per_day=30, lengths=[15, 30], valid_from=DAY)
    open_day(date(2026, 11, 17))
    open_day()

    AppointmentFactory.create(starts_at=at(date(2026, 11, 17), 10), minutes=60)
    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(minutes=60)

    assert refused.value.decision.reason == "length_not_offered"


def test_a_policy_in_force_cannot_be_changed_even_by_hand() -> None:
    policy = PolicyFactory.create()

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(minutes_per_day=600)


def test_a_place_is_claimed_once_whatever_the_code_above_believes() -> None:
    appointment = AppointmentFactory.create()
    claim = Claim.objects.first()
    assert claim is not None

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            professional_id=appointment.professional_id,
            starts_at=appointment.starts_at,
            hours=claim.hours,
            appointment=appointment,
            bit=claim.bit,
        )


def test_a_time_somebody_else_took_is_refused_with_its_reason() -> None:
    open_day()
    AppointmentFactory.create()

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create()

    assert refused.value.decision.reason == "time_taken"


def test_the_soonest_alternatives_are_those_nearest_to_the_wish() -> None:
    open_day(first=time(9), last=time(12))
    taken = AppointmentFactory.create(minutes=30)
    other = OfficeFactory.create()

    found = times.find_times(
        office=other, minutes=30, language="en", rules=days.load_rules(), now=NOW
    )

    assert times.nearest(found, taken.starts_at, 3) == [
        at(DAY, 9, 15),
        at(DAY, 9, 30),
        at(DAY, 10, 30),
    ]


def test_only_professionals_of_the_language_are_offered() -> None:
    open_day(professionals=[ProfessionalFactory.create(english=True)])

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(language="fr")

    assert refused.value.decision.reason == "no_time"


def test_a_bilingual_professional_is_kept_for_who_needs_both_languages() -> None:
    both, english = ProfessionalFactory.create(), ProfessionalFactory.create(english=True)
    open_day(professionals=[both, english])

    appointment = AppointmentFactory.create(language="en")

    assert appointment.professional == english


def test_an_office_that_is_not_active_books_nothing() -> None:
    office = OfficeFactory.create()
    by = delegate_of(office)
    office.status, office.status_reason = OfficeStatus.SUSPENDED, "vacancy"
    office.save()

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(office=office, by=by)

    assert refused.value.decision.reason == "office_not_active"


def test_a_booking_needs_its_least_notice_to_the_minute() -> None:
    PolicyFactory.create(least_notice_minutes=15)
    open_day()
    start = at(DAY, 10)

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(starts_at=start, now=start - timedelta(minutes=14, seconds=59))
    assert refused.value.decision.reason == "too_soon"

    AppointmentFactory.create(starts_at=start, now=start - timedelta(minutes=15))


def test_sending_one_form_twice_books_once() -> None:
    attempt = uuid.uuid4()
    first = AppointmentFactory.create(attempt=attempt)

    second = AppointmentFactory.create(office=first.office, attempt=attempt)

    assert second == first
    assert Appointment.objects.count() == 1
    assert counting.recount([monday_of(DAY)]) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"starts_at": at(DAY, 11)},
        {"minutes": 15},
        {"cases": [consent_case(question="Another question, typed after going back.")]},
    ],
    ids=["another time", "another length", "other cases"],
)
def test_one_form_sent_again_with_something_else_is_not_said_to_be_booked(
    changed: dict[str, Any],
) -> None:
    """Booked, gone back, chosen or typed anew: the form's number is the old one."""
    PolicyFactory.create(generous=True)
    open_day(professionals=[ProfessionalFactory.create() for _ in range(2)])
    attempt = uuid.uuid4()
    first = AppointmentFactory.create(attempt=attempt)

    with pytest.raises(booking.BookedAnother) as refused:
        AppointmentFactory.create(office=first.office, attempt=attempt, **changed)

    assert refused.value.appointment == first
    assert list(Appointment.objects.all()) == [first]
    assert counting.recount([monday_of(DAY)]) == []


def test_a_refusal_of_an_unpublished_day_keeps_what_the_office_had_used_of_its_week() -> None:
    used = AppointmentFactory.create(minutes=45)

    with pytest.raises(NotAdmitted) as refused:
        booking.book_appointment(
            office=used.office,
            wish=wish(on=DAY + timedelta(days=1)),
            cases=[consent_case()],
            by=used.booked_by,
            now=NOW,
            seed=1,
        )

    counters = refused.value.decision.counters
    assert (counters["day_used"], counters["week_used"]) == (0, 3)


def test_a_booking_uses_up_the_hold_of_its_own_time_only() -> None:
    """One of the office's people books while another types under a kept time of the same day."""
    PolicyFactory.create(generous=True)
    open_day()
    office = OfficeFactory.create()
    kept = holding.hold_time(office=office, wish=wish(11), by=delegate_of(office), now=NOW, seed=1)

    AppointmentFactory.create(office=office, starts_at=at(DAY, 14))
    assert list(Hold.objects.all()) == [kept]

    AppointmentFactory.create(office=office, starts_at=at(DAY, 11))
    assert not Hold.objects.exists()


def test_extra_hours_for_named_offices_are_offered_to_them_only() -> None:
    day = open_day()
    chosen, other = OfficeFactory.create(), OfficeFactory.create()
    professional = day.hours.get().professional
    hours = offer(day, professional, first=time(10), last=time(11))
    extra = ExtraHours.objects.create(
        professional=professional,
        starts_at=at(DAY, 10),
        ends_at=at(DAY, 11),
        purpose="High demand",
        requested_by=professional.person,
        requested_at=NOW,
    )
    reserve(hours, extra, mask=hours.mask, offices=[chosen.pk])

    with pytest.raises(NotAdmitted):
        AppointmentFactory.create(office=other)
    AppointmentFactory.create(office=chosen)


def test_a_held_time_is_nobody_elses_until_it_expires() -> None:
    PolicyFactory.create(hold_minutes=5)
    open_day(first=time(10), last=time(10, 30))
    holder, other = OfficeFactory.create(), OfficeFactory.create()
    hold = holding.hold_time(office=holder, wish=wish(), by=delegate_of(holder), now=NOW, seed=1)

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(office=other, now=NOW + timedelta(minutes=4, seconds=59))
    assert refused.value.decision.reason == "no_time"

    late = NOW + timedelta(minutes=5)
    assert isinstance(hold, Hold)
    assert hold.expires_at == late
    AppointmentFactory.create(office=other, now=late)


def test_an_office_books_the_time_it_holds_with_the_professional_it_was_shown() -> None:
    PolicyFactory.create()
    open_day(professionals=[ProfessionalFactory.create() for _ in range(5)])
    office = OfficeFactory.create()
    hold = holding.hold_time(office=office, wish=wish(), by=delegate_of(office), now=NOW, seed=3)

    appointment = AppointmentFactory.create(office=office, seed=4)

    assert isinstance(hold, Hold)
    assert appointment.professional_id == hold.hours.professional_id
    assert not hasattr(type(office).objects.get(pk=office.pk), "hold")


def test_an_office_holds_one_time_at_once() -> None:
    PolicyFactory.create()
    open_day(first=time(10), last=time(11))
    office, other = OfficeFactory.create(), OfficeFactory.create()
    by = delegate_of(office)
    holding.hold_time(office=office, wish=wish(10), by=by, now=NOW, seed=1)
    holding.hold_time(office=office, wish=wish(10, 30), by=by, now=NOW, seed=1)

    AppointmentFactory.create(office=other)


def test_an_office_at_its_limit_can_hold_nothing() -> None:
    PolicyFactory.create(minutes_per_day=60)
    open_day()
    full = AppointmentFactory.create(minutes=60)

    answer = holding.hold_time(
        office=full.office, wish=wish(14), by=full.booked_by, now=NOW, seed=1
    )

    assert isinstance(answer, Refused)
    assert answer.reason == "day_limit"


@pytest.mark.parametrize("status", list(Status))
def test_an_appointment_holds_its_quarter_hours_if_and_only_if_its_status_is_live(
    status: Status,
) -> None:
    appointment = AppointmentFactory.create(status=status)

    claims = Claim.objects.filter(appointment=appointment).count()

    assert claims == (appointment.quanta if status in LIVE_STATUSES else 0)


def test_the_same_values_and_seed_choose_the_same_professional() -> None:
    PolicyFactory.create()
    open_day(professionals=[ProfessionalFactory.create() for _ in range(6)])
    office = OfficeFactory.create()
    rules = days.load_rules()
    loaded = days.load_days(dates=[DAY], office=office, rules=rules, now=NOW)[DAY]

    chosen = [booking.ask(loaded, office=office, wish=wish(), now=NOW, seed=7) for _ in range(3)]

    assert chosen[0] == chosen[1] == chosen[2]


def test_sending_one_form_twice_books_once_even_where_there_is_room_twice() -> None:
    PolicyFactory.create(generous=True)
    open_day(professionals=[ProfessionalFactory.create() for _ in range(2)])
    attempt = uuid.uuid4()
    first = AppointmentFactory.create(attempt=attempt)

    second = AppointmentFactory.create(office=first.office, attempt=attempt)

    assert second == first
    assert Claim.objects.count() == first.quanta
    assert counting.recount([monday_of(DAY)]) == []


def test_a_closed_day_pushes_the_horizon_one_day_further() -> None:
    PolicyFactory.create(horizon_business_days=2)
    thursday = date(2026, 11, 19)
    open_day(thursday)
    office = OfficeFactory.create()
    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create(office=office, starts_at=at(thursday, 10))
    assert refused.value.decision.reason == "beyond_horizon"

    ClosedDay.objects.create(
        on=date(2026, 11, 17),
        name_en="Storm",
        name_fr="Tempête",
        reason="Storm",
        entered_by=delegate_of(office),
        entered_at=NOW,
    )

    AppointmentFactory.create(office=office, starts_at=at(thursday, 10))


@pytest.mark.parametrize(
    ("cases", "fault"),
    [
        ([], (0, "number")),
        ([consent_case()] * 13, (0, "number")),
        ([consent_case(consent_signed_on=date(2026, 11, 17))], (1, "signed_later")),
        ([consent_case(consent_expires_on=date(2026, 11, 17))], (1, "expired")),
        ([consent_case(), consent_case(consent_signed_on=None)], (2, "no_signature")),
    ],
)
def test_the_law_is_kept_whoever_calls_the_action(
    cases: list[Case], fault: tuple[int, str]
) -> None:
    with pytest.raises(BadCases) as bad:
        AppointmentFactory.create(cases=cases)

    assert bad.value.faults == [fault]
    assert not Appointment.objects.exists()
    assert not Claim.objects.exists()


def test_a_senators_office_cannot_rely_on_the_provision_for_members() -> None:
    with pytest.raises(BadCases) as bad:
        AppointmentFactory.create(office=OfficeFactory.create(senate=True), cases=[member_case()])

    assert bad.value.faults == [(1, "not_for_senators")]


def test_a_day_that_is_not_published_leaves_no_counters_behind() -> None:
    PolicyFactory.create(horizon_business_days=30)
    open_day()

    with pytest.raises(NotAdmitted) as refused:
        booking.book_appointment(
            office=(office := OfficeFactory.create()),
            wish=wish(on=date(2026, 12, 1)),
            cases=[consent_case()],
            by=delegate_of(office),
            now=NOW,
            seed=1,
        )

    assert refused.value.decision.reason == "not_published"
    assert not OfficeWeek.objects.exists()


def test_a_hold_that_is_refused_leaves_the_former_hold() -> None:
    PolicyFactory.create()
    open_day(first=time(10), last=time(11))
    office = OfficeFactory.create()
    by = delegate_of(office)
    holding.hold_time(office=office, wish=wish(10), by=by, now=NOW, seed=1)

    refused = holding.hold_time(office=office, wish=wish(15), by=by, now=NOW, seed=1)

    assert isinstance(refused, Refused)
    assert Hold.objects.get(office=office).starts_at == at(DAY, 10)
