"""Referrals: when they are due, who looks after a breach, which are open, late, done or of somebody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from comptoir.enquiries.models import (
    READS,
    Agent,
    Breach,
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
from comptoir.roster.models import Absence
from comptoir.ui import clock

REPORT_WITHIN = timedelta(days=7)
"""From the finding that a breach is material to the reports of it: the directive's, in calendar days."""

MOST_OF_ONE = 50
MOST_WRITTEN = 50
"""Texts of an enquiry that its referral's page shows: the newest."""

PAGE = 25

IN_ORDER = (Role.TEAM_LEAD, Role.PROFESSIONAL, Role.PRIVACY_OFFICER, Role.AGENT)
"""The roles of READS in the order in which they are offered: what is urgent goes to a team lead, or to a
professional (ours).
"""

Groups = Sequence[tuple[Role, Sequence[Person]]]
"""People under the role for which they are offered."""


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


def may_answer(now: datetime) -> QuerySet[Person]:
    """Everybody whom a matter may be handed to at an instant."""
    held = Grant.objects.in_force(now).filter(role__in=READS).values("person")
    return Person.objects.filter(pk__in=held)


def offered(now: datetime, first: Role = Role.TEAM_LEAD) -> Groups:
    """Those of them who are there, each once, by name under the first of their roles. One query.

    Who is absent by the roster is away; so is, as an agent, who takes no enquiries.
    """
    absent = Absence.objects.filter(withdrawn_at=None, starts_at__lte=now, ends_at__gt=now)
    idle = Agent.objects.filter(active=False)
    held = Grant.objects.in_force(now).filter(role__in=READS)
    held = held.exclude(person__in=absent.values("professional__person"))
    held = held.exclude(role=Role.AGENT, person__in=idle.values("person"))
    roles: dict[Person, set[str]] = {}
    for grant in held.select_related("person").order_by("person__sort_name", "person"):
        roles.setdefault(grant.person, set()).add(grant.role)
    groups: dict[Role, list[Person]] = {role: [] for role in (first, *IN_ORDER)}
    for person, has in roles.items():
        groups[next(role for role in groups if role in has)].append(person)
    return [(role, people) for role, people in groups.items() if people]


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
    found = enquiry.referrals.select_related("owner", "breach").order_by("-referred_at", "-pk")
    return list(found[:MOST_OF_ONE])


def incomplete(found: Sequence[Referral]) -> Referral | None:
    """The breach among them that is open and of which something is still missing."""
    for referral in found:
        breach = getattr(referral, "breach", None)
        if breach is not None and referral.closed_at is None and unknown(breach):
            return referral
    return None


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


TO_COMPLETE = ("place", "data", "people_affected", "containment")
"""What the intake asks of every breach, besides when it was found; when it happened nobody may know."""


def unknown(breach: Breach) -> list[str]:
    """What of it is still missing, by the names of its fields."""
    return [name for name in TO_COMPLETE if not getattr(breach, name)]


def state(breach: Breach) -> str:
    """A digest of what is known of it: as long as it is the same, nobody has completed it."""
    happened = breach.happened_at and breach.happened_at.timestamp()
    known = [happened, *(getattr(breach, name) for name in TO_COMPLETE)]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def is_late(referral: Referral, now: datetime) -> bool:
    """Whether it is open and past its due date."""
    return referral.closed_at is None and referral.due_at < now
