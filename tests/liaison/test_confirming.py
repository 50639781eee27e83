"""Confirm to keep: asked in time, confirmed stays, unconfirmed is released once and costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
import time_machine

from comptoir.domain.business_days import monday_of
from comptoir.liaison import jobs
from comptoir.liaison.actions import changing, confirming, counting
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Claim,
    Credit,
    Happening,
    OfficeWeek,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import confirming as queries
from comptoir.notices import actions as notices
from comptoir.notices import gateway
from comptoir.notices.models import Notice
from comptoir.notices.models import Status as NoticeStatus
from comptoir.people.models import Office, OfficeStatus
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    move,
    open_day,
)
from tests.liaison.flags import flag
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db

DEADLINE = at(DAY, 9)
"""An hour before the appointments of this file begin."""


@pytest.fixture
def office() -> Office:
    """One that is asked to confirm."""
    PolicyFactory.create()
    office = OfficeFactory.create()
    flag(office)
    return office


def confirm(appointment: Appointment, now: datetime = NOW) -> Appointment:
    return confirming.confirm(
        appointment=appointment, seen=appointment.sequence, by=appointment.booked_by, now=now
    )


THREE_HOURS_BEFORE = at(DAY, 7)


def ask(now: datetime = THREE_HOURS_BEFORE) -> None:
    confirming.ask(most=100, now=now)


def release(now: datetime) -> int:
    return confirming.release_unconfirmed(most=100, now=now)


def status(appointment: Appointment) -> str:
    return Appointment.objects.get(pk=appointment.pk).status


class TestReleasing:
    def test_what_is_not_confirmed_is_released_an_hour_before_and_not_earlier(
        self, office: Office
    ) -> None:
        appointment = AppointmentFactory.create(office=office)
        ask()

        assert release(DEADLINE - timedelta(minutes=1)) == 0
        assert release(DEADLINE) == 1

        assert status(appointment) == Status.CANCELLED
        assert not Claim.objects.exists()

    def test_it_is_released_once_charged_nothing_and_credited_nothing(self, office: Office) -> None:
        AppointmentFactory.create(office=office)
        ask()

        assert (release(DEADLINE), release(DEADLINE + timedelta(minutes=1))) == (1, 0)

        event = AppointmentEvent.objects.get(kind=Happening.CANCELLED)
        assert (event.side, event.reason, event.by) == (Side.CENTRE, Reason.NOT_CONFIRMED, None)
        assert (event.late_quanta, event.excused_quanta) == (0, 0)
        week = OfficeWeek.objects.get(office=office)
        assert (sum(week.booked), sum(week.late)) == (0, 0)
        assert counting.recount([monday_of(DAY)]) == []
        assert not Credit.objects.exists()

    def test_the_office_is_told(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)
        ask()

        release(DEADLINE)

        told = Notice.objects.get(kind="liaison.cancelled")
        assert (told.subject_id, told.version) == (appointment.pk, 1)

    def test_what_is_confirmed_stays(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)
        ask()
        confirm(appointment, at(DAY, 8))

        assert release(DEADLINE) == 0
        assert status(appointment) == Status.BOOKED

    def test_offices_without_a_flag_keep_what_they_booked(self) -> None:
        appointment = AppointmentFactory.create()
        flag(appointment.office)
        ask()
        appointment.office.pattern_flags.update(ended_on=DAY)

        assert release(DEADLINE) == 0

    @pytest.mark.parametrize("minutes", [59, 61, 179])
    def test_what_was_booked_too_late_to_be_asked_about_is_never_released(
        self, office: Office, minutes: int
    ) -> None:
        starts_at = at(DAY, 10)
        booked_at = starts_at - timedelta(minutes=minutes)
        appointment = AppointmentFactory.create(office=office, now=booked_at)

        assert not queries.is_open(appointment, booked_at)
        for left in range(minutes, 0, -1):
            ask(starts_at - timedelta(minutes=left))
            assert release(starts_at - timedelta(minutes=left)) == 0
        assert asked() == []

    def test_nothing_is_released_of_which_a_worker_that_was_down_did_not_ask(
        self, office: Office
    ) -> None:
        appointment = AppointmentFactory.create(office=office, now=at(DAY, 6, 59))

        for minutes in range(59, 0, -1):
            moment = appointment.starts_at - timedelta(minutes=minutes)
            ask(moment)
            assert release(moment) == 0

        assert status(appointment) == Status.BOOKED

    def test_an_office_that_was_asked_late_has_half_an_hour_to_answer(self, office: Office) -> None:
        AppointmentFactory.create(office=office)
        ask(at(DAY, 8, 45))

        assert [release(at(DAY, 9, minute)) for minute in (0, 14, 15)] == [0, 0, 1]

    def test_the_question_about_the_time_it_had_before_a_move_is_none_about_the_new_one(
        self, office: Office
    ) -> None:
        appointment = AppointmentFactory.create(office=office)
        ask()
        move(appointment, at(DAY, 14), now=at(DAY, 8))

        assert release(at(DAY, 13)) == 0

    def test_who_was_found_that_very_morning_is_not_asked_for_the_next_hours(
        self, office: Office
    ) -> None:
        office.pattern_flags.update(set_at=at(DAY, 7, 30))
        AppointmentFactory.create(office=office, starts_at=at(DAY, 10))
        later = AppointmentFactory.create(office=office, starts_at=at(DAY, 11))

        assert [one.pk for one in queries.unconfirmed(at(DAY, 8))] == [later.pk]

    def test_what_nobody_could_take_any_more_stays(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)
        ask()

        assert release(appointment.starts_at - timedelta(minutes=29)) == 0
        assert release(appointment.starts_at - timedelta(minutes=30)) == 1

    @pytest.mark.parametrize("state", [state for state in Status if state != Status.BOOKED])
    def test_what_is_over_is_left_alone(self, office: Office, state: Status) -> None:
        AppointmentFactory.create(office=office, status=state)

        assert release(DEADLINE) == 0

    def test_one_run_takes_on_a_bounded_number_the_soonest_first(self, office: Office) -> None:
        open_day(DAY, ProfessionalFactory.create_batch(2))
        later = AppointmentFactory.create(office=office, starts_at=at(DAY, 10, 15), minutes=15)
        sooner = AppointmentFactory.create(office=office, starts_at=at(DAY, 10), minutes=15)
        ask()

        assert confirming.release_unconfirmed(most=1, now=at(DAY, 9, 20)) == 1

        assert (status(sooner), status(later)) == (Status.CANCELLED, Status.BOOKED)


class TestConfirming:
    def test_it_is_on_record_once(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)

        confirm(confirm(appointment), NOW + timedelta(minutes=5))

        assert Appointment.objects.get().confirmed_at == NOW
        event = AppointmentEvent.objects.get(kind=Happening.CONFIRMED)
        assert (event.at, event.by, event.side) == (NOW, appointment.booked_by, Side.OFFICE)

    def test_it_changes_nothing_in_anybodys_calendar(self, office: Office) -> None:
        assert confirm(AppointmentFactory.create(office=office)).sequence == 0

    def test_late_is_not_too_late_as_long_as_the_time_was_not_released(
        self, office: Office
    ) -> None:
        appointment = AppointmentFactory.create(office=office)
        ask()

        confirm(appointment, DEADLINE + timedelta(minutes=10))

        assert release(DEADLINE + timedelta(minutes=11)) == 0

    def test_what_was_released_or_has_begun_cannot_be_confirmed(self, office: Office) -> None:
        gone = AppointmentFactory.create(office=office)
        begun = AppointmentFactory.create(office=office, starts_at=at(DAY, 14))
        ask()
        release(DEADLINE)

        for appointment, now in ((gone, DEADLINE), (begun, at(DAY, 14))):
            with pytest.raises(confirming.NothingToConfirm):
                confirm(appointment, now)

    def test_a_time_that_the_office_has_not_seen_is_not_confirmed(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)
        move(appointment, at(DAY, 14), side=Side.CENTRE, reason=Reason.ABSENCE)

        with pytest.raises(confirming.NothingToConfirm):
            confirm(appointment)

    def test_a_move_takes_the_confirmation_back(self, office: Office) -> None:
        appointment = confirm(AppointmentFactory.create(office=office))

        moved = move(appointment, at(DAY, 14))

        assert queries.is_open(moved, NOW)

    def test_a_time_chosen_too_late_to_be_asked_about_is_confirmed_by_choosing_it(
        self, office: Office
    ) -> None:
        appointment = AppointmentFactory.create(office=office)

        moved = move(appointment, at(DAY, 10, 30), now=at(DAY, 7, 31))

        assert not queries.is_open(moved, at(DAY, 7, 31))
        assert release(at(DAY, 9, 41)) == 0
        event = AppointmentEvent.objects.filter(kind=Happening.CONFIRMED)
        assert not event.exists()

    def test_another_professional_at_the_same_time_leaves_it_confirmed(
        self, office: Office
    ) -> None:
        open_day(DAY, ProfessionalFactory.create_batch(2))
        appointment = AppointmentFactory.create(office=office)
        ask()
        confirm(appointment, at(DAY, 8))

        changing.reassign_appointment(
            appointment=appointment,
            reason=Reason.ABSENCE,
            by=appointment.booked_by,
            now=NOW,
            seed=1,
        )

        assert Appointment.objects.get().confirmed_at == at(DAY, 8)
        assert release(DEADLINE) == 0


def asked() -> list[tuple[str, datetime]]:
    found = Notice.objects.filter(kind__startswith="liaison.confirm").order_by("queued_at")
    return [(notice.kind, notice.queued_at) for notice in found]


class TestAsking:
    def ask(self, *moments: datetime) -> list[tuple[str, datetime]]:
        for moment in moments:
            confirming.ask(most=100, now=moment)
        return asked()

    def test_the_office_is_asked_the_day_before_and_three_hours_before(
        self, office: Office
    ) -> None:
        AppointmentFactory.create(office=office)
        minutes = [at(DAY, 10) - timedelta(minutes=m) for m in range(26 * 60, 0, -5)]

        assert self.ask(*minutes) == [
            ("liaison.confirm_day", at(DAY, 10) - timedelta(days=1)),
            ("liaison.confirm_hours", at(DAY, 7)),
        ]

    def test_it_is_not_asked_again_once_the_letter_has_its_reader(self, office: Office) -> None:
        AppointmentFactory.create(office=office)
        self.ask(at(DAY, 7))
        Notice.objects.filter(kind="liaison.confirm_hours").update(address="a@offices.example")

        assert len(self.ask(at(DAY, 7, 1))) == 1

    def test_for_a_monday_it_is_asked_on_friday(self, office: Office) -> None:
        AppointmentFactory.create(office=office, starts_at=at(date(2026, 11, 23), 10))
        friday = at(date(2026, 11, 20), 10)

        assert self.ask(friday - timedelta(minutes=1)) == []
        assert self.ask(friday) == [("liaison.confirm_day", friday)]

    def test_what_is_booked_three_hours_before_is_asked_for_at_once(self, office: Office) -> None:
        AppointmentFactory.create(office=office, now=at(DAY, 7))

        assert self.ask(at(DAY, 7, 1)) == [("liaison.confirm_hours", at(DAY, 7, 1))]
        assert Notice.objects.get(kind="liaison.confirm_hours").useless_after == DEADLINE

    def test_who_has_confirmed_or_is_not_flagged_is_not_asked(self, office: Office) -> None:
        confirm(AppointmentFactory.create(office=office))
        AppointmentFactory.create(starts_at=at(DAY, 14))

        assert self.ask(at(DAY, 7)) == []

    def test_an_office_that_ended_is_not_asked(self, office: Office) -> None:
        AppointmentFactory.create(office=office)
        Office.objects.update(status=OfficeStatus.SUSPENDED, status_reason="dissolution")

        assert self.ask(at(DAY, 7)) == []

    def test_a_time_it_was_moved_to_is_asked_for_anew(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)
        self.ask(at(DAY, 7))
        move(appointment, at(DAY, 14), now=at(DAY, 8))

        assert [kind for kind, _ in self.ask(at(DAY, 11))] == ["liaison.confirm_hours"] * 2

    def test_the_letter_is_not_sent_once_it_is_confirmed(self, office: Office) -> None:
        appointment = AppointmentFactory.create(office=office)
        self.ask(at(DAY, 7))
        notice = Notice.objects.get(kind="liaison.confirm_hours")
        confirm(appointment, at(DAY, 7))

        with gateway.mailbox() as mailbox:
            became = notices.deliver(notice_id=notice.pk, mailbox=mailbox, now=at(DAY, 7, 1))

        assert became == NoticeStatus.SKIPPED


class TestTheJob:
    @pytest.fixture(autouse=True)
    def _now(self) -> Iterator[time_machine.Traveller]:
        with time_machine.travel(DEADLINE, tick=False) as traveller:
            yield traveller

    def test_it_asks_and_releases(self, office: Office) -> None:
        AppointmentFactory.create(office=office, starts_at=at(DAY, 10))
        AppointmentFactory.create(office=office, starts_at=at(DAY, 11))
        ask()

        jobs.release_unconfirmed(0)

        assert Appointment.objects.filter(status=Status.CANCELLED).count() == 1
        kinds = [kind for kind, queued_at in asked() if queued_at == DEADLINE]
        assert kinds == ["liaison.confirm_hours"]

    def test_the_nightly_review_goes_through_an_empty_house(self) -> None:
        jobs.review_reliability(0)

        assert asked() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(6))
def test_who_confirms_at_the_moment_of_the_release_keeps_it_or_is_told(
    office: Office, round_: int
) -> None:
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    appointment = AppointmentFactory.create(office=office)
    ask()
    rivals: list[Callable[[], object]] = [
        partial(confirm, appointment, DEADLINE),
        partial(release, DEADLINE),
    ]
    confirmed, released = at_once(rivals)

    if isinstance(confirmed, confirming.NothingToConfirm):
        assert (released, status(appointment)) == (1, Status.CANCELLED)
    else:
        assert isinstance(confirmed, Appointment), confirmed
        assert (released, status(appointment)) == (0, Status.BOOKED)
    assert counting.recount([monday_of(DAY)]) == []
    assert counting.adrift([monday_of(DAY)]) == []
