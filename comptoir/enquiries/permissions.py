"""Which enquiries a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.http import Http404

from comptoir.enquiries.models import (
    Agent,
    Document,
    Enquiry,
    EnquiryQuerySet,
    Referral,
    ReferralKind,
    ReferralQuerySet,
)
from comptoir.people.models import Role
from comptoir.people.permissions import Standing

WORKS = (Role.AGENT, Role.TEAM_LEAD)
"""Who answers enquiries: a team lead may do what an agent may."""


READS = (*WORKS, Role.PRIVACY_OFFICER)
"""Who may be named for a restricted enquiry; a privacy officer reads nothing else."""


def enquiries_for(standing: Standing) -> EnquiryQuerySet:
    """What an agent or team lead may list, search and count: nothing that is restricted, whoever asks.

    What is restricted is read one by one, by those who are named: `get_readable_for`.
    """
    everything = Enquiry.objects.select_related("line", "office", "assignee")
    if not standing.roles & set(WORKS):
        return everything.none()
    return everything.unrestricted()


def get_enquiry_for(standing: Standing, reference: str) -> Enquiry:
    """One enquiry that is not restricted; raises Http404 for any other."""
    return _one(enquiries_for(standing), reference)


def get_readable_for(standing: Standing, reference: str, now: datetime) -> Enquiry:
    """One enquiry that the person may read now, also a restricted one that they opened; else Http404."""
    return _one(_readable(standing, now), reference)


def get_restricted_for(standing: Standing, reference: str, now: datetime) -> Enquiry:
    """A restricted enquiry that the person may open for a reason; raises Http404 for any other."""
    related = Enquiry.objects.select_related("line", "office", "assignee")
    if not standing.roles & set(READS):
        raise Http404
    return _one(related.openable_by(standing.person, now), reference)


def may_open(standing: Standing, enquiry: Enquiry, now: datetime) -> bool:
    """Whether the person may open this restricted enquiry for a reason."""
    return Enquiry.objects.openable_by(standing.person, now).filter(pk=enquiry.pk).exists()


def has_opened(standing: Standing, enquiry: Enquiry, now: datetime) -> bool:
    """Whether the person has opened this restricted enquiry and may still read it."""
    return Enquiry.objects.opened_by(standing.person, now).filter(pk=enquiry.pk).exists()


def referrals_for(standing: Standing, now: datetime) -> ReferralQuerySet:
    """The referrals a person may list and count: of what is not restricted for who answers enquiries, of
    what they may open (a privacy officer: every breach), and their own.
    """
    may_open = Enquiry.objects.openable_by(standing.person, now).values("pk")
    wanted = Q(enquiry__in=may_open) | Q(owner=standing.person, enquiry__is_restricted=False)
    if standing.roles & set(WORKS):
        wanted |= Q(enquiry__is_restricted=False)
    related = Referral.objects.select_related("enquiry", "owner", "referred_by", "closed_by")
    if not standing.roles & set(READS):
        return related.none()
    return related.filter(wanted)


def get_referral_for(standing: Standing, pk: int, now: datetime) -> Referral:
    """One of them; raises Http404 for any other."""
    found = referrals_for(standing, now).select_related("breach").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def answers_for(standing: Standing, referral: Referral) -> bool:
    """Whether the person answers for a referral: its owner, and of a breach every privacy officer."""
    is_officer = Role.PRIVACY_OFFICER in standing.roles
    is_breach = referral.kind == ReferralKind.BREACH
    return referral.owner_id == standing.person.pk or (is_officer and is_breach)


def get_document_for(standing: Standing, pk: int, now: datetime) -> Document:
    """A document of an enquiry that the person may read now; raises Http404 for any other."""
    readable = _readable(standing, now).values("pk")
    related = Document.objects.select_related("enquiry", "uploaded_by")
    found = related.filter(pk=pk, enquiry__in=readable).first()
    if found is None:
        raise Http404
    return found


def _readable(standing: Standing, now: datetime) -> EnquiryQuerySet:
    everything = Enquiry.objects.select_related("line", "office", "assignee")
    if standing.roles & set(WORKS):
        return everything.readable_by(standing.person, now)
    if standing.roles & set(READS):
        return everything.opened_by(standing.person, now)
    return everything.none()


def _one(found: EnquiryQuerySet, reference: str) -> Enquiry:
    enquiry = found.filter(reference=reference).first()
    if enquiry is None:
        raise Http404
    return enquiry


def get_agent_for(standing: Standing) -> Agent | None:
    """What the person knows as an agent; None if nothing was set for them yet."""
    return Agent.objects.select_related("person").filter(person=standing.person).first()
