"""A start and a no-show that were recorded by mistake are taken back on the same day, and leave a trace."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import counting, serving, taking_back
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.actions.holding import hold_time
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Claim,
    Happening,
    Mode,
    OfficeWeek,
    Outcome,
    Side,
    Status,
)
from comptoir.people.models import Person, Role
from comptoir.roster.models import OfferedHours
from tests.liaison import factories
from tests.liaison.factories import DAY, AppointmentFactory, PolicyFactory, at, delegate_of
from tests.people.factories import OfficeFactory, PersonFactory, person_with

pytestmark = pytest.mark.django_db

LATER = at(DAY, 10, 20)
"""Ten minutes after the no-show of the tests was recorded."""


def counters(appointment: Appointment) -> tuple[int, int]:
    """What the office's week says of `DAY`: booked and late quanta."""
    week = OfficeWeek.objects.get(office=appointment.office, week=monday_of(DAY))
    return week.booked[DAY.weekday()], week.late[DAY.weekday()]


def missed(**values: object) -> Appointment:
    """From ten to eleven, recorded as not attended at ten past ten."""
    return AppointmentFactory.create(
        **{"starts_at": at(DAY, 10), "minutes": 60, "status": Status.NO_SHOW, **values}
    )


def attended(
    appointment: Appointment, *, by: Person | None = None, now: datetime = LATER
) -> Appointment:
    """The no-show taken back, by its professional unless somebody else does it."""
    return taking_back.take_back_no_show(
        appointment=appointment, by=by or appointment.professional.person, now=now
    )


def unbegun(appointment: Appointment, now: datetime = LATER) -> Appointment:
    return taking_back.take_back_start(
        appointment=appointment, by=appointment.professional.person, now=now
    )


class TestNoShow:
    def test_the_appointment_is_booked_again_with_the_same_quarter_hours(self) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10), minutes=60)
        before = set(Claim.objects.values_list("starts_at", "hours_id", "bit"))
        factories.in_status(appointment, Status.NO_SHOW)

        again = attended(appointment)

        assert again.status == Status.BOOKED
        assert set(Claim.objects.values_list("starts_at", "hours_id", "bit")) == before
        assert set(again.claims.all()) == set(Claim.objects.all())

    def test_what_it_had_put_on_the_counters_is_off_again(self) -> None:
        appointment = missed()
        assert counters(appointment) == (0, 4)

        attended(appointment)

        assert counters(appointment) == (4, 0)

    def test_a_recount_agrees_and_no_quarter_hour_is_astray(self) -> None:
        attended(missed())

        assert counting.recount([monday_of(DAY)]) == []
        assert counting.adrift([monday_of(DAY)]) == []

    def test_under_a_rule_that_does_not_count_late_nothing_is_taken_off(self) -> None:
        PolicyFactory.create(late_counts=False)
        appointment = missed()

        attended(appointment)

        assert counters(appointment) == (4, 0)
        assert counting.recount([monday_of(DAY)]) == []

    def test_other_time_that_the_office_gave_up_late_stays_counted(self) -> None:
        office = OfficeFactory.create()
        AppointmentFactory.create(
            office=office, starts_at=at(DAY, 14), minutes=30, status=Status.NO_SHOW
        )
        appointment = missed(office=office)

        attended(appointment, now=at(DAY, 15))

        assert counters(appointment) == (4, 2)

    def test_the_history_and_the_trail_say_who_took_it_back(self) -> None:
        lead = person_with(Role.TEAM_LEAD)
        appointment = attended(missed(), by=lead)

        kinds = appointment.events.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == [Happening.BOOKED, Happening.NO_SHOW, Happening.NOT_MISSED]
        event = AppointmentEvent.objects.get(kind=Happening.NOT_MISSED)
        assert (event.by, event.side, event.late_quanta) == (lead, Side.CENTRE, -4)
        assert event.from_starts_at == appointment.starts_at
        row = Event.objects.get(action="appointment.not_missed")
        assert (row.actor_id, row.office_id) == (lead.pk, appointment.office_id)

    def test_it_can_be_worked_or_missed_again(self) -> None:
        appointment = attended(missed())
        assert factories.start(appointment).status == Status.STARTED

        other = attended(missed(starts_at=at(DAY, 12)), now=at(DAY, 12, 20))
        serving.record_no_show(appointment=other, by=other.professional.person, now=at(DAY, 12, 30))
        assert attended(other, now=at(DAY, 12, 40)).status == Status.BOOKED

        assert counters(other) == (4, 0)
        assert counting.recount([monday_of(DAY)]) == []

    def test_time_that_was_taken_since_is_not_taken_back(self) -> None:
        appointment = missed()
        AppointmentFactory.create(starts_at=at(DAY, 10, 30), minutes=15, now=at(DAY, 10, 12))

        with pytest.raises(taking_back.TimeTaken):
            attended(appointment)

        appointment.refresh_from_db()
        assert appointment.status == Status.NO_SHOW
        assert counters(appointment) == (0, 4)
        assert not appointment.claims.exists()

    def test_time_that_is_kept_for_an_office_that_types_is_not_taken_back_until_it_is_free(
        self,
    ) -> None:
        appointment = missed()
        other = OfficeFactory.create()
        wish = Wish(at(DAY, 10, 30), 30, "en", Mode.TELEPHONE, "613-555-0100", "")
        hold_time(office=other, wish=wish, by=delegate_of(other), now=at(DAY, 10, 15), seed=1)

        with pytest.raises(taking_back.TimeTaken):
            attended(appointment, now=at(DAY, 10, 16))

        assert attended(appointment, now=at(DAY, 10, 21)).status == Status.BOOKED

    def test_the_time_of_somebody_who_serves_no_more_is_not_taken_back(self) -> None:
        appointment = missed()
        appointment.professional.active = False
        appointment.professional.save()

        with pytest.raises(taking_back.TimeTaken):
            attended(appointment)

    def test_an_absence_entered_since_does_not_prevent_it(self) -> None:
        appointment = missed()
        OfferedHours.objects.update(mask=0)

        assert attended(appointment).status == Status.BOOKED

    def test_it_is_for_the_day_of_the_record_until_its_midnight(self) -> None:
        appointment = missed()

        with pytest.raises(taking_back.AnotherDay):
            attended(appointment, now=at(DAY + timedelta(days=1), 0))
        assert counters(appointment) == (0, 4)

        assert attended(appointment, now=at(DAY, 23, 59)).status == Status.BOOKED

    def test_what_was_recorded_on_a_later_day_is_taken_back_on_that_day(self) -> None:
        appointment = AppointmentFactory.create()
        next_day = DAY + timedelta(days=1)
        serving.record_no_show(
            appointment=appointment, by=appointment.professional.person, now=at(next_day, 9)
        )

        assert attended(appointment, now=at(next_day, 9, 5)).status == Status.BOOKED

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.NO_SHOW])
    def test_only_a_no_show_is_taken_back(self, status: Status) -> None:
        with pytest.raises(serving.WrongState):
            attended(AppointmentFactory.create(status=status))


class TestStart:
    def test_it_is_as_if_it_had_not_begun(self) -> None:
        appointment = factories.start(AppointmentFactory.create(), late=3)

        again = unbegun(appointment)

        assert again.status == Status.BOOKED
        assert (again.started_at, again.office_late_minutes) == (None, None)
        assert again.claims.count() == again.quanta
        assert counters(again) == (again.quanta, 0)
        assert counting.recount([monday_of(DAY)]) == []

    def test_the_history_and_the_trail_say_so(self) -> None:
        appointment = unbegun(AppointmentFactory.create(status=Status.STARTED))

        kinds = appointment.events.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == [Happening.BOOKED, Happening.STARTED, Happening.NOT_STARTED]
        event = AppointmentEvent.objects.get(kind=Happening.NOT_STARTED)
        assert (event.side, event.late_quanta) == (Side.CENTRE, 0)
        assert Event.objects.filter(action="appointment.not_started").count() == 1

    def test_it_can_begin_again_or_be_missed(self) -> None:
        appointment = unbegun(AppointmentFactory.create(status=Status.STARTED))
        assert factories.start(appointment).status == Status.STARTED

        unbegun(appointment)

        assert factories.in_status(appointment, Status.NO_SHOW).status == Status.NO_SHOW

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_it_stays_once_an_outcome_is_on_record(self, outcome: Outcome) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, outcome)

        with pytest.raises(taking_back.OutcomeRecorded):
            unbegun(appointment)

        appointment.refresh_from_db()
        assert appointment.status == Status.STARTED

    def test_it_stays_after_the_day_of_the_record(self) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        with pytest.raises(taking_back.AnotherDay):
            unbegun(appointment, now=at(DAY + timedelta(days=1), 0))

    def test_begun_a_second_time_its_last_beginning_counts(self) -> None:
        appointment = unbegun(AppointmentFactory.create(status=Status.STARTED))
        next_day = DAY + timedelta(days=1)
        serving.start_appointment(
            appointment=appointment,
            office_late_minutes=0,
            by=PersonFactory.create(),
            now=at(next_day, 9),
        )

        assert unbegun(appointment, now=at(next_day, 10)).status == Status.BOOKED

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.STARTED])
    def test_only_what_is_in_progress_is_taken_back(self, status: Status) -> None:
        with pytest.raises(serving.WrongState):
            unbegun(AppointmentFactory.create(status=status))
