"""Which offices a pilot's group would have, by each criterion: proposed, shown, and only then decided on.

What is drawn is drawn from a seed that is kept, among the active offices in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from comptoir.domain import breaks
from comptoir.domain.breaks import Break
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import OfficeWeek
from comptoir.people.models import Office, OfficeQuerySet
from comptoir.ui import clock

WEEKS = 12
"""How many whole weeks are looked at for a break."""

CLEAR = 0.05
"""A break is called clear if so wide a gap is less probable without one. A default of ours."""

RESAMPLES = 200

CLASSES = (2, 3, 4)
"""Into how many natural classes the ranked volumes are drawn."""

NEAR = 0.1
"""Who stood above the break in so many resamples and is not proposed is shown as near it."""


class CannotChoose(Exception):
    """No group can be proposed this way."""


class NoBreak(CannotChoose):
    """Too few offices used anything, or all the same: nobody parts from the rest."""


class UnknownOffices(CannotChoose):
    """Some of the references are no active office's; `references` says which."""

    def __init__(self, references: list[str]) -> None:
        super().__init__(references)
        self.references = references


class TooFewOffices(CannotChoose):
    """More offices were asked for than are active; `offices` says how many are."""

    def __init__(self, offices: int) -> None:
        super().__init__(offices)
        self.offices = offices


@dataclass(frozen=True, slots=True)
class Ranked:
    """The volume of one rank in the weeks looked at, and its natural class of each number of classes.

    None where there are fewer different volumes than classes. Whose volume it is, the picture need not say.
    """

    rank: int
    quanta: int
    classes: tuple[int | None, ...]

    @property
    def minutes(self) -> int:
        return self.quanta * QUANTUM_MINUTES

    @property
    def of_classes(self) -> list[tuple[int, int | None]]:
        """Each number of classes with the class."""
        return list(zip(CLASSES, self.classes, strict=True))

    @property
    def shade(self) -> int:
        """The class of the finest drawing there is."""
        return next((one for one in reversed(self.classes) if one is not None), 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """The offices that are proposed, by name; of a break, what was found and who stands near it."""

    offices: list[Office]
    found: Break | None = None
    chances: Mapping[int, float] = field(default_factory=dict)
    near: list[Office] = field(default_factory=list)
    ranked: list[Ranked] = field(default_factory=list)
    """The volumes that were looked at, the greatest first."""

    @property
    def drawn_classes(self) -> tuple[int, ...]:
        """Into how many natural classes the volumes are drawn."""
        return CLASSES

    @property
    def is_clear(self) -> bool:
        """Whether the break that was found is called one; where none was looked for, it is."""
        return self.found is None or self.found.p_value < CLEAR


def by_break(*, seed: int, now: datetime) -> Choice:
    """The offices above the break in what was attended or is booked of the last whole weeks.

    Raises NoBreak.
    """
    weekly = _volumes(now)
    try:
        found = breaks.find_break(weekly)
        chances = breaks.membership(weekly, RESAMPLES, Random(seed))
    except (breaks.BadVolumes, breaks.TooFewOffices, breaks.NoSpread) as error:
        raise NoBreak from error
    near = {office for office, chance in chances.items() if chance >= NEAR} - found.above
    return Choice(_named(found.above), found, chances, _named(near), _ranked(weekly))


def _ranked(weekly: Mapping[int, Sequence[int]]) -> list[Ranked]:
    """The volumes among which a break is looked for; their classes are those of all that are not nought."""
    totals = sorted((total for total in map(sum, weekly.values()) if total), reverse=True)
    drawn = [_classes(totals, count) for count in CLASSES]
    rows = zip(totals, zip(*drawn, strict=True), strict=True)
    ranked = [Ranked(rank, quanta, classes) for rank, (quanta, classes) in enumerate(rows, start=1)]
    return ranked[: breaks.LAST_RANK + 1]


def _classes(totals: Sequence[int], count: int) -> Sequence[int | None]:
    try:
        return breaks.natural_classes(totals, count)
    except breaks.TooFewVolumes:
        return [None] * len(totals)


def by_list(references: list[str]) -> Choice:
    """The active offices with these references. Raises UnknownOffices."""
    offices = list(_active().filter(reference__in=references).order_by("sort_name", "pk"))
    known = {office.reference for office in offices}
    unknown = [reference for reference in dict.fromkeys(references) if reference not in known]
    if unknown:
        raise UnknownOffices(unknown)
    return Choice(offices)


def drawn(*, count: int, seed: int, without: Collection[int] = ()) -> Choice:
    """So many active offices, drawn from the seed among all but some. Raises TooFewOffices."""
    every = list(_active().exclude(pk__in=without).order_by("pk").values_list("pk", flat=True))
    if count > len(every):
        raise TooFewOffices(len(every))
    return Choice(_named(Random(seed).sample(every, count)))


def first(count: int) -> Choice:
    """The active offices that have been here longest. Raises TooFewOffices."""
    earliest = list(_active().order_by("since", "pk").values_list("pk", flat=True)[:count])
    if count > len(earliest):
        raise TooFewOffices(len(earliest))
    return Choice(_named(earliest))


def _active() -> OfficeQuerySet:
    return Office.objects.active().select_related("district")


def _named(keys: Collection[int]) -> list[Office]:
    return list(_active().filter(pk__in=keys).order_by("sort_name", "pk"))


def _volumes(now: datetime) -> dict[int, list[int]]:
    """Quanta of each active office in each of the weeks."""
    this_week = monday_of(clock.service_date(now))
    weeks = [this_week - timedelta(weeks=age) for age in range(WEEKS, 0, -1)]
    found = {office: [0] * WEEKS for office in Office.objects.active().values_list("pk", flat=True)}
    rows = OfficeWeek.objects.filter(week__in=weeks, office__in=found.keys())
    for office, week, booked in rows.values_list("office_id", "week", "booked"):
        found[office][weeks.index(week)] = sum(booked)
    return found
