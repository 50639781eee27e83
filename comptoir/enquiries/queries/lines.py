"""Which line takes what is asked."""

from __future__ import annotations

from datetime import datetime

from comptoir.enquiries.models import AskerKind, Line, LineKind


class NoLine(Exception):
    """No line is open that takes it."""


def line_for(asker: AskerKind, now: datetime) -> Line:
    """The open line of offices for an office, the public's for everybody else. Raises NoLine."""
    kind = LineKind.LEGISLATORS if asker == AskerKind.OFFICE else LineKind.GENERAL
    lines = Line.objects.open_at(now).counted()
    found = lines.filter(kind=kind).order_by("opened_at", "pk").first()
    if found is None:
        raise NoLine(kind)
    return found
