"""Offices with a flag, and days that make one: appointments kept and lost the way people do it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from comptoir.liaison.actions import changing
from comptoir.liaison.models import Appointment, PatternFlag, Reason, Side, Status
from comptoir.people.models import Office
from comptoir.roster.models import ServiceDay
from tests.liaison.factories import (
    NOW,
    AppointmentFactory,
    ProfessionalFactory,
    at,
    in_status,
    open_day,
)


def flag(office: Office, **values: Any) -> PatternFlag:
    """An open flag, found early enough for every appointment of `DAY` to be asked for."""
    return PatternFlag.objects.create(
        **{
            "office": office,
            "since": date(2026, 11, 13),
            "set_at": NOW,
            "appointments": 30,
            "late": 9,
            "probability": 0.97,
            "until": date(2026, 11, 27),
            **values,
        }
    )


def lose(office: Office, on: date, count: int) -> list[Appointment]:
    """So many quarter hours of the office on this day, each cancelled five minutes before it begins."""
    return [cancel_late(one) for one in book(office, on, count)]


def keep(office: Office, on: date, count: int) -> list[Appointment]:
    """So many quarter hours of the office on this day, each attended."""
    return [in_status(one, Status.FINISHED) for one in book(office, on, count)]


def book(office: Office, on: date, count: int) -> list[Appointment]:
    """So many quarter hours from nine on, one after the other, booked early that morning."""
    if not ServiceDay.objects.filter(on=on).exists():
        open_day(on, [ProfessionalFactory.create()], first=time(8), last=time(18))
    taken = Appointment.objects.filter(office=office, day__on=on).count()
    return [
        AppointmentFactory.create(
            office=office,
            starts_at=at(on, 9) + number * timedelta(minutes=15),
            minutes=15,
            now=at(on, 7),
        )
        for number in range(taken, taken + count)
    ]


def cancel_late(appointment: Appointment, **values: Any) -> Appointment:
    """Given up by its office five minutes before it begins, unless `values` say otherwise."""
    return changing.cancel_appointment(
        **{
            "appointment": appointment,
            "side": Side.OFFICE,
            "reason": Reason.CONFLICT,
            "by": appointment.booked_by,
            "now": appointment.starts_at - timedelta(minutes=5),
            **values,
        }
    )
