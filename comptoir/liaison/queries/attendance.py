"""Who came and who did not: from when nobody may be said to have come, and what can be taken back.

What was recorded by mistake is taken back on the day of the record, by the centre's date: after it the
record has been counted and reported, and history does not move.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.liaison.models import Appointment, AppointmentEvent, Happening
from comptoir.liaison.queries import days
from comptoir.ui import clock


def no_show_from(appointment: Appointment, rules: days.Rules) -> datetime:
    """From when it may be recorded as not attended: so long after its start as the day's rule says."""
    policy = rules.policy(clock.service_date(appointment.starts_at)) or appointment.policy
    return appointment.starts_at + timedelta(minutes=policy.no_show_after_minutes)


def recorded_today(
    appointment: Appointment, kind: Happening, now: datetime
) -> AppointmentEvent | None:
    """The last record of this kind, if it was made on today's service date; else None."""
    last = appointment.events.filter(kind=kind).order_by("-at", "-pk").first()
    if last is None or clock.service_date(last.at) != clock.service_date(now):
        return None
    return last
