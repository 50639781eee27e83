"""Which enquiries a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from comptoir.enquiries.models import (
    Agent,
    CrisisLine,
    Enquiry,
    EnquiryQuerySet,
    Line,
    Loan,
    TriageVersion,
)
from comptoir.people.models import Role
from comptoir.people.permissions import Standing

Kept = TypeVar("Kept", bound=Model)

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


# --- The rules, the promises and the crisis lines of the centre ---

KEEPERS = (Role.TEAM_LEAD, Role.POLICY_OWNER)
"""Who keeps the rules of triage and the targets."""


def get_triage_version_for(standing: Standing, number: int) -> TriageVersion:
    """A version of the rules, for who keeps them; raises Http404."""
    found = TriageVersion.objects.select_related("created_by", "approved_by")
    return _or_404(standing, found.filter(number=number))


def get_line_for(standing: Standing, code: str) -> Line:
    """A line whose targets the person keeps: open, and no drill; raises Http404."""
    return _or_404(standing, Line.objects.counted().filter(closed_at=None, code=code))


def get_crisis_line_for(standing: Standing, code: str) -> CrisisLine:
    """A crisis line, open or closed; raises Http404."""
    found = CrisisLine.objects.select_related("line", "template", "opened_by", "closed_by")
    return _or_404(standing, found.filter(line__code=code))


def get_loan_for(standing: Standing, crisis: CrisisLine, key: int) -> Loan:
    """A loan of this line that runs; raises Http404."""
    return _or_404(standing, crisis.loans.running().select_related("person").filter(pk=key))


def _or_404(standing: Standing, found: QuerySet[Kept]) -> Kept:
    first = found.first() if standing.roles & set(KEEPERS) else None
    if first is None:
        raise Http404
    return first
