"""How evenly need was met: the numbers of the capacity model's section 7, and small worlds by hand."""

from __future__ import annotations

from math import log

import pytest

from comptoir.domain.equity import Service
from comptoir.liaison.queries.scorecard import evenness
from comptoir.liaison.queries.scorecard.evenness import Compared, Grouping
from comptoir.liaison.queries.scorecard.values import About


def services(*pairs: tuple[float, float]) -> dict[int, Service]:
    """Offices 1, 2, …: what each attended and needed."""
    return {number: Service(*pair) for number, pair in enumerate(pairs, start=1)}


def compare(found: dict[int, Service], *groups: str) -> Compared:
    return evenness.compare(found, Grouping.CHAMBER, dict(enumerate(groups, start=1)))


class TestByOffice:
    def test_jain_of_hours_one_to_four(self) -> None:
        # (1+2+3+4)² / (4 · (1+4+9+16)) = 100 / 120.
        found = evenness.evenness(services((1, 8), (2, 8), (3, 8), (4, 8)))

        assert found is not None
        assert found.jain_of_hours == pytest.approx(0.8333, abs=5e-5)

    def test_jain_of_fill_and_of_hours_disagree(self) -> None:
        # Everybody's need is half met: 1. Of hours 1 and 3: 16 / (2 · 10).
        found = evenness.evenness(services((1, 2), (3, 6)))

        assert found is not None
        assert found.jain_of_fill == pytest.approx(1)
        assert found.jain_of_hours == pytest.approx(0.8)

    def test_jain_of_fill_takes_no_more_than_the_need(self) -> None:
        # Ratios 2 and ½ are fills 1 and ½: 2.25 / (2 · 1.25).
        found = evenness.evenness(services((4, 2), (1, 2)))

        assert found is not None
        assert found.jain_of_fill == pytest.approx(0.9)

    def test_gini_of_ratios_one_to_four(self) -> None:
        # Pairs differ by 1, 2, 3, 1, 2, 1 = 10, each twice: 20 / (2 · 16 · 2.5).
        found = evenness.evenness(services((2, 2), (4, 2), (6, 2), (8, 2)))

        assert found is not None
        assert found.gini == pytest.approx(0.25)

    def test_fill_is_summed_up_by_percentiles(self) -> None:
        # Fills 0, 0.1, …, 1 of eleven offices: the middle is 0.5, a tenth below 0.1, 0.05 halfway to it.
        found = evenness.evenness(services(*((number, 10) for number in range(11))))

        assert found is not None
        assert found.fill.median == pytest.approx(0.5)
        assert found.fill.tenth == pytest.approx(0.1)
        assert found.fill.fifth == pytest.approx(0.05)
        assert found.fill.under_half == pytest.approx(5 / 11)

    def test_who_needs_nothing_takes_no_part(self) -> None:
        found = evenness.evenness(services((1, 2), (9, 0)))

        assert found is not None
        assert (found.offices, found.attended, found.need) == (1, 1, 2)

    def test_of_nobody_there_is_nothing_to_say(self) -> None:
        assert evenness.evenness(services((3, 0))) is None


class TestByGroup:
    def test_theil_is_the_sum_of_its_parts(self) -> None:
        # Section 7: hours 1, 2, 3, 4 for equal needs, in the groups {1, 2} and {3, 4}.
        found = compare(services((1, 1), (2, 1), (3, 1), (4, 1)), "a", "a", "b", "b")

        assert found.theil.total == pytest.approx(0.106440, abs=5e-7)
        assert found.theil.between == pytest.approx(0.082283, abs=5e-7)
        assert found.theil.within == pytest.approx(0.024157, abs=5e-7)

    def test_theil_weighs_by_need(self) -> None:
        # An office with need 3 got 1, one with need 1 got 1; F = ½, so r = ⅔ and 2:
        # ¾ · ⅔ ln ⅔ + ¼ · 2 ln 2 = ½ ln ⅔ + ½ ln 2 = ½ ln (4/3).
        found = compare(services((1, 3), (1, 1)), "a", "b")

        assert found.theil.total == pytest.approx(0.5 * log(4 / 3))

    def test_served_and_unmet_ratio_of_each_group(self) -> None:
        # a: 2 of 4; b: 9 of 12. Unmet 2 + 3 = 5 of 16 needed.
        # Q_a = (2/5) / (4/16) = 1.6; Q_b = (3/5) / (12/16) = 0.8.
        found = compare(services((2, 4), (4, 6), (5, 6)), "a", "b", "b")

        assert [(group.name, group.offices, group.served) for group in found.groups] == [
            ("a", 1, 0.5),
            ("b", 2, 0.75),
        ]
        assert [group.unmet_ratio for group in found.groups] == [
            pytest.approx(1.6),
            pytest.approx(0.8),
        ]

    def test_no_unmet_ratio_where_nothing_is_unmet(self) -> None:
        found = compare(services((4, 2), (2, 2)), "a", "b")

        assert [group.unmet_ratio for group in found.groups] == [None, None]

    def test_the_parity_gap_is_between_the_best_and_the_worst_served(self) -> None:
        # Five offices each: ¼, ½ and 1 of the need.
        found = compare(services(*[(1, 4)] * 5, *[(2, 4)] * 5, *[(4, 4)] * 5), *"aaaaabbbbbccccc")

        assert found.hidden == frozenset()
        assert found.parity_gap == pytest.approx(0.75)

    def test_the_parity_gap_tells_nothing_of_a_group_that_is_left_out(self) -> None:
        # Of the groups of five: ½ and 1. The four of c, who got nothing, and b with them are not shown.
        found = compare(
            services(*[(2, 4)] * 5, *[(3, 4)] * 5, *[(4, 4)] * 5, *[(0, 4)] * 4),
            *"aaaaabbbbbdddddcccc",
        )

        assert found.hidden == {"a", "c"}
        assert found.parity_gap == pytest.approx(0.25)

    def test_there_is_no_parity_gap_of_one_group(self) -> None:
        assert compare(services(*[(2, 4)] * 5), *"aaaaa").parity_gap is None


class TestTooSmall:
    def test_is_under_five_offices(self) -> None:
        assert evenness.too_small({"a": 5, "b": 6, "c": 7}) == frozenset()
        assert "c" in evenness.too_small({"a": 5, "b": 6, "c": 4})

    def test_takes_the_next_smallest_along_that_it_cannot_be_told_from_the_whole(self) -> None:
        assert evenness.too_small({"a": 9, "b": 7, "c": 4}) == {"b", "c"}

    def test_takes_more_along_until_five_offices_are_out(self) -> None:
        assert evenness.too_small({"a": 9, "b": 7, "c": 1, "d": 1}) == {"b", "c", "d"}

    def test_takes_nobody_along_where_the_small_ones_hide_one_another(self) -> None:
        assert evenness.too_small({"a": 9, "b": 7, "c": 4, "d": 1}) == {"c", "d"}

    def test_of_two_groups_leaves_none(self) -> None:
        assert evenness.too_small({"commons": 300, "senate": 4}) == {"commons", "senate"}

    def test_of_groups_of_one_size_takes_the_first_by_name(self) -> None:
        assert evenness.too_small({"b": 6, "a": 6, "c": 2}) == {"a", "c"}


class TestTopOffices:
    def test_are_those_above_a_clear_break(self) -> None:
        # Four offices attend 1,000 and more, the others fall off slowly from 40.
        volumes = {number: 1000.0 + number for number in range(4)}
        volumes |= {number: 40.0 * 0.99**number for number in range(4, 44)}

        assert evenness.top_offices(volumes) == {0, 1, 2, 3}

    def test_are_nobody_on_a_smooth_tail(self) -> None:
        # v_k = 1 / k: k (ln (k+1) - ln k) is about 1 for every k.
        assert evenness.top_offices({k: 1000 / k for k in range(1, 60)}) == frozenset()

    @pytest.mark.parametrize(
        "volumes", [{}, {1: 5.0}, dict.fromkeys(range(20), 3.0)], ids=["none", "one", "all equal"]
    )
    def test_are_nobody_where_a_break_cannot_be_looked_for(self, volumes: dict[int, float]) -> None:
        assert evenness.top_offices(volumes) == frozenset()


class TestGroupings:
    ABOUT = {1: About("commons", "ON", "en"), 2: About("senate", "QC", "fr")}

    def test_are_by_chamber_province_and_language(self) -> None:
        assert evenness.groupings(self.ABOUT, frozenset()) == {
            Grouping.CHAMBER: {1: "commons", 2: "senate"},
            Grouping.PROVINCE: {1: "ON", 2: "QC"},
            Grouping.LANGUAGE: {1: "en", 2: "fr"},
        }

    def test_are_by_volume_where_some_stand_out(self) -> None:
        found = evenness.groupings(self.ABOUT, frozenset({2}))

        assert found[Grouping.VOLUME] == {1: "other", 2: "top"}
