"""The equity figures: the printed example, the definitions by plain sums, and what is left to define."""

from __future__ import annotations

from math import log
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain.equity import (
    BadAmount,
    NothingToDescribe,
    Service,
    Theil,
    Ungrouped,
    fill_summary,
    gini,
    jain,
    parity_gap,
    percentile,
    served_share,
    theil,
    unmet_ratios,
)

ONE_TO_FOUR = [1.0, 2.0, 3.0, 4.0]
EQUAL_NEED = {office: Service(attended, 4) for office, attended in enumerate(ONE_TO_FOUR, 1)}
PAIRS = {1: "low", 2: "low", 3: "high", 4: "high"}

QUANTA = st.integers(0, 60)
AMOUNTS = st.lists(QUANTA, min_size=1, max_size=12)
WEEKS = st.dictionaries(
    st.integers(1, 12), st.builds(Service, attended=QUANTA, need=QUANTA), max_size=10
)
GROUPINGS = st.fixed_dictionaries({office: st.sampled_from("abc") for office in range(1, 13)})


def with_need(week: dict[int, Service]) -> dict[int, Service]:
    return {office: service for office, service in week.items() if service.need}


# --- The printed example: 1, 2, 3, 4 in the groups {1, 2} and {3, 4} ---


def test_the_indices_of_one_to_four_are_the_printed_ones() -> None:
    assert round(jain(ONE_TO_FOUR), 4) == 0.8333
    assert gini(ONE_TO_FOUR) == pytest.approx(0.25)


def test_theil_of_one_to_four_falls_into_the_printed_parts() -> None:
    found = theil(EQUAL_NEED, PAIRS)

    assert round(found.total, 6) == 0.106440
    assert round(found.between, 6) == 0.082283
    assert round(found.within, 6) == 0.024157


def test_jain_of_the_water_filling_example_is_the_printed_one() -> None:
    assert round(jain([2, 4, 9.5, 9.5]), 4) == 0.7793


# --- Jain and Gini ---


@given(AMOUNTS)
def test_gini_is_the_mean_difference_over_twice_the_mean(amounts: list[int]) -> None:
    n, total = len(amounts), sum(amounts)
    differences = sum(abs(one - other) for one in amounts for other in amounts)

    assert gini(amounts) == pytest.approx(differences / (2 * n * total) if total else 0)


@given(AMOUNTS)
def test_jain_is_one_over_one_plus_the_squared_coefficient_of_variation(amounts: list[int]) -> None:
    mean = sum(amounts) / len(amounts)
    variance = sum((amount - mean) ** 2 for amount in amounts) / len(amounts)

    assert jain(amounts) == pytest.approx(1 / (1 + variance / mean**2) if mean else 1)


@given(AMOUNTS, st.sampled_from([1e-200, 0.25, 1e200]))
def test_jain_and_gini_do_not_depend_on_the_unit(amounts: list[int], unit: float) -> None:
    scaled = [amount * unit for amount in amounts]

    assert jain(scaled) == pytest.approx(jain(amounts))
    assert gini(scaled) == pytest.approx(gini(amounts))


@given(st.integers(1, 8), st.integers(0, 8))
def test_when_some_share_equally_and_others_get_nothing_the_indices_count_them(
    served: int, unserved: int
) -> None:
    amounts = [3.0] * served + [0.0] * unserved
    n = served + unserved

    assert jain(amounts) == pytest.approx(served / n)
    assert gini(amounts) == pytest.approx(unserved / n)


@pytest.mark.parametrize("amounts", [[], [0.0], [0.0, 0.0, 0.0]])
def test_where_nobody_gets_anything_nobody_is_treated_worse(amounts: list[float]) -> None:
    assert jain(amounts) == 1
    assert gini(amounts) == 0


@pytest.mark.parametrize("index", [jain, gini])
@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf")])
def test_an_amount_that_cannot_be_is_refused(index: type, amount: float) -> None:
    with pytest.raises(BadAmount, match=f"zero or more, not {amount}"):
        index([1, amount])


# --- Percentiles and fill ---


@given(st.lists(QUANTA, min_size=2, max_size=30), st.integers(1, 99))
def test_a_percentile_is_the_inclusive_quantile(values: list[int], percent: int) -> None:
    expected = quantiles(values, n=100, method="inclusive")[percent - 1]

    assert percentile(values, percent / 100) == pytest.approx(expected)


def test_the_ends_are_the_least_and_the_largest() -> None:
    assert percentile([5, 1, 3], 0) == 1
    assert percentile([5, 1, 3], 1) == 5
    assert percentile([5], 0.37) == 5


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(NothingToDescribe, match="no value"):
        percentile([], 0.5)


@pytest.mark.parametrize("share", [-0.1, 1.1, 50, float("nan")])
def test_a_percentile_is_asked_for_by_a_share(share: float) -> None:
    with pytest.raises(BadAmount, match="from 0 to 1"):
        percentile([1, 2], share)


def test_fill_is_the_met_part_of_the_need_and_never_more_than_all_of_it() -> None:
    assert Service(attended=3, need=4).fill == 0.75
    assert Service(attended=9, need=4).fill == 1
    assert Service(attended=9, need=4).ratio == 2.25


def test_the_summary_of_fills_leaves_out_offices_without_need() -> None:
    week = {office: Service(office, 20) for office in range(21)} | {21: Service(7, 0)}

    summary = fill_summary(week)

    assert summary.median == pytest.approx(0.5)
    assert summary.fifth == pytest.approx(0.05)
    assert summary.tenth == pytest.approx(0.10)
    assert summary.under_half == pytest.approx(10 / 21)


@given(WEEKS.filter(with_need))
def test_the_summary_is_that_of_the_fills(week: dict[int, Service]) -> None:
    fills = [min(1, s.attended / s.need) for s in with_need(week).values()]

    summary = fill_summary(week)

    assert summary.median == pytest.approx(median(fills))
    assert summary.under_half == sum(fill < 0.5 for fill in fills) / len(fills)
    assert min(fills) <= summary.fifth <= summary.tenth <= summary.median


def test_a_week_without_need_has_no_fill_to_describe() -> None:
    with pytest.raises(NothingToDescribe, match="no office with need"):
        fill_summary({1: Service(3, 0)})


# --- Theil ---


def by_definition(week: dict[int, Service]) -> float:
    """sum (D_i/D) r_i ln r_i with r_i = (S_i/D_i)/F, as the scorecard writes it."""
    counted = list(with_need(week).values())
    need, attended = sum(s.need for s in counted), sum(s.attended for s in counted)
    if not attended:
        return 0
    ratios = [(s.need / need, s.attended / s.need / (attended / need)) for s in counted]
    assert sum(weight * r for weight, r in ratios) == pytest.approx(1)
    return sum(weight * r * log(r) for weight, r in ratios if r)


@given(WEEKS, GROUPINGS)
def test_theil_is_its_definition_and_the_sum_of_its_parts(
    week: dict[int, Service], grouping: dict[int, str]
) -> None:
    found = theil(week, grouping)

    assert found.total == pytest.approx(by_definition(week), abs=1e-9)
    assert found.between + found.within == pytest.approx(found.total, abs=1e-9)
    assert min(found.total, found.between, found.within) >= -1e-9


@given(WEEKS)
def test_one_group_has_nothing_between_and_groups_of_one_nothing_within(
    week: dict[int, Service],
) -> None:
    assert theil(week, dict.fromkeys(week, "all")).between == pytest.approx(0, abs=1e-9)
    assert theil(week, {office: str(office) for office in week}).within == pytest.approx(0)


@given(WEEKS, GROUPINGS)
def test_merging_each_group_into_one_office_leaves_the_part_between_as_it_was(
    week: dict[int, Service], grouping: dict[int, str]
) -> None:
    """Between sees sums only: each group as one office has the same value, and nothing within."""
    counted = with_need(week)
    sums = {
        number: Service(
            sum(s.attended for office, s in counted.items() if grouping[office] == group),
            sum(s.need for office, s in counted.items() if grouping[office] == group),
        )
        for number, group in enumerate("abc")
    }

    between = theil(week, grouping).between

    assert between == pytest.approx(by_definition(sums), abs=1e-9)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.sampled_from([0.25, 1, 2]))
def test_hours_in_proportion_to_need_are_equal_and_beyond_need_too(
    needs: list[int], share: float
) -> None:
    week = {office: Service(need * share, need) for office, need in enumerate(needs)}
    groups = {office: str(office % 2) for office in week}

    found = theil(week, groups)

    assert [found.total, found.between, found.within] == pytest.approx([0, 0, 0], abs=1e-12)
    assert parity_gap(week, groups) == pytest.approx(0)


@pytest.mark.parametrize("week", [{}, {1: Service(0, 5), 2: Service(0, 3)}, {1: Service(4, 0)}])
def test_a_week_without_hours_or_without_need_has_no_inequality(week: dict[int, Service]) -> None:
    assert theil(week, {1: "a", 2: "b"}) == Theil(0, 0, 0)


# --- Groups ---


def test_a_group_carries_its_part_of_the_unmet_need_by_the_scorecards_quotient() -> None:
    """Needs 10 and 30 quanta, attended 4 and 24: unmet 6 + 6 of 12, need a quarter and three."""
    week = {1: Service(4, 10), 2: Service(10, 10), 3: Service(14, 20)}

    assert unmet_ratios(week, {1: "a", 2: "b", 3: "b"}) == pytest.approx(
        {"a": (6 / 12) / (10 / 40), "b": (6 / 12) / (30 / 40)}
    )


@given(WEEKS, GROUPINGS)
def test_weighted_by_need_the_unmet_ratios_average_to_one(
    week: dict[int, Service], grouping: dict[int, str]
) -> None:
    counted = with_need(week)
    need = sum(s.need for s in counted.values())
    unmet = need - sum(s.attended for s in counted.values())
    found = unmet_ratios(week, grouping)

    assert (found is None) == (unmet <= 0)
    if found is not None:
        weights = dict.fromkeys(found, 0.0)
        for office, service in counted.items():
            weights[grouping[office]] += service.need / need
        assert sum(weights[g] * found[g] for g in found) == pytest.approx(1)


def test_a_group_served_beyond_its_need_is_below_zero() -> None:
    week = {1: Service(12, 10), 2: Service(2, 10)}

    assert unmet_ratios(week, {1: "a", 2: "b"}) == pytest.approx({"a": -2 / 3, "b": 8 / 3})


def test_where_nothing_is_unmet_on_balance_there_is_no_ratio_and_still_a_gap() -> None:
    week = {1: Service(12, 10), 2: Service(8, 10)}
    groups = {1: "a", 2: "b"}

    assert unmet_ratios(week, groups) is None
    assert parity_gap(week, groups) == pytest.approx(0.4)


def test_an_office_without_need_is_in_no_groups_figures() -> None:
    week = {1: Service(4, 10), 2: Service(6, 10)}
    groups = {1: "a", 2: "b"}
    more = week | {3: Service(50, 0)}

    assert theil(more, groups) == theil(week, groups)
    assert unmet_ratios(more, groups) == unmet_ratios(week, groups)
    assert parity_gap(more, groups) == parity_gap(week, groups) == pytest.approx(0.2)
    assert served_share(more.values()) == served_share(week.values()) == 0.5


@pytest.mark.parametrize("week", [{}, {1: Service(3, 0)}])
def test_without_need_there_is_no_share_no_gap_and_no_ratio(week: dict[int, Service]) -> None:
    assert served_share(week.values()) == 0
    assert parity_gap(week, {}) == 0
    assert unmet_ratios(week, {}) is None


def test_one_group_alone_has_no_gap() -> None:
    assert parity_gap(EQUAL_NEED, dict.fromkeys(EQUAL_NEED, "all")) == 0


@pytest.mark.parametrize("figure", [theil, unmet_ratios, parity_gap])
def test_an_office_with_need_must_be_in_a_group(figure: type) -> None:
    with pytest.raises(Ungrouped, match="Office 2 has need and belongs to no group"):
        figure({1: Service(1, 2), 2: Service(1, 2)}, {1: "a"})


@pytest.mark.parametrize(("attended", "need"), [(-1, 2), (1, -2), (float("nan"), 1)])
def test_a_service_of_less_than_nothing_is_refused(attended: float, need: float) -> None:
    with pytest.raises(BadAmount):
        Service(attended, need)
