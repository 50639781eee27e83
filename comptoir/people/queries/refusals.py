"""What was refused to whoever tried to be somebody."""

from __future__ import annotations

from datetime import datetime

from comptoir.audit.models import Event, Verb
from comptoir.people.models import Person


def since(person: Person, step: str, start: datetime) -> int:
    """How often somebody failed at this step of getting into the person's account, from `start` on."""
    own = Event.objects.filter(object_type=Person._meta.label, object_id=str(person.pk))
    return own.filter(verb=Verb.REFUSED, detail__step=step, at__gte=start).count()
