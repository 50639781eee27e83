"""The liaison room's addresses: whose objects they lead to."""

from __future__ import annotations

from datetime import date
from typing import Any

from comptoir.liaison.models import Appointment, CalendarFeed, FollowUp
from comptoir.people.models import Role
from tests.liaison.factories import NOW, AppointmentFactory, follow_up
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


def _appointment() -> dict[str, Any]:
    # One is enough: the next would have to find another free time.
    found = Appointment.objects.first() or AppointmentFactory.create()
    return {"reference": found.reference}


def _follow_up() -> dict[str, Any]:
    found = FollowUp.objects.first()
    return {"pk": (found or follow_up(appointment=Appointment.objects.first())).pk}


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
        )
    },
    "liaison:revoke-feed": Foreign(_feed),
    **{
        f"liaison:{name}": Foreign(_appointment)
        for name in ("appointment", "move", "cancel", "calendar-file")
    },
    "liaison:served": Foreign(_appointment, _PROFESSIONALS),
    "liaison:take-back": Foreign(_appointment, _PROFESSIONALS),
    "liaison:follow-up": Foreign(_follow_up, _PROFESSIONALS),
    "liaison:hand-over-of": Foreign(_follow_up, _NOBODY),
    **{
        f"liaison:{name}": Foreign(_appointment, _NOBODY)
        for name in ("affected", "rebook-all", "rebook", "centre-cancel")
    },
}

PUBLIC: dict[str, dict[str, Any]] = {"liaison:feed": {"secret": "no-such-secret"}}

SHARED: dict[str, dict[str, Any]] = {
    "liaison:day-on": {"on": date(2026, 11, 25)},
    "liaison:affected-on": {"on": _UNPUBLISHED},
    "liaison:rebook-all-on": {"on": _UNPUBLISHED},
    "liaison:rebook-on": {"on": _UNPUBLISHED, "reference": "no-such-thing"},
    "liaison:scorecard-week": {"on": date(2022, 11, 21)},
    "liaison:scorecard-file": {"on": date(2022, 11, 21)},
    "liaison:scorecard-version": {"number": 999_999_999},
}
