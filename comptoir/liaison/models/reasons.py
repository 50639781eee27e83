"""Why appointments are moved and cancelled, by whom, and what of it excuses an office."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Coded reasons for a move or a cancellation. Which of them excuse is a matter of the dated rule."""

    NOT_NEEDED = "not_needed", _("No longer needed")
    CONFLICT = "conflict", _("Another commitment")
    CONSTITUENT = "constituent", _("The constituent is not ready")
    CHAMBER = "chamber", _("Business of the House or the Senate")
    MISTAKE = "mistake", _("Booked by mistake")
    EMERGENCY = "emergency", _("Emergency")
    OFFICE_OTHER = "office_other", _("Another reason of the office")
    ABSENCE = "absence", _("The professional is absent")
    OUTAGE = "outage", _("System outage")
    CLOSURE = "closure", _("The centre is closed")
    OFFICE_ENDED = "office_ended", _("The office is no longer active")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed in time")
    CENTRE_OTHER = "centre_other", _("Another reason of the centre")


OFFICE_REASONS = (
    Reason.NOT_NEEDED,
    Reason.CONFLICT,
    Reason.CONSTITUENT,
    Reason.CHAMBER,
    Reason.MISTAKE,
    Reason.EMERGENCY,
    Reason.OUTAGE,
    Reason.OFFICE_OTHER,
)

MOVE_REASONS = tuple(reason for reason in OFFICE_REASONS if reason != Reason.NOT_NEEDED)
"""What is no longer needed is cancelled and not moved."""

CENTRE_REASONS = (
    Reason.ABSENCE,
    Reason.OUTAGE,
    Reason.CLOSURE,
    Reason.OFFICE_ENDED,
    Reason.CENTRE_OTHER,
)
"""A system outage is a reason of either side. What was not confirmed is released by the service itself."""


def excusing_by_default() -> list[str]:
    """What excuses unless the rule says otherwise: the chamber's bells, an emergency, an outage.

    A default of ours: no source says which reasons the centre accepts.
    """
    return [Reason.CHAMBER.value, Reason.EMERGENCY.value, Reason.OUTAGE.value]
