"""Referrals: when they are due, who looks after a breach, which are open, late, done or of somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext

from comptoir.enquiries.models import (
    Direction,
    Document,
    Enquiry,
    Handled,
    Message,
    Referral,
    ReferralKind,
    ReferralQuerySet,
)
from comptoir.enquiries.queries import handling, places
from comptoir.people.models import Grant, Person, Role
from comptoir.ui import clock

REPORT_WITHIN = timedelta(days=7)
"""From the finding that a breach is material to the reports of it: the directive's, in calendar days."""

MOST_OF_ONE = 50
MOST_WRITTEN = 50
"""Texts of an enquiry that its referral's page shows: the newest."""

PAGE = 25

ANSWERS = (Role.AGENT, Role.TEAM_LEAD, Role.PRIVACY_OFFICER, Role.PROFESSIONAL)
"""Whom a matter may be handed to, or who may be named: they can reach the pages of it."""


class Show(StrEnum):
    """Which referrals a reader wants to see."""

    OPEN = "open"
    LATE = "late"
    MINE = "mine"
    CLOSED = "closed"


def due_at(kind: ReferralKind, at: datetime) -> datetime:
    """When a referral made at an instant is due. A threat to life is due at once."""
    if kind == ReferralKind.THREAT:
        return at
    return handling.due_at(Handled(kind), at)


def privacy_officers(now: datetime) -> list[Person]:
    """Who looks after breaches at an instant."""
    held = Grant.objects.in_force(now).filter(role=Role.PRIVACY_OFFICER).values("person")
    return list(Person.objects.filter(pk__in=held).order_by("pk"))


def exchange(enquiry: Enquiry) -> list[Message]:
    """What was asked and answered, the oldest first, for an owner who reads no other enquiry; no notes.

    With what was asked in its parts, but of none that is restricted: one query.
    """
    parts = enquiry.joined.filter(is_restricted=False).values("pk")
    found = Message.objects.filter(Q(enquiry=enquiry) | Q(enquiry__in=parts))
    found = found.filter(direction__in=(Direction.IN, Direction.OUT)).select_related("by")
    return list(reversed(found.order_by("-at", "-pk")[:MOST_WRITTEN]))


def who_may_answer(now: datetime) -> list[Person]:
    """Whom a matter may be handed to at an instant, by name."""
    held = Grant.objects.in_force(now).filter(role__in=ANSWERS).values("person")
    return list(Person.objects.filter(pk__in=held).order_by("sort_name", "pk"))


def shown(
    found: ReferralQuerySet, show: Show, *, person: Person, now: datetime, kind: str = ""
) -> ReferralQuerySet:
    """Those of them a reader wants to see: the soonest due first, of the closed the latest."""
    if kind in ReferralKind.values:
        found = found.filter(kind=kind)
    if show is Show.CLOSED:
        return found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
    found = found.open()
    if show is Show.LATE:
        found = found.filter(due_at__lt=now)
    elif show is Show.MINE:
        found = found.filter(owner=person)
    return found.order_by("due_at", "pk")


def page(found: ReferralQuerySet, show: Show, after: str) -> tuple[list[Referral], str]:
    """One page of what is `shown`, and the name of the next one, "" at the end: one query."""
    field, follows = (
        ("closed_at", places.before) if show is Show.CLOSED else ("due_at", places.behind)
    )
    if place := places.place(after):
        found = found.filter(follows(field, *place))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], places.name(getattr(last, field), last.pk) if last else ""


def counts(
    found: ReferralQuerySet, *, person: Person, now: datetime, kind: str = ""
) -> dict[Show, int]:
    """How many there are of each, counted up to one more than `places.COUNTED`."""
    return {
        show: shown(found, show, person=person, now=now, kind=kind)[: places.COUNTED + 1].count()
        for show in Show
    }


def of_enquiry(enquiry: Enquiry) -> list[Referral]:
    """Every referral of it, the latest first, for `enquiries/parts/referrals.html`."""
    found = enquiry.referrals.select_related("owner").order_by("-referred_at", "-pk")
    return list(found[:MOST_OF_ONE])


def days_left(referral: Referral, now: datetime) -> int:
    """Whole days up to the due date; negative once it is past."""
    return (clock.service_date(referral.due_at) - clock.service_date(now)).days


def breach_of_document(document: Document) -> dict[str, str]:
    """What an intake knows already of a document that belonged to somebody else and was taken back."""
    return {
        "place": gettext("In the documents of an enquiry"),
        "information": str(document.get_kind_display()),
        "people_affected": "1",
        "containment": gettext("The document was taken back. Nobody can open it any more."),
        "reason": document.undone_reason,
    }


def is_late(referral: Referral, now: datetime) -> bool:
    """Whether it is open and past its due date."""
    return referral.closed_at is None and referral.due_at < now
