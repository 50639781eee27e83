"""Masks of quarter hours against a list of booleans, which says the same slowly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import grid as grids
from comptoir.domain.grid import Grid, OffGrid
from comptoir.domain.periods import Period

GRID = Grid(datetime(2026, 12, 15, 11, 0, tzinfo=UTC), 60)
masks = st.integers(0, (1 << 60) - 1)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 12, 15, hour, minute, second, tzinfo=UTC)


def test_every_quarter_hour_has_its_instant_and_its_index() -> None:
    assert GRID.instant(0) == at(11)
    assert GRID.instant(5) == at(12, 15)
    assert all(GRID.index(GRID.instant(i)) == i for i in range(GRID.quanta))


@pytest.mark.parametrize("instant", [at(11, 7), at(10, 45), at(11) + 60 * grids.QUANTUM])
def test_an_instant_that_begins_no_quarter_hour_of_the_day_is_refused(instant: datetime) -> None:
    with pytest.raises(OffGrid):
        GRID.index(instant)


@pytest.mark.parametrize(
    ("instant", "index"),
    [(at(9), 0), (at(11), 0), (at(11, 0, 1), 1), (at(11, 15), 1), (at(11) + timedelta(days=1), 60)],
)
def test_the_first_quarter_hour_from_an_instant(instant: datetime, index: int) -> None:
    assert GRID.first_from(instant) == index


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(11), at(12), 0b1111),
        (at(11, 5), at(12), 0b1110),
        (at(11), at(11, 59), 0b0111),
        (at(11, 5), at(11, 20), 0),
        (at(9), at(11, 30), 0b0011),
        (at(8), at(10), 0),
    ],
)
def test_only_whole_quarter_hours_inside_a_period_count(
    start: datetime, end: datetime, expected: int
) -> None:
    assert GRID.mask(Period(start, end)) == expected


def test_a_period_after_the_grid_has_no_quarter_hours() -> None:
    after = GRID.instant(60)

    assert GRID.mask(Period(after, after + timedelta(hours=1))) == 0
    assert GRID.mask(Period(GRID.instant(59), after + timedelta(hours=1))) == 1 << 59


def ones(mask: int) -> list[bool]:
    return [bool(mask >> i & 1) for i in range(61)]


@given(masks, st.integers(1, 4))
def test_starts_are_where_enough_consecutive_ones_begin(mask: int, length: int) -> None:
    free = ones(mask)

    expected = [i for i in range(61) if all(free[i : i + length]) and i + length <= 61]
    assert list(grids.indexes(grids.starts(mask, length))) == expected


@given(masks)
def test_runs_are_maximal_disjoint_and_together_the_mask(mask: int) -> None:
    free = ones(mask)
    again = 0
    for first, length in grids.runs(mask):
        assert all(free[first : first + length])
        assert first == 0 or not free[first - 1]
        assert not free[first + length]
        assert not again & grids.bits(first, length)
        again |= grids.bits(first, length)

    assert again == mask


@given(masks, st.integers(0, 59))
def test_the_run_around_a_free_quarter_hour_is_the_run_that_holds_it(mask: int, index: int) -> None:
    mask |= 1 << index

    first, length = grids.run_around(mask, index)

    assert (first, length) in list(grids.runs(mask))
    assert first <= index < first + length


@given(st.integers(-600, 1500), st.integers(1, 900))
def test_a_period_covers_the_quarter_hours_whose_every_minute_it_holds(
    offset: int, length: int
) -> None:
    start = GRID.starts_at + timedelta(minutes=offset)
    period = Period(start, start + timedelta(minutes=length))

    def held(index: int) -> bool:
        begins = GRID.instant(index)
        return all(period.contains(begins + timedelta(minutes=m)) for m in range(15))

    assert list(grids.indexes(GRID.mask(period))) == [i for i in range(60) if held(i)]
