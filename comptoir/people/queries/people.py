"""Who has access to what, for the people who look after it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet, Subquery

from comptoir.people import demonstration
from comptoir.people.models import (
    Grant,
    Invitation,
    Office,
    OfficeEnd,
    OfficeStatus,
    Person,
    Role,
    Session,
    sort_key,
)

MOST_OF_AN_OFFICE = 200
"""An office has a handful of people; a page never shows more than this."""


def people_of(office: Office, at: datetime) -> list[Grant]:
    """The roles in force in an office, in the order of their holders' names."""
    grants = Grant.objects.in_force(at).filter(office=office).select_related("person", "granted_by")
    return list(grants.order_by("person__sort_name", "pk")[:MOST_OF_AN_OFFICE])


def readers_of(office: Office, at: datetime) -> list[Person]:
    """Who is told what concerns an office: its people, managers first, then by name, each once.

    Of an office that ended they are those whose access ended with it: what it had booked still
    stands in their calendars.
    """
    is_active = office.status == OfficeStatus.ACTIVE
    held = Grant.objects.in_force(at).filter(office=office) if is_active else _ended_with(office)
    found = held.select_related("person").order_by("person__sort_name", "pk")
    managers_first = sorted(
        found[:MOST_OF_AN_OFFICE], key=lambda grant: grant.role != Role.OFFICE_MANAGER
    )
    return list({grant.person_id: grant.person for grant in managers_first}.values())


def _ended_with(office: Office) -> QuerySet[Grant]:
    """The access that ended because the office did, since anybody joined it last.

    Not of one instant: access ends when the office is suspended, and the office may be closed later.
    """
    own = Grant.objects.filter(office=office)
    joined_last = own.order_by("-starts_at").values("starts_at")[:1]
    return own.filter(
        end_reason__in=[end.of_access for end in OfficeEnd],
        ends_at__gte=Subquery(joined_last),
        person__is_active=True,
    )


def open_invitations(office: Office, at: datetime) -> list[Invitation]:
    """The invitations of an office that can still be accepted, the latest first."""
    found = Invitation.objects.open(at).filter(office=office).select_related("invited_by")
    return list(found.order_by("-invited_at", "-pk")[:MOST_OF_AN_OFFICE])


def staff_invitations(at: datetime) -> QuerySet[Invitation]:
    """The open invitations to roles of the centre, the latest first."""
    found = Invitation.objects.open(at).filter(office=None).select_related("invited_by")
    return found.order_by("-invited_at", "-pk")


def search(text: str, role: str, at: datetime) -> QuerySet[Person]:
    """People by a part of their name or address and by a role they hold, with those roles."""
    found = Person.objects.all()
    if key := sort_key(text):
        found = found.filter(Q(sort_name__contains=key) | Q(email__icontains=text.strip()))
    if role in Role.values:
        holders = Grant.objects.in_force(at).filter(role=role).values("person_id")
        found = found.filter(pk__in=holders)
    held = Grant.objects.in_force(at).select_related("office__district").order_by("pk")
    return found.prefetch_related(Prefetch("grants", queryset=held, to_attr="held")).order_by(
        "sort_name", "pk"
    )


def history_of(person: Person, at: datetime) -> list[Grant]:
    """Every role a person ever held, those in force first, then the latest ended."""
    grants = Grant.objects.filter(person=person).select_related(
        "office__district", "granted_by", "ended_by"
    )
    found = grants.order_by("-starts_at", "-pk")[:MOST_OF_AN_OFFICE]
    return sorted(found, key=lambda grant: grant.has_ended(at))


def sessions_of(person: Person, at: datetime) -> list[Session]:
    """Where the person is signed in, the latest first."""
    found = Session.objects.filter(person=person, expire_date__gt=at)
    return list(found.order_by("-signed_in_at", "session_key")[:MOST_OF_AN_OFFICE])


def demonstration_cast(at: datetime) -> list[Grant]:
    """The roles of the people a visitor of the demonstration can sign in as; nobody in production."""
    order = [] if settings.PRODUCTION else demonstration.cast()
    if not order:
        return []
    found = Grant.objects.in_force(at).filter(person__email__in=order).select_related("person")
    return sorted(found.order_by("pk"), key=lambda grant: order.index(grant.person.email))
