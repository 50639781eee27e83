"""A refusal says that the office's floor was missed: owed to it, asked for before the day, and not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from comptoir.domain.admission import admit, admit_at, offers
from comptoir.domain.service_day import Day, Refused, Request, Use
from tests.domain.rules import RULE
from tests.domain.sharing_world import NINE
from tests.domain.test_admission_laws import MOMENTS, REQUESTS, THOROUGH, nested_days
from tests.domain.test_floor_instead import ONLY_QUARTERS_LEFT, asked, day

ALL = 0b1111


@pytest.mark.parametrize(("quanta", "floor"), [(1, 1), (2, 1), (4, 1), (2, 2)])
def test_a_floor_that_is_nowhere_free_was_missed(quanta: int, floor: int) -> None:
    full = day(taken=ONLY_QUARTERS_LEFT if floor == 2 else ALL, floor=15 * floor)

    assert asked(full, quanta).counters["floor_missed"] == floor


@pytest.mark.parametrize(
    "one",
    [
        day(taken=ALL, used=Use(1, 1)),  # claimed already
        day(taken=ALL, owed=False),  # given up for good
        day(taken=ALL, used=Use(0, 12)),  # the limit of the week refuses the floor itself
        day(taken=ONLY_QUARTERS_LEFT),  # offered in place of what was asked
        replace(day(taken=ALL), last_bookable=day().on - timedelta(days=1)),  # not open yet
        replace(day(taken=ALL), rule=RULE),  # without classes
    ],
)
def test_what_was_not_owed_or_was_there_was_not_missed(one: Day) -> None:
    assert "floor_missed" not in asked(one, 2).counters


def test_who_asks_for_one_time_of_a_day_with_others_has_missed_nothing() -> None:
    assert "floor_missed" not in asked(day(taken=0b0001), 1, start=0).counters


@pytest.mark.parametrize(
    ("now", "missed"),
    [(NINE, 1), (NINE + timedelta(seconds=1), None), (NINE + timedelta(hours=9), None)],
)
def test_once_the_day_has_begun_floors_are_released_and_none_is_missed(
    now: datetime, missed: int | None
) -> None:
    later = NINE + timedelta(hours=10)

    answer = admit_at(day(taken=ALL), Request(7, 1, "en"), later, now)

    assert isinstance(answer, Refused)
    assert answer.counters.get("floor_missed") == missed


@THOROUGH
@given(nested_days(), REQUESTS, MOMENTS)
def test_it_is_never_said_beside_an_offer_nor_of_a_floor_that_could_be_had(
    one: Day, request: Request, now: datetime
) -> None:
    answer = admit(one, request, now)

    missed = isinstance(answer, Refused) and answer.counters.get("floor_missed", 0)
    if missed:
        assert "instead" not in answer.counters
        assert offers(one, replace(request, quanta=missed, start=None), now) == 0
        assert one.shares[request.office].owed
        assert now <= one.grid.starts_at
