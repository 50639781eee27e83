"""Starting, recording outcomes, finishing, no-shows, follow-ups: what a professional's day writes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comptoir.audit.models import Event, Verb
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import counting, serving
from comptoir.liaison.models import (
    BASELESS_OUTCOMES,
    FOLLOWED_OUTCOMES,
    LIVE_STATUSES,
    SILENT_OUTCOMES,
    Appointment,
    AppointmentEvent,
    CaseLine,
    Claim,
    FollowUp,
    Happening,
    OfficeWeek,
    Outcome,
    Side,
    Status,
)
from comptoir.people.models import Chamber
from comptoir.ui import clock
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    consent_case,
    member_case,
)
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

FOLLOWED = list(FOLLOWED_OUTCOMES)
UNFOLLOWED = [outcome for outcome in Outcome if outcome not in FOLLOWED_OUTCOMES]
TELLING = [outcome for outcome in Outcome if outcome not in SILENT_OUTCOMES]


def counters(appointment: Appointment) -> tuple[int, int]:
    """What the office's week says of the appointment's day: booked and late quanta."""
    on = clock.service_date(appointment.starts_at)
    week = OfficeWeek.objects.get(office=appointment.office, week=monday_of(on))
    return week.booked[on.weekday()], week.late[on.weekday()]


def outcome_of(appointment: Appointment, position: int = 1) -> CaseLine:
    return appointment.case_lines.get(position=position)


class TestStatuses:
    @pytest.mark.parametrize("status", list(LIVE_STATUSES))
    def test_a_live_status_keeps_its_quarter_hours(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)

        assert appointment.status == status
        assert Claim.objects.filter(appointment=appointment).count() == appointment.quanta
        assert counters(appointment) == (appointment.quanta, 0)

    @pytest.mark.parametrize("status", [s for s in Status if s not in LIVE_STATUSES])
    def test_a_status_that_is_not_live_frees_its_quarter_hours_at_once(
        self, status: Status
    ) -> None:
        appointment = AppointmentFactory.create(status=status)

        assert appointment.status == status
        assert not Claim.objects.filter(appointment=appointment).exists()
        assert counters(appointment)[0] == 0

    @pytest.mark.parametrize("status", list(Status))
    def test_a_recount_agrees_with_the_counters_whatever_the_status(self, status: Status) -> None:
        AppointmentFactory.create(status=status)

        assert counting.recount([monday_of(DAY)]) == []


class TestFinish:
    def test_it_is_refused_until_every_case_has_an_outcome(self) -> None:
        appointment = AppointmentFactory.create(
            cases=[consent_case(), member_case(), consent_case()], status=Status.STARTED
        )
        factories.record(appointment, position=2)

        with pytest.raises(serving.OutcomesMissing) as refused:
            serving.finish_appointment(
                appointment=appointment,
                by=appointment.professional.person,
                now=appointment.ends_at,
            )

        assert refused.value.positions == [1, 3]
        appointment.refresh_from_db()
        assert appointment.status == Status.STARTED

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_any_outcome_will_do(self, outcome: Outcome) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, outcome)

        assert factories.finish(appointment).status == Status.FINISHED

    def test_the_time_used_is_from_start_to_finish(self) -> None:
        appointment = factories.start(AppointmentFactory.create(), late=4)

        ended = factories.finish(appointment, after_minutes=29)

        assert ended.minutes_used == 25

    def test_the_professional_can_correct_the_time_used(self) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment)

        ended = serving.finish_appointment(
            appointment=appointment,
            by=appointment.professional.person,
            now=appointment.ends_at + timedelta(hours=2),
            minutes_used=25,
        )

        assert ended.minutes_used == 25

    @pytest.mark.parametrize(
        ("late", "seen_at"),
        [
            (0, at(DAY + timedelta(days=1), 9)),
            (0, at(DAY, 18, 1)),
            (60, at(DAY, 19, 1)),
        ],
    )
    def test_of_what_was_left_open_somebody_must_say_how_long_it_took(
        self, late: int, seen_at: datetime
    ) -> None:
        """Past its day, or for longer than a working day: read off the clock it would be nonsense."""
        appointment = factories.start(AppointmentFactory.create(), late=late)
        factories.record(appointment)
        by = appointment.professional.person

        with pytest.raises(serving.MinutesMissing):
            serving.finish_appointment(appointment=appointment, by=by, now=seen_at)
        appointment.refresh_from_db()
        assert appointment.status == Status.STARTED
        ended = serving.finish_appointment(
            appointment=appointment, by=by, now=seen_at, minutes_used=40
        )

        assert ended.minutes_used == 40

    def test_a_working_day_can_still_be_read_off_the_clock(self) -> None:
        appointment = factories.start(AppointmentFactory.create())
        factories.record(appointment)

        ended = serving.finish_appointment(
            appointment=appointment, by=appointment.professional.person, now=at(DAY, 18)
        )

        assert ended.minutes_used == 8 * 60

    @pytest.mark.parametrize(
        ("seconds", "minutes"), [(0, 1), (20 * 60, 21), (20 * 60, 60), (20 * 60 + 1, 22)]
    )
    def test_it_has_not_taken_longer_than_since_it_began(self, seconds: int, minutes: int) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment)

        with pytest.raises(serving.NotThatLong):
            serving.finish_appointment(
                appointment=appointment,
                by=appointment.professional.person,
                now=appointment.starts_at + timedelta(seconds=seconds),
                minutes_used=minutes,
            )

    def test_a_minute_that_runs_counts_and_ends_now(self) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment)
        now = appointment.starts_at + timedelta(minutes=20, seconds=1)

        ended = serving.finish_appointment(
            appointment=appointment, by=appointment.professional.person, now=now, minutes_used=21
        )

        assert ended.finished_at == now

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.STARTED])
    def test_only_what_is_in_progress_can_end(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)

        with pytest.raises(serving.WrongState):
            serving.finish_appointment(
                appointment=appointment,
                by=appointment.professional.person,
                now=appointment.ends_at,
            )


class TestNoShow:
    def test_the_whole_length_counts_as_given_up_late(self) -> None:
        appointment = AppointmentFactory.create(minutes=45, status=Status.NO_SHOW)

        assert counters(appointment) == (0, 3)
        event = AppointmentEvent.objects.get(appointment=appointment, kind=Happening.NO_SHOW)
        assert event.side == Side.OFFICE
        assert event.late_quanta == 3
        assert event.notice_minutes == 0

    def test_under_a_rule_that_does_not_count_late_nothing_counts(self) -> None:
        PolicyFactory.create(late_counts=False)

        appointment = AppointmentFactory.create(status=Status.NO_SHOW)

        assert counters(appointment) == (0, 0)

    def test_the_freed_time_can_be_booked_by_another_office(self) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10), minutes=60)
        serving.record_no_show(
            appointment=appointment,
            by=appointment.professional.person,
            now=at(DAY, 10, 10),
        )

        again = AppointmentFactory.create(
            starts_at=at(DAY, 10, 30), minutes=30, now=at(DAY, 10, 12)
        )

        assert again.professional == appointment.professional

    @pytest.mark.parametrize("wait", [0, 10, 20])
    def test_nobody_is_absent_before_the_office_has_had_the_time_of_the_days_rule(
        self, wait: int
    ) -> None:
        PolicyFactory.create(no_show_after_minutes=wait)
        appointment = AppointmentFactory.create()
        until = appointment.starts_at + timedelta(minutes=wait)

        def record(now: datetime) -> Appointment:
            return serving.record_no_show(
                appointment=appointment, by=appointment.professional.person, now=now
            )

        with pytest.raises(serving.StillWaiting) as refused:
            record(until - timedelta(seconds=1))
        assert refused.value.until == until
        assert counters(appointment) == (2, 0)

        assert record(until).status == Status.NO_SHOW

    def test_the_rule_of_the_day_decides_not_the_one_it_was_booked_under(self) -> None:
        PolicyFactory.create(no_show_after_minutes=30)
        appointment = AppointmentFactory.create()
        PolicyFactory.create(no_show_after_minutes=5, valid_from=DAY)

        missed = serving.record_no_show(
            appointment=appointment,
            by=appointment.professional.person,
            now=appointment.starts_at + timedelta(minutes=5),
        )

        assert missed.status == Status.NO_SHOW

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.BOOKED])
    def test_only_what_is_booked_can_be_missed(self, status: Status) -> None:
        appointment = AppointmentFactory.create(status=status)

        with pytest.raises(serving.WrongState):
            serving.record_no_show(
                appointment=appointment,
                by=appointment.professional.person,
                now=appointment.starts_at + timedelta(minutes=10),
            )

    def test_one_that_was_moved_away_in_the_meantime_is_not_missed(self) -> None:
        appointment = AppointmentFactory.create()
        stale = Appointment.objects.get(pk=appointment.pk)
        factories.open_day(date(2026, 11, 17))
        factories.move(appointment, at(date(2026, 11, 17), 10))

        with pytest.raises(serving.WrongState):
            serving.record_no_show(
                appointment=stale,
                by=appointment.professional.person,
                now=at(DAY, 10, 10),
            )


class TestOutcome:
    def test_what_was_said_is_kept_with_who_recorded_it(self) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        recorder = PersonFactory.create()

        factories.record(
            appointment, answer="In background check.", advice="Wait 30 days.", by=recorder
        )

        case_line = outcome_of(appointment)
        assert case_line.outcome == Outcome.ANSWERED
        assert case_line.answer == "In background check."
        assert case_line.advice == "Wait 30 days."
        assert case_line.recorded_by == recorder

    @pytest.mark.parametrize("outcome", FOLLOWED)
    def test_what_is_asked_for_or_referred_leaves_a_follow_up(self, outcome: Outcome) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        factories.record(
            appointment, outcome, task="Ask Lagos", due_on=date(2026, 12, 2), urgent=True
        )

        follow_up = FollowUp.objects.get()
        assert follow_up.case_line == outcome_of(appointment)
        assert follow_up.professional == appointment.professional
        assert (follow_up.task, follow_up.due_on) == ("Ask Lagos", date(2026, 12, 2))
        assert follow_up.urgent

    @pytest.mark.parametrize("outcome", UNFOLLOWED)
    def test_any_other_outcome_leaves_none(self, outcome: Outcome) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        factories.record(appointment, outcome)

        assert not FollowUp.objects.exists()

    @pytest.mark.parametrize(
        "missing", [{"due_on": None}, {"task": ""}], ids=["no due date", "no task"]
    )
    @pytest.mark.parametrize("outcome", FOLLOWED)
    def test_a_follow_up_says_what_and_by_when(
        self, outcome: Outcome, missing: dict[str, Any]
    ) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        with pytest.raises(serving.FollowUpIncomplete):
            factories.record(appointment, outcome, **missing)

        assert outcome_of(appointment).outcome == ""

    def test_a_correction_replaces_the_outcome_and_keeps_the_former_in_the_history(self) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, answer="First")
        factories.record(appointment, Outcome.MORE_NEEDED, answer="Second")

        case_line = outcome_of(appointment)
        assert (case_line.outcome, case_line.answer) == (Outcome.MORE_NEEDED, "Second")
        history: Any = case_line
        versions = history.events.order_by("pgh_id").values_list("outcome", "answer")
        assert (Outcome.ANSWERED, "First") in list(versions)

    def test_a_correction_withdraws_an_open_follow_up_or_gives_it_another_date(self) -> None:
        appointment = AppointmentFactory.create(
            cases=[consent_case(), consent_case()], status=Status.STARTED
        )
        for position in (1, 2):
            factories.record(appointment, Outcome.REFERRED, position=position)

        factories.record(appointment, Outcome.ANSWERED, position=1)
        factories.record(appointment, Outcome.REFERRED, position=2, due_on=date(2026, 11, 20))

        withdrawn, kept = FollowUp.objects.order_by("case_line__position")
        assert withdrawn.withdrawn
        assert withdrawn.done_by == appointment.professional.person
        assert outcome_of(appointment, 1).left_to_do is None
        assert Event.objects.filter(action="follow_up.withdrawn").count() == 1
        assert (kept.withdrawn, kept.due_on) == (False, date(2026, 11, 20))

    def test_a_withdrawn_follow_up_is_opened_again_when_the_case_is_referred_after_all(
        self,
    ) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        for outcome in (Outcome.REFERRED, Outcome.ANSWERED, Outcome.REFERRED):
            factories.record(appointment, outcome)

        follow_up = FollowUp.objects.get()
        assert outcome_of(appointment).left_to_do == follow_up
        assert (follow_up.withdrawn, follow_up.done_at, follow_up.done_by) == (False, None, None)

    def test_the_database_keeps_no_withdrawn_follow_up_open(self) -> None:
        follow_up = factories.follow_up()

        with (
            pytest.raises(IntegrityError, match="follow_up_withdrawn_is_closed"),
            transaction.atomic(),
        ):
            FollowUp.objects.filter(pk=follow_up.pk).update(withdrawn=True)

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.STARTED])
    def test_outcomes_are_recorded_while_the_appointment_is_in_progress(
        self, status: Status
    ) -> None:
        appointment = AppointmentFactory.create(status=status)

        with pytest.raises(serving.WrongState):
            factories.record(appointment)


class TestLegalBasis:
    @pytest.mark.parametrize("outcome", TELLING)
    def test_what_was_told_is_on_the_log_of_disclosures_with_its_basis(
        self, outcome: Outcome
    ) -> None:
        appointment = AppointmentFactory.create(cases=[member_case()], status=Status.STARTED)

        factories.record(appointment, outcome)

        event = Event.objects.get(action="case.outcome")
        assert event.verb == Verb.DISCLOSED
        assert event.detail == {"outcome": outcome, "basis": "member"}
        assert event.office_id == appointment.office_id

    @pytest.mark.parametrize("outcome", list(SILENT_OUTCOMES))
    def test_what_was_not_spoken_about_is_not_a_disclosure(self, outcome: Outcome) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        factories.record(appointment, outcome)

        assert Event.objects.get(action="case.outcome").verb == Verb.DID

    @pytest.mark.parametrize("outcome", [o for o in Outcome if o not in BASELESS_OUTCOMES])
    def test_a_consent_that_has_expired_allows_no_answer(self, outcome: Outcome) -> None:
        appointment = _with_expired_consent()

        with pytest.raises(serving.NotAuthorized):
            factories.record(appointment, outcome)

        assert not Event.objects.filter(verb=Verb.DISCLOSED).exists()

    @pytest.mark.parametrize("outcome", list(BASELESS_OUTCOMES))
    def test_a_consent_that_has_expired_leaves_asking_for_a_new_one(self, outcome: Outcome) -> None:
        appointment = _with_expired_consent()

        factories.record(appointment, outcome)

        assert outcome_of(appointment).outcome == outcome
        assert Event.objects.get(action="case.outcome").verb == Verb.DID

    def test_a_consent_that_ends_on_the_day_still_holds(self) -> None:
        appointment = AppointmentFactory.create(
            cases=[consent_case(consent_expires_on=DAY)], status=Status.STARTED
        )

        factories.record(appointment)

        assert outcome_of(appointment).outcome == Outcome.ANSWERED

    def test_the_provision_for_members_does_not_serve_a_senator(self) -> None:
        senator = OfficeFactory.create(senate=True)
        assert senator.chamber == Chamber.SENATE
        appointment = AppointmentFactory.create(office=senator, status=Status.STARTED)
        factories.rely_on_the_provision(appointment)

        with pytest.raises(serving.NotAuthorized):
            factories.record(appointment)


class TestPreparation:
    def test_notes_are_kept_and_nobody_is_told(self) -> None:
        appointment = AppointmentFactory.create()

        serving.prepare_case(
            case_line=outcome_of(appointment),
            preparation="Biometrics done in May.",
            read="",
            by=appointment.professional.person,
            now=NOW,
        )

        assert outcome_of(appointment).preparation == "Biometrics done in May."
        assert not Event.objects.filter(verb=Verb.DISCLOSED).exists()


class TestFollowUp:
    def test_it_is_closed_with_its_result_by_somebody(self) -> None:
        follow_up = factories.follow_up()
        closer = PersonFactory.create()

        serving.complete_follow_up(
            follow_up=follow_up, result="Visa office will reissue.", by=closer, now=NOW
        )

        follow_up.refresh_from_db()
        assert follow_up.done_at == NOW
        assert follow_up.done_by == closer
        assert follow_up.result == "Visa office will reissue."
        assert Event.objects.filter(action="follow_up.done").count() == 1

    def test_it_is_closed_once(self) -> None:
        follow_up = factories.follow_up()
        by = PersonFactory.create()
        serving.complete_follow_up(follow_up=follow_up, result="Done.", by=by, now=NOW)

        with pytest.raises(serving.WrongState):
            serving.complete_follow_up(follow_up=follow_up, result="Again.", by=by, now=NOW)

        follow_up.refresh_from_db()
        assert follow_up.result == "Done."

    def test_it_waits_for_the_end_of_an_appointment_that_may_yet_change_it(self) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, Outcome.REFERRED)

        with pytest.raises(serving.WrongState):
            serving.complete_follow_up(
                follow_up=FollowUp.objects.get(),
                result="Done.",
                by=appointment.professional.person,
                now=NOW,
            )


def _with_expired_consent() -> Appointment:
    """In progress; its consent ended the day before."""
    appointment = AppointmentFactory.create(status=Status.STARTED)
    return factories.end_consent(appointment, DAY - timedelta(days=1))
