"""Natural classes against every way of cutting the volumes; they split where the test finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comptoir.domain import breaks

VOLUMES = st.lists(st.integers(1, 60), min_size=2, max_size=9)


def squares(volumes: Sequence[int]) -> Fraction:
    """The sum of squares about the mean."""
    mean = Fraction(sum(volumes), len(volumes))
    return sum(((volume - mean) ** 2 for volume in volumes), Fraction(0))


def least_squares(volumes: Sequence[int], classes: int) -> Fraction:
    """The least that any cut of the ordered volumes into so many parts leaves within the parts."""
    ordered = sorted(volumes)
    cuts = combinations(range(1, len(ordered)), classes - 1)
    return min(
        sum((squares(ordered[a:b]) for a, b in pairwise([0, *cut, len(ordered)])), Fraction(0))
        for cut in cuts
    )


@given(VOLUMES, st.integers(1, 4))
def test_no_other_cut_leaves_less_within_the_classes(volumes: list[int], classes: int) -> None:
    assume(classes <= len(set(volumes)))

    found = breaks.natural_classes(volumes, classes)

    members = [
        [volume for volume, of_class in zip(volumes, found, strict=True) if of_class == one]
        for one in range(1, classes + 1)
    ]
    assert all(members)
    assert sum(map(squares, members), Fraction(0)) == least_squares(volumes, classes)


@given(VOLUMES, st.integers(2, 4))
def test_the_first_class_is_the_highest_and_equal_volumes_are_of_one(
    volumes: list[int], classes: int
) -> None:
    assume(classes <= len(set(volumes)))
    found = breaks.natural_classes(volumes, classes)

    by_volume = sorted(set(zip(volumes, found, strict=True)), reverse=True)

    assert len(by_volume) == len(set(volumes))
    assert [of_class for _, of_class in by_volume] == sorted(of_class for _, of_class in by_volume)
    assert {1, classes} <= set(found)


def test_a_gap_that_is_seen_is_found() -> None:
    assert breaks.natural_classes([9, 60, 8, 55, 7, 50], 2) == [2, 1, 2, 1, 2, 1]


def test_they_split_where_the_test_of_a_break_finds_none() -> None:
    """Volumes of a smooth power law: the widest spacing is an everyday one, and there are two classes."""
    volumes = [1000 / (rank + 2) for rank in range(1, 31)]
    found = breaks.find_break({rank: [volume] for rank, volume in enumerate(volumes)})

    assert found.p_value > 0.2
    assert set(breaks.natural_classes(volumes, 2)) == {1, 2}


@pytest.mark.parametrize(("volumes", "classes"), [([], 1), ([5, 5, 5], 2), ([1, 2], 0)])
def test_more_classes_than_different_volumes_are_refused(volumes: list[int], classes: int) -> None:
    with pytest.raises(breaks.TooFewVolumes):
        breaks.natural_classes(volumes, classes)
