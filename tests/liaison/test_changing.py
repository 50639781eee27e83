"""Moving and cancelling: what is free at once, what still counts, what is told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import changing, counting
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.models import Appointment, Claim, OfficeWeek, Reason, Side, Status
from comptoir.liaison.queries import messages
from comptoir.notices.models import Notice
from comptoir.people.models import Office
from tests.liaison.factories import DAY, NOW, AppointmentFactory, PolicyFactory, at, open_day
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db

NEXT_WEEK = date(2026, 11, 24)


def move(appointment: Appointment, to: datetime, **values: Any) -> Appointment:
    given = {
        "minutes": appointment.minutes,
        "side": Side.OFFICE,
        "reason": Reason.CONFLICT,
        "by": appointment.booked_by,
        "now": NOW,
        "seed": 1,
        **values,
    }
    return changing.move_appointment(appointment=appointment, starts_at=to, **given)


def cancel(appointment: Appointment, **values: Any) -> Appointment:
    given = {
        "side": Side.OFFICE,
        "reason": Reason.NOT_NEEDED,
        "by": appointment.booked_by,
        "now": NOW,
        **values,
    }
    return changing.cancel_appointment(appointment=appointment, **given)


def counted(office: Office, on: date = DAY) -> tuple[int, int]:
    """Quanta booked and late of one day."""
    week = OfficeWeek.objects.get(office=office, week=monday_of(on))
    return week.booked[on.weekday()], week.late[on.weekday()]


def test_a_cancelled_time_is_free_at_once_and_the_record_of_it_stays() -> None:
    appointment = AppointmentFactory.create()

    cancel(appointment, now=NOW + timedelta(minutes=10))

    kept = Appointment.objects.get(pk=appointment.pk)
    assert (kept.status, kept.starts_at) == (Status.CANCELLED, appointment.starts_at)
    event = kept.events.get(kind="cancelled")
    assert event.notice_minutes == (appointment.starts_at - NOW) // timedelta(minutes=1) - 10
    assert (event.side, event.reason, event.by) == ("office", "not_needed", appointment.booked_by)
    AppointmentFactory.create(office=OfficeFactory.create())


def test_time_given_up_in_good_time_no_longer_counts() -> None:
    PolicyFactory.create(late_notice_minutes=120)
    appointment = AppointmentFactory.create()

    cancel(appointment, now=appointment.starts_at - timedelta(minutes=120))

    assert counted(appointment.office) == (0, 0)


def test_time_given_up_late_still_counts_against_the_office() -> None:
    PolicyFactory.create(late_notice_minutes=120)
    appointment = AppointmentFactory.create()

    cancel(appointment, now=appointment.starts_at - timedelta(minutes=119, seconds=59))

    assert counted(appointment.office) == (0, 2)
    assert appointment.events.get(kind="cancelled").late_quanta == 2


def test_a_rule_may_let_late_cancellations_go() -> None:
    PolicyFactory.create(late_notice_minutes=120, late_counts=False)
    appointment = AppointmentFactory.create()

    cancel(appointment, now=appointment.starts_at - timedelta(minutes=1))

    assert counted(appointment.office) == (0, 0)


def test_what_the_centre_cancels_never_counts_against_the_office() -> None:
    PolicyFactory.create(late_notice_minutes=120)
    appointment = AppointmentFactory.create()

    cancel(
        appointment,
        side=Side.CENTRE,
        reason=Reason.ABSENCE,
        now=appointment.starts_at - timedelta(minutes=1),
    )

    assert counted(appointment.office) == (0, 0)


def test_a_move_keeps_the_appointment_and_takes_its_claims_along() -> None:
    open_day(NEXT_WEEK)
    appointment = AppointmentFactory.create()

    move(appointment, at(NEXT_WEEK, 11))

    moved = Appointment.objects.get()
    assert (moved.pk, moved.uid, moved.reference) == (
        appointment.pk,
        appointment.uid,
        appointment.reference,
    )
    assert (moved.starts_at, moved.ends_at) == (at(NEXT_WEEK, 11), at(NEXT_WEEK, 11, 30))
    starts = list(Claim.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [at(NEXT_WEEK, 11), at(NEXT_WEEK, 11, 15)]
    assert counted(moved.office) == (0, 0)
    assert counted(moved.office, NEXT_WEEK) == (2, 0)


def test_a_move_within_the_late_window_counts_as_a_late_cancellation_does() -> None:
    PolicyFactory.create(late_notice_minutes=120)
    appointment = AppointmentFactory.create()

    move(appointment, at(DAY, 15), now=appointment.starts_at - timedelta(minutes=30))

    assert counted(appointment.office) == (2, 2)


def test_a_late_move_that_the_limit_does_not_allow_leaves_everything_as_it_was() -> None:
    PolicyFactory.create(minutes_per_day=60, late_notice_minutes=120)
    appointment = AppointmentFactory.create(minutes=45)

    with pytest.raises(NotAdmitted) as refused:
        move(appointment, at(DAY, 15), now=appointment.starts_at - timedelta(minutes=30))

    assert refused.value.decision.reason == "day_limit"
    unmoved = Appointment.objects.get()
    assert (unmoved.starts_at, unmoved.sequence) == (appointment.starts_at, 0)
    assert counted(unmoved.office) == (3, 0)
    assert Claim.objects.filter(appointment=unmoved).count() == 3


def test_an_office_at_its_limit_can_still_move_its_own_appointment() -> None:
    """A cap that blocks the editing of one's own booking is the wrong cap."""
    PolicyFactory.create(minutes_per_day=60)
    appointment = AppointmentFactory.create(minutes=60)

    moved = move(appointment, at(DAY, 14))

    assert moved.starts_at == at(DAY, 14)


def test_an_appointment_may_move_onto_a_part_of_its_own_time() -> None:
    open_day(first=time(10), last=time(11, 15))
    appointment = AppointmentFactory.create(minutes=60)

    moved = move(appointment, at(DAY, 10, 15))

    assert moved.starts_at == at(DAY, 10, 15)


def test_a_move_to_the_time_it_has_is_none_and_nobody_is_told_of_one() -> None:
    appointment = AppointmentFactory.create(minutes=60)
    told = Notice.objects.count()

    with pytest.raises(changing.AtThatTimeAlready):
        move(appointment, at(DAY, 10))

    appointment.refresh_from_db()
    assert appointment.sequence == 0
    assert not appointment.events.filter(kind="moved").exists()
    assert Notice.objects.count() == told


def test_another_length_at_the_same_time_is_a_change() -> None:
    appointment = AppointmentFactory.create(minutes=60)

    assert move(appointment, at(DAY, 10), minutes=30).minutes == 30


def test_the_sequence_rises_with_each_change_and_the_identity_stays() -> None:
    """V16, from the appointment's side: 0, 1, 2, 3 under one UID."""
    appointment = AppointmentFactory.create()
    seen = [appointment.sequence]

    for hour in (11, 12):
        appointment = move(appointment, at(DAY, hour))
        seen.append(appointment.sequence)
    seen.append(cancel(appointment).sequence)

    assert seen == [0, 1, 2, 3]
    told = Notice.objects.exclude(kind__contains="reminder").order_by("pk")
    assert [(n.kind, n.version) for n in told] == [
        ("liaison.booked", 0),
        ("liaison.moved", 1),
        ("liaison.moved", 2),
        ("liaison.cancelled", 3),
    ]


@pytest.mark.parametrize(
    "status", [Status.STARTED, Status.FINISHED, Status.NO_SHOW, Status.CANCELLED]
)
def test_what_is_no_longer_just_booked_cannot_be_changed(status: Status) -> None:
    appointment = AppointmentFactory.create(status=status)

    with pytest.raises(changing.NotChangeable):
        cancel(appointment)
    with pytest.raises(changing.NotChangeable):
        move(appointment, at(DAY, 15))


def test_what_has_begun_cannot_be_cancelled() -> None:
    appointment = AppointmentFactory.create()

    with pytest.raises(changing.NotChangeable):
        cancel(appointment, now=appointment.starts_at)


def test_a_cancellation_of_what_somebody_moved_to_another_day_is_not_what_was_meant() -> None:
    open_day(NEXT_WEEK)
    appointment = AppointmentFactory.create()
    as_seen = Appointment.objects.get(pk=appointment.pk)
    move(appointment, at(NEXT_WEEK, 11))

    with pytest.raises(changing.NotChangeable):
        cancel(as_seen)


def test_the_counters_agree_with_a_recount_after_everything_that_can_happen() -> None:
    PolicyFactory.create(minutes_per_day=600, minutes_per_week=3000, late_notice_minutes=120)
    open_day(NEXT_WEEK)
    office = OfficeFactory.create()
    # What goes on comes last: nothing else can begin beside it.
    every = sorted(Status, key=lambda status: status == Status.STARTED)
    for hour, status in zip(range(9, 14), every, strict=True):
        AppointmentFactory.create(office=office, starts_at=at(DAY, hour), status=status)
    booked = Appointment.objects.get(status=Status.BOOKED)
    move(booked, at(NEXT_WEEK, 9), now=booked.starts_at - timedelta(minutes=5))

    assert counting.recount([monday_of(DAY), monday_of(NEXT_WEEK)]) == []


def test_a_recount_finds_a_counter_that_is_wrong_and_mends_nothing() -> None:
    appointment = AppointmentFactory.create()
    OfficeWeek.objects.update(booked=[0, 0, 1, 0, 0, 0, 0])

    found = counting.recount([monday_of(DAY)])

    assert [(d.office_id, d.counted[0][2], d.recounted[0][2]) for d in found] == [
        (appointment.office_id, 1, 2)
    ]
    assert OfficeWeek.objects.get().booked[2] == 1


def test_a_move_by_the_centre_tells_the_old_time_and_that_it_does_not_count() -> None:
    appointment = AppointmentFactory.create()
    was = appointment.starts_at

    moved = move(appointment, at(DAY, 14), side=Side.CENTRE, reason=Reason.ABSENCE)

    notice = Notice.objects.get(kind="liaison.moved", subject_id=moved.pk)
    notice.language = "en"
    words = messages.now_moved(notice)
    assert words is not None
    assert (words["by_centre"], words["former_starts_at"]) == (True, was)
    assert words["former_ends_at"] == was + timedelta(minutes=30)
    assert (
        messages.still_booked(Notice(kind="liaison.booked", subject_id=moved.pk, version=0)) is None
    )
