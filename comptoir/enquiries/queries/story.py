"""An enquiry's own page: how its due dates came about, and what was done to it by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise as LazyText

from comptoir.audit.models import Event
from comptoir.enquiries.models import Clock, Enquiry, Pause
from comptoir.enquiries.queries import story_names
from comptoir.people import trail_words

HISTORY_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the trail in words."""

    event: Event
    sentence: str | LazyText
    facts: tuple[tuple[str, str], ...]


def in_words(event: Event) -> Happened:
    """An event of the trail as a page says it."""
    return all_in_words([event])[0]


def all_in_words(events: Iterable[Event]) -> list[Happened]:
    """Events of the trail as a page says them, with names in the place of codes and keys.

    One query for each kind of name that stands in one of them: four at most.
    """
    known = list(events)
    details = story_names.named(known)
    return [
        Happened(event, trail_words.sentence(event.action), tuple(trail_words.facts(detail)))
        for event, detail in zip(known, details, strict=True)
    ]


def history(enquiry: Enquiry) -> list[Happened]:
    """What was done to it, the latest first."""
    return all_in_words(_events(enquiry).order_by("-pk")[:HISTORY_SHOWN])


def since(enquiry: Enquiry, seen: int | None) -> list[Happened]:
    """What was done to it after the event that a page showed last, the first first."""
    return all_in_words(_events(enquiry).filter(pk__gt=seen or 0).order_by("pk")[:20])


def clocks(enquiry: Enquiry) -> list[Clock]:
    """Its due dates with their targets and pauses, the oldest first: two queries."""
    paused = Exists(Pause.objects.filter(clock=OuterRef("pk"), ends_at=None))
    found = enquiry.clocks.select_related("target").prefetch_related("pauses")
    found = found.annotate(is_paused=paused)
    return list(found.order_by("started_at", "due_at", "pk"))


def _events(enquiry: Enquiry) -> QuerySet[Event]:
    return Event.objects.filter(object_type=Enquiry._meta.label, object_id=str(enquiry.pk))
