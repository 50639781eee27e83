"""Which professionals, absences, requests and closed days a person may reach; others do not exist (404)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from comptoir.people.models import Grant, Person, Role
from comptoir.people.permissions import Standing
from comptoir.roster.models import Absence, ClosedDay, ExtraHours, Professional

Found = TypeVar("Found", bound=Model)


def professionals_for(standing: Standing) -> QuerySet[Professional]:
    """Everybody on the roster for a team lead; a professional reaches their own hours."""
    everybody = Professional.objects.select_related("person")
    if Role.TEAM_LEAD in standing.roles:
        return everybody
    return everybody.filter(person=standing.person)


def get_professional_for(standing: Standing, code: str) -> Professional:
    """A professional the person leads, or is; raises Http404 for any other."""
    found = professionals_for(standing).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def get_absence_for(standing: Standing, pk: int) -> Absence:
    """An absence, for a team lead; raises Http404 otherwise."""
    related = Absence.objects.select_related("professional__person")
    return _for_leads(standing, related.filter(pk=pk).first())


def get_extra_hours_for(standing: Standing, pk: int) -> ExtraHours:
    """A request for extra hours, for a team lead to decide; raises Http404 otherwise."""
    related = ExtraHours.objects.select_related("professional__person")
    return _for_leads(standing, related.filter(pk=pk).first())


def get_closed_day_for(standing: Standing, pk: int) -> ClosedDay:
    """A closed day that was entered, for a team lead; raises Http404 otherwise."""
    return _for_leads(standing, ClosedDay.objects.filter(pk=pk).first())


def for_another_lead(person: Person, extras: Iterable[ExtraHours], now: datetime) -> frozenset[int]:
    """Which of these requests somebody other than this team lead is to approve: four eyes.

    They are those that one asked for or would work oneself, as long as another lead is there; the
    only one decides alone, and the trail says so.
    """
    own = {e.pk for e in extras if person.pk in (e.requested_by_id, e.professional.person_id)}
    leads = Grant.objects.in_force(now).filter(role=Role.TEAM_LEAD).exclude(person=person)
    return frozenset(own) if own and leads.exists() else frozenset()


def _for_leads(standing: Standing, found: Found | None) -> Found:
    if found is None or Role.TEAM_LEAD not in standing.roles:
        raise Http404
    return found
