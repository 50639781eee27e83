"""Time given up late for a reason that excuses: what would have counted, and a drawn part of it to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from comptoir.domain.grid import QUANTUM
from comptoir.liaison.models import AppointmentEvent, Claim, ExcuseCheck
from comptoir.liaison.queries.in_force import Rules
from comptoir.ui import clock

LISTED = timedelta(weeks=4)
"""How far back excused losses are listed. A default of ours."""

MOST = 1_000
"""More excused losses than this in the weeks listed are a sign that the rule excuses too much."""


@dataclass(frozen=True, slots=True)
class Excused:
    """One loss that was excused; whether it is drawn for a check, and what the check found."""

    event: AppointmentEvent
    drawn: bool
    check: ExcuseCheck | None

    @property
    def to_check(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.drawn and self.check is None


def is_drawn(event_id: int, percent: int) -> bool:
    """Whether an event falls into a sample: the same answer always, which nobody outside can compute.

    A larger sample has all that a smaller one has.
    """
    digest = salted_hmac("comptoir.liaison.excuses", str(event_id)).hexdigest()
    return int(digest[:8], 16) % 100 < percent


def excused(now: datetime) -> QuerySet[AppointmentEvent]:
    """The excused losses of the last weeks, up to yesterday: today's time may still be taken."""
    today = datetime.combine(clock.service_date(now), time(), clock.service_zone())
    return AppointmentEvent.objects.filter(
        excused_quanta__gt=0, from_starts_at__gt=now - LISTED, from_starts_at__lt=today
    )


def keys(now: datetime, rules: Rules) -> list[int]:
    """The losses to list: those to check first, then the latest first."""
    rows = excused(now).order_by("-from_starts_at", "-pk")
    later = {
        pk: check is not None or not is_drawn(pk, _percent(starts_at, rules))
        for pk, check, starts_at in rows.values_list("pk", "excuse_check", "from_starts_at")[:MOST]
    }
    return sorted(later, key=later.__getitem__)


def with_words(events: Sequence[int], rules: Rules) -> list[Excused]:
    """These losses in their order, with all that a page says of them."""
    related = AppointmentEvent.objects.select_related(
        "appointment__office__district", "by", "excuse_check__by", "from_professional__person"
    )
    found = related.in_bulk(events)
    return [_described(found[pk], rules) for pk in events if pk in found]


def _described(event: AppointmentEvent, rules: Rules) -> Excused:
    """One loss with its check."""
    drawn = is_drawn(event.pk, _percent(event.from_starts_at, rules))
    return Excused(event, drawn, getattr(event, "excuse_check", None))


def _percent(starts_at: datetime | None, rules: Rules) -> int:
    """Of how many in a hundred excuses of that day somebody is to ask, by its common rule."""
    assert starts_at is not None, "time given up has a start"
    policy = rules.shared(clock.service_date(starts_at))
    return policy.excuses_checked_percent if policy is not None else 0


def empty_quanta(event: AppointmentEvent) -> int:
    """How many of its quarter hours nobody holds, now that their time has come."""
    assert event.from_starts_at is not None, "time given up has a start"
    ends_at = event.from_starts_at + event.excused_quanta * QUANTUM
    taken = Claim.objects.filter(
        professional=event.from_professional,
        starts_at__gte=event.from_starts_at,
        starts_at__lt=ends_at,
    )
    return event.excused_quanta - taken.count()
