"""A week replayed: the same under the same rule, and by hand under another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import replay
from comptoir.domain.replay import Ask, GiveUp, Place, Recorded, Terms
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import Admitted, Reason, Refused
from comptoir.domain.share import Nesting
from tests.domain.recorded_week import DAYS, day, grid_of, lived
from tests.domain.rules import RULE
from tests.domain.sharing_world import ZONE

Events = list[Ask | GiveUp]

MONDAY, TUESDAY, _ = DAYS
FRIDAY = datetime.combine(MONDAY - timedelta(days=3), time(12), ZONE)
HALF_HOUR = replace(RULE, minutes_per_day=30)
"""Each office at most half an hour a day."""


def week(rule: SharingRule = RULE, *, quanta: int = 4, professionals: int = 1) -> replay.Week:
    """Two days of an hour of one professional, four offices."""
    offered = dict.fromkeys(range(1, professionals + 1), 2**quanta - 1)
    return replay.Week(
        {on: day(on, rule, offered) for on in (MONDAY, TUESDAY)},
        {office: Terms(allowance=2) for office in range(4)},
    )


def ask(need: int, office: int, quanta: int, start: int | None = None, **values: object) -> Ask:
    """So many minutes after Friday noon as its number says; of Monday."""
    at = FRIDAY + timedelta(minutes=need)
    found = Ask(at, need, office, MONDAY, quanta, "en", start)
    return replace(found, **values)  # type: ignore[arg-type]  # some of its fields


def granted(answers: tuple[replay.Answer | None, ...]) -> list[bool | None]:
    return [None if one is None else isinstance(one, Admitted) for one in answers]


class TestTheSameRule:
    @given(st.integers(0, 10**6))
    def test_grants_again_exactly_what_it_granted(self, seed: int) -> None:
        life = lived(Random(seed))
        events, answers = life.events()

        replayed = replay.run(life.week, events)

        assert list(replayed.answers) == answers
        assert {(p.office, p.on, p.professional, p.start) for p in replayed.places.values()} == {
            (b.office, b.on, b.professional, b.start) for b in life.booked.values()
        }

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_such_a_week_has_grants_refusals_moves_and_losses(self, seed: int) -> None:
        life = lived(Random(seed), steps=120)
        events, answers = life.events()

        assert {type(answer) for answer in answers} == {Admitted, Refused}
        assert any(isinstance(event, Ask) and event.moves for event in events)
        assert any(isinstance(event, GiveUp) and event.missed for event in events)
        assert any(charge.quanta for charge in life.charged)


class TestAnotherRule:
    """One hour on Monday. In fact office 0 had all of it, and offices 1 and 2 came too late."""

    EVENTS = (ask(0, 0, 4, 0), ask(1, 1, 2), ask(2, 2, 1))

    def test_what_one_had_others_would_have_had(self) -> None:
        as_it_was = replay.run(week(RULE), self.EVENTS)
        under_the_limit = replay.run(week(HALF_HOUR), self.EVENTS)

        assert granted(as_it_was.answers) == [True, False, False]
        assert granted(under_the_limit.answers) == [False, True, True]
        assert under_the_limit.places == {
            1: Place(1, MONDAY, 1, 0, 2),
            2: Place(2, MONDAY, 1, 2, 1),
        }

    def test_floors_are_kept_by_the_same_function(self) -> None:
        """Four offices are owed a quarter hour each: of the hour, nobody may have more than its own."""
        kept = replace(RULE, nesting=Nesting(floor_minutes=15))

        found = replay.run(week(kept), self.EVENTS)

        assert granted(found.answers) == [False, False, True]
        assert isinstance(found.answers[0], Refused)
        assert found.answers[0].reason is Reason.KEPT

    def test_a_week_is_used_across_its_days(self) -> None:
        """An hour of the week: half on Monday, half on Tuesday, and nothing is left of it."""
        rule = replace(RULE, minutes_per_week=60)
        events = [
            ask(0, 0, 2),
            ask(1, 0, 2, on=TUESDAY),
            ask(2, 0, 1, on=TUESDAY),
        ]

        assert granted(replay.run(week(rule), events).answers) == [True, True, False]

    def test_who_finds_its_time_taken_takes_the_nearest(self) -> None:
        """In fact it had 9:30; here somebody else has it until 9:45, and 9:15 is nearer than nothing."""
        events = [ask(0, 0, 1, 2), ask(1, 1, 1, 2)]

        found = replay.run(week(), events)

        assert found.places[1].start in (1, 3)

    def test_who_was_told_that_its_time_was_gone_does_not(self) -> None:
        events = [ask(0, 0, 1, 2), ask(1, 1, 1, 2, was_taken=True)]

        assert granted(replay.run(week(), events).answers) == [True, False]


class TestGivingUp:
    def test_time_given_up_can_be_had_by_others(self) -> None:
        events: Events = [ask(0, 0, 4), GiveUp(FRIDAY + timedelta(minutes=1), 0), ask(2, 1, 4)]

        found = replay.run(week(), events)

        assert found.places == {2: Place(1, MONDAY, 1, 0, 4)}

    def test_given_up_late_it_counts_and_is_refunded_once_it_is_taken(self) -> None:
        """A limit of an hour a day. At 8:00 office 0 gives up 9:00 to 9:30; office 1 takes half of that."""
        rule = replace(RULE, nesting=Nesting(floor_minutes=15, standby_minutes=600))
        eight = grid_of(MONDAY).starts_at - timedelta(hours=1)
        events: Events = [
            ask(0, 0, 2, 0),
            GiveUp(eight, 0),
            ask(2, 1, 1, 0, at=eight + timedelta(minutes=1)),
            ask(3, 0, 4, at=eight + timedelta(minutes=2)),
            ask(4, 0, 3, at=eight + timedelta(minutes=3)),
        ]

        found = replay.run(week(rule, professionals=2), events)

        assert granted(found.answers) == [True, True, False, True]
        assert found.answers[2] is not None
        assert found.answers[2].counters["day_used"] == 1

    @pytest.mark.parametrize("how", [{"excused": True}, {"centre": True}])
    def test_excused_or_by_the_centre_it_costs_nothing(self, how: dict[str, bool]) -> None:
        eight = grid_of(MONDAY).starts_at - timedelta(hours=1)
        events: Events = [ask(0, 0, 2, 0), GiveUp(eight, 0, **how), ask(2, 0, 4, at=eight)]

        assert granted(replay.run(week(), events).answers) == [True, True]

    def test_not_attended_it_counts(self) -> None:
        ten_past = grid_of(MONDAY).starts_at + timedelta(minutes=10)
        events: Events = [
            ask(0, 0, 2, 0),
            GiveUp(ten_past, 0, missed=True),
            ask(2, 0, 3, at=ten_past),
        ]

        answer = replay.run(week(professionals=2), events).answers[1]

        assert isinstance(answer, Refused)
        assert answer.reason is Reason.DAY_LIMIT

    def test_what_has_begun_here_was_not_given_up(self) -> None:
        """In fact it had 10:00 and gave it up at 9:30; here it has 9:00, and was there."""
        half_past = grid_of(MONDAY).starts_at + timedelta(minutes=30)

        found = replay.run(week(), [ask(0, 0, 1, 0), GiveUp(half_past, 0)])

        assert found.places == {0: Place(0, MONDAY, 1, 0, 1)}


class TestMoving:
    def test_a_move_gives_up_what_it_had(self) -> None:
        events = [ask(0, 0, 4), ask(0, 0, 2, 1, moves=True)]

        assert replay.run(week(), events).places == {0: Place(0, MONDAY, 1, 1, 2)}

    def test_a_refused_move_leaves_all_as_it_was(self) -> None:
        """Tuesday is full: office 0 keeps Monday, and nobody else can have it."""
        events = [
            ask(0, 0, 4),
            ask(1, 1, 4, on=TUESDAY),
            ask(0, 0, 4, on=TUESDAY, moves=True),
            ask(3, 2, 1),
        ]

        found = replay.run(week(), events)

        assert granted(found.answers) == [True, True, False, False]
        assert found.places[0] == Place(0, MONDAY, 1, 0, 4)


class TestNeeds:
    def test_who_asks_again_for_the_same_day_or_for_as_much_has_one_need(self) -> None:
        requests = [
            Recorded(1, MONDAY, 4, granted=False),
            Recorded(1, MONDAY, 2, granted=False),
            Recorded(2, MONDAY, 2, granted=False),
            Recorded(1, TUESDAY, 2, granted=True, appointment=7),
            Recorded(1, TUESDAY, 2, granted=True, appointment=8),
        ]

        assert replay.needs(requests) == [0, 0, 2, 0, 4]

    def test_another_length_of_another_day_is_another_need(self) -> None:
        requests = [
            Recorded(1, MONDAY, 4, granted=False),
            Recorded(1, TUESDAY, 1, granted=True, appointment=7),
        ]

        assert replay.needs(requests) == [0, 1]

    def test_a_move_is_of_the_need_of_its_appointment(self) -> None:
        requests = [
            Recorded(1, MONDAY, 4, granted=True, appointment=7),
            Recorded(1, TUESDAY, 1, granted=True, appointment=8),
            Recorded(1, TUESDAY, 4, granted=True, appointment=7),
        ]

        assert replay.needs(requests) == [0, 1, 0]

    def test_a_need_that_is_met_sooner_is_not_asked_again(self) -> None:
        events = [ask(0, 0, 2), ask(0, 0, 2, at=FRIDAY + timedelta(hours=1))]

        found = replay.run(week(), events)

        assert granted(found.answers) == [True, None]
        assert replay.attended(found.places, {}) == {0: 2}


def test_attended_is_what_is_held_in_the_end_unless_it_was_not_attended_in_fact() -> None:
    places = {
        0: Place(0, MONDAY, 1, 0, 2),
        1: Place(0, MONDAY, 1, 2, 1),
        2: Place(1, MONDAY, 2, 0, 4),
    }

    assert replay.attended(places, {0: True, 2: False}) == {0: 3}
