"""Which enquiries a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from comptoir.enquiries.models import (
    Agent,
    Authorization,
    Enquiry,
    EnquiryQuerySet,
    GateOverride,
    GateOverrideQuerySet,
    State,
    Text,
    TextVersion,
)
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


def get_text_for(standing: Standing, code: str) -> Text:
    """One text, for whoever answers enquiries; raises Http404."""
    found = Text.objects.filter(code=code).first() if standing.roles & set(WORKS) else None
    if found is None:
        raise Http404
    return found


def get_text_version_for(standing: Standing, code: str, number: int) -> TextVersion:
    """One version of a text; raises Http404."""
    text = get_text_for(standing, code)
    people = ("text", "written_by", "approved_by")
    found = text.versions.select_related(*people).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def get_authorization_for(standing: Standing, reference: str, key: int) -> Authorization:
    """One that the asker of an enquiry has for its applicant; another's does not exist (Http404)."""
    enquiry = get_enquiry_for(standing, reference)
    found = Authorization.objects.of_case(enquiry).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def overrides_for(standing: Standing) -> GateOverrideQuerySet:
    """What waits for a second person on enquiries that this one may read, the longest first."""
    visible = enquiries_for(standing).values("pk")
    waiting = GateOverride.objects.waiting().filter(enquiry__in=visible)
    return waiting.select_related("enquiry", "asked_by").order_by("asked_at", "pk")


def get_override_for(standing: Standing, key: int) -> GateOverride:
    """One that was asked for an enquiry that the person may read, answered or not; raises Http404."""
    visible = enquiries_for(standing).values("pk")
    found = GateOverride.objects.select_related("enquiry").filter(pk=key, enquiry__in=visible)
    override = found.first()
    if override is None:
        raise Http404
    return override
