"""Which line takes what is asked, and all of them with what they promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from comptoir.enquiries.models import (
    AskerKind,
    Line,
    LineKind,
    LineQuerySet,
    Promise,
    ServiceTarget,
)


class NoLine(Exception):
    """No line is open that takes it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line with the targets in force."""

    line: Line
    targets: list[ServiceTarget]


def line_for(asker: AskerKind, now: datetime) -> Line:
    """The open line of offices for an office, the public's for everybody else. Raises NoLine."""
    kind = LineKind.LEGISLATORS if asker == AskerKind.OFFICE else LineKind.GENERAL
    lines = Line.objects.open_at(now).counted()
    found = lines.filter(kind=kind).order_by("opened_at", "pk").first()
    if found is None:
        raise NoLine(kind)
    return found


def every() -> LineQuerySet:
    """Every line that is no drill: the open ones, then the closed ones, the last closed first."""
    return Line.objects.counted().order_by(F("closed_at").desc(nulls_first=True), "pk")


def listed(shown: Sequence[Line], today: date) -> list[Listed]:
    """A page of them with what they promise today: one query."""
    begun = ServiceTarget.objects.filter(line__in=shown, valid_from__lte=today)
    newest = begun.order_by("line", "promise", "-valid_from").distinct("line", "promise")
    known = {(target.line_id, target.promise): target for target in newest}
    return [
        Listed(line, [known[line.pk, each] for each in Promise if (line.pk, each) in known])
        for line in shown
    ]
