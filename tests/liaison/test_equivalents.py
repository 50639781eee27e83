"""Where an appointment could go whose professional will not be there: a colleague, later, or earlier."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from comptoir.liaison.models import Appointment
from comptoir.liaison.queries import rebooking as queries
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    at,
    booked_with,
    open_day,
)

pytestmark = pytest.mark.django_db

THURSDAY = DAY + timedelta(days=1)


def equivalents(appointment: Appointment, now: datetime = NOW) -> list[queries.Equivalents]:
    return queries.equivalents([appointment], now=now, seed=1)


class TestEquivalents:
    def test_a_colleague_who_is_free_at_the_same_time_comes_first(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [colleague])
        absent(away)

        (found,) = equivalents(appointment)

        assert found.stand_ins == (colleague,)
        assert (found.later, found.earlier) == ((), None)

    def test_a_colleague_who_does_not_speak_the_language_is_no_equivalent(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away, language="fr")
        open_day(DAY, [ProfessionalFactory.create(english=True)])
        absent(away)

        (found,) = equivalents(appointment)

        assert found.stand_ins == ()

    def test_a_colleague_must_be_free_for_the_whole_length(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away, minutes=60)
        open_day(DAY, [colleague], last=time(10, 45))
        absent(away)

        (found,) = equivalents(appointment)

        assert found.stand_ins == ()

    def test_no_more_than_three_colleagues_are_named(self) -> None:
        away = ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, ProfessionalFactory.create_batch(5))
        absent(away)

        (found,) = equivalents(appointment)

        assert len(set(found.stand_ins)) == queries.STAND_INS

    def test_without_a_colleague_the_next_time_of_each_later_day_is_named_in_order(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away, 10, minutes=60)
        open_day(DAY, [colleague], first=time(13), last=time(15))
        open_day(THURSDAY, [colleague])
        absent(away)

        (found,) = equivalents(appointment)

        assert found.stand_ins == ()
        assert found.later == (at(DAY, 13), at(THURSDAY, 10))

    def test_of_a_later_day_it_is_the_time_nearest_to_the_same_hour(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away, 10, minutes=30)
        friday, monday = THURSDAY + timedelta(days=1), THURSDAY + timedelta(days=4)
        open_day(THURSDAY, [colleague], first=time(8), last=time(9, 45))
        open_day(friday, [colleague])
        open_day(monday, [colleague], first=time(10, 30), last=time(16))
        absent(away)

        (found,) = equivalents(appointment)

        assert found.later == (at(THURSDAY, 9, 15), at(friday, 10), at(monday, 10, 30))

    def test_as_far_before_as_after_the_same_hour_the_earlier_hour_wins(self) -> None:
        away, early, late = ProfessionalFactory.create_batch(3)
        appointment = booked_with(away, 10, minutes=30)
        open_day(THURSDAY, [early], first=time(9), last=time(10))
        open_day(THURSDAY, [late], first=time(10, 30), last=time(11))
        absent(away)

        (found,) = equivalents(appointment)

        assert found.later == (at(THURSDAY, 9, 30),)

    def test_the_same_hour_is_the_same_on_the_wall_when_the_clocks_change_between(self) -> None:
        friday = date(2027, 3, 12)  # clocks go forward that Sunday
        monday = friday + timedelta(days=3)
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        now = at(friday, 7) - timedelta(days=1)
        open_day(friday, [away])
        appointment = AppointmentFactory.create(starts_at=at(friday, 10), now=now)
        open_day(monday, [colleague])
        absent(away, on=friday)

        (found,) = equivalents(appointment, now=now)

        assert found.later == (at(monday, 10),)

    def test_the_last_time_before_its_own_is_named_apart(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        open_day(DAY, [away])
        open_day(THURSDAY, [away])
        appointment = AppointmentFactory.create(starts_at=at(THURSDAY, 10), minutes=30)
        absent(away, on=THURSDAY)
        absent(away)
        open_day(DAY, [colleague], first=time(16), last=time(17))

        (found,) = equivalents(appointment)

        assert (found.later, found.earlier) == ((), at(DAY, 16, 30))

    def test_an_office_at_its_limit_is_offered_other_times_all_the_same(self) -> None:
        PolicyFactory.create(minutes_per_day=60, minutes_per_week=60)
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away, minutes=60)
        open_day(DAY, [colleague], first=time(14), last=time(15))
        absent(away)

        (found,) = equivalents(appointment)

        assert found.later == (at(DAY, 14),)

    def test_least_notice_does_not_keep_a_colleague_from_taking_over(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [colleague])
        absent(away)

        (found,) = equivalents(appointment, now=at(DAY, 10, 5))

        assert found.missed
        assert found.stand_ins == (colleague,)

    def test_what_is_over_can_only_have_another_time(self) -> None:
        away, colleague = ProfessionalFactory.create(), ProfessionalFactory.create()
        appointment = booked_with(away)
        open_day(DAY, [colleague])
        absent(away)

        (found,) = equivalents(appointment, now=appointment.ends_at)

        assert found.stand_ins == ()
        assert found.later[0] == at(DAY, 10, 45)

    def test_the_number_of_queries_grows_by_two_for_each_appointment(
        self, django_assert_num_queries: Any
    ) -> None:
        away = ProfessionalFactory.create()
        appointments = [booked_with(away, hour) for hour in (9, 11, 13, 15)]
        open_day(DAY, ProfessionalFactory.create_batch(2))
        absent(away)
        constant = 3  # rules, closed days, the colleagues' names

        with django_assert_num_queries(constant + 2 * len(appointments)):
            queries.equivalents(appointments, now=NOW, seed=1)
