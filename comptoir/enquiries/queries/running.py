"""Running clocks beside the calendar of today: those of another calendar, and those that do not agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from comptoir.enquiries.models import Clock, ClockQuerySet
from comptoir.enquiries.queries import promises

CHUNK = 2_000
"""Clocks that are read at once."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A running clock whose due date is not what the rule gives today."""

    clock: int
    reference: str
    due_at: datetime
    should_be: datetime


def of_another_calendar(calendars: promises.Calendars) -> Iterator[int]:
    """The keys of running clocks that were computed by another calendar than today's."""
    found = Clock.objects.running().order_by("pk").values_list("pk", "started_at", "calendar")
    for key, started_at, version in found.iterator(chunk_size=CHUNK):
        if calendars.at(started_at).version != version:
            yield key


def differences(calendars: promises.Calendars) -> Iterator[Difference]:
    """Every running clock whose due date differs from the pure function by today's calendar."""
    for clock in _all_running().iterator(chunk_size=CHUNK):
        should_be = promises.due_of(clock, calendars.at(clock.started_at))
        if should_be != clock.due_at:
            yield Difference(clock.pk, clock.enquiry.reference, clock.due_at, should_be)


def _all_running() -> ClockQuerySet:
    running = Clock.objects.running().select_related("target", "enquiry")
    return running.prefetch_related("pauses").order_by("pk")
