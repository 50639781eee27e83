"""Who has which enquiry's page open: noted while it is, forgotten when it is not."""

from __future__ import annotations

from datetime import datetime

from comptoir.enquiries.models import Enquiry, Presence
from comptoir.enquiries.queries.presence import SEEN_WITHIN
from comptoir.people.models import Person


def look(*, enquiry: Enquiry, by: Person, now: datetime) -> None:
    """The person has the page before them at this moment; who was not seen for a minute is gone."""
    forget(now=now)
    Presence.objects.update_or_create(enquiry=enquiry, person=by, defaults={"last_seen": now})


def leave(*, enquiry: Enquiry, by: Person) -> None:
    """The person has closed the page."""
    Presence.objects.filter(enquiry=enquiry, person=by).delete()


def forget(*, now: datetime) -> int:
    """Let go of all who were not seen for a minute. How many."""
    return Presence.objects.filter(last_seen__lte=now - SEEN_WITHIN).delete()[0]
