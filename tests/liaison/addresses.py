"""The liaison room's addresses: whose objects they lead to."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    CalendarFeed,
    FollowUp,
    Happening,
    Offer,
    Pilot,
    Policy,
    Reason,
    Side,
    WaitingEntry,
)
from comptoir.people.models import Role
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    NOW,
    AppointmentFactory,
    PolicyFactory,
    follow_up,
    open_offer,
    waiting_entry,
)
from tests.people.factories import OfficeFactory, PersonFactory
from tests.repository.describing import Foreign

_PROFESSIONALS = (Role.PROFESSIONAL,)
"""A team lead reaches every appointment; a professional their own."""

_NOBODY: tuple[Role, ...] = ()
"""A team lead looks after everybody: there is no other, only what does not exist."""


_UNPUBLISHED = date(2031, 1, 6)
"""A day nothing can be booked on: it has no affected appointments and no such page."""


def _office() -> dict[str, Any]:
    return {"office_ref": OfficeFactory.create().reference}


def _feed() -> dict[str, Any]:
    feed = CalendarFeed.objects.create(
        office=OfficeFactory.create(),
        person=PersonFactory.create(),
        secret_hash="0" * 64,
        created_at=NOW,
    )
    return {"office_ref": feed.office.reference, "pk": feed.pk}


def _entry() -> dict[str, Any]:
    entry = WaitingEntry.objects.first() or waiting_entry(from_time=time(14))
    return {"office_ref": entry.office.reference, "pk": entry.pk}


def _offer() -> dict[str, Any]:
    offer = Offer.objects.first() or open_offer(from_time=time(14))
    return {"office_ref": offer.office.reference, "pk": offer.pk}


def _appointment() -> dict[str, Any]:
    # One is enough: the next would have to find another free time.
    found = Appointment.objects.first() or AppointmentFactory.create()
    return {"reference": found.reference}


def _excused() -> dict[str, Any]:
    found = Appointment.objects.first() or AppointmentFactory.create()
    event = AppointmentEvent.objects.create(
        appointment=found,
        kind=Happening.CANCELLED,
        at=NOW,
        side=Side.OFFICE,
        reason=Reason.CHAMBER,
        excused_quanta=found.quanta,
        from_starts_at=found.starts_at,
        from_quanta=found.quanta,
        from_professional=found.professional,
    )
    return {"pk": event.pk}


def _follow_up() -> dict[str, Any]:
    found = FollowUp.objects.first()
    return {"pk": (found or follow_up(appointment=Appointment.objects.first())).pk}


def _decision() -> dict[str, Any]:
    return {"pk": Appointment.objects.get(reference=_appointment()["reference"]).decision_id}


def _pilot() -> dict[str, Any]:
    if not Policy.objects.exists():
        PolicyFactory.create()
    found = Pilot.objects.first() or pilot_drafts.start([OfficeFactory.create()])
    return {"pk": found.pk}


FOREIGN = {
    **{
        f"liaison:{name}": Foreign(_office)
        for name in (
            "office",
            "past",
            "coming",
            "answers",
            "refusals",
            "times",
            "hold",
            "release",
            "book",
            "kept",
            "make-feed",
            "waiting",
            "wait",
            "offers",
            "opening",
            "wish",
        )
    },
    "liaison:revoke-feed": Foreign(_feed),
    "liaison:withdraw-entry": Foreign(_entry),
    "liaison:prefer": Foreign(_entry),
    "liaison:drop-wish": Foreign(_entry),
    "liaison:accept": Foreign(_offer),
    "liaison:decline": Foreign(_offer),
    **{
        f"liaison:{name}": Foreign(_appointment)
        for name in ("appointment", "move", "cancel", "confirm", "calendar-file")
    },
    "liaison:decision": Foreign(_decision, (Role.DELEGATE, Role.OFFICE_MANAGER)),
    "liaison:served": Foreign(_appointment, _PROFESSIONALS),
    "liaison:take-back": Foreign(_appointment, _PROFESSIONALS),
    "liaison:follow-up": Foreign(_follow_up, _PROFESSIONALS),
    "liaison:accept-excuse": Foreign(_excused, _NOBODY),
    "liaison:strike-excuse": Foreign(_excused, _NOBODY),
    "liaison:hand-over-of": Foreign(_follow_up, _NOBODY),
    **{
        f"liaison:{name}": Foreign(_appointment, _NOBODY)
        for name in ("affected", "rebook-all", "rebook", "centre-cancel", "waive")
    },
    **{
        f"liaison:{name}": Foreign(_pilot, _NOBODY)
        for name in ("pilot", "stop-pilot", "pilot-evaluation")
    },
}

PUBLIC: dict[str, dict[str, Any]] = {"liaison:feed": {"secret": "no-such-secret"}}

SHARED: dict[str, dict[str, Any]] = {
    "liaison:board-waiting": {"on": date(2026, 11, 25)},
    "liaison:day-on": {"on": date(2026, 11, 25)},
    "liaison:affected-on": {"on": _UNPUBLISHED},
    "liaison:rebook-all-on": {"on": _UNPUBLISHED},
    "liaison:rebook-on": {"on": _UNPUBLISHED, "reference": "no-such-thing"},
    "liaison:scorecard-week": {"on": date(2022, 11, 21)},
    "liaison:scorecard-file": {"on": date(2022, 11, 21)},
    "liaison:scorecard-version": {"number": 999_999_999},
}
