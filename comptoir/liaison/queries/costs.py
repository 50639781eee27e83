"""What giving an appointment's time up costs its office, said before anybody decides.

It depends on the rule of the appointment's day: until when it is free, whether what is late counts at
all, and whether it counts no longer once somebody takes that time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from comptoir.liaison.models import Appointment, Status
from comptoir.liaison.queries import days
from comptoir.ui import clock


@dataclass(frozen=True, slots=True)
class Cost:
    """What cancelling or moving costs at one instant. `late`: the time would still count.

    `free_until` is the last instant at which it is free, None where it is free at any time. `notice` is
    what the rule asks for, in minutes. `refunded`: charged only until somebody takes the time. `excusing`
    are the labels of the reasons for which it is not charged at all.
    """

    late: bool
    free_until: datetime | None
    notice: int
    refunded: bool
    excusing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """An appointment in a list, and what giving it up would cost; None once it cannot be given up."""

    appointment: Appointment
    cost: Cost | None


def of(appointment: Appointment, rules: days.Rules, now: datetime) -> Cost:
    """What it costs the office to give the appointment up at `now`."""
    on = clock.service_date(appointment.starts_at)
    own = rules.of(appointment.office_id)
    rule, policy = own.on(on), own.policy(on)
    if rule is None or policy is None or not rule.late_counts or not rule.late_notice_minutes:
        return Cost(late=False, free_until=None, notice=0, refunded=False)
    return Cost(
        late=rule.is_late(appointment.starts_at - now),
        free_until=appointment.starts_at - timedelta(minutes=rule.late_notice_minutes),
        notice=rule.late_notice_minutes,
        refunded=rule.nesting is not None,
        excusing=tuple(policy.excuses),
    )


def of_each(appointments: Iterable[Appointment], rules: days.Rules, now: datetime) -> list[Coming]:
    """The appointments of a list in its order, each with its cost."""
    return [
        Coming(one, of(one, rules, now) if is_changeable(one, now) else None)
        for one in appointments
    ]


def is_changeable(appointment: Appointment, now: datetime) -> bool:
    """Whether its office can still move or cancel it: it is booked, and has not begun."""
    return appointment.status == Status.BOOKED and appointment.starts_at > now
