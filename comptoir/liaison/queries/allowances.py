"""What every office is allotted of a week, with the need it comes from: as published, and as proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import QuerySet

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import Allowance, Apportionment
from comptoir.people.models import Office


@dataclass(frozen=True, slots=True)
class Summary:
    """The allowances of all offices at a glance, in minutes a week."""

    offices: int
    given: int
    capacity: int
    least: int
    middle: int
    most: int


@dataclass(frozen=True, slots=True)
class Line:
    """One office in a proposal: its need in hours a week, what it has and would have, in minutes.

    What it has is the weekly floor where nothing was published for it: `by_floor`.
    """

    office: Office
    need: float
    before: int | None
    by_floor: bool
    after: int
    chance: int

    def is_about(self, words: str) -> bool:
        """Whether each of the words stands in the office's name, place or reference."""
        text = f"{self.office.legislator} {self.office.place} {self.office.reference}".casefold()
        return all(word in text for word in words.casefold().split())


def listed_from(today: date) -> list[Apportionment]:
    """The publication that holds today, and those that begin later, in order."""
    every = Apportionment.objects.select_related("policy", "made_by").order_by("valid_from")
    current = every.filter(valid_from__lte=today).last()
    return [*([current] if current is not None else []), *every.filter(valid_from__gt=today)[:10]]


def listed(apportionment: Apportionment) -> QuerySet[Allowance]:
    """What each office is allotted, by legislator."""
    found = apportionment.allowances.select_related("office__district")
    return found.order_by("office__sort_name", "pk")


def summary(quanta: Mapping[int, int], capacity: int) -> Summary | None:
    """The sums of an apportionment, by office in quanta; None without an office."""
    if not quanta:
        return None
    minutes = [allotted * QUANTUM_MINUTES for allotted in quanta.values()]
    return Summary(
        offices=len(minutes),
        given=sum(minutes),
        capacity=capacity * QUANTUM_MINUTES,
        least=min(minutes),
        middle=int(median(minutes)),
        most=max(minutes),
    )


def lines(
    needs: Mapping[int, float],
    quanta: Mapping[int, int],
    chances: Mapping[int, float],
    before: Mapping[int, int],
    floor: int | None,
) -> list[Line]:
    """A proposal office by office, the largest change first.

    `floor` is what every office is allotted at least until then, in quanta; None if nothing is.
    """
    had = {key: before.get(key, floor) for key in quanta}
    offices = Office.objects.select_related("district").in_bulk(quanta)
    found = [
        Line(
            office=offices[key],
            need=needs[key] * QUANTUM_MINUTES / 60,
            before=quanta_before * QUANTUM_MINUTES
            if (quanta_before := had[key]) is not None
            else None,
            by_floor=key not in before,
            after=allotted * QUANTUM_MINUTES,
            chance=round(100 * chances[key]),
        )
        for key, allotted in quanta.items()
    ]
    return sorted(
        found, key=lambda one: (-abs(one.after - (one.before or 0)), one.office.sort_name)
    )
