"""What excuses: nothing is charged, what would have been is kept, and a drawn part of it is looked at."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import counting, excusing
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    ExcuseCheck,
    Happening,
    OfficeWeek,
    PendingCharge,
    Reason,
    Side,
)
from comptoir.liaison.queries import days, excuses
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
from tests.liaison.flags import cancel_late
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

LATE = at(DAY, 9, 55)
THE_DAY_AFTER = at(DAY + timedelta(days=1), 9)
EXCUSING = [Reason.CHAMBER, Reason.EMERGENCY, Reason.OUTAGE]


def classes(**values: Any) -> None:
    """A rule that refunds what is taken again, and keeps nothing."""
    PolicyFactory.create(
        generous=True, nested=True, floor_minutes=0, take_up_percent=0, least_held_minutes=3_000,
        least_notice_minutes=0, **values,
    )  # fmt: skip


def keys(now: datetime) -> list[int]:
    """What the list of excused losses has, in its order."""
    return excuses.keys(now, days.load_rules())


def charged(appointment: Appointment) -> int:
    """What counts as late, as the counter says it and as the rows say it."""
    assert counting.recount([monday_of(DAY)]) == []
    return sum(OfficeWeek.objects.get(office=appointment.office, week=monday_of(DAY)).late)


def excused(**values: Any) -> AppointmentEvent:
    cancel_late(AppointmentFactory.create(**values), reason=Reason.CHAMBER)
    return AppointmentEvent.objects.filter(kind=Happening.CANCELLED).latest("pk")


def strike(event: AppointmentEvent, **values: Any) -> ExcuseCheck:
    return excusing.strike(
        **{
            "event": event,
            "reason": "The House did not sit.",
            "by": PersonFactory.create(),
            "now": THE_DAY_AFTER,
            **values,
        }
    )


class TestTheRule:
    @pytest.mark.parametrize("reason", EXCUSING)
    def test_time_given_up_late_for_a_good_reason_is_not_charged_and_what_it_would_cost_is_kept(
        self, reason: Reason
    ) -> None:
        classes()
        appointment = cancel_late(AppointmentFactory.create(), reason=reason)

        event = AppointmentEvent.objects.get(kind=Happening.CANCELLED)
        assert (event.late_quanta, event.excused_quanta) == (0, 2)
        assert charged(appointment) == 0
        assert not PendingCharge.objects.exists()

    def test_any_other_reason_is_charged(self) -> None:
        PolicyFactory.create()
        appointment = cancel_late(AppointmentFactory.create(), reason=Reason.CONFLICT)

        assert AppointmentEvent.objects.get(kind=Happening.CANCELLED).excused_quanta == 0
        assert charged(appointment) == 2

    def test_a_late_move_is_excused_alike(self) -> None:
        PolicyFactory.create()
        appointment = AppointmentFactory.create()

        move(appointment, at(DAY, 14), reason=Reason.EMERGENCY, now=LATE)

        assert AppointmentEvent.objects.get(kind=Happening.MOVED).excused_quanta == 2
        assert charged(appointment) == 0

    def test_what_is_given_up_in_time_needs_no_excuse(self) -> None:
        PolicyFactory.create()
        cancel_late(AppointmentFactory.create(), reason=Reason.CHAMBER, now=NOW)

        assert AppointmentEvent.objects.get(kind=Happening.CANCELLED).excused_quanta == 0

    def test_what_excuses_is_a_matter_of_the_rule_of_that_day(self) -> None:
        PolicyFactory.create(excusing_reasons=[Reason.CONFLICT])

        lost = cancel_late(AppointmentFactory.create(), reason=Reason.CHAMBER)

        assert charged(lost) == 2
        kept = cancel_late(AppointmentFactory.create(), reason=Reason.CONFLICT)
        assert charged(kept) == 0

    def test_where_late_time_never_counts_there_is_nothing_to_excuse(self) -> None:
        PolicyFactory.create(late_counts=False)

        assert excused().excused_quanta == 0

    def test_the_centre_needs_no_excuse(self) -> None:
        PolicyFactory.create()
        cancel_late(AppointmentFactory.create(), side=Side.CENTRE, reason=Reason.OUTAGE)

        assert AppointmentEvent.objects.get(kind=Happening.CANCELLED).excused_quanta == 0


class TestTheSample:
    def test_it_is_drawn_once_for_all_and_about_as_many_as_it_says(self) -> None:
        drawn = [pk for pk in range(10_000) if excuses.is_drawn(pk, 20)]

        assert drawn == [pk for pk in range(10_000) if excuses.is_drawn(pk, 20)]
        assert len(drawn) == pytest.approx(2_000, rel=0.1)

    def test_it_is_another_wherever_the_secret_is_another(self, settings: Any) -> None:
        here = [pk for pk in range(1_000) if excuses.is_drawn(pk, 20)]
        settings.SECRET_KEY = "another installation's"

        assert [pk for pk in range(1_000) if excuses.is_drawn(pk, 20)] != here

    def test_what_is_to_be_checked_comes_first_and_what_was_checked_last(self) -> None:
        PolicyFactory.create(generous=True)
        events = [excused(starts_at=at(DAY, 10, 15 * n), minutes=15) for n in range(4)]
        events += [excused(starts_at=at(DAY, 11 + n), minutes=15) for n in range(4)]
        excusing.accept(event=events[0], by=PersonFactory.create(), now=THE_DAY_AFTER)

        found = excuses.with_words(keys(THE_DAY_AFTER), days.load_rules())

        assert {loss.event for loss in found} == set(events)
        to_check = [loss.to_check for loss in found]
        assert to_check == sorted(to_check, reverse=True)
        assert next(loss for loss in found if loss.event == events[0]).to_check is False

    def test_today_is_not_listed_yet_and_what_is_old_is_no_longer(self) -> None:
        PolicyFactory.create()
        event = excused()

        assert keys(at(DAY, 23)) == []
        assert keys(THE_DAY_AFTER) == [event.pk]
        assert keys(THE_DAY_AFTER + excuses.LISTED) == []


class TestChecking:
    def test_an_accepted_excuse_changes_nothing_and_is_on_record(self) -> None:
        PolicyFactory.create()
        event, lead = excused(), PersonFactory.create()

        check = excusing.accept(event=event, by=lead, now=THE_DAY_AFTER)

        assert (check.accepted, check.by, check.event) == (True, lead, event)
        assert charged(event.appointment) == 0
        assert Event.objects.filter(action="appointment.excuse_accepted").count() == 1

    def test_a_struck_excuse_is_charged_after_all_and_the_office_reads_why(self) -> None:
        PolicyFactory.create()
        event = excused()

        strike(event)

        assert charged(event.appointment) == 2
        told = AppointmentEvent.objects.get(kind=Happening.STRUCK)
        assert (told.note, told.late_quanta, told.side) == (
            "The House did not sit.",
            2,
            Side.CENTRE,
        )
        assert Event.objects.get(action="appointment.struck").detail == {"quarter_hours": 2}

    def test_nobody_decides_twice(self) -> None:
        PolicyFactory.create(generous=True)
        struck, accepted = excused(), excused(starts_at=at(DAY, 14))
        strike(struck)
        excusing.accept(event=accepted, by=PersonFactory.create(), now=THE_DAY_AFTER)

        for event in (struck, accepted):
            with pytest.raises(excusing.CheckedAlready):
                strike(event)
            with pytest.raises(excusing.CheckedAlready):
                excusing.accept(event=event, by=PersonFactory.create(), now=THE_DAY_AFTER)
        assert charged(struck.appointment) == 2
        assert charged(accepted.appointment) == 0

    def test_what_somebody_took_is_not_charged_by_striking(self) -> None:
        classes()
        open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(11))
        event = excused(minutes=60)
        AppointmentFactory.create(
            office=OfficeFactory.create(), starts_at=at(DAY, 10, 15), minutes=30, now=LATE
        )

        strike(event)

        assert charged(event.appointment) == 2

    def test_a_rule_without_classes_charges_all_of_it(self) -> None:
        PolicyFactory.create(generous=True, least_notice_minutes=0)
        open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(11))
        event = excused(minutes=60)
        AppointmentFactory.create(
            office=OfficeFactory.create(), starts_at=at(DAY, 10, 15), minutes=30, now=LATE
        )

        strike(event)

        assert charged(event.appointment) == 4

    def test_on_the_day_itself_nothing_is_struck(self) -> None:
        PolicyFactory.create()
        event = excused()

        with pytest.raises(excusing.StillOpen):
            strike(event, now=at(DAY, 20))
        assert not ExcuseCheck.objects.exists()
