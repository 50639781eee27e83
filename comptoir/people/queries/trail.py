"""The audit trail as the auditor reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from comptoir.audit.models import Event, Verb
from comptoir.people import trail_words
from comptoir.people.models import Office
from comptoir.people.queries import offices
from comptoir.ui import clock, values


@dataclass(frozen=True, slots=True)
class Line:
    """One event on the page: its sentence, and what its detail says in words."""

    event: Event
    sentence: str | Promise
    thing: str | Promise
    name: str
    """What the thing is known by; empty once it is gone, or if it has nothing but a number."""
    facts: tuple[tuple[str, str], ...]
    office: str


def events(filters: dict[str, Any], zone: ZoneInfo) -> QuerySet[Event]:
    """The events a reader asked for, the latest first; days are days of the reader's zone.

    What was done is asked for by words of its sentence, in the reader's language, or by its code.
    """
    found = Event.objects.all()
    if actor := filters.get("actor"):
        found = found.filter(actor_name__icontains=actor)
    if filters.get("verb") in Verb.values:
        found = found.filter(verb=filters["verb"])
    if action := filters.get("action"):
        says = Q(action__in=trail_words.codes_saying(action))
        found = found.filter(says | Q(action__icontains=action))
    if reference := filters.get("office"):
        keys = Office.objects.filter(reference=reference).values_list("pk", flat=True)
        found = found.filter(office_id__in=list(keys))
    if first := filters.get("first"):
        found = found.filter(at__gte=clock.midnight(first, zone))
    if last := filters.get("last"):
        found = found.filter(at__lt=clock.midnight(last + timedelta(days=1), zone))
    return found.order_by("-at", "-pk")


def lines(shown: Sequence[Event]) -> list[Line]:
    """What a page of the trail says of each event."""
    references = offices.references(event.office_id for event in shown)
    known = _names(shown)
    return [
        Line(
            event=event,
            sentence=trail_words.sentence(event.action),
            thing=trail_words.thing(event.object_type),
            name=known.get((event.object_type, event.object_id), ""),
            facts=tuple(trail_words.facts(event.detail)),
            office=references.get(event.office_id or 0, ""),
        )
        for event in shown
    ]


def _names(shown: Sequence[Event]) -> dict[tuple[str, str], str]:
    """What the things of these events are known by: one query for each kind of thing among them.

    The trail itself keeps numbers, so what is disposed of loses its name here too.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in shown:
        key = values.number(event.object_id)
        if event.object_type in trail_words.NAMES and key is not None:
            wanted[event.object_type].add(key)
    found = {}
    for label, keys in wanted.items():
        things = apps.get_model(label)._default_manager.filter(pk__in=keys)
        if hides := trail_words.NAMELESS.get(label):
            things = things.filter(**{hides: False})
        for key, name in things.values_list("pk", trail_words.NAMES[label]):
            found[label, str(key)] = trail_words.name_of(name)
    return found
