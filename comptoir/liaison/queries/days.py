"""Service days as the plain values that `domain.admission` decides on.

One query brings the masks of every professional on every day asked for, less what is claimed or
held: 340 rows for two weeks. Nothing is computed twice: what a screen lists and what a booking is
judged by are loaded here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.contrib.postgres.aggregates import BitOr
from django.db.models import Q
from django.db.models.functions import Coalesce

from comptoir.domain import business_days, rule
from comptoir.domain.admission import Day, ProfessionalHours, Reserve, Use
from comptoir.domain.grid import Grid
from comptoir.domain.rule import SharingRule
from comptoir.liaison.models import Appointment, OfficeWeek, Policy
from comptoir.people.models import Office
from comptoir.roster import queries as roster
from comptoir.roster.models import OfferedHours
from comptoir.ui import clock


@dataclass(frozen=True, slots=True)
class Rules:
    """Every version of the sharing rule, as rows and as the domain's values."""

    policies: Mapping[date, Policy]
    values: Mapping[date, SharingRule]

    def on(self, day: date) -> SharingRule | None:
        """The rule of a service day."""
        return rule.in_force(self.values, day)

    def policy(self, day: date) -> Policy | None:
        """The row of that rule."""
        found = self.on(day)
        return next(
            (p for p in self.policies.values() if found and p.version == found.version), None
        )


@dataclass(frozen=True, slots=True)
class LoadedDay:
    """A day for the domain, and the ids that writing to it needs."""

    day: Day
    day_id: int | None = None
    hours_ids: Mapping[int, int] = field(default_factory=dict)


class _Row(NamedTuple):
    pk: int
    day_id: int
    on: date
    starts_at: datetime
    quanta: int
    professional_id: int
    languages: list[str]
    mask: int
    claimed: int
    held: int
    kept_from_us: int


def load_rules() -> Rules:
    """All versions of the sharing rule; a few rows. A later version for the same day replaces an earlier one."""
    policies = {
        policy.valid_from: policy for policy in Policy.objects.order_by("valid_from", "version")
    }
    return Rules(policies, {first: as_rule(policy) for first, policy in policies.items()})


def as_rule(policy: Policy) -> SharingRule:
    """A policy's row as the domain's value."""
    return SharingRule(
        version=policy.version,
        minutes_per_day=policy.minutes_per_day,
        minutes_per_week=policy.minutes_per_week,
        lengths=tuple(policy.lengths),
        horizon_business_days=policy.horizon_business_days,
        least_notice_minutes=policy.least_notice_minutes,
        late_notice_minutes=policy.late_notice_minutes,
        late_counts=policy.late_counts,
    )


def bookable_dates(rules: Rules, now: datetime) -> list[date]:
    """Today and the business days up to the horizon of the rule in force today, oldest first."""
    today = clock.service_date(now)
    current = rules.on(today)
    return roster.days_ahead(today, current.horizon_business_days) if current is not None else []


def load_days(
    *,
    dates: Collection[date],
    office: Office,
    rules: Rules,
    now: datetime,
    excluding: Appointment | None = None,
    weeks: Iterable[OfficeWeek] | None = None,
    still_counted: int = 0,
    last_bookable: date | None = None,
) -> dict[date, LoadedDay]:
    """Each of `dates` as it stands for this office at `now`.

    How far ahead may be booked is a matter of the rule in force today, not of the day asked for;
    who already knows that day passes it as `last_bookable`.

    `excluding` leaves out an appointment's claims, as if it had been given up (a move). An action
    passes the `weeks` it has locked and changed; without them the office's counters are read and
    the excluded appointment is taken out of them, less the `still_counted` quanta of a late move.
    """
    if last_bookable is None:
        last_bookable = max(bookable_dates(rules, now), default=clock.service_date(now))
    if weeks is None:
        weeks = _weeks(office, dates, excluding, still_counted)
    use = _use(dates, weeks)
    rows = {
        on: list(found)
        for on, found in groupby(_rows(dates, office, now, excluding), key=attrgetter("on"))
    }
    return {
        on: _loaded(on, rows.get(on, []), rules.on(on), last_bookable, {office.pk: use[on]})
        for on in dates
    }


def _loaded(
    on: date, rows: list[_Row], current: SharingRule | None, last: date, use: Mapping[int, Use]
) -> LoadedDay:
    if not rows:
        nothing = Grid(datetime.combine(on, datetime.min.time(), clock.service_zone()), 0)
        return LoadedDay(Day(on, nothing, current, last, use=use))
    hours = tuple(
        ProfessionalHours(
            professional=row.professional_id,
            languages=frozenset(row.languages),
            offered=row.mask,
            taken=row.claimed | row.held,
            reserves=(Reserve(row.kept_from_us, frozenset()),) if row.kept_from_us else (),
        )
        for row in rows
    )
    day = Day(on, Grid(rows[0].starts_at, rows[0].quanta), current, last, hours, use)
    return LoadedDay(day, rows[0].day_id, {row.professional_id: row.pk for row in rows})


def _rows(
    dates: Collection[date], office: Office, now: datetime, excluding: Appointment | None
) -> Iterable[_Row]:
    """Masks per professional and day. bit_or does not mind that joins repeat rows."""
    claimed = ~Q(claims__appointment=excluding) if excluding is not None else None
    others_hold = Q(holds__expires_at__gt=now) & ~Q(holds__office=office)
    not_for_us = ~Q(reserved__offices=[]) & ~Q(reserved__offices__contains=[office.pk])
    rows = (
        OfferedHours.objects.filter(day__on__in=dates, professional__active=True)
        .annotate(
            claimed=Coalesce(BitOr("claims__bit", filter=claimed), 0),
            held=Coalesce(BitOr("holds__mask", filter=others_hold), 0),
            kept_from_us=Coalesce(BitOr("reserved__mask", filter=not_for_us), 0),
        )
        .order_by("day__on", "professional_id")
        .values_list(
            "pk", "day_id", "day__on", "day__starts_at", "day__quanta", "professional_id",
            "professional__languages", "mask", "claimed", "held", "kept_from_us",
        )
    )  # fmt: skip
    return (_Row(*row) for row in rows)


def _weeks(
    office: Office, dates: Collection[date], excluding: Appointment | None, still_counted: int
) -> list[OfficeWeek]:
    """The office's counters as they would be if `excluding` had been given up; never saved."""
    mondays = {business_days.monday_of(on) for on in dates}
    weeks = list(OfficeWeek.objects.filter(office=office, week__in=mondays))
    if excluding is None:
        return weeks
    given_up_on = clock.service_date(excluding.starts_at)
    for week in weeks:
        if week.week == business_days.monday_of(given_up_on):
            week.booked[given_up_on.weekday()] -= excluding.quanta
            week.late[given_up_on.weekday()] += still_counted
    return weeks


def _use(dates: Collection[date], weeks: Iterable[OfficeWeek]) -> dict[date, Use]:
    by_monday = {week.week: week for week in weeks}
    return {on: use_of(by_monday.get(business_days.monday_of(on)), on) for on in dates}


def use_of(week: OfficeWeek | None, on: date) -> Use:
    """What the counters of a week say about one of its days, in quanta."""
    if week is None:
        return Use()
    weekday = on.weekday()
    return Use(
        day=week.booked[weekday] + week.late[weekday], week=sum(week.booked) + sum(week.late)
    )
