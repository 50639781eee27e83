"""The sharing rule's own arithmetic: what may be put in force, what counts as late, which version holds."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import rule as rules
from comptoir.domain.rule import Fault, House
from comptoir.domain.share import Nesting
from tests.domain.rules import RULE

MONTREAL = ZoneInfo("America/Montreal")


def test_a_sound_rule_has_no_fault() -> None:
    assert RULE.faults() == ()


def test_limits_are_counted_in_quarter_hours() -> None:
    assert RULE.day_limit == 4
    assert RULE.week_limit == 12


def test_a_daily_limit_above_the_weekly_one_is_rejected() -> None:
    """V10, first half."""
    assert Fault.DAY_OVER_WEEK in replace(RULE, minutes_per_week=45, lengths=(15,)).faults()


def test_equal_limits_are_accepted() -> None:
    """V10, second half."""
    assert replace(RULE, minutes_per_week=60).faults() == ()


@pytest.mark.parametrize("week", [75, 90, 285, 300, 345])
def test_limits_need_not_be_multiples_of_each_other(week: int) -> None:
    """V10: a week of 75 minutes beside a day of 60 is a rule like any other."""
    assert replace(RULE, minutes_per_week=week).faults() == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"lengths": ()}, Fault.NO_LENGTH),
        ({"lengths": (15, 20)}, Fault.LENGTH_NOT_WHOLE),
        ({"lengths": (0,)}, Fault.LENGTH_NOT_WHOLE),
        ({"lengths": (-15,)}, Fault.LENGTH_NOT_WHOLE),
        ({"minutes_per_day": 50, "lengths": (15,)}, Fault.LIMIT_NOT_WHOLE),
        ({"minutes_per_week": 100}, Fault.LIMIT_NOT_WHOLE),
        ({"minutes_per_day": -15}, Fault.LIMIT_NEGATIVE),
        ({"lengths": (75,)}, Fault.LENGTH_OVER_DAY),
    ],
)
def test_each_fault_is_named(change: dict[str, Any], fault: Fault) -> None:
    assert fault in replace(RULE, **change).faults()


def test_several_faults_are_all_named() -> None:
    faults = replace(RULE, minutes_per_day=195, lengths=(20,)).faults()

    assert set(faults) == {Fault.LENGTH_NOT_WHOLE, Fault.DAY_OVER_WEEK}


@given(
    day=st.integers(0, 40).map(lambda quanta: quanta * 15),
    more=st.integers(0, 200).map(lambda quanta: quanta * 15),
    length=st.integers(1, 40).map(lambda quanta: quanta * 15),
)
def test_a_rule_without_fault_leaves_room_for_every_length(
    day: int, more: int, length: int
) -> None:
    rule = replace(RULE, minutes_per_day=day, minutes_per_week=day + more, lengths=(length,))

    assert (rule.faults() == ()) == (length // 15 <= rule.day_limit <= rule.week_limit)


# --- Late (V11, with a cut-off in minutes) ---

START = datetime(2026, 10, 30, 13, 0, tzinfo=MONTREAL)


@pytest.mark.parametrize(
    ("given_up_at", "late"),
    [
        (datetime(2026, 10, 29, 14, 50, tzinfo=MONTREAL), False),
        (datetime(2026, 10, 30, 10, 59, 59, tzinfo=MONTREAL), False),
        (datetime(2026, 10, 30, 11, 0, tzinfo=MONTREAL), False),
        (datetime(2026, 10, 30, 11, 0, 1, tzinfo=MONTREAL), True),
        (datetime(2026, 10, 30, 12, 45, tzinfo=MONTREAL), True),
        (START, True),
        (datetime(2026, 10, 30, 13, 20, tzinfo=MONTREAL), True),
    ],
)
def test_time_is_given_up_late_from_the_first_instant_after_the_limit(
    given_up_at: datetime, late: bool
) -> None:
    """With 120 minutes: exactly two hours before is on time, a second later is late."""
    assert RULE.is_late(START - given_up_at) is late


def test_with_no_late_window_nothing_before_the_start_is_late() -> None:
    rule = replace(RULE, late_notice_minutes=0)

    assert not rule.is_late(timedelta(0))
    assert rule.is_late(-timedelta(seconds=1))


@given(st.timedeltas(), st.timedeltas())
def test_more_notice_is_never_later(one: timedelta, other: timedelta) -> None:
    shorter, longer = sorted((one, other))

    assert RULE.is_late(shorter) or not RULE.is_late(longer)


# --- Which version holds ---

FIRST, SECOND = date(2026, 9, 1), date(2026, 11, 2)
DATED = {FIRST: RULE, SECOND: replace(RULE, version=2, minutes_per_day=45, lengths=(15, 30, 45))}


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (FIRST, 1),
        (SECOND - timedelta(days=1), 1),
        (SECOND, 2),
        (date(2030, 1, 1), 2),
    ],
)
def test_a_service_day_has_the_last_rule_that_began_by_then(on: date, version: int) -> None:
    found = rules.in_force(DATED, on)

    assert found is not None
    assert found.version == version


def test_before_the_first_rule_there_is_none() -> None:
    assert rules.in_force(DATED, FIRST - timedelta(days=1)) is None
    assert rules.in_force({}, FIRST) is None


@given(st.dictionaries(st.dates(), st.integers(1, 9), max_size=6), st.dates(), st.randoms())
def test_the_order_in_which_rules_are_listed_is_irrelevant(
    versions: dict[date, int], on: date, random: Random
) -> None:
    dated = {first: replace(RULE, version=version) for first, version in versions.items()}
    keys = list(dated)
    random.shuffle(keys)

    assert rules.in_force({key: dated[key] for key in keys}, on) == rules.in_force(dated, on)


NESTED = replace(RULE, nesting=Nesting(floor_minutes=15))
HOUSE = House(offices=10, day=20, week=100)


def test_a_sound_rule_with_classes_has_no_fault() -> None:
    assert NESTED.faults() == ()


@pytest.mark.parametrize(
    ("floor", "fault"),
    [(20, Fault.FLOOR_NOT_WHOLE), (75, Fault.FLOOR_NOT_OFFERED), (0, None), (60, None)],
)
def test_a_floor_is_a_length_that_can_be_booked_or_nothing(floor: int, fault: Fault | None) -> None:
    found = replace(RULE, nesting=Nesting(floor_minutes=floor)).faults()

    assert (fault in found) if fault else found == ()


@pytest.mark.parametrize(
    ("floor", "miss", "known", "possible"),
    [(30, 0, True, True), (45, 0, True, False), (45, 1, True, True), (45, 1, False, False)],
)
def test_hard_floors_for_everybody_fit_into_a_day(
    floor: int, miss: int, known: bool, possible: bool
) -> None:
    """Ten offices and twenty quarter hours: half an hour each is all of it.

    As long as nobody knows how many come, a floor is kept for every one.
    """
    faults = rules.infeasible(
        Nesting(floor_minutes=floor, miss_per_mille=miss),
        weekly_floor_minutes=0,
        allotted_percent=90,
        minutes_per_week=1_200,
        house=replace(HOUSE, chances_known=known),
    )

    assert (Fault.FLOORS_OVER_DAY not in faults) is possible


@pytest.mark.parametrize(("weekly", "possible"), [(135, True), (150, False)])
def test_floors_of_the_week_fit_into_what_is_allotted(weekly: int, possible: bool) -> None:
    """Ten offices, 90 % of a hundred quarter hours: nine each, 135 minutes."""
    faults = rules.infeasible(
        Nesting(floor_minutes=15, miss_per_mille=10),
        weekly_floor_minutes=weekly,
        allotted_percent=90,
        minutes_per_week=1_200,
        house=HOUSE,
    )

    assert (faults == ()) is possible


@pytest.mark.parametrize(("weekly", "possible"), [(75, True), (90, False)])
def test_the_floor_of_a_week_is_no_more_than_an_office_may_have_of_it(
    weekly: int, possible: bool
) -> None:
    faults = rules.infeasible(
        Nesting(floor_minutes=15),
        weekly_floor_minutes=weekly,
        allotted_percent=90,
        minutes_per_week=75,
        house=rules.UNKNOWN,
    )

    assert (Fault.WEEKLY_FLOOR_OVER_LIMIT not in faults) is possible


@pytest.mark.parametrize(
    ("floor", "possible"), [(0, True), (15, True), (30, True), (45, False), (60, False)]
)
def test_the_floors_of_five_days_are_no_more_than_an_office_may_have_of_a_week(
    floor: int, possible: bool
) -> None:
    """Half an hour on each of five days is two hours and a half."""
    faults = rules.infeasible(
        Nesting(floor_minutes=floor),
        weekly_floor_minutes=0,
        allotted_percent=90,
        minutes_per_week=150,
        house=rules.UNKNOWN,
    )

    assert faults == (() if possible else (Fault.FLOORS_OVER_LIMIT,))


class TestInterrupted:
    """Steps by first day: 1 from the first of June, 2 from the tenth."""

    STEPS: ClassVar[dict[date, int]] = {date(2026, 6, 1): 1, date(2026, 6, 10): 2}

    @pytest.mark.parametrize(
        ("first", "until", "found"),
        [
            (date(2026, 6, 3), date(2026, 6, 5), "1199111112222"),
            (date(2026, 6, 3), date(2026, 6, 10), "1199999992222"),
            (date(2026, 6, 8), date(2026, 6, 12), "1111111999922"),
            (date(2026, 6, 1), date(2026, 6, 14), "9999999999999"),
            (date(2026, 6, 5), date(2026, 6, 5), "1111111112222"),
            (date(2026, 6, 7), date(2026, 6, 5), "1111111112222"),
        ],
    )
    def test_the_trial_is_in_force_on_its_days_and_what_would_have_been_on_all_others(
        self, first: date, until: date, found: str
    ) -> None:
        steps = rules.interrupted(self.STEPS, first, until, 9)

        days = [date(2026, 6, 1) + timedelta(days=ahead) for ahead in range(13)]
        assert "".join(str(rules.in_force(steps, on)) for on in days) == found

    def test_interrupted_twice_the_same_way_it_is_as_interrupted_once(self) -> None:
        first, until = date(2026, 6, 8), date(2026, 6, 12)
        once = rules.interrupted(self.STEPS, first, until, 9)

        assert rules.interrupted(once, first, until, 9) == once

    def test_before_any_rule_there_is_none_again_only_when_one_begins(self) -> None:
        steps = rules.interrupted({date(2026, 6, 1): 1}, date(2026, 5, 4), date(2026, 6, 1), 9)

        assert rules.in_force(steps, date(2026, 5, 3)) is None
        assert rules.in_force(steps, date(2026, 6, 1)) == 1
