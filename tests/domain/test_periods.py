"""Half-open periods behave like sets of instants."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain.periods import EmptyPeriod, Period, subtract, union

MIDNIGHT = datetime(2026, 12, 15, tzinfo=UTC)


def hours(start: float, end: float) -> Period:
    return Period(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end))


def test_a_period_that_does_not_end_after_its_start_is_refused() -> None:
    with pytest.raises(EmptyPeriod):
        hours(9, 9)
    with pytest.raises(EmptyPeriod):
        hours(10, 9)


def test_the_start_belongs_to_a_period_and_the_end_does_not() -> None:
    nine_to_ten = hours(9, 10)

    assert nine_to_ten.contains(MIDNIGHT + timedelta(hours=9))
    assert nine_to_ten.contains(MIDNIGHT + timedelta(hours=9, minutes=59))
    assert not nine_to_ten.contains(MIDNIGHT + timedelta(hours=10))


@pytest.mark.parametrize(
    ("asked", "clashes"),
    # V6: booked 2 to 4.
    [
        ((0, 1), False),
        ((1, 2), False),
        ((1, 3), True),
        ((1, 5), True),
        ((2, 4), True),
        ((3, 5), True),
        ((4, 5), False),
        ((5, 6), False),
        ((2.5, 3.5), True),
    ],
)
def test_periods_overlap_when_they_share_an_instant_and_not_when_they_touch(
    asked: tuple[float, float], clashes: bool
) -> None:
    booked = hours(2, 4)

    assert booked.overlaps(hours(*asked)) is clashes
    assert hours(*asked).overlaps(booked) is clashes


def test_touching_and_nested_periods_join() -> None:
    assert union([hours(13, 14), hours(9, 11), hours(11, 12), hours(9.5, 10)]) == [
        hours(9, 12),
        hours(13, 14),
    ]


@pytest.mark.parametrize(
    ("opening", "removed", "left"),
    # V13: an opening less absences and appointments, in every position.
    [
        pytest.param([(9, 12)], [], [(9, 12)], id="nothing removed"),
        pytest.param([(9, 12)], [(9, 12)], [], id="exactly the opening"),
        pytest.param([(9, 12)], [(8, 13)], [], id="around the opening"),
        pytest.param([(9, 12)], [(8, 9)], [(9, 12)], id="ends where it opens"),
        pytest.param([(9, 12)], [(12, 13)], [(9, 12)], id="starts where it closes"),
        pytest.param([(9, 12)], [(7, 8)], [(9, 12)], id="before"),
        pytest.param([(9, 12)], [(8, 10)], [(10, 12)], id="over the opening's start"),
        pytest.param([(9, 12)], [(11, 13)], [(9, 11)], id="over the opening's end"),
        pytest.param([(9, 12)], [(9, 10)], [(10, 12)], id="touching the start inside"),
        pytest.param([(9, 12)], [(11, 12)], [(9, 11)], id="touching the end inside"),
        pytest.param([(9, 12)], [(10, 11)], [(9, 10), (11, 12)], id="in the middle"),
        pytest.param([(9, 12)], [(9, 10), (10, 11)], [(11, 12)], id="two that touch"),
        pytest.param([(9, 12)], [(9.5, 11.5), (10, 11)], [(9, 9.5), (11.5, 12)], id="nested"),
        pytest.param([(9, 12)], [(9.5, 10.5), (10, 11)], [(9, 9.5), (11, 12)], id="overlapping"),
        pytest.param([(9, 12)], [(10, 11), (10, 11)], [(9, 10), (11, 12)], id="the same twice"),
        pytest.param([(9, 12), (13, 17)], [(12, 13)], [(9, 12), (13, 17)], id="in the gap"),
        pytest.param([(9, 12), (13, 17)], [(11, 14)], [(9, 11), (14, 17)], id="over the gap"),
        pytest.param([(9, 12), (12, 17)], [(11, 13)], [(9, 11), (13, 17)], id="over a seam"),
        pytest.param([(13, 17), (9, 12)], [(8, 18)], [], id="the whole day"),
        pytest.param([], [(9, 10)], [], id="nothing open"),
    ],
)
def test_what_is_left_of_an_opening(
    opening: list[tuple[float, float]],
    removed: list[tuple[float, float]],
    left: list[tuple[float, float]],
) -> None:
    found = subtract([hours(*o) for o in opening], [hours(*r) for r in removed])

    assert found == [hours(*p) for p in left]


def some_periods() -> st.SearchStrategy[list[Period]]:
    ends = st.tuples(st.integers(0, 90), st.integers(1, 30))
    minute = timedelta(minutes=1)
    return st.lists(
        ends.map(lambda e: Period(MIDNIGHT + e[0] * minute, MIDNIGHT + sum(e) * minute)), max_size=6
    )


def minutes(periods: list[Period]) -> set[int]:
    """The brute-force twin: every minute that belongs to some period."""
    instants = range(121)
    return {
        m for m in instants if any(p.contains(MIDNIGHT + timedelta(minutes=m)) for p in periods)
    }


@given(some_periods(), some_periods())
def test_union_and_subtraction_agree_with_sets_of_minutes(
    some: list[Period], others: list[Period]
) -> None:
    assert minutes(union(some)) == minutes(some)
    assert minutes(subtract(some, others)) == minutes(some) - minutes(others)


@given(some_periods(), some_periods())
def test_what_comes_out_is_in_order_and_never_touches(
    some: list[Period], others: list[Period]
) -> None:
    for found in (union(some), subtract(some, others)):
        assert all(a.end < b.start for a, b in zip(found, found[1:], strict=False))
