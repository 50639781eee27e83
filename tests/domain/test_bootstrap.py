"""Bootstrap intervals: by hand, against the plain indices draw by draw, and by how often they hold the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from comptoir.domain import bootstrap, equity
from comptoir.domain.bootstrap import Column, Groups, Resampled
from comptoir.domain.equity import Service
from comptoir.domain.evaluation import Interval

ATTENDED = np.array([4.0, 0.0, 2.0, 6.0, 1.0, 3.0])
NEEDED = np.array([4.0, 2.0, 4.0, 5.0, 2.0, 3.0])
GROUPS = ["a", "a", "b", "b", "b", "a"]


@pytest.fixture
def drawn() -> Resampled:
    return Resampled.of(6, seed=1, resamples=200)


def services(picks: np.ndarray[tuple[int], np.dtype[np.int64]]) -> dict[int, Service]:
    """The offices of one draw, each time it was drawn as an office of its own."""
    return {
        place: Service(float(ATTENDED[pick]), float(NEEDED[pick]))
        for place, pick in enumerate(picks)
    }


def every_draw_of_two() -> Resampled:
    """All four ordered draws of two offices, each once: no chance is left."""
    picked = np.array(list(product(range(2), repeat=2)))
    times = np.array([[2, 0], [1, 1], [1, 1], [0, 2]], dtype=np.float64)
    return Resampled(picked, times)


class TestByHand:
    def test_of_two_offices_every_draw_is_known(self) -> None:
        """Office 0 attended 1 of 4, office 1 attended 3 of 4: 2/8, 4/8 twice, 6/8."""
        found = bootstrap.ratio(every_draw_of_two(), np.array([1.0, 3.0]), np.array([4.0, 4.0]))

        assert list(found) == [0.25, 0.5, 0.5, 0.75]

    def test_a_whole_that_is_no_office_s_stays_as_it_is(self) -> None:
        found = bootstrap.ratio(every_draw_of_two(), np.array([1.0, 3.0]), 8.0)

        assert list(found) == [0.25, 0.5, 0.5, 0.75]

    def test_the_interval_is_the_middle_of_what_was_found(self) -> None:
        """Of 0 to 40 the 2.5th and the 97.5th percentile are 1 and 39."""
        found = bootstrap.interval(np.arange(41.0))

        assert found is not None
        assert (found.low, found.high) == pytest.approx((1, 39))

    def test_draws_that_say_nothing_are_left_out(self) -> None:
        assert bootstrap.interval(np.array([np.nan, 2.0, 2.0])) == Interval(2.0, 2.0)
        assert bootstrap.interval(np.array([np.nan, np.nan])) is None

    def test_nothing_of_nothing_is_not_known(self) -> None:
        found = bootstrap.ratio(every_draw_of_two(), np.zeros(2), np.array([0.0, 4.0]))

        assert np.isnan(found[0])
        assert list(found[1:]) == [0.0, 0.0, 0.0]


class TestDrawByDraw:
    """Each index of a draw is the plain one of the offices that were drawn."""

    def agree(self, found: Column, drawn: Resampled, plain: list[float]) -> None:
        assert found == pytest.approx(np.array(plain), abs=1e-12)
        assert len(set(plain)) > 20

    def test_percentiles(self, drawn: Resampled) -> None:
        for share in (0.05, 0.1, 0.5, 1.0):
            found = bootstrap.percentile(drawn, ATTENDED, share)
            assert found == pytest.approx(
                np.array([equity.percentile(ATTENDED[picks], share) for picks in drawn.picked])
            )

    def test_jain(self, drawn: Resampled) -> None:
        plain = [equity.jain(ATTENDED[picks]) for picks in drawn.picked]
        self.agree(bootstrap.jain(drawn, ATTENDED), drawn, plain)

    def test_gini(self, drawn: Resampled) -> None:
        plain = [equity.gini(ATTENDED[picks]) for picks in drawn.picked]
        self.agree(bootstrap.gini(drawn, ATTENDED), drawn, plain)

    def test_theil_and_its_part_between_the_groups(self, drawn: Resampled) -> None:
        found = Groups.of(drawn, ATTENDED, NEEDED, GROUPS)
        plain = [
            equity.theil(services(picks), {place: GROUPS[pick] for place, pick in enumerate(picks)})
            for picks in drawn.picked
        ]

        self.agree(bootstrap.theil(drawn, ATTENDED, NEEDED), drawn, [one.total for one in plain])
        self.agree(found.theil_between(), drawn, [one.between for one in plain])

    def test_groups(self, drawn: Resampled) -> None:
        found = Groups.of(drawn, ATTENDED, NEEDED, GROUPS)
        gaps, ratios = found.parity_gap(["a", "b"]), found.unmet_ratios()

        for number, picks in enumerate(drawn.picked):
            group_of = {place: GROUPS[pick] for place, pick in enumerate(picks)}
            assert gaps[number] == pytest.approx(equity.parity_gap(services(picks), group_of))
            plain = equity.unmet_ratios(services(picks), group_of) or {}
            of_draw = {name: values[number] for name, values in ratios.items()}
            known = {name: value for name, value in of_draw.items() if not np.isnan(value)}
            assert known == pytest.approx(plain)

    @pytest.mark.parametrize("index", [bootstrap.jain, bootstrap.gini])
    def test_where_all_have_nothing_nobody_is_worse_off(self, index: Callable[..., Any]) -> None:
        nothing = np.zeros(6)
        plain = equity.jain(nothing) if index is bootstrap.jain else equity.gini(nothing)
        drawn = Resampled.of(6, seed=1, resamples=3)

        assert list(index(drawn, nothing)) == [plain] * 3


class TestDraws:
    def test_each_draws_as_many_offices_as_there_are(self) -> None:
        drawn = Resampled.of(7, seed=3, resamples=50)

        assert drawn.picked.shape == (50, 7)
        assert list(drawn.times.sum(axis=1)) == [7.0] * 50
        assert drawn.sums(np.arange(7.0)) == pytest.approx(drawn.picked.sum(axis=1))

    def test_the_same_week_is_always_drawn_alike(self) -> None:
        seed = bootstrap.seed_of(date(2026, 11, 16))
        first, again = Resampled.of(5, seed), Resampled.of(5, seed)
        other = Resampled.of(5, bootstrap.seed_of(date(2026, 11, 23)))

        assert (first.picked == again.picked).all()
        assert (first.picked != other.picked).any()


def test_the_truth_is_held_about_as_often_as_said() -> None:
    """A ratio of known truth: needs of 1 to 9, of which a part around 0.6 is met; 80 offices a week.

    400 weeks; binomial noise of 1.1 points around the 95 of 100, and the percentile interval is a little
    short of them at this size.
    """
    random, held = np.random.default_rng(20261116), 0
    for week in range(400):
        needed = random.integers(1, 10, size=80).astype(np.float64)
        attended = needed * random.beta(3, 2, size=80)
        drawn = Resampled.of(80, seed=week, resamples=400)
        found = bootstrap.interval(bootstrap.ratio(drawn, attended, needed))
        assert found is not None
        held += found.low <= 0.6 <= found.high

    assert 0.91 <= held / 400 <= 0.98
