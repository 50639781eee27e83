"""What an office sees of itself: appointments, answers, what is left of its share and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    CalendarFeed,
    CaseLine,
    Decision,
    Happening,
    OfficeWeek,
    PendingCharge,
    Policy,
    Side,
    Status,
)
from comptoir.liaison.queries import credits, days, shares
from comptoir.people.models import Office
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock

SHOWN = 6
"""How many rows a block of the office's home shows before it links to the whole list."""


@dataclass(frozen=True, slots=True)
class Share:
    """One limit of the office in minutes: what it is, what was used, what of that was given up late."""

    limit: int
    booked: int
    late: int
    pending: int = 0
    """What of the late is charged no longer once somebody takes it."""

    @property
    def used(self) -> int:
        """Everything that counts."""
        return self.booked + self.late

    @property
    def left(self) -> int:
        """What can still be booked."""
        return max(self.limit - self.used, 0)


class Floor(StrEnum):
    """What became of the office's floor of a day."""

    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a rule with nested classes keeps for the office, in minutes, and what it holds ahead."""

    guaranteed: int
    floor: Floor
    allowance: int
    used: int
    held: int
    most_held: int
    credits: list[credits.Credited]
    """What the centre owes it, this week and later."""

    @property
    def left(self) -> int:
        """What is left of its allowance of the week."""
        return max(self.allowance - self.used, 0)


@dataclass(frozen=True, slots=True)
class Shares:
    """The office's share of one day and of its week, under the rule of that day."""

    on: date
    monday: date
    policy: Policy
    day: Share
    week: Share
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in the life of an appointment, and when the appointment was to begin after it."""

    event: AppointmentEvent
    starts_at: datetime


def shares_on(office: Office, dates: list[date], rules: days.Rules, now: datetime) -> Shares | None:
    """What is left of the first published day of `dates` and of its week; None without a rule."""
    rules = rules.of(office.pk)
    published = ServiceDay.objects.filter(on__in=dates).order_by("on").values_list("on", flat=True)
    on = published.first() or next(iter(dates), None)
    policy = rules.policy(on) if on is not None else None
    if on is None or policy is None:
        return None
    monday = monday_of(on)
    counters = OfficeWeek.objects.filter(office=office, week=monday).first()
    counters = counters or OfficeWeek(office=office, week=monday)
    minutes = QUANTUM_MINUTES
    weekday = on.weekday()
    waiting = _pending(office, now) if policy.nested else Counter()
    of_week = sum(count for day, count in waiting.items() if monday_of(day) == monday)
    return Shares(
        on,
        monday,
        policy,
        Share(
            policy.minutes_per_day,
            counters.booked[weekday] * minutes,
            counters.late[weekday] * minutes,
            waiting[on] * minutes,
        ),
        Share(
            policy.minutes_per_week,
            sum(counters.booked) * minutes,
            sum(counters.late) * minutes,
            of_week * minutes,
        ),
        _kept(office, on, rules, counters, now) if policy.nested else None,
    )


def shares_after(
    office: Office, shares: Shares | None, dates: list[date], rules: days.Rules, now: datetime
) -> Shares | None:
    """The same of the week after, as far as `dates` reach into it; None if they do not."""
    if shares is None:
        return None
    monday = shares.monday + timedelta(weeks=1)
    later = [on for on in dates if monday_of(on) == monday]
    return shares_on(office, later, rules, now) if later else None


def _pending(office: Office, now: datetime) -> Counter[date]:
    """Quarter hours that the office gave up late and somebody may still take, by service day."""
    rows = PendingCharge.objects.filter(appointment__office=office, starts_at__gte=now)
    return Counter(clock.service_date(at) for at in rows.values_list("starts_at", flat=True))


def refunded(office: Office, now: datetime) -> int:
    """Minutes given up late that count no longer, because somebody took that time since Monday."""
    monday = monday_of(clock.service_date(now))
    since = datetime.combine(monday, datetime.min.time(), clock.service_zone())
    refilled = AppointmentEvent.objects.filter(
        appointment__office=office, kind=Happening.REFILLED, at__gte=since, at__lte=now
    )
    given_back = refilled.aggregate(quanta=Sum("late_quanta"))["quanta"] or 0
    return -given_back * QUANTUM_MINUTES


def _kept(
    office: Office, on: date, rules: days.Rules, counters: OfficeWeek, now: datetime
) -> Kept | None:
    policy, shared = rules.policy(on), rules.shared(on)
    if policy is None or shared is None:
        return None
    nesting = days.as_nesting(policy)
    others = shares.others(
        office=office, dates=[on], policy=shared, cohorts=rules.cohorts, now=now
    )[on]
    share, use = others.share(own=False), days.use_of(counters, on)
    floor = Floor.CLAIMED if use.day else Floor.UNCLAIMED
    return Kept(
        guaranteed=policy.floor_minutes,
        floor=Floor.GONE if counters.floor_gone[on.weekday()] and not use.day else floor,
        allowance=share.allowance * QUANTUM_MINUTES,
        used=use.week * QUANTUM_MINUTES,
        held=share.held * QUANTUM_MINUTES,
        most_held=nesting.holding_cap(share.allowance) * QUANTUM_MINUTES,
        credits=credits.coming(office, clock.service_date(now)),
    )


def upcoming(office: Office, now: datetime) -> AppointmentQuerySet:
    """Booked appointments that have not ended, soonest first."""
    found = Appointment.objects.filter(office=office).upcoming(now).order_by("starts_at", "pk")
    return found.select_related("professional__person").annotate(cases=Count("case_lines"))


def past(office: Office, now: datetime) -> AppointmentQuerySet:
    """Everything else, latest first: finished, not attended, cancelled, in progress."""
    found = Appointment.objects.filter(office=office).exclude(status="booked", ends_at__gt=now)
    return (
        found.select_related("professional__person")
        .annotate(cases=Count("case_lines"))
        .order_by("-starts_at", "-pk")
    )


def recent_answers(office: Office, now: datetime) -> QuerySet[CaseLine]:
    """The outcomes given to the office in the last 30 days, latest first."""
    since = now - timedelta(days=30)
    found = _given(office).filter(recorded_at__gte=since)
    return found.select_related("appointment", "follow_up").order_by("-recorded_at", "-pk")


def recent_refusals(office: Office, now: datetime) -> QuerySet[Decision]:
    """What the rule refused the office in the last 14 days, latest first."""
    since = now - timedelta(days=14)
    found = Decision.objects.filter(office=office, accepted=False, side=Side.OFFICE, at__gte=since)
    return found.select_related("person", "policy").order_by("-at", "-pk")


def with_history(appointment: Appointment) -> Appointment:
    """The appointment with its cases, their outcomes, and everything that happened to it."""
    cases = CaseLine.objects.select_related("follow_up", "recorded_by").order_by("position")
    events = appointment.events.model.objects.select_related("by").order_by("at", "pk")
    related = Appointment.objects.select_related(
        "office__district", "professional__person", "booked_by", "policy"
    )
    return related.prefetch_related(
        Prefetch("case_lines", queryset=cases), Prefetch("events", queryset=events)
    ).get(pk=appointment.pk)


def happenings(appointment: Appointment) -> list[Happened]:
    """What happened to it in order, each with the time that it had afterwards.

    An event keeps the time it found. The time it left is what the next one found, or the appointment's.
    """
    events = list(appointment.events.all())
    found = [event.from_starts_at for event in events]
    return [
        Happened(event, next(filter(None, found[place:]), appointment.starts_at))
        for place, event in enumerate(events, start=1)
    ]


def lapsed_consents(appointment: Appointment) -> list[int]:
    """The positions of cases whose consent ends before the appointment, as it may after a move."""
    if appointment.status != Status.BOOKED:
        return []
    on = clock.service_date(appointment.starts_at)
    return [
        case.position
        for case in appointment.case_lines.all()
        if case.consent_expires_on is not None and case.consent_expires_on < on
    ]


def live_feeds(office: Office) -> QuerySet[CalendarFeed]:
    """The secret calendar addresses in use."""
    return CalendarFeed.objects.filter(office=office, revoked_at=None).select_related("person")


def feed_appointments(feed: CalendarFeed, now: datetime) -> AppointmentQuerySet:
    """What a calendar program reads: from four weeks back to the horizon, cancelled ones included."""
    found = Appointment.objects.filter(office=feed.office, starts_at__gte=now - timedelta(weeks=4))
    return found.order_by("starts_at", "pk")


def all_answers(office: Office, words: str) -> QuerySet[CaseLine]:
    """Every outcome recorded for the office, latest first; `words` looks in identifiers and texts."""
    found = _given(office)
    words = words.strip()
    if words:
        plain = words.replace("-", "").replace(" ", "")
        found = found.filter(
            Q(uci=plain)
            | Q(application_number__iexact=plain)
            | Q(question__icontains=words)
            | Q(answer__icontains=words)
            | Q(appointment__reference__iexact=words)
        )
    return found.select_related("appointment", "follow_up").order_by("-recorded_at", "-pk")


def _given(office: Office) -> QuerySet[CaseLine]:
    """Outcomes the office may read: until the appointment is finished they can still be corrected."""
    found = CaseLine.objects.filter(appointment__office=office, appointment__status=Status.FINISHED)
    return found.exclude(outcome="")


def count_coming(offices: Iterable[Office], now: datetime) -> int:
    """How many appointments would be cancelled if these offices were no longer active."""
    coming = Appointment.objects.upcoming(now).filter(starts_at__gt=now)
    return coming.filter(office__in=[office.pk for office in offices]).count()
