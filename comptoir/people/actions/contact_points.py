"""Where an office is and how it is called: its addresses and telephone numbers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.models import Office, OfficeAddress, OfficeTelephone, Person

ContactPoint = OfficeAddress | OfficeTelephone


def save(*, point: ContactPoint, by: Person | None, now: datetime) -> ContactPoint:
    """Add or change an address or a telephone number."""
    with transaction.atomic():
        action = _action(point, "changed" if point.pk else "added")
        point.save()
        _record(action, point, by, now)
    return point


def remove(*, point: ContactPoint, by: Person, now: datetime) -> None:
    """Remove an address or a telephone number. Appointments keep the number they were booked with."""
    with transaction.atomic():
        _record(_action(point, "removed"), point, by, now)
        point.delete()


def _action(point: ContactPoint, what: str) -> str:
    return f"people.office_{'address' if isinstance(point, OfficeAddress) else 'telephone'}_{what}"


def _record(action: str, point: ContactPoint, by: Person | None, now: datetime) -> None:
    office: Office = point.office
    audit.record(action=action, subject=point, by=by, now=now, office_id=office.pk)
