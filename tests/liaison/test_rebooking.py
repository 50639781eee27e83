"""Rebooking what an absence hits: one click, everything at once, and whose fault it was."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import changing, counting, rebooking
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.actions.rebooking import Reach, Result
from comptoir.liaison.models import (
    CENTRE_REASONS,
    Appointment,
    AppointmentEvent,
    Claim,
    Decision,
    Happening,
    Hold,
    OfficeWeek,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import rebooking as queries
from comptoir.notices.models import Notice
from comptoir.roster.models import Absence, AbsenceKind, OfferedHours
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    ProfessionalFactory,
    absent,
    at,
    booked_with,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

THURSDAY = DAY + timedelta(days=1)


def late_quanta(appointment: Appointment) -> int:
    """Everything that counts against its office as given up late."""
    weeks = OfficeWeek.objects.filter(office=appointment.office)
    return sum(sum(week.late) for week in weeks)


def reassign(appointment: Appointment, **values: Any) -> Appointment:
    return changing.reassign_appointment(
        **{
            "appointment": appointment,
            "reason": Reason.ABSENCE,
            "by": PersonFactory.create(),
            "now": NOW,
            "seed": 1,
            **values,
        }
    )


def cancel_by_centre(appointment: Appointment, **values: Any) -> Appointment:
    return changing.cancel_appointment(
        **{
            "appointment": appointment,
            "side": Side.CENTRE,
            "reason": Reason.ABSENCE,
            "by": PersonFactory.create(),
            "now": NOW,
            **values,
        }
    )


class TestAffected:
    @pytest.mark.parametrize(
        ("first", "last", "hit"),
        [
            (time(8), time(10), False),
            (time(8), time(10, 1), True),
            (time(10, 10), time(10, 20), True),
            (time(9), time(12), True),
            (time(10, 29), time(18), True),
            (time(10, 30), time(18), False),
        ],
    )
    def test_an_appointment_is_hit_when_the_times_overlap(
        self, first: time, last: time, hit: bool
    ) -> None:
        professional = ProfessionalFactory.create()
        appointment = booked_with(professional, 10, minutes=30)

        absence = absent(professional, first=first, last=last)

        assert list(queries.affected_by(absence)) == ([appointment] if hit else [])

    def test_other_professionals_and_other_days_are_not_hit(self) -> None:
        away, present = ProfessionalFactory.create(), ProfessionalFactory.create()
        booked_with(present)
        open_day(THURSDAY, [away])
        AppointmentFactory.create(starts_at=at(THURSDAY, 10))

        assert not queries.affected_by(absent(away)).exists()

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.BOOKED])
    def test_only_what_is_still_booked_wants_another_place(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)

        assert not queries.affected_by(absent(appointment.professional)).exists()

    def test_an_absence_that_was_withdrawn_hits_nothing(self) -> None:
        appointment = AppointmentFactory.create()
        absence = absent(appointment.professional)
        absence.withdrawn_at, absence.withdrawn_by = NOW, absence.entered_by
        absence.save()

        assert not queries.affected_by(absence).exists()


class TestReassign:
    def test_a_colleague_takes_it_at_the_same_time_and_the_quarter_hours_follow(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away, minutes=45)
        open_day(DAY, [colleague])
        absent(away)

        reassign(appointment)

        appointment.refresh_from_db()
        assert appointment.professional == colleague
        assert (appointment.starts_at, appointment.minutes) == (at(DAY, 10), 45)
        claims = Claim.objects.filter(appointment=appointment)
        assert [claim.professional_id for claim in claims] == [colleague.pk] * 3

    def test_the_office_gives_up_nothing_and_nothing_counts_as_late(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [ProfessionalFactory.create()])
        absent(away)
        before = list(OfficeWeek.objects.values_list("booked", "late"))

        reassign(appointment, now=appointment.starts_at - timedelta(minutes=5))

        assert list(OfficeWeek.objects.values_list("booked", "late")) == before
        assert counting.recount([monday_of(DAY)]) == []

    def test_it_is_on_record_as_the_centres_doing_with_who_had_it_before(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [ProfessionalFactory.create()])
        absent(away)
        lead = PersonFactory.create()

        reassign(appointment, by=lead)

        event = AppointmentEvent.objects.get(kind=Happening.REASSIGNED)
        assert (event.side, event.reason, event.by) == (Side.CENTRE, Reason.ABSENCE, lead)
        assert event.from_professional == away
        assert event.late_quanta == 0
        assert Event.objects.filter(action="appointment.reassigned").count() == 1

    def test_the_office_is_told_and_reminded_anew(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [ProfessionalFactory.create()])
        absent(away)

        reassign(appointment)

        kinds = Notice.objects.filter(version=1).values_list("kind", flat=True)
        assert sorted(kinds) == [
            "liaison.reassigned",
            "liaison.reminder_day",
            "liaison.reminder_hour",
        ]

    def test_no_decision_of_the_sharing_rule_is_made(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [ProfessionalFactory.create()])
        absent(away)
        decisions = Decision.objects.count()

        reassign(appointment)

        assert Decision.objects.count() == decisions

    def test_it_is_refused_when_nobody_is_free_and_nothing_changes(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        absent(away)

        with pytest.raises(changing.NobodyFree):
            reassign(appointment)

        appointment.refresh_from_db()
        assert appointment.professional == away
        assert appointment.sequence == 0
        assert Claim.objects.filter(appointment=appointment).count() == 2

    def test_it_never_goes_back_to_who_gives_it_away(self) -> None:
        appointment = AppointmentFactory.create()
        assert OfferedHours.objects.get().professional == appointment.professional

        with pytest.raises(changing.NobodyFree):
            reassign(appointment)

    def test_every_equivalent_that_is_named_is_granted(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, ProfessionalFactory.create_batch(2))
        absent(away)
        (found,) = queries.equivalents([appointment], now=NOW, seed=1)

        for colleague in found.stand_ins:
            reassigned = reassign(
                Appointment.objects.get(pk=appointment.pk), professional=colleague
            )
            assert reassigned.professional == colleague

    def test_the_one_asked_for_must_be_free(self) -> None:
        away, busy, free = ProfessionalFactory.create_batch(3)
        appointment = booked_with(away)
        booked_with(busy)
        open_day(DAY, [free])
        absent(away)

        with pytest.raises(changing.NobodyFree):
            reassign(appointment, professional=busy)

    def test_a_colleague_may_take_over_minutes_after_it_should_have_begun(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [colleague])
        absent(away)

        assert reassign(appointment, now=at(DAY, 10, 8)).professional == colleague

    def test_once_it_is_over_nobody_can_take_it(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [ProfessionalFactory.create()])
        absent(away)

        with pytest.raises(changing.NobodyFree):
            reassign(appointment, now=appointment.ends_at)

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.BOOKED])
    def test_only_what_is_booked_changes_hands(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)
        open_day(DAY, [ProfessionalFactory.create()])

        with pytest.raises(changing.NotChangeable):
            reassign(appointment)


class TestTheCentresDoing:
    """What the centre changes is never counted as the office's, however short the notice."""

    @pytest.mark.parametrize("minutes_before", [5000, 60, 1, 0, -10, -600])
    def test_a_cancellation_by_the_centre_never_counts_as_late(self, minutes_before: int) -> None:
        appointment = AppointmentFactory.create()

        cancel_by_centre(appointment, now=appointment.starts_at - timedelta(minutes=minutes_before))

        event = AppointmentEvent.objects.get(kind=Happening.CANCELLED)
        assert event.side == Side.CENTRE
        assert event.late_quanta == 0
        assert event.notice_minutes == minutes_before
        assert late_quanta(appointment) == 0
        assert counting.recount([monday_of(DAY)]) == []

    @pytest.mark.parametrize("minutes_before", [5000, 60, 1, -10])
    def test_a_move_by_the_centre_never_counts_as_late(self, minutes_before: int) -> None:
        appointment = AppointmentFactory.create()
        open_day(THURSDAY, [appointment.professional])

        factories.move(
            appointment,
            at(THURSDAY, 15),
            side=Side.CENTRE,
            reason=Reason.ABSENCE,
            now=appointment.starts_at - timedelta(minutes=minutes_before),
        )

        assert late_quanta(appointment) == 0
        assert counting.recount([monday_of(DAY)]) == []

    def test_the_same_move_by_the_office_counts(self) -> None:
        appointment = AppointmentFactory.create()
        open_day(THURSDAY, [appointment.professional])

        factories.move(
            appointment, at(THURSDAY, 15), now=appointment.starts_at - timedelta(minutes=60)
        )

        assert late_quanta(appointment) == 2

    def test_an_appointment_missed_by_the_centre_can_still_be_given_another_time(self) -> None:
        appointment = AppointmentFactory.create()
        open_day(THURSDAY, [appointment.professional])

        moved = factories.move(
            appointment,
            at(THURSDAY, 15),
            side=Side.CENTRE,
            reason=Reason.ABSENCE,
            now=appointment.ends_at,
        )

        assert moved.starts_at == at(THURSDAY, 15)

    def test_the_office_itself_can_change_nothing_once_the_time_has_come(self) -> None:
        appointment = AppointmentFactory.create()

        with pytest.raises(changing.NotChangeable):
            changing.cancel_appointment(
                appointment=appointment,
                side=Side.OFFICE,
                reason=Reason.NOT_NEEDED,
                by=appointment.booked_by,
                now=appointment.starts_at,
            )

    @pytest.mark.parametrize("status", [Status.STARTED, Status.FINISHED, Status.NO_SHOW])
    def test_what_somebody_dealt_with_is_not_cancelled_afterwards(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)

        with pytest.raises(changing.NotChangeable):
            cancel_by_centre(appointment, now=appointment.ends_at)

    def test_the_time_an_office_is_just_choosing_stays_kept(self) -> None:
        appointment = AppointmentFactory.create()
        hold = Hold.objects.create(
            office=appointment.office,
            person=appointment.booked_by,
            hours=OfferedHours.objects.get(),
            starts_at=at(DAY, 15),
            quanta=2,
            mask=0b11 << 28,
            expires_at=NOW + timedelta(minutes=5),
        )

        cancel_by_centre(appointment)

        assert Hold.objects.get() == hold


class TestBatch:
    def test_everything_that_has_a_colleague_is_rebooked_at_its_time(self) -> None:
        away = ProfessionalFactory.create()
        appointments = [booked_with(away, hour) for hour in (9, 11, 14)]
        open_day(DAY, [ProfessionalFactory.create()])
        absence = absent(away)

        batch = _batch(absence)

        assert batch.results == (Result.SAME_TIME,) * 3
        assert batch.waiting == 0
        assert not queries.affected_by(absence).exists()
        assert queries.dealt_with(absence) == queries.Dealt(reassigned=3, moved=0, cancelled=0)
        for appointment in appointments:
            starts_at = appointment.starts_at
            appointment.refresh_from_db()
            assert appointment.starts_at == starts_at

    def test_what_has_no_colleague_stays_unless_other_times_are_allowed(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away, 10)
        open_day(DAY, [ProfessionalFactory.create()], first=time(15))
        absence = absent(away)

        assert _batch(absence, reach=Reach.SAME_TIME).results == (Result.LEFT,)
        assert list(queries.affected_by(absence)) == [appointment]

        assert _batch(absence, reach=Reach.OTHER_TIME).results == (Result.OTHER_TIME,)
        appointment.refresh_from_db()
        assert appointment.starts_at == at(DAY, 15)
        assert late_quanta(appointment) == 0

    def test_batches_reach_the_end_although_some_are_left(self) -> None:
        away = ProfessionalFactory.create()
        hours = (9, 10, 11, 13, 14)
        for hour in hours:
            booked_with(away, hour)
        # A colleague is free for the second and the last only.
        open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(11))
        open_day(DAY, [ProfessionalFactory.create()], first=time(14), last=time(15))
        absence = absent(away)

        results: list[Result] = []
        left = 0
        waiting = len(hours)
        while waiting:
            batch = _batch(absence, size=2, left_before=left)
            results += batch.results
            left += batch.count(Result.LEFT)
            waiting = batch.waiting

        assert [r is Result.SAME_TIME for r in results] == [False, True, False, False, True]
        assert queries.affected_by(absence).count() == left == 3

    def test_nothing_is_moved_to_an_earlier_time_unasked(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away, 14)
        open_day(DAY, [ProfessionalFactory.create()], first=time(9), last=time(12))
        absence = absent(away)

        assert _batch(absence, reach=Reach.OTHER_TIME).results == (Result.LEFT,)

        (found,) = queries.equivalents([appointment], now=NOW, seed=1)
        assert found.earlier == at(DAY, 11, 30)

    def test_one_that_cannot_be_placed_does_not_stop_the_others(self) -> None:
        away = ProfessionalFactory.create()
        booked_with(away, 9, language="fr")
        booked_with(away, 11)
        open_day(DAY, [ProfessionalFactory.create(english=True)])
        absence = absent(away)

        assert _batch(absence).results == (Result.LEFT, Result.SAME_TIME)

    @pytest.mark.parametrize("kind", list(AbsenceKind))
    def test_the_office_never_learns_what_kind_of_leave_it_is(self, kind: AbsenceKind) -> None:
        away = ProfessionalFactory.create()
        booked_with(away)
        open_day(DAY, [ProfessionalFactory.create()])

        _batch(absent(away, kind=kind))

        reason = AppointmentEvent.objects.get(kind=Happening.REASSIGNED).reason
        assert reason == (Reason.OUTAGE if kind == AbsenceKind.OUTAGE else Reason.ABSENCE)
        assert reason in CENTRE_REASONS


def test_what_the_centre_did_about_an_absence_is_counted_by_what_it_was() -> None:
    away = ProfessionalFactory.create()
    kept, moved, dropped = (booked_with(away, hour) for hour in (9, 11, 14))
    open_day(DAY, [ProfessionalFactory.create()])
    absence = absent(away)

    reassign(kept)
    factories.move(moved, at(DAY, 16), side=Side.CENTRE, reason=Reason.ABSENCE)
    cancel_by_centre(dropped)

    assert queries.dealt_with(absence) == queries.Dealt(reassigned=1, moved=1, cancelled=1)


def test_moving_to_a_time_that_just_went_is_refused_and_nothing_changes() -> None:
    away = ProfessionalFactory.create()
    appointment = booked_with(away)
    colleague = ProfessionalFactory.create()
    open_day(DAY, [colleague], first=time(15), last=time(15, 30))
    absent(away)
    (found,) = queries.equivalents([appointment], now=NOW, seed=1)
    AppointmentFactory.create(office=OfficeFactory.create(), starts_at=found.later[0])

    with pytest.raises(NotAdmitted):
        factories.move(appointment, found.later[0], side=Side.CENTRE, reason=Reason.ABSENCE)

    appointment.refresh_from_db()
    assert appointment.starts_at == at(DAY, 10)


def _batch(
    absence: Absence, *, reach: Reach = Reach.SAME_TIME, size: int = 10, left_before: int = 0
) -> rebooking.Batch:
    return rebooking.rebook_batch(
        cause=absence,
        reach=reach,
        size=size,
        left_before=left_before,
        by=PersonFactory.create(),
        now=NOW,
        seed=1,
    )
