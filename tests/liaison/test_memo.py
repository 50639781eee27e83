"""The abuse of the memo, before and after the rule: who has access, what is lost, what is charged.

The figures are printed with `-s`; `python -m tests.benchmarks.memo_replay` prints those of more days.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import add
from typing import Any

import pytest

from tests.benchmarks import memo_replay
from tests.liaison import memo
from tests.liaison.memo import Figures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAYS = 3

RULES: dict[str, dict[str, Any]] = {"before": memo.LIMITS, "after": memo.NESTED}


@cache
def played(name: str) -> Figures:
    """The same days for each rule, played once."""
    return reduce(add, [memo.play(RULES[name], seed) for seed in range(DAYS)])


def test_the_demand_is_the_same_for_the_same_seed_and_would_fit_into_the_day() -> None:
    """Nobody would be short of time if what is not meant were not taken."""
    for seed in range(DAYS):
        drawn = memo.demand(seed)
        assert drawn == memo.demand(seed)
        meant = sum(one.gives_up is None for one in drawn.placeholders)
        on_offer = memo.PROFESSIONALS * (memo.LAST - memo.FIRST) * 4
        assert 2 * meant + memo.WANTED * len(drawn.callers) <= on_offer
    assert memo.demand(0) != memo.demand(1)


def test_under_limits_alone_placeholders_crowd_others_out_of_a_day_that_holds_all() -> None:
    before = played("before")

    assert before.day_access < 0.8
    assert before.turned_away >= 10
    assert before.avoidable_idle > 0.25
    assert before.charged_heavy == 0


def test_under_the_nested_rule_access_returns_and_no_floor_is_missed() -> None:
    before, after = played("before"), played("after")
    print("\n" + memo_replay.table({name: played(name) for name in RULES}))

    # The draws depend on the keys of the rows: an office more or less.
    assert after.turned_away <= 2
    assert after.turned_away < before.turned_away / 4
    assert after.held >= 0.9 * after.asked
    assert after.served > before.served + 0.2


def test_less_stays_empty_that_somebody_wanted_and_nobody_is_served_less_for_it() -> None:
    before, after = played("before"), played("after")

    assert after.avoidable_idle < 0.6 * before.avoidable_idle
    assert after.late_loss < before.late_loss
    assert after.use > before.use
    # Who takes a whole day as placeholders crowds out the half hours that it would have come to, too.
    assert after.used_heavy > 0.75 * before.used_heavy


def test_who_gives_up_late_is_charged_what_nobody_took_and_only_that() -> None:
    after = played("after")

    assert after.refilled > 0
    assert after.charged_heavy == after.given_up_late - after.refilled > 0
