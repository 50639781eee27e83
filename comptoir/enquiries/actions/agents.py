"""What agents answer: on which lines, in which languages, for what they know, and how many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.models import Agent, Line
from comptoir.people.models import Grant, Person, Role


class NotAnAgent(Exception):
    """The person does not hold the role of an agent: an administrator gives it."""


@transaction.atomic
def set_up(
    *,
    person: Person,
    lines: Sequence[Line],
    languages: Sequence[str],
    skills: Sequence[str],
    at_most: int,
    active: bool,
    by: Person,
    now: datetime,
) -> Agent:
    """Say what the person answers, for the first time or anew. Raises NotAnAgent."""
    held = Grant.objects.in_force(now).filter(person=person, role=Role.AGENT)
    if not held.exists():
        raise NotAnAgent
    agent, _new = Agent.objects.update_or_create(
        person=person,
        defaults={
            "languages": sorted(languages),
            "skills": sorted(set(skills)),
            "at_most": at_most,
            "active": active,
        },
    )
    agent.lines.set(lines)
    audit.record(
        action="agent.set",
        subject=agent,
        by=by,
        now=now,
        detail={
            "person": person.pk,
            "lines": sorted(line.code for line in lines),
            "languages": sorted(languages),
            "at_most": at_most,
            "status": "active" if active else "inactive",
        },
    )
    return agent
