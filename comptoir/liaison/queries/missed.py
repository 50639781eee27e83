"""Floors that were missed: an office asked in time for a day, was owed its floor of it, and got nothing.

What an office was offered and did not take is not missed. The office has the first place on the waiting
list of the next service day, so that two misses running are rare. Nothing is stored for that: it is
read from the decisions, and over when that day is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import Answer, Decision, Offer, OfficeWeek, Policy, Side
from comptoir.liaison.queries import days
from comptoir.people.models import Office
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock


def is_made_good(policy: Policy | None) -> bool:
    """Whether a version gives the first place of the next day to who missed its floor: it has floors and a list."""
    if policy is None or not policy.nested:
        return False
    return policy.most_waiting > 0 and policy.first_place_days > 0


def first_on(on: date, offices: Collection[int]) -> set[int]:
    """Those of the offices (by key) that missed their floor of the service day before this one."""
    return set(_missed(offices).filter(on=_day_before(on)).values_list("office_id", flat=True))


def days_made_good(office: Office, rules: days.Rules, now: datetime) -> list[tuple[date, date]]:
    """Each day whose floor the office missed, with the next, where it still comes first: it has nothing of it."""
    today = clock.service_date(now)
    if not is_made_good(rules.shared(today)):
        return []
    after = ServiceDay.objects.filter(on__gt=OuterRef("on")).order_by("on").values("on")[:1]
    lately = _missed([office.pk]).filter(Q(on__gte=today) | Q(on=_day_before(today)))
    coming = lately.annotate(first=Subquery(after)).filter(first__gte=today)
    found = sorted(set(coming.values_list("on", "first")))
    mondays = {monday_of(first) for _, first in found}
    weeks = {week.week: week for week in OfficeWeek.objects.filter(office=office, week__in=mondays)}
    return [
        (missed, first)
        for missed, first in found
        if not days.use_of(weeks.get(monday_of(first)), first).day
    ]


def _missed(offices: Collection[int]) -> QuerySet[Decision]:
    """The refusals of floors, of offices that had nothing of that day and were offered none of it.

    Who took part in a draw and was not drawn was offered nothing in the end.
    """
    lost = Offer.objects.filter(decision=OuterRef("pk"), answer=Answer.LOST)
    of_day = Decision.objects.filter(office=OuterRef("office"), on=OuterRef("on"))
    given = of_day.filter(Q(accepted=True) | Q(counters__instead__gt=0)).exclude(Exists(lost))
    refused = Decision.objects.filter(
        office__in=offices, side=Side.OFFICE, accepted=False, counters__floor_missed__gt=0
    )
    return refused.exclude(Exists(given))


def _day_before(on: date) -> Subquery:
    return Subquery(ServiceDay.objects.filter(on__lt=on).order_by("-on").values("on")[:1])
