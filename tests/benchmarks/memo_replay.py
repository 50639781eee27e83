"""The memo's abuse before and after the rule, in figures: `python -m tests.benchmarks.memo_replay`.

The same demand under each rule, some days of it, played through the real actions on a database of its
own (`tests.liaison.memo` has the play). It measures no speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from tests.benchmarks import figures, house

if TYPE_CHECKING:
    from tests.liaison.memo import Figures

DAYS = 8
"""How many days are drawn for each rule."""

HEAD = (
    "rule",
    "day access",
    "had time",
    "of what was asked",
    "turned away",
    "use",
    "late loss",
    "refilled",
    "avoidable idle",
    "heavy attended",
    "heavy charged",
)


def table(found: Mapping[str, Figures]) -> str:
    """One line for each rule; parts of what is on offer unless the head says otherwise."""
    return figures.table(HEAD, [(name, *_line(one)) for name, one in found.items()])


def _line(one: Figures) -> tuple[str, ...]:
    return (
        f"{one.day_access:.0%}",
        f"{one.held / one.asked:.0%}",
        f"{one.served:.0%}",
        f"{one.turned_away} of {one.asked}",
        f"{one.use:.0%}",
        f"{one.late_loss:.0%}",
        f"{one.refilled} of {one.given_up_late}",
        f"{one.avoidable_idle:.0%}",
        f"{one.used_heavy}",
        f"{one.charged_heavy}",
    )


def main() -> None:
    """Open a house, play, print."""
    with house.opened():
        from tests.liaison import memo

        rules = (memo.LIMITS, memo.WITHOUT_LIST, memo.NESTED, memo.TO_THE_MINUTE)
        found = {
            rule["name_en"]: reduce(add, [memo.play(rule, seed) for seed in range(DAYS)])
            for rule in rules
        }
        print(f"{DAYS} days; time in quarter hours, of {found['Limits only'].offered} on offer\n")
        print(table(found))


if __name__ == "__main__":
    main()
