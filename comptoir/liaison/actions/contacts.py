"""Telling the ledger of contacts how appointments stand: each is one attempt of an office to reach the centre.

Booking waits for nothing here: what happened is on record as an event, and a job tells the ledger of it
within the hour. The number of the event is the sequence of the account, so what is told again changes
nothing. A time that was refused is no contact: refusals and searches are the sharing rule's own records.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef, QuerySet

from comptoir.ledger.actions.recording import Account, record_all
from comptoir.ledger.models import Channel, Outcome
from comptoir.liaison.models import AppointmentEvent, Happening, Side, Status

SOURCE = "appointments"

TOLD_AT_ONCE = 2_000
"""How many accounts go to the ledger in one transaction."""

CHANGING = [
    Happening.BOOKED,
    Happening.CANCELLED,
    Happening.STARTED,
    Happening.NOT_STARTED,
    Happening.FINISHED,
    Happening.NO_SHOW,
    Happening.NOT_MISSED,
]
"""What changes the outcome of the attempt; a move, a refund or a waiver does not."""


def tell(*, since: datetime) -> int:
    """Tell how every appointment stands with which something happened since then; how many accounts were new."""
    events = _newest(since).order_by("pk").iterator(chunk_size=TOLD_AT_ONCE)
    told = 0
    while chunk := list(islice(events, TOLD_AT_ONCE)):
        told += record_all(accounts=list(_accounts(chunk)))
    return told


def _newest(since: datetime) -> QuerySet[AppointmentEvent]:
    """The last thing that happened to each appointment, of those to which something did since then."""
    changing = AppointmentEvent.objects.filter(kind__in=CHANGING)
    later = changing.filter(appointment=OuterRef("appointment"), pk__gt=OuterRef("pk"))
    return changing.filter(~Exists(later), at__gte=since).select_related("appointment")


def _accounts(events: list[AppointmentEvent]) -> Iterator[Account]:
    for event in events:
        appointment = event.appointment
        yield Account(
            source=SOURCE,
            source_id=appointment.reference,
            sequence=event.pk,
            channel=Channel.APPOINTMENT,
            outcome=_outcome(event),
            received_at=appointment.booked_at,
            offered_at=appointment.booked_at,
            answered_at=appointment.started_at,
            abandoned_at=event.at if _outcome(event) == Outcome.ABANDONED else None,
            ended_at=appointment.finished_at or (event.at if _is_over(event) else None),
            language=appointment.language,
            office_id=appointment.office_id,
        )


def _outcome(event: AppointmentEvent) -> Outcome:
    """What the centre itself gave up was received and never answered: nobody left."""
    if event.appointment.started_at is not None:
        return Outcome.ANSWERED
    return Outcome.ABANDONED if _is_over(event) and event.side == Side.OFFICE else Outcome.RECEIVED


def _is_over(event: AppointmentEvent) -> bool:
    return event.appointment.status in (Status.CANCELLED, Status.NO_SHOW)
