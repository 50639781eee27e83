"""Whoever is refused what it asked is offered its own floor of the day at once, whatever stood in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from comptoir.domain.admission import admit, admit_at
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Reason,
    Refused,
    Request,
    Use,
)
from comptoir.domain.share import Nesting, Owed, Share
from tests.domain.rules import RULE
from tests.domain.sharing_world import ENGLISH, LONG_BEFORE, NINE, ON

OFFICE = 7


def day(*, taken: int = 0, used: Use | None = None, floor: int = 15, owed: bool = True) -> Day:
    """One professional and four quarter hours; nobody else is owed anything."""
    return Day(
        on=ON,
        grid=Grid(NINE, 4),
        rule=replace(RULE, nesting=Nesting(floor_minutes=floor)),
        last_bookable=ON,
        hours=(ProfessionalHours(1, ENGLISH, 0b1111, taken=taken),),
        use={OFFICE: used or Use()},
        owed=Owed(offices=int(owed)),
        shares={OFFICE: Share(allowance=12, owed=owed)},
    )


def asked(one: Day, quanta: int, start: int | None = None) -> Refused:
    answer = admit(one, Request(OFFICE, quanta, "en", start), LONG_BEFORE)
    assert isinstance(answer, Refused), answer
    return answer


ONLY_QUARTERS_LEFT = 0b1010
REFUSED: list[tuple[Reason, Day, int | None]] = [
    (Reason.NO_TIME, day(taken=ONLY_QUARTERS_LEFT), None),
    (Reason.NO_TIME, day(taken=ONLY_QUARTERS_LEFT), 0),
    (Reason.TIME_TAKEN, day(taken=0b0001), 0),
    (Reason.WEEK_LIMIT, day(used=Use(0, 11)), None),
    (Reason.DAY_LIMIT, day(used=Use(1, 1), floor=30, taken=0b1000), None),
]
"""Half an hour is refused; of the last day's half hour a quarter is left, and so is one of its limit."""


@pytest.mark.parametrize(("reason", "one", "start"), REFUSED)
def test_whatever_refuses_more_its_floor_is_offered_and_granted(
    reason: Reason, one: Day, start: int | None
) -> None:
    quanta = 4 if reason is Reason.DAY_LIMIT else 2

    answer = asked(one, quanta, start)

    assert (answer.reason, answer.counters.get("instead")) == (reason, 1)
    assert isinstance(admit(one, Request(OFFICE, 1, "en"), LONG_BEFORE), Admitted)


@pytest.mark.parametrize(
    "one",
    [
        day(used=Use(1, 11)),  # claimed already
        day(used=Use(0, 11), owed=False),  # given up for good
        day(used=Use(0, 12)),  # the limit of the week refuses the floor as well
        day(used=Use(0, 11), taken=0b1111),  # nothing is free
        day(used=Use(0, 11), floor=0),  # nothing is guaranteed
        day(used=Use(0, 11), floor=30),  # it is no shorter than what was asked
        replace(day(used=Use(0, 11)), rule=RULE),  # a rule without classes
    ],
)
def test_what_would_not_be_granted_as_the_floor_is_not_offered(one: Day) -> None:
    answer = asked(one, 2)

    assert answer.reason is Reason.WEEK_LIMIT
    assert "instead" not in answer.counters


def test_a_floor_that_is_all_that_was_asked_is_not_offered_in_its_own_place() -> None:
    answer = asked(day(taken=0b0001, floor=30), 2, start=0)

    assert answer.reason is Reason.TIME_TAKEN
    assert "instead" not in answer.counters


def test_of_a_day_that_nobody_can_book_nothing_is_offered() -> None:
    beyond = replace(day(), last_bookable=ON - timedelta(days=1))

    assert "instead" not in asked(beyond, 2).counters


def test_who_asks_for_a_minute_that_is_past_is_told_that_and_offered_nothing() -> None:
    now = NINE + timedelta(minutes=6)

    answer = admit_at(
        day(taken=ONLY_QUARTERS_LEFT),
        Request(OFFICE, 2, "en"),
        NINE + timedelta(minutes=5),
        now,
    )

    assert isinstance(answer, Refused)
    assert answer.reason is Reason.PAST
    assert "instead" not in answer.counters
