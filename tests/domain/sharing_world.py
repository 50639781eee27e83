"""One service day under the nested classes, played step by step, with its counters kept as production does.

Whatever an adversary does, `owed_is_safe` must stay true: every office that is owed its floor could
have it at this moment. Everything that decides is the product's; the world only keeps the books.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from comptoir.domain import grid as grids
from comptoir.domain import nested, share
from comptoir.domain.admission import admit
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Refused,
    Request,
    Use,
)
from comptoir.domain.share import Nesting, Owed, Share, ShareClass
from tests.domain.rules import RULE

ON = date(2026, 11, 24)
ZONE = ZoneInfo("America/Montreal")
NINE = datetime.combine(ON, time(9), ZONE)
RELEASE = NINE - timedelta(hours=19)
LONG_BEFORE = NINE - timedelta(days=9)
ENGLISH = frozenset({"en"})


@dataclass(frozen=True, slots=True)
class Taken:
    """An appointment of the world."""

    office: int
    professional: int
    start: int
    quanta: int

    @property
    def mask(self) -> int:
        return grids.bits(self.start, self.quanta)


@dataclass
class World:
    """A day of `offered` masks by professional, and offices with allowances of the day's week."""

    offered: dict[int, int]
    allowances: dict[int, int]
    nesting: Nesting
    quanta: int = 8
    notice: int = 0
    now: datetime = LONG_BEFORE
    taken: list[Taken] = field(default_factory=list)
    unclaimed: set[int] = field(default_factory=set)
    short: bool = False
    """Whether hours were withdrawn: then a floor may be missed, and nothing else may be."""

    def __post_init__(self) -> None:
        self.grid = Grid(NINE, self.quanta)
        self.rule = replace(
            RULE,
            minutes_per_day=15 * self.quanta,
            minutes_per_week=150 * self.quanta,
            least_notice_minutes=self.notice,
            nesting=self.nesting,
        )
        self.unclaimed = set(self.allowances)

    def mask_of(self, professional: int) -> int:
        """What is taken of one professional's day."""
        return sum(t.mask for t in self.taken if t.professional == professional)

    def used(self, office: int) -> int:
        """What is charged to an office, counted from the appointments."""
        return sum(t.quanta for t in self.taken if t.office == office)

    def day(self) -> Day:
        """The day as production would load it."""
        offices = self.allowances
        return Day(
            on=ON,
            grid=self.grid,
            rule=self.rule,
            last_bookable=ON,
            hours=tuple(
                ProfessionalHours(number, ENGLISH, offered, self.mask_of(number))
                for number, offered in self.offered.items()
            ),
            use={office: Use(self.used(office), self.used(office)) for office in offices},
            owed=Owed(
                offices=len(self.unclaimed),
                allowances=sum(max(0, a - self.used(office)) for office, a in offices.items()),
            ),
            shares={
                office: Share(allowance, self.held(office), owed=office in self.unclaimed)
                for office, allowance in offices.items()
            },
            released_at=RELEASE,
        )

    def held(self, office: int) -> int:
        """What an office holds ahead."""
        return sum(
            t.quanta
            for t in self.taken
            if t.office == office and self.grid.instant(t.start) >= self.now
        )

    def ask(self, office: int, quanta: int, start: int | None = None) -> Admitted | Refused:
        """What the rule says, nothing is changed."""
        return admit(self.day(), Request(office, quanta, "en", start), self.now)

    def book(self, office: int, quanta: int, start: int | None = None) -> Admitted | Refused:
        """Ask, and take it if granted."""
        answer = self.ask(office, quanta, start)
        if isinstance(answer, Admitted):
            self.taken.append(Taken(office, answer.professional, answer.start, quanta))
            self.unclaimed.discard(office)
        return answer

    def cancel(self, taken: Taken) -> None:
        """Give an appointment up in time; the floor comes back if it can."""
        self.taken.remove(taken)
        gives_back = share.is_given_back(self.nesting.floor, self.floors_fit(), len(self.unclaimed))
        if self.used(taken.office) == 0 and gives_back:
            self.unclaimed.add(taken.office)

    def withdraw(self, professional: int, mask: int) -> None:
        """Somebody is away: hours that nobody has taken are no longer on offer."""
        self.offered[professional] &= ~mask | self.mask_of(professional)
        self.short = self.short or self.floors_fit() < len(self.unclaimed)

    def floors_fit(self) -> int:
        """How many floors fit into what is free and not begun."""
        return nested.floors_fit(self.day(), self.nesting, self.now)

    def floor_is_safe(self, office: int) -> bool:
        """Whether an office that is owed its floor would get it now."""
        answer = self.ask(office, self.nesting.floor)
        return isinstance(answer, Admitted) and answer.of_class is ShareClass.GUARANTEED


def adversarial_misses(seed: int, floor: int, steps: int) -> int:
    """How many floors were refused in a random play that books and cancels whatever it can."""
    random = Random(seed)
    offices = random.randint(9, 12)
    world = World(
        offered=dict.fromkeys((1, 2, 3), 2**8 - 1),
        allowances={office: random.choice([1, 4, 12, 40]) for office in range(offices)},
        nesting=Nesting(
            floor_minutes=15 * floor, holding_percent=1000, take_up_percent=random.choice([0, 50])
        ),
        notice=random.choice([0, 15, 120]),
    )
    misses = 0
    for _ in range(steps):
        if world.taken and random.random() < 0.45:
            world.cancel(random.choice(world.taken))
        else:
            office, quanta = random.randrange(offices), random.randint(1, 4)
            world.book(office, quanta, random.choice([None, random.randrange(8)]))
        if world.unclaimed:
            office = random.choice(sorted(world.unclaimed))
            misses += not world.floor_is_safe(office)
    return misses
