"""Protection levels against the standard four-class example and against plain enumeration."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comptoir.domain.protection import (
    BadDemand,
    DemandClass,
    NotNested,
    emsr_a,
    emsr_b,
    littlewood,
)

FOUR = (
    DemandClass(1050, 17.3, 5.8),
    DemandClass(567, 45.1, 15.0),
    DemandClass(534, 39.6, 13.2),
    DemandClass(520, 34.0, 11.3),
)
"""The four-class example of Wollmer (1992), Talluri and van Ryzin (2004)."""

AMOUNTS = st.floats(0, 200)
VALUES = st.floats(1, 1000)
DEMANDS = st.builds(DemandClass, value=VALUES, mean=AMOUNTS, deviation=AMOUNTS)
# A mean of 5e-324 is above nought and no demand: a value weighted by it is rounded away.
LIKELY = st.builds(DemandClass, value=VALUES, mean=st.floats(0.01, 200), deviation=AMOUNTS)


@st.composite
def nested(draw: st.DrawFn) -> tuple[DemandClass, ...]:
    """One to six classes, the highest value first."""
    return tuple(
        sorted(draw(st.lists(DEMANDS, min_size=1, max_size=6)), key=lambda each: -each.value)
    )


# --- The published example ---


def test_version_b_keeps_what_the_four_class_example_says() -> None:
    assert [round(level, 1) for level in emsr_b(FOUR)] == [16.7, 50.9, 83.2]


def test_version_a_keeps_what_the_four_class_example_says() -> None:
    assert [round(level, 1) for level in emsr_a(FOUR)] == [16.7, 38.7, 55.7]


def test_the_level_of_floors_still_owed_is_littlewoods() -> None:
    """345 offices that claim with probability 0.12: 56 quanta at a miss level of 1 %."""
    owed = DemandClass(value=1, mean=345 * 0.12, deviation=sqrt(345 * 0.12 * 0.88))

    assert ceil(littlewood(owed, lower_value=0.01)) == 56


# --- Littlewood's rule ---


def expected_worth(level: int, sold: int, higher: DemandClass, lower_value: float) -> float:
    """What `sold` quanta bring if all but `level` go low: by cutting demand into small steps."""
    demand = NormalDist(higher.mean, higher.deviation)
    steps = [higher.mean + higher.deviation * (k / 200 - 5) for k in range(2001)]
    served = sum(
        min(max(middle, 0), level) * (demand.cdf(above) - demand.cdf(below))
        for below, above in zip(steps, steps[1:], strict=False)
        for middle in [(below + above) / 2]
    )
    return lower_value * (sold - level) + higher.value * served


@pytest.mark.parametrize(
    ("mean", "deviation", "ratio"),
    [(40, 8, 0.5), (40, 8, 0.2), (40, 8, 0.9), (60, 20, 0.35), (15, 3, 0.05)],
)
def test_no_whole_level_is_worth_more_than_one_beside_littlewoods(
    mean: float, deviation: float, ratio: float
) -> None:
    higher = DemandClass(100, mean, deviation)
    worth = {y: expected_worth(y, 120, higher, 100 * ratio) for y in range(121)}

    best = max(worth, key=worth.__getitem__)

    assert abs(best - littlewood(higher, 100 * ratio)) < 1


@given(DEMANDS, st.floats(0.01, 0.99))
def test_the_chance_of_selling_the_last_kept_quantum_is_the_ratio_of_values(
    higher: DemandClass, ratio: float
) -> None:
    assume(higher.deviation > 0.1)
    level = littlewood(higher, higher.value * ratio)

    sold = 1 - NormalDist(higher.mean, higher.deviation).cdf(level)

    assert sold == pytest.approx(ratio) if level > 0 else sold <= ratio + 1e-9


@given(DEMANDS, VALUES, VALUES)
def test_a_higher_price_below_keeps_less(higher: DemandClass, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert littlewood(higher, low) >= littlewood(higher, high)


@pytest.mark.parametrize("lower_value", [100, 101, 100 - 1e-14])
def test_nothing_is_kept_from_claims_worth_as_much(lower_value: float) -> None:
    assert littlewood(DemandClass(100, 40, 8), lower_value) == 0


def test_a_demand_known_for_certain_is_kept_as_it_is() -> None:
    assert littlewood(DemandClass(100, 40, 0), 30) == 40


def test_a_level_is_never_below_zero() -> None:
    """With these numbers the normal quantile is near -77."""
    assert littlewood(DemandClass(100, 5, 50), 95) == 0


# --- Nested classes ---


@given(nested())
def test_there_is_one_level_fewer_than_classes_and_none_decreases(
    classes: tuple[DemandClass, ...],
) -> None:
    for levels in (emsr_a(classes), emsr_b(classes)):
        assert len(levels) == len(classes) - 1
        assert list(levels) == sorted(levels)
        assert all(level >= 0 for level in levels)


@given(LIKELY, DEMANDS)
def test_with_two_classes_both_versions_are_littlewoods_rule(
    one: DemandClass, other: DemandClass
) -> None:
    assume(one.value > 1.001 * other.value)

    expected = pytest.approx(littlewood(one, other.value), abs=1e-6)

    assert list(emsr_a((one, other))) == [expected]
    assert list(emsr_b((one, other))) == [expected]


@given(st.lists(AMOUNTS.map(lambda mean: DemandClass(100, mean, 0)), min_size=1, max_size=4))
def test_certain_demand_above_is_kept_whole_by_both_versions(above: list[DemandClass]) -> None:
    total = pytest.approx(sum(each.mean for each in above))
    classes = (*above, DemandClass(20, 30, 10))

    assert emsr_a(classes)[-1] == total
    assert emsr_b(classes)[-1] == total


def test_version_b_keeps_for_two_classes_at_least_what_it_keeps_for_the_first() -> None:
    """Together the two are worth hardly more than the third, and the bare formula would keep 0."""
    classes = (DemandClass(200, 10, 1), DemandClass(100, 40, 100), DemandClass(99.9, 20, 5))
    mean, value = 50, (200 * 10 + 100 * 40) / 50
    bare = mean + sqrt(1 + 100**2) * NormalDist().inv_cdf(1 - 99.9 / value)
    first = 10 + NormalDist().inv_cdf(1 - 100 / 200)

    assert bare < first
    assert emsr_b(classes) == (first, first)


def test_a_class_nobody_is_expected_in_keeps_nothing() -> None:
    classes = (DemandClass(100, 0, 0), DemandClass(90, 0, 0), DemandClass(50, 10, 2))

    assert emsr_a(classes) == emsr_b(classes) == (0, 0)


def test_no_class_and_one_class_have_no_level() -> None:
    assert emsr_a(()) == emsr_b(()) == emsr_a(FOUR[:1]) == emsr_b(FOUR[:1]) == ()


# --- What is refused ---


@pytest.mark.parametrize("version", [emsr_a, emsr_b])
def test_classes_out_of_order_are_refused(version: type) -> None:
    with pytest.raises(NotNested, match="567 follows 534"):
        version((FOUR[0], FOUR[2], FOUR[1]))


@pytest.mark.parametrize(
    ("value", "mean", "deviation", "sentence"),
    [
        (0, 1, 1, "The value of a claim must be above zero, not 0"),
        (float("inf"), 1, 1, "The value of a claim must be above zero, not inf"),
        (1, -1, 1, "The mean of demand must be zero or more, not -1"),
        (1, float("nan"), 1, "The mean of demand must be zero or more, not nan"),
        (1, 1, -2, "The deviation of demand must be zero or more, not -2"),
    ],
)
def test_demand_that_cannot_be_is_refused_in_one_sentence(
    value: float, mean: float, deviation: float, sentence: str
) -> None:
    with pytest.raises(BadDemand, match=sentence):
        DemandClass(value, mean, deviation)


@pytest.mark.parametrize("lower_value", [0, -1, float("nan"), 1e-30])
def test_a_lower_value_that_cannot_be_compared_is_refused(lower_value: float) -> None:
    with pytest.raises(BadDemand):
        littlewood(DemandClass(100, 40, 8), lower_value)
