"""Which appointments are to be confirmed, until when, and what their offices were asked.

Only those of an office with an open flag (`domain.reliability`). Nobody is asked about a time that was
booked or moved so late that there is no time left to ask, nor on the morning the flag was found; and
nothing is released of which nobody was asked in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef

from comptoir.domain import business_days
from comptoir.liaison.models import Appointment, AppointmentQuerySet, PatternFlag, Status
from comptoir.liaison.queries.in_force import Rules, load_rules
from comptoir.notices.models import Notice
from comptoir.people.models import Office, OfficeStatus
from comptoir.roster import queries as roster
from comptoir.ui import clock

ASK_AGAIN = timedelta(hours=3)
"""How long before its start the office is asked for the last time. A default of ours."""

TIME_TO_ANSWER = timedelta(minutes=30)
"""For how long an office has been asked at least when its time is released. A default of ours."""

LATEST_RELEASE = timedelta(minutes=30)
"""Later than this before the start nothing is released: hardly anybody could take it. A default of ours."""

EARLIEST_RELEASE = ASK_AGAIN - TIME_TO_ANSWER
"""Earlier nothing can be released: who is asked hours before has some time to answer."""

DAY_KIND, HOURS_KIND = "liaison.confirm_day", "liaison.confirm_hours"
"""The notices that ask: on the business day before, and some hours before."""

ASK_AHEAD = timedelta(days=14)
"""No business day is further than that from the next."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Why an office is asked to confirm, and which of its coming appointments it has not confirmed."""

    flag: PatternFlag
    open: frozenset[int]


def deadline(starts_at: datetime, rules: Rules) -> datetime:
    """Until when an appointment that begins then is to be confirmed, by the common rule of its day."""
    policy = rules.shared(clock.service_date(starts_at))
    assert policy is not None, "only a day with a rule is booked"
    return starts_at - timedelta(minutes=policy.confirm_before_minutes)


def is_asked_about(starts_at: datetime, chosen_at: datetime) -> bool:
    """Whether a time was booked, or moved to, early enough for its office to be asked about it."""
    return chosen_at <= starts_at - ASK_AGAIN


def open_flag(office: Office) -> PatternFlag | None:
    """The flag that has the office confirm its appointments, if it has one."""
    return PatternFlag.objects.open().filter(office=office).first()


def unconfirmed(now: datetime) -> AppointmentQuerySet:
    """Every coming appointment that is to be confirmed and is not."""
    asked_in_time = ExpressionWrapper(OuterRef("starts_at") - ASK_AGAIN, DateTimeField())
    flags = PatternFlag.objects.open().filter(office=OuterRef("office"), set_at__lte=asked_in_time)
    return Appointment.objects.filter(
        Exists(flags),
        status=Status.BOOKED,
        confirmed_at=None,
        starts_at__gt=now,
        booked_at__lte=F("starts_at") - ASK_AGAIN,
        office__status=OfficeStatus.ACTIVE,
    )


def asked_of(office: Office, now: datetime) -> Asked | None:
    """What the office's pages say and ask; None for an office that is asked nothing."""
    flag = open_flag(office)
    if flag is None:
        return None
    found = unconfirmed(now).filter(office=office).values_list("pk", flat=True)
    return Asked(flag, frozenset(found))


def is_open(appointment: Appointment, now: datetime) -> bool:
    """Whether this appointment is to be confirmed and is not."""
    return unconfirmed(now).filter(pk=appointment.pk).exists()


def to_release(now: datetime) -> list[Appointment]:
    """What its office was asked about and did not confirm until its deadline, as long as somebody can
    still take it; soonest first. Where no worker asked in time, nothing is released.
    """
    asked = Notice.objects.filter(
        kind__in=[DAY_KIND, HOURS_KIND],
        subject_id=OuterRef("pk"),
        version=OuterRef("sequence"),
        queued_at__lte=now - TIME_TO_ANSWER,
    )
    soon = unconfirmed(now).filter(
        Exists(asked), starts_at__lte=now + EARLIEST_RELEASE, starts_at__gte=now + LATEST_RELEASE
    )
    rules = load_rules()
    return [
        one for one in soon.order_by("starts_at", "pk") if deadline(one.starts_at, rules) <= now
    ]


def to_ask(now: datetime) -> list[tuple[Appointment, str]]:
    """Appointments whose office is to be asked now, with the kind of notice; soonest first.

    The first time on the business day before at the same hour, so that nobody is first asked on a
    Sunday; again some hours before. What was asked is not asked twice.
    """
    found = unconfirmed(now).filter(starts_at__lte=now + ASK_AHEAD)
    rules, today = load_rules(), clock.service_date(now)
    closed = roster.closed_days(today - ASK_AHEAD, today + ASK_AHEAD)
    due = [
        (appointment, kind)
        for appointment in found.order_by("starts_at", "pk")
        if deadline(appointment.starts_at, rules) > now
        and (kind := _kind(appointment, closed, now)) is not None
    ]
    asked = _asked(appointment for appointment, _ in due)
    return [(one, kind) for one, kind in due if (kind, one.pk, one.sequence) not in asked]


def _kind(appointment: Appointment, closed: frozenset[date], now: datetime) -> str | None:
    if now >= appointment.starts_at - ASK_AGAIN:
        return HOURS_KIND
    on = clock.service_date(appointment.starts_at)
    before = on - timedelta(days=1)
    while not business_days.is_business_day(before, closed):
        before -= timedelta(days=1)
    return DAY_KIND if now >= appointment.starts_at - (on - before) else None


def _asked(appointments: Iterable[Appointment]) -> set[tuple[str, int, int]]:
    """What was asked of these appointments, by kind, appointment and sequence."""
    keys = [appointment.pk for appointment in appointments]
    found = Notice.objects.filter(kind__in=[DAY_KIND, HOURS_KIND], subject_id__in=keys)
    return set(found.values_list("kind", "subject_id", "version"))
