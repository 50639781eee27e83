"""Who answers enquiries, and how much they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from comptoir.enquiries.models import Agent, Enquiry, State
from comptoir.people.models import Grant, Person, Role


@dataclass(frozen=True, slots=True)
class Listed:
    """One person with the role; `agent` is None until somebody says what they answer."""

    person: Person
    agent: Agent | None
    in_hand: int
    on_hold: int


def people(now: datetime) -> QuerySet[Person]:
    """Everybody who holds the role of an agent, in the order of their names."""
    held = Grant.objects.in_force(now).filter(role=Role.AGENT).values("person")
    return Person.objects.filter(pk__in=held, is_active=True).order_by("sort_name", "pk")


def known() -> QuerySet[Person]:
    """Everybody who is or was set up to answer, in the order of their names: whose enquiries a list shows."""
    found = Person.objects.filter(pk__in=Agent.objects.values("person"))
    return found.order_by("sort_name", "pk")


def listed(shown: list[Person]) -> list[Listed]:
    """A page of them with what they answer and have: three queries."""
    agents = Agent.objects.filter(person__in=shown).prefetch_related("lines")
    by_person = {agent.person_id: agent for agent in agents}
    counts = (
        Enquiry.objects.unrestricted()
        .filter(assignee__in=shown, state__in=(State.IN_HAND, State.ON_HOLD))
        .order_by()
        .values("assignee")
        .annotate(
            hand=Count("pk", filter=Q(state=State.IN_HAND)),
            hold=Count("pk", filter=Q(state=State.ON_HOLD)),
        )
    )
    has = {row["assignee"]: (row["hand"], row["hold"]) for row in counts}
    return [
        Listed(person, by_person.get(person.pk), *has.get(person.pk, (0, 0))) for person in shown
    ]


def able(enquiry: Enquiry, now: datetime) -> list[Agent]:
    """Who could be given this one: the line, the language and what must be known; one query."""
    found = Agent.objects.filter(
        person__in=people(now).values("pk"),
        active=True,
        lines=enquiry.line_id,
        languages__contains=[enquiry.language],
        skills__contains=enquiry.skills,
    )
    return list(found.select_related("person").order_by("person__sort_name", "pk")[:200])
