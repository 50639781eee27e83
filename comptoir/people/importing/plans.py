"""What a list changes: the difference between its rows and what is stored, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from comptoir.people.models import District, Office

RowModel = TypeVar("RowModel", District, Office)


@dataclass(frozen=True, slots=True)
class Change(Generic[RowModel]):
    """New values for some fields of a district or an office, with the old ones for the reader."""

    row: RowModel
    values: dict[str, Any]

    def __str__(self) -> str:
        parts = (f"{name}: {getattr(self.row, name)} → {new}" for name, new in self.values.items())
        return f"{_title(self.row)} ({'; '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Leaving:
    """An office whose legislator sits there no more; `successor` is new, in the same seat, or None."""

    office: Office
    until: date
    successor: Office | None


@dataclass(slots=True)
class Plan:
    """Everything a list changes. An empty plan is how an import that was done before looks."""

    new_districts: list[District] = field(default_factory=list)
    changed_districts: list[Change[District]] = field(default_factory=list)
    new_offices: list[Office] = field(default_factory=list)
    changed_offices: list[Change[Office]] = field(default_factory=list)
    leaving: list[Leaving] = field(default_factory=list)
    vacated: list[Office] = field(default_factory=list)
    returning: list[Office] = field(default_factory=list)
    missing: list[Office] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes. Offices that the list does not name are no change."""
        return not any(self.counts().values())

    def counts(self) -> dict[str, int]:
        """How many of each, for the last line and the audit trail."""
        return {
            "districts added": len(self.new_districts),
            "districts changed": len(self.changed_districts),
            "offices opened": len(self.new_offices),
            "offices changed": len(self.changed_offices),
            "offices closed": len(self.leaving),
            "offices suspended": len(self.vacated),
            "offices reopened": len(self.returning),
        }

    def lines(self) -> list[str]:
        """The difference, a line each: + opened, ~ changed, - closed, ! suspended, ^ reopened."""
        return [
            *(f"+ {_title(district)}" for district in self.new_districts),
            *(f"~ {change}" for change in self.changed_districts),
            *(f"+ {_title(office)}" for office in self.new_offices),
            *(f"~ {change}" for change in self.changed_offices),
            *(_leaving_line(leaving) for leaving in self.leaving),
            *(f"! {_title(office)}: the seat was vacated" for office in self.vacated),
            *(f"^ {_title(office)}: sits again" for office in self.returning),
        ]


def _leaving_line(leaving: Leaving) -> str:
    follower = f", succeeded by {leaving.successor.reference}" if leaving.successor else ""
    return f"- {_title(leaving.office)}: ends {leaving.until}{follower}"


def _title(row: District | Office) -> str:
    if isinstance(row, District):
        return f"{row.code} {row.name_en}"
    place = row.district.name_en if row.district is not None else row.province
    return f"{row.reference} {row.legislator} ({place})"
