"""What is booked of hours on offer: the roster room asks, and so does the board."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.contrib.postgres.aggregates import BitOr
from django.urls import reverse

from comptoir.domain.grid import Grid
from comptoir.liaison.models import LIVE_STATUSES, Appointment, Claim, Status
from comptoir.roster.queries.boards import Booking


def masks(hours: Collection[int]) -> Mapping[int, int]:
    """The union of the claims on each of these hours on offer, by their id. One query."""
    rows = Claim.objects.filter(hours__in=list(hours)).order_by().values("hours")
    return dict(rows.annotate(mask=BitOr("bit")).values_list("hours", "mask"))


def of_day(on: date) -> list[Booking]:
    """The live appointments of a service day, with the address at which each is served. One query."""
    rows = Appointment.objects.filter(day__on=on, status__in=LIVE_STATUSES)
    rows = rows.select_related("day", "office").order_by("starts_at", "pk")
    return [_booking(appointment) for appointment in rows]


def count_on(on: date) -> int:
    """How many appointments of a service day are still to be held: those that closing it would hit."""
    return Appointment.objects.filter(day__on=on, status=Status.BOOKED).count()


def _booking(appointment: Appointment) -> Booking:
    day = Grid(appointment.day.starts_at, appointment.day.quanta)
    return Booking(
        professional=appointment.professional_id,
        first=day.index(appointment.starts_at),
        quanta=appointment.quanta,
        label=appointment.office.legislator,
        url=reverse("liaison:served", args=[appointment.reference]),
    )
