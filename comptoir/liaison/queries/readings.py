"""What happened week by week, as far as a pilot is judged by it: the scorecard's figures, and no others.

Whole weeks that are past. `queries.scorecard` has the formulas (capacity model, section 4), so that a
share of a pilot is that of the week's scorecard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from comptoir.domain.equity import Service
from comptoir.liaison.models import Measure, Side
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import access, capacity, evenness, rows
from comptoir.liaison.queries.scorecard.evenness import LEAST_OFFICES
from comptoir.liaison.queries.scorecard.values import WEEK, Use, by_week, from_weekday

WEDNESDAY = 2
"""Requests are moved by two days or so: from here on a week owes little to the one before."""

GROUP, OTHERS = "group", "others"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole. `offices`: how many stand behind it in one week at the most."""

    part: float = 0
    whole: float = 0
    offices: int = 0

    def __add__(self, other: Part) -> Part:
        offices = max(self.offices, other.offices)
        return Part(self.part + other.part, self.whole + other.whole, offices)

    @property
    def value(self) -> float | None:
        """None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def is_of_few(self) -> bool:
        """Whether an office could be recognized in it; of nothing there is nothing to hide."""
        return 0 < self.offices < LEAST_OFFICES


@dataclass(frozen=True, slots=True)
class Totals:
    """One week or several: quanta offered and what became of them; requests, access, and need met by side."""

    offered: int = 0
    attended: int = 0
    idle: int = 0
    late: int = 0
    requests: int = 0
    access: Part = Part()
    group: Part = Part()
    others: Part = Part()

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.offered + other.offered,
            self.attended + other.attended,
            self.idle + other.idle,
            self.late + other.late,
            self.requests + other.requests,
            self.access + other.access,
            self.group + other.group,
            self.others + other.others,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was on offer and nothing asked for."""
        return not self.offered and not self.requests

    @property
    def use(self) -> float | None:
        """The part of what was offered that was attended."""
        return self._of_offered(self.attended)

    @property
    def avoidable_idle(self) -> float | None:
        """The part of what was offered that stayed empty though a refused request would have fitted it."""
        return self._of_offered(self.idle)

    @property
    def late_loss(self) -> float | None:
        """The part of what was offered that offices gave up late and nobody took again."""
        return self._of_offered(self.late)

    @property
    def hidden(self) -> frozenset[str]:
        """The sides of which nothing may be said. All offices together are on the scorecard: of a small
        group the others would tell.
        """
        sizes = {GROUP: self.group.offices, OTHERS: self.others.offices}
        return evenness.too_small({side: size for side, size in sizes.items() if size})

    def value(self, measure: str) -> float | None:
        """What a registered outcome was; None where nothing may be said of it."""
        found: Mapping[str, float | None] = {
            Measure.USE: self.use,
            Measure.DAY_ACCESS: None if self.access.is_of_few else self.access.value,
            Measure.REQUESTS: float(self.requests),
            Measure.LATE_LOSS: self.late_loss,
            Measure.SERVED: None if OTHERS in self.hidden else self.others.value,
        }
        return found[measure]

    def _of_offered(self, quanta: int) -> float | None:
        return quanta / self.offered if self.offered else None


@dataclass(frozen=True, slots=True)
class Read:
    """A whole week; and its Wednesday to Friday alone, where need met is not known, being by week."""

    totals: Totals
    from_wednesday: Totals


def weekly(first: date, until: date, members: Collection[int]) -> dict[date, Read]:
    """The weeks from one Monday to before another, by Monday, with none left out.

    A fixed number of statements, however many weeks.
    """
    mondays = [first + number * WEEK for number in range((until - first) // WEEK)]
    if not mondays:
        return {}
    whole = rows.load(first, until - timedelta(days=1), days.load_rules())
    need = rows.need_by_week(mondays)
    return {
        monday: Read(
            _totals(use, evenness.services(use, need[monday].by_office), members),
            _totals(from_weekday(use, WEDNESDAY), {}, members),
        )
        for monday, use in by_week(whole, mondays).items()
    }


def _totals(use: Use, services: Mapping[int, Service], members: Collection[int]) -> Totals:
    counted = evenness.with_need(services)
    had = access.day_access(access.office_days(use))
    return Totals(
        offered=capacity.offered(use),
        attended=capacity.attended(use),
        idle=capacity.avoidably_idle(use),
        late=capacity.lost_late(use, Side.OFFICE),
        requests=len(access.requests(use)),
        access=Part(had.part, had.whole, had.offices),
        group=_served(one for office, one in counted.items() if office in members),
        others=_served(one for office, one in counted.items() if office not in members),
    )


def _served(services: Iterable[Service]) -> Part:
    """F = S/D of some offices."""
    found = list(services)
    return Part(sum(one.attended for one in found), sum(one.need for one in found), len(found))
