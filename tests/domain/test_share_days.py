"""Whole days under the nested classes, played by Hypothesis: whatever happens, the promises hold.

Offices book, give up and move; somebody falls ill; time goes by, through the release, the ramp and the
day itself. After each step the laws are asked, not the numbers that led there.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from comptoir.domain import grid as grids
from comptoir.domain.grid import QUANTUM
from comptoir.domain.service_day import Admitted, Reason, Refused
from comptoir.domain.share import Nesting, ShareClass
from tests.domain.sharing_world import NINE, RELEASE, Taken, World

OFFICES = 8
QUANTA = 8


class SharedDay(RuleBasedStateMachine):
    """Eight offices, two professionals, two hours: a floor of half an hour for each is all there is."""

    world: World

    @initialize(
        floor=st.sampled_from([15, 30]),
        allowances=st.lists(st.integers(0, 10), min_size=OFFICES, max_size=OFFICES),
        notice=st.sampled_from([0, 15]),
        cap=st.sampled_from([30, 240]),
    )
    def open_the_day(self, floor: int, allowances: list[int], notice: int, cap: int) -> None:
        self.world = World(
            offered={1: 2**QUANTA - 1, 2: 2**QUANTA - 1},
            allowances=dict(enumerate(allowances)),
            nesting=Nesting(
                floor_minutes=floor, ramp_minutes=60, least_held_minutes=cap, standby_minutes=0
            ),
            quanta=QUANTA,
            notice=notice,
        )

    def started(self, taken: Taken) -> bool:
        return self.world.grid.instant(taken.start) < self.world.now

    @rule(
        office=st.integers(0, OFFICES - 1),
        quanta=st.integers(1, 4),
        start=st.none() | st.integers(0, QUANTA - 1),
    )
    def book(self, office: int, quanta: int, start: int | None) -> None:
        world = self.world
        fit = world.floors_fit()
        too_little = fit < len(world.unclaimed - {office})
        answer = world.book(office, quanta, start)
        # From nine on the first quarter hour is so near that nothing is kept of it.
        if isinstance(answer, Admitted) and too_little and world.now < NINE:
            guaranteed = answer.of_class is ShareClass.GUARANTEED
            assert guaranteed or world.floors_fit() == fit, "what was too little became less"

    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        ahead = [taken for taken in self.world.taken if not self.started(taken)]
        if ahead:
            self.world.cancel(data.draw(st.sampled_from(ahead)))

    @rule(data=st.data(), quanta=st.integers(1, 4), start=st.integers(0, QUANTA - 1))
    def move(self, data: st.DataObject, quanta: int, start: int) -> None:
        """As production does: given up first, then asked for; refused, all stays as it was."""
        world = self.world
        ahead = [taken for taken in world.taken if not self.started(taken)]
        if not ahead:
            return
        own = data.draw(st.sampled_from(ahead))
        unclaimed = set(world.unclaimed)
        world.cancel(own)
        if isinstance(world.book(own.office, quanta, start), Refused):
            world.taken.append(own)
            world.unclaimed = unclaimed

    @rule(who=st.sampled_from([1, 2]), first=st.integers(0, QUANTA - 1), length=st.integers(1, 4))
    def fall_ill(self, who: int, first: int, length: int) -> None:
        self.world.withdraw(who, grids.bits(first, length))

    @rule(quarters=st.integers(1, 3))
    def wait(self, quarters: int) -> None:
        """Days pass before the release; later it is quarter hours."""
        world = self.world
        before = world.now
        if world.now < RELEASE:
            world.now = min(RELEASE, world.now + timedelta(days=3 * quarters))
        elif world.now < NINE - timedelta(hours=2):
            world.now = NINE - timedelta(hours=2)
        else:
            world.now += quarters * QUANTUM
        assert world.now > before
        # Time that goes by unclaimed takes floors with it, as it would without any rule.
        world.short = world.short or world.floors_fit() < len(world.unclaimed)

    @invariant()
    def no_quarter_hour_is_taken_twice(self) -> None:
        for who in (1, 2):
            own = sorted(
                (t for t in self.world.taken if t.professional == who), key=lambda t: t.start
            )
            assert all(a.start + a.quanta <= b.start for a, b in pairwise(own))

    # Before nine: at nine nothing is kept any more of the first quarter hour, which whoever books it takes.
    @precondition(lambda self: not self.world.short and self.world.now < NINE)
    @invariant()
    def whoever_is_owed_a_floor_would_get_it(self) -> None:
        for office in self.world.unclaimed:
            assert self.world.floor_is_safe(office), f"office {office} would miss its floor"

    @precondition(lambda self: self.world.now >= NINE + timedelta(minutes=60))
    @invariant()
    def once_all_is_released_nothing_is_kept(self) -> None:
        for office in range(OFFICES):
            answer = self.world.ask(office, 1)
            if isinstance(answer, Refused):
                assert answer.reason not in {Reason.KEPT, Reason.WOULD_SPLIT}

    @invariant()
    def what_is_shown_is_what_would_be_granted(self) -> None:
        for quanta in (1, 2):
            one = self.world.ask(0, quanta)
            if isinstance(one, Refused) and "instead" in one.counters:
                assert isinstance(self.world.ask(0, one.counters["instead"]), Admitted)


SharedDay.TestCase.settings = settings(max_examples=200, stateful_step_count=40)
TestSharedDay = SharedDay.TestCase
