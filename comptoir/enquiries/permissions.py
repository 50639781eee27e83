"""Which enquiries a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from comptoir.enquiries.models import Agent, Enquiry, EnquiryQuerySet, State
from comptoir.people.models import Grant, Person, Role
from comptoir.people.permissions import Standing

WORKS = (Role.AGENT, Role.TEAM_LEAD)
"""Who answers enquiries: a team lead may do what an agent may."""


def enquiries_for(standing: Standing) -> EnquiryQuerySet:
    """What an agent or team lead may read: nothing that is restricted to others."""
    everything = Enquiry.objects.select_related("line", "office", "assignee")
    if not standing.roles & set(WORKS):
        return everything.none()
    return everything.filter(is_restricted=False)


def get_enquiry_for(standing: Standing, reference: str) -> Enquiry:
    """One enquiry that the person may read; raises Http404 for any other."""
    found = enquiries_for(standing).filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def get_agent_for(standing: Standing) -> Agent | None:
    """What the person knows as an agent; None if nothing was set for them yet."""
    return Agent.objects.select_related("person").filter(person=standing.person).first()


def get_agent_person_for(standing: Standing, key: int, at: datetime) -> Person:
    """Somebody with the role of an agent, for a team lead; raises Http404 for anybody else."""
    held = Grant.objects.in_force(at).filter(role=Role.AGENT, person=key)
    found = held.select_related("person").first()
    if Role.TEAM_LEAD not in standing.roles or found is None:
        raise Http404
    return found.person


def may_take(standing: Standing, enquiry: Enquiry) -> bool:
    """What waits anybody may take; what a colleague has, only a team lead."""
    if enquiry.state == State.IN_HAND:
        is_mine = enquiry.assignee_id == standing.person.pk
        return Role.TEAM_LEAD in standing.roles and not is_mine
    return enquiry.state == State.WAITING
