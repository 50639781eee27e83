"""How far ahead can be booked, and the day that opens today.

Under a rule that collects wishes the newest day of the horizon is not open to all before it was drawn:
until then it is one day further than the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.aggregates import BitOr

from comptoir.domain import business_days
from comptoir.domain.grid import QUANTUM
from comptoir.liaison.models import Opening, Policy
from comptoir.roster import queries as roster
from comptoir.roster.models import OfferedHours
from comptoir.ui import clock

GRACE = timedelta(minutes=15)
"""If no draw has come so long after it was due, the day opens without one: an outage closes nothing."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opens:
    """The day that opens today: from when to when wishes for it are collected."""

    on: date
    opens_at: datetime
    until: datetime

    def takes_wishes(self, now: datetime) -> bool:
        """Whether it can be wished for."""
        return self.opens_at <= now < self.until

    def is_closed(self, now: datetime) -> bool:
        """Whether nobody can book on it yet."""
        return now < self.until + GRACE and not Opening.objects.filter(on=self.on).exists()


def opens_today(policy: Policy | None, now: datetime) -> Opens | None:
    """The day that the rule of today opens today; None under a rule without wishes, or if none does."""
    if policy is None or not policy.batch_minutes:
        return None
    today = clock.service_date(now)
    newest = roster.horizon(today, policy.horizon_business_days)
    if newest == roster.horizon(today - ONE_DAY, policy.horizon_business_days):
        return None
    opens_at = datetime.combine(today, policy.opens_at, clock.service_zone())
    return Opens(newest, opens_at, opens_at + timedelta(minutes=policy.batch_minutes))


def bookable_dates(policy: Policy | None, now: datetime) -> list[date]:
    """Today and the business days up to the horizon of today's rule, oldest first."""
    if policy is None:
        return []
    ahead = roster.days_ahead(clock.service_date(now), policy.horizon_business_days)
    opens = opens_today(policy, now)
    return [on for on in ahead if opens is None or on != opens.on or not opens.is_closed(now)]


def is_over(on: date, least_minutes: int, now: datetime) -> bool:
    """Whether nothing can begin on a day any more that is so long and is to be booked so late.

    Nor can anything on a day without hours.
    """
    offered = OfferedHours.objects.filter(day__on=on, mask__gt=0).values("day__starts_at")
    found = offered.annotate(mask=BitOr("mask")).order_by("day__starts_at").first()
    if found is None:
        return True
    ends_at = found["day__starts_at"] + found["mask"].bit_length() * QUANTUM
    return bool(now + timedelta(minutes=least_minutes) > ends_at)


def last_bookable(asked: date, policy: Policy | None, now: datetime) -> date:
    """The horizon, or a day no later that already admits `asked`.

    Closed days only push the horizon further away: a day within so many weekdays is within so many
    business days, and the calendar need not be read to know it.
    """
    today = clock.service_date(now)
    if policy is None:
        return today
    counted_from = today - ONE_DAY if policy.batch_minutes else today
    without_closures = business_days.add(counted_from, policy.horizon_business_days, frozenset())
    return without_closures if asked <= without_closures else bookable_dates(policy, now)[-1]
