"""Background work: offices that ended, and the recount that reports and never mends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from procrastinate.contrib.django import app

from comptoir.audit.models import Event
from comptoir.domain.business_days import monday_of
from comptoir.liaison import jobs
from comptoir.liaison.actions import closing, counting, waiving
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Claim,
    Happening,
    OfficeWeek,
    PendingCharge,
    Reason,
    Side,
    Status,
)
from comptoir.notices.models import Notice
from comptoir.people.models import Office, OfficeEnd, OfficeStatus
from tests.liaison.factories import DAY, NOW, AppointmentFactory, PolicyFactory, at
from tests.liaison.flags import cancel_late
from tests.people.factories import PersonFactory

pytestmark = pytest.mark.django_db

ENDED = [OfficeStatus.SUSPENDED, OfficeStatus.CLOSED]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def end(office: Office, status: OfficeStatus = OfficeStatus.SUSPENDED) -> None:
    office.status, office.status_reason = status, OfficeEnd.DISSOLUTION
    office.save()


class TestEndedOffices:
    @pytest.mark.parametrize("status", ENDED)
    def test_what_it_had_booked_is_cancelled_and_its_time_is_free(
        self, status: OfficeStatus
    ) -> None:
        appointment = AppointmentFactory.create()
        end(appointment.office, status)

        jobs.cancel_for_ended_offices(0)

        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED
        assert not Claim.objects.exists()

    def test_it_is_the_centres_doing_and_nothing_counts_against_the_office(self) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10), now=NOW)
        end(appointment.office)

        with time_machine.travel(at(DAY, 9, 55), tick=False):
            jobs.cancel_for_ended_offices(0)

        event = AppointmentEvent.objects.get(kind=Happening.CANCELLED)
        assert (event.side, event.reason, event.by) == (Side.CENTRE, Reason.OFFICE_ENDED, None)
        assert event.late_quanta == 0
        assert sum(OfficeWeek.objects.get().late) == 0

    def test_its_people_will_be_told(self) -> None:
        appointment = AppointmentFactory.create()
        end(appointment.office)

        jobs.cancel_for_ended_offices(0)

        notice = Notice.objects.get(kind="liaison.cancelled")
        assert (notice.subject_id, notice.version) == (appointment.pk, 1)

    def test_active_offices_keep_what_they_booked(self) -> None:
        appointment = AppointmentFactory.create()

        jobs.cancel_for_ended_offices(0)

        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.BOOKED])
    def test_what_is_over_stays_as_it_was(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)
        end(appointment.office)

        jobs.cancel_for_ended_offices(0)

        appointment.refresh_from_db()
        assert appointment.status == status

    def test_what_has_begun_by_the_clock_is_left_to_people(self) -> None:
        appointment = AppointmentFactory.create()
        end(appointment.office)

        with time_machine.travel(appointment.starts_at, tick=False):
            jobs.cancel_for_ended_offices(0)

        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_one_run_takes_on_a_bounded_number_the_soonest_first(self) -> None:
        later = AppointmentFactory.create(starts_at=at(DAY, 14))
        sooner = AppointmentFactory.create(starts_at=at(DAY, 11), office=later.office)
        end(later.office)

        assert closing.cancel_for_ended_offices(most=1, now=NOW) == 1

        sooner.refresh_from_db()
        assert sooner.status == Status.CANCELLED
        assert closing.cancel_for_ended_offices(most=1, now=NOW) == 1
        assert closing.cancel_for_ended_offices(most=1, now=NOW) == 0


@pytest.mark.django_db(transaction=True)
class TestRecount:
    def test_it_says_nothing_when_all_is_well(self, caplog: pytest.LogCaptureFixture) -> None:
        # What goes on comes last: nothing else can begin beside it.
        every = sorted(Status, key=lambda status: status == Status.STARTED)
        for hour, status in enumerate(every, start=9):
            AppointmentFactory.create(starts_at=at(DAY, hour), status=status)

        with caplog.at_level(logging.ERROR):
            jobs.recount(0)

        assert caplog.records == []
        assert not Event.objects.filter(action__endswith=".differ").exists()

    def test_a_wrong_counter_is_reported_and_not_mended(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        appointment = AppointmentFactory.create(minutes=30)
        week = OfficeWeek.objects.get()
        week.booked[DAY.weekday()] = 7
        week.save()

        jobs.recount(0)

        event = Event.objects.get(action="counters.differ")
        assert event.office_id == appointment.office_id
        assert event.detail["week"] == monday_of(DAY).isoformat()
        assert event.detail["counted"][0][DAY.weekday()] == 7
        assert event.detail["recounted"][0][DAY.weekday()] == 2
        assert event.actor_id is None
        assert "Counters of office" in caplog.text
        week.refresh_from_db()
        assert week.booked[DAY.weekday()] == 7

    def test_a_counter_that_was_lost_is_reported(self) -> None:
        AppointmentFactory.create()
        OfficeWeek.objects.all().delete()

        jobs.recount(0)

        assert Event.objects.filter(action="counters.differ").count() == 1

    @pytest.mark.parametrize("status", [Status.BOOKED, Status.STARTED, Status.FINISHED])
    def test_a_live_appointment_that_lost_its_time_is_reported(
        self, status: Status, caplog: pytest.LogCaptureFixture
    ) -> None:
        appointment = AppointmentFactory.create(status=status, minutes=45)
        Claim.objects.filter(starts_at=appointment.starts_at).delete()

        jobs.recount(0)

        event = Event.objects.get(action="claims.differ")
        assert event.object_id == str(appointment.pk)
        assert "does not hold the time" in caplog.text

    def test_a_late_loss_is_recounted_from_what_happened(self) -> None:
        appointment = AppointmentFactory.create(status=Status.NO_SHOW, minutes=30)
        week = OfficeWeek.objects.get(office=appointment.office)
        week.late[DAY.weekday()] = 0
        week.save()

        jobs.recount(0)

        detail = Event.objects.get(action="counters.differ").detail
        assert detail["counted"][1][DAY.weekday()] == 0
        assert detail["recounted"][1][DAY.weekday()] == 2

    @pytest.fixture
    def pending(self) -> Appointment:
        """Half an hour given up late, both quarter hours of it charged until somebody takes them."""
        PolicyFactory.create(nested=True, floor_minutes=0, take_up_percent=0)
        appointment = cancel_late(AppointmentFactory.create(minutes=30))
        assert appointment.pending_charges.count() == 2
        return appointment

    def test_what_is_pending_and_counts_is_no_difference(self, pending: Appointment) -> None:
        jobs.recount(0)

        assert not Event.objects.filter(action__endswith=".differ").exists()

    def test_more_pending_than_still_counts_is_reported_and_not_mended(
        self, pending: Appointment, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The counter agrees with the events: only what would be refunded once too often is wrong."""
        waiving.waive(
            appointment=pending, reason="The telephones were down.", by=PersonFactory.create(),
            now=pending.starts_at,
        )  # fmt: skip
        left = PendingCharge.objects.create(
            professional=pending.professional, starts_at=pending.starts_at, appointment=pending
        )

        jobs.recount(0)

        event = Event.objects.get(action__endswith=".differ")
        assert (event.action, event.object_id) == ("charges.differ", str(pending.pk))
        assert event.office_id == pending.office_id
        assert "pending" in caplog.text
        left.refresh_from_db()

    def test_what_counts_on_another_day_makes_nothing_pending_right(
        self, pending: Appointment
    ) -> None:
        on = DAY + timedelta(days=1)
        PendingCharge.objects.filter(starts_at=pending.starts_at).delete()
        PendingCharge.objects.create(
            professional=pending.professional, starts_at=at(on, 10), appointment=pending
        )

        assert counting.overcharged([monday_of(DAY)]) == [pending]

    def test_weeks_long_past_are_left_alone(self) -> None:
        AppointmentFactory.create()
        OfficeWeek.objects.all().delete()

        with time_machine.travel(NOW + timedelta(weeks=8), tick=False):
            jobs.recount(0)

        assert not Event.objects.filter(action="counters.differ").exists()

    def test_a_recount_of_no_week_finds_nothing(self) -> None:
        AppointmentFactory.create()
        OfficeWeek.objects.all().delete()

        assert counting.recount([]) == []
        assert counting.adrift([]) == []
        assert counting.overcharged([]) == []


def test_the_jobs_run_every_five_minutes_and_every_night() -> None:
    schedule = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert schedule["liaison.cancel_ended"] == "*/5 * * * *"
    assert schedule["liaison.recount"] == "17 8 * * *"
