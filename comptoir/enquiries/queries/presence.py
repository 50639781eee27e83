"""Who has an enquiry's page open."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.enquiries.models import Enquiry, Presence
from comptoir.people.models import Person

SEEN_WITHIN = timedelta(seconds=60)
"""An open page says so every 20 seconds: who was not heard of for three times that is gone."""


def others(enquiry: Enquiry, person: Person, now: datetime) -> list[Person]:
    """Everybody else who reads it now, in the order of their names: one query."""
    found = (
        Presence.objects.filter(enquiry=enquiry, last_seen__gt=now - SEEN_WITHIN)
        .exclude(person=person)
        .select_related("person")
        .order_by("person__sort_name", "pk")
    )
    return [presence.person for presence in found]
