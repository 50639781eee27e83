"""Who works on what, when it is not pulled: to another line with a word, to a colleague, from one away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import answering, changing, taking
from comptoir.enquiries.models import Agent, Enquiry, Line, State
from comptoir.people.models import Person


class CannotBeGiven(changing.CannotChange):
    """The agent is away, does not serve the line or the language, or has their hands full."""


@transaction.atomic
def transfer(
    *, enquiry: Enquiry, version: int, to: Line, note: str, by: Person, now: datetime
) -> Enquiry:
    """Let it wait on another line, with a word for who takes it there. Raises CannotChange."""
    found = taking.transfer(enquiry=enquiry, version=version, to=to, by=by, now=now)
    answering.note(enquiry=found, body=note, by=by, now=now)
    return found


@transaction.atomic
def assign(*, enquiry: Enquiry, version: int, to: Agent, by: Person, now: datetime) -> Enquiry:
    """Give it to this agent, whoever has it. Raises CannotChange."""
    Agent.objects.select_for_update(no_key=True).get(pk=to.pk)
    found = changing.locked(enquiry=enquiry, version=version)
    if found.state not in (State.WAITING, State.IN_HAND):
        raise changing.NotInHand
    has = Enquiry.objects.filter(assignee=to.person, state=State.IN_HAND).count()
    knows = found.language in to.languages and set(found.skills) <= set(to.skills)
    serves = to.active and to.lines.filter(pk=found.line_id).exists()
    if not knows or not serves or has >= to.at_most:
        raise CannotBeGiven
    changing.give(found, to.person, now)
    changing.save(found)
    audit.record(
        action="enquiry.assigned",
        subject=found,
        by=by,
        now=now,
        detail={"person": to.person.pk},
    )
    return found


@transaction.atomic
def release(*, person: Person, by: Person, now: datetime) -> int:
    """Somebody is away: all they have in hand waits for others again. How many."""
    found = Enquiry.objects.filter(assignee=person, state=State.IN_HAND)
    count = 0
    for enquiry in found.select_for_update(of=("self",), no_key=True).order_by("pk"):
        changing.let_go(enquiry)
        changing.save(enquiry)
        audit.record(
            action="enquiry.released",
            subject=enquiry,
            by=by,
            now=now,
            detail={"person": person.pk},
        )
        count += 1
    return count
