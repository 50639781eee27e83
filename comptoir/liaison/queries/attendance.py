"""Who came and who did not: from when it can begin or be called missed, and what can be taken back.

What was recorded by mistake is taken back on the day of the record, by the centre's date: after it the
record has been counted and reported, and history does not move.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.liaison.models import Appointment, AppointmentEvent, Happening, Policy, Status
from comptoir.liaison.queries import days
from comptoir.ui import clock

MOST_MINUTES = 480
"""A working day: a longer meeting, or a later arrival, is a slip of the finger or was left open."""


def begins_from(appointment: Appointment, rules: days.Rules) -> datetime:
    """From when it may begin: so long before its time as the day's rule says."""
    policy = _policy_of(appointment, rules)
    return appointment.starts_at - timedelta(minutes=policy.start_early_minutes)


def no_show_from(appointment: Appointment, rules: days.Rules) -> datetime:
    """From when it may be recorded as not attended: so long after its start as the day's rule says."""
    policy = _policy_of(appointment, rules)
    return appointment.starts_at + timedelta(minutes=policy.no_show_after_minutes)


def _policy_of(appointment: Appointment, rules: days.Rules) -> Policy:
    own = rules.of(appointment.office_id)
    return own.policy(clock.service_date(appointment.starts_at)) or appointment.policy


def going_on_beside(appointment: Appointment) -> Appointment | None:
    """What its professional has begun on the same day and not finished; what other days left is no bar."""
    others = Appointment.objects.filter(
        professional=appointment.professional_id, day=appointment.day_id, status=Status.STARTED
    )
    return others.exclude(pk=appointment.pk).select_related("office").first()


def clock_knows(appointment: Appointment, now: datetime) -> bool:
    """Whether what it took can be read off the clock; not of what was left open, or begun for the record."""
    same_day = clock.service_date(now) == clock.service_date(appointment.starts_at)
    return same_day and minutes_at_most(appointment, now) <= MOST_MINUTES


def minutes_at_most(appointment: Appointment, now: datetime) -> int:
    """How many minutes it can have taken by now; one that has only begun to run counts."""
    if appointment.started_at is None:
        return 0
    return max(-((appointment.started_at - now) // timedelta(minutes=1)), 0)


def recorded_today(
    appointment: Appointment, kind: Happening, now: datetime
) -> AppointmentEvent | None:
    """The last record of this kind, if it was made on today's service date; else None."""
    last = appointment.events.filter(kind=kind).order_by("-at", "-pk").first()
    if last is None or clock.service_date(last.at) != clock.service_date(now):
        return None
    return last
