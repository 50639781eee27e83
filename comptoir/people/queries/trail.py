"""The audit trail as the auditor reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from comptoir.audit.models import Event, Verb
from comptoir.people.models import Office
from comptoir.ui import clock


def events(filters: dict[str, Any], zone: ZoneInfo) -> QuerySet[Event]:
    """The events a reader asked for, the latest first; days are days of the reader's zone."""
    found = Event.objects.all()
    if actor := filters.get("actor"):
        found = found.filter(actor_name__icontains=actor)
    if filters.get("verb") in Verb.values:
        found = found.filter(verb=filters["verb"])
    if action := filters.get("action"):
        found = found.filter(action__icontains=action)
    if reference := filters.get("office"):
        offices = Office.objects.filter(reference=reference).values_list("pk", flat=True)
        found = found.filter(office_id__in=list(offices))
    if first := filters.get("first"):
        found = found.filter(at__gte=clock.midnight(first, zone))
    if last := filters.get("last"):
        found = found.filter(at__lt=clock.midnight(last + timedelta(days=1), zone))
    return found.order_by("-at", "-pk")
