"""When what is beside the answer is due, under the target in force on its day."""

from __future__ import annotations

from datetime import date, datetime

from comptoir.domain import clocks
from comptoir.enquiries.models import Handled, HandlingTarget
from comptoir.enquiries.queries import promises


def target_in_force(what: Handled, on: date) -> HandlingTarget:
    """The last target that began by this date; raises NothingPromised."""
    found = HandlingTarget.objects.filter(what=what, valid_from__lte=on).order_by("valid_from")
    target = found.last()
    if target is None:
        raise promises.NothingPromised(what)
    return target


def due_at(what: Handled, at: datetime) -> datetime:
    """When something that begins at an instant is due; raises NothingPromised. Three queries."""
    calendar = promises.calendar_around(at)
    target = target_in_force(what, clocks.business_day_of(at, calendar))
    rule = clocks.Target(clocks.Unit(target.unit), target.amount)
    found = clocks.due_at(at, rule, calendar)
    assert found is not None  # only an open pause leaves none
    return found
