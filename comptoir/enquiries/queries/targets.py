"""What every line promises and when the centre works: in force, to come, and before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from comptoir.enquiries.models import Line, Promise, ServiceTarget, WorkingHours

MOST = 200
"""Targets and hours that a page shows; a line has a handful in ten years."""


@dataclass(frozen=True, slots=True)
class OfLine:
    """A line with its targets: in force, to come and earlier ones."""

    line: Line
    current: list[ServiceTarget]
    coming: list[ServiceTarget]
    earlier: list[ServiceTarget]


def of_lines(today: date) -> list[OfLine]:
    """The open lines that are no drill, each with its targets. Two queries."""
    lines = list(Line.objects.counted().filter(closed_at=None).order_by("pk"))
    found = ServiceTarget.objects.filter(line__in=lines).select_related("created_by", "line")
    targets = list(found.order_by("valid_from", "promise")[:MOST])
    return [_of(line, [t for t in targets if t.line_id == line.pk], today) for line in lines]


def _of(line: Line, targets: list[ServiceTarget], today: date) -> OfLine:
    begun = [target for target in targets if target.valid_from <= today]
    current = {target.promise: target for target in begun}
    in_force = {target.pk for target in current.values()}
    return OfLine(
        line,
        [current[promise] for promise in Promise if promise in current],
        [target for target in targets if target.valid_from > today],
        [target for target in reversed(begun) if target.pk not in in_force],
    )


def hours(today: date) -> tuple[WorkingHours | None, list[WorkingHours]]:
    """The working hours in force, and all others, the newest first. One query."""
    found = list(WorkingHours.objects.select_related("created_by").order_by("-valid_from")[:MOST])
    current = next((each for each in found if each.valid_from <= today), None)
    return current, [each for each in found if each != current]
