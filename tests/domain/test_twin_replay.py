"""The twin answers every event of a small world as the product does, from the opening of a day to its end."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain.grid import QUANTUM
from comptoir.domain.service_day import Admitted, Refused, Request
from comptoir.domain.share import Nesting
from tests.domain import twin
from tests.domain.sharing_world import LONG_BEFORE, NINE, RELEASE, World

STEPS, OFFICES, QUANTA = 30, 4, 6


def world(random: Random) -> World:
    """Four offices, two professionals and six quarter hours: soon there is too little for all."""
    return World(
        offered={1: 2**QUANTA - 1, 2: 2**QUANTA - 1},
        allowances={office: random.randint(0, 6) for office in range(OFFICES)},
        nesting=Nesting(
            floor_minutes=random.choice([15, 30]),
            least_held_minutes=random.choice([30, 240]),
            ramp_minutes=60,
            standby_minutes=random.choice([0, 30]),
        ),
        quanta=QUANTA,
        notice=random.choice([0, 15]),
    )


def agree(one: World, request: Request, answer: Admitted | Refused) -> None:
    """Whether, where, who, of which class; or what is offered in its place."""
    day, now = one.day(), one.now
    starts = twin.offered_starts(day, request, now)
    if isinstance(answer, Admitted):
        assert answer.start == (min(starts) if request.start is None else request.start)
        assert answer.start in starts
        assert answer.professional in twin.preferred(day, request, answer.start, now)
        given = twin.class_of(day, request, answer.professional, answer.start, now)
        assert answer.of_class == given
    else:
        assert not starts if request.start is None else request.start not in starts
        offered = answer.counters.get("instead")
        assert offered in (None, twin.floor_instead(day, request, now))


def play(random: Random) -> tuple[int, int]:
    """So many events; how many were granted and refused."""
    one, granted, refused = world(random), 0, 0
    moments = [LONG_BEFORE, RELEASE, NINE, NINE + timedelta(minutes=15), NINE + 3 * QUANTUM]
    for step in range(STEPS):
        one.now = moments[step * len(moments) // STEPS]
        ahead = [taken for taken in one.taken if one.grid.instant(taken.start) > one.now]
        if ahead and random.random() < 0.3:
            one.cancel(random.choice(ahead))
            continue
        start = random.choice([None, random.randrange(QUANTA)])
        request = Request(random.randrange(OFFICES), random.randint(1, 4), "en", start)
        answer = one.ask(request.office, request.quanta, start)
        agree(one, request, answer)
        one.book(request.office, request.quanta, start)
        granted, refused = (
            granted + isinstance(answer, Admitted),
            refused + isinstance(answer, Refused),
        )
    return granted, refused


@given(st.integers(0, 10**6))
def test_the_twin_agrees_event_by_event(seed: int) -> None:
    granted, refused = play(Random(seed))

    assert granted + refused > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_such_a_play_has_grants_and_refusals(seed: int) -> None:
    granted, refused = play(Random(seed))

    assert granted > 0
    assert refused > 0
