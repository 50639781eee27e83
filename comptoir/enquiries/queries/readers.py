"""Who of the centre is told by mail, as things stand when it is sent: where, and in which language."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from comptoir.enquiries.models import READS, WORKS, Enquiry
from comptoir.notices.kinds import Reader
from comptoir.people.models import Grant, Person, Role

MOST = 50
"""Who are told of one thing."""


def team_leads(now: datetime) -> list[Reader]:
    """Every team lead."""
    held = Grant.objects.in_force(now).filter(role=Role.TEAM_LEAD)
    return _readers(Person.objects.filter(pk__in=held.values("person")))


def who_has(enquiry: Enquiry, now: datetime) -> list[Reader]:
    """Who has it in hand, or else the team leads; of what is restricted, who is named for it and still has
    a role in which one may be.
    """
    if enquiry.is_restricted:
        named = enquiry.named.filter(ended_at=None).values("person")
        able = Grant.objects.in_force(now).filter(person__in=named, role__in=READS)
        return _readers(Person.objects.filter(pk__in=able.values("person")))
    held = Grant.objects.in_force(now).filter(person=enquiry.assignee_id, role__in=WORKS)
    return _readers(Person.objects.filter(pk__in=held.values("person"))) or team_leads(now)


def _readers(people: QuerySet[Person]) -> list[Reader]:
    return [
        Reader(address=person.email, language=person.language, time_zone=person.time_zone)
        for person in people.order_by("pk")[:MOST]
    ]
