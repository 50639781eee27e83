"""Whose open follow-ups somebody else may have to take: first of those who take no appointments any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from comptoir.liaison.models import FollowUp
from comptoir.people.models import Person
from comptoir.roster.models import Professional, ProfessionalQuerySet

MOST_AT_ONCE = 50
"""As many follow-ups as one page can name; the rest follows when these are handed over."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A professional with open follow-ups, and whether they still take appointments."""

    professional: Professional
    serves: bool
    open: int
    late: int
    soonest: date


def owners(now: datetime, today: date) -> list[Owner]:
    """Everybody with open follow-ups: first who serves no more, then what is due soonest; one query."""
    undone = Q(follow_ups__isnull=False, follow_ups__done_at=None)
    still = Professional.objects.serving(now).filter(pk=OuterRef("pk"))
    rows: Any = (
        Professional.objects.annotate(
            serves=Exists(still),
            open=Count("follow_ups", filter=undone),
            late=Count("follow_ups", filter=undone & Q(follow_ups__due_on__lt=today)),
            soonest=Min("follow_ups__due_on", filter=undone),
        )
        .filter(open__gt=0)
        .select_related("person")
        .order_by("serves", "soonest", "pk")
    )
    return [Owner(row, row.serves, row.open, row.late, row.soonest) for row in rows]


def left_behind(now: datetime) -> QuerySet[FollowUp]:
    """The open follow-ups of those who take no appointments any more, the soonest due first."""
    related = FollowUp.objects.select_related(
        "case_line__appointment__office__district", "professional__person"
    )
    gone = related.filter(done_at=None).exclude(professional__in=Professional.objects.serving(now))
    return gone.order_by("due_on", "pk")


def open_of(professional: Professional) -> QuerySet[FollowUp]:
    """What the professional still has to do, the soonest due first."""
    related = FollowUp.objects.select_related("case_line__appointment__office")
    return related.filter(professional=professional, done_at=None).order_by("due_on", "pk")


def colleagues_of(professional: Professional, now: datetime) -> ProfessionalQuerySet:
    """Who may take them: everybody else who takes appointments."""
    others = Professional.objects.serving(now).exclude(pk=professional.pk)
    return others.select_related("person").order_by("person__sort_name", "pk")


def count_to_do(person: Person) -> int:
    """How many follow-ups the person still has to do, which their leaving leaves to nobody."""
    return FollowUp.objects.filter(professional__person=person, done_at=None).count()
