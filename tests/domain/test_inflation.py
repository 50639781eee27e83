"""What an office gains by using more than it needs: less than it pays, up to an alpha of 1."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comptoir.domain.entitlements import (
    AllowancePolicy,
    BadNumber,
    allowances,
    continuous_allowances,
    inflating_pays,
    return_on_inflation,
)


@settings(max_examples=200)
@given(
    needs=st.dictionaries(st.integers(2, 9), st.integers(1, 30), min_size=1),
    need=st.integers(1, 30),
    more=st.fractions(Fraction(1, 100), 5, max_denominator=100),
    alpha=st.sampled_from([Fraction(a) for a in ("0", "1/2", "3/4", "1")]),
    part=st.floats(0, 1),
)
def test_a_little_more_need_brings_at_most_alpha_times_allowance_over_need(
    needs: dict[int, int], need: int, more: Fraction, alpha: Fraction, part: float
) -> None:
    """For alpha up to 1 (concave), before rounding, below the cap; capacity from 2 each to need."""
    policy = AllowancePolicy(floor=2, share=Fraction(1), alpha=alpha)
    least = 2 * len(needs) + 2
    capacity = least + floor(part * max(0, need + sum(needs.values()) - least))
    honest: dict[int, int | float | Fraction] = {1: need, **needs}

    before = continuous_allowances(honest, capacity, policy)[1]
    gain = continuous_allowances({**honest, 1: need + more}, capacity, policy)[1] - before

    assume(before < max(2, ceil(Fraction(6, 5) * need)))
    assert float(gain) <= float(more * return_on_inflation(need, before, alpha)) + 1e-9


def test_at_the_edge_of_a_quantum_a_hundredth_of_need_brings_a_whole_one() -> None:
    """Why the bound is one before rounding: the quotients 10/19 tie, and the smaller key has it."""
    needs = {1: 10, 2: 10}
    policy = AllowancePolicy(share=Fraction(1))

    before = allowances(needs, 19, policy)
    after = allowances({**needs, 2: Fraction(1001, 100)}, 19, policy)

    assert (before[2], after[2]) == (9, 10)
    assert return_on_inflation(needs[2], before[2], policy.alpha) == Fraction(9, 10)


def test_an_allowance_at_its_cap_follows_need_at_the_rate_of_the_headroom() -> None:
    needs, policy = {1: 10, 2: 10}, AllowancePolicy(alpha=Fraction(3, 4))

    assert allowances(needs, 500, policy)[1] == 12
    assert allowances({**needs, 1: 20}, 500, policy)[1] == 24


def test_nothing_follows_a_need_of_zero() -> None:
    with pytest.raises(BadNumber, match="without need"):
        return_on_inflation(0, 4, 1)


@pytest.mark.parametrize(
    ("capacity", "alpha", "pays"),
    [
        (
            38,
            Fraction(6, 5),
            True,
        ),  # the larger has 29.98 of the 30 it needs: 1.2 times that is over 1
        (30, Fraction(6, 5), False),  # 23.7 of 30: 0.95
        (38, Fraction(1), False),  # 28.5 of 30, in proportion
        (48, Fraction(6, 5), False),  # both at 1.2 times their need: nothing binds
        (8, Fraction(6, 5), False),  # both at the floor, which follows no need
    ],
)
def test_inflated_use_pays_where_an_allowance_binds_too_little(
    capacity: int, alpha: Fraction, pays: bool
) -> None:
    policy = AllowancePolicy(floor=4, share=Fraction(1), alpha=alpha)

    assert inflating_pays({1: 10, 2: 30}, capacity, policy) is pays


def test_an_office_without_need_has_nothing_to_inflate() -> None:
    policy = AllowancePolicy(floor=0, share=Fraction(1), alpha=Fraction(6, 5))

    assert not inflating_pays({1: 0, 2: 0}, 8, policy)


@given(
    needs=st.dictionaries(st.integers(1, 6), st.integers(0, 60), min_size=1),
    capacity=st.integers(24, 200),
    alpha=st.fractions(0, 1, max_denominator=20),
)
def test_in_proportion_or_less_inflated_use_never_pays(
    needs: dict[int, int], capacity: int, alpha: Fraction
) -> None:
    policy = AllowancePolicy(floor=4, share=Fraction(1), alpha=alpha)

    assert not inflating_pays(needs, capacity, policy)
