"""Which enquiries a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from django.http import Http404

from comptoir.enquiries.models import (
    SET_ASIDE,
    Agent,
    Decision,
    Enquiry,
    EnquiryQuerySet,
    InboundMail,
    InboundMailQuerySet,
)
from comptoir.people.models import Role
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


def mails_for(standing: Standing) -> InboundMailQuerySet:
    """Mail on which a team lead decides or has decided that it is refused; no other mail is read here."""
    everything = InboundMail.objects.select_related("enquiry")
    if Role.TEAM_LEAD not in standing.roles:
        return everything.none()
    return everything.filter(decision__in=(*SET_ASIDE, Decision.REFUSED))


def get_mail_for(standing: Standing, key: int) -> InboundMail:
    """One of them; raises Http404 for any other."""
    found = mails_for(standing).filter(pk=key).first()
    if found is None:
        raise Http404
    return found
