"""Taking a batch of what waits, and letting go of it: work is pulled, never pushed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import changing, clocks
from comptoir.enquiries.models import Agent, Enquiry, Line, State
from comptoir.enquiries.queries import waiting
from comptoir.people.models import Person


class CannotTake(Exception):
    """Nothing was taken."""


class HandsFull(CannotTake):
    """The agent has as many in hand as may be: answer, put back or hold some first."""


class NothingToTake(CannotTake):
    """Nothing waits on the agent's lines, in their languages and for what they know."""


@transaction.atomic
def take(*, agent: Agent, count: int, now: datetime) -> list[Enquiry]:
    """Give the agent up to `count` of what waits for somebody like them, in the order of work.

    Two agents at the same moment get different ones, and neither waits for the other. Raises
    CannotTake.
    """
    # The agent's own row: two browsers of one person together take no more than they may hold.
    Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    in_hand = Enquiry.objects.filter(assignee=agent.person, state=State.IN_HAND).count()
    room = agent.at_most - in_hand
    if room <= 0:
        raise HandsFull
    found = list(
        waiting.for_agent(agent, now)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .in_order()[: min(count, room)]
    )
    if not found:
        raise NothingToTake
    for enquiry in found:
        _give(enquiry, agent.person, now)
    return found


@transaction.atomic
def take_one(*, enquiry: Enquiry, version: int, by: Person, now: datetime) -> Enquiry:
    """Take this one, whoever has it: a colleague's absence, a lead's decision. What waits for the client
    and is nobody's goes on waiting for them. Raises CannotChange.
    """
    found = changing.locked(enquiry=enquiry, version=version)
    if found.state == State.ON_HOLD and found.assignee_id is None:
        _give(found, by, now, state=State.ON_HOLD)
        return found
    if found.state not in (State.WAITING, State.IN_HAND):
        raise changing.NotInHand
    _give(found, by, now)
    return found


@transaction.atomic
def put_back(*, enquiry: Enquiry, version: int, by: Person, now: datetime) -> Enquiry:
    """Let it wait for somebody else again, at the place it had. Raises CannotChange."""
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    if found.state == State.ON_HOLD:
        clocks.resume(enquiry=found, by=by, now=now)
    changing.let_wait(found)
    changing.save(found)
    audit.record(action="enquiry.put_back", subject=found, by=by, now=now)
    return found


@transaction.atomic
def put_all_back(*, by: Person, now: datetime) -> int:
    """The end of a shift: everything in hand waits again. How many."""
    found = list(
        Enquiry.objects.filter(assignee=by, state=State.IN_HAND)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    for enquiry in found:
        changing.let_go(enquiry)
        changing.save(enquiry)
        audit.record(action="enquiry.put_back", subject=enquiry, by=by, now=now)
    return len(found)


@transaction.atomic
def transfer(*, enquiry: Enquiry, version: int, to: Line, by: Person, now: datetime) -> Enquiry:
    """Let it wait on another line. Its promises stay as they were made. Raises CannotChange."""
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    if found.line.is_drill != to.is_drill:
        raise changing.OfADrill
    if found.state == State.ON_HOLD:
        clocks.resume(enquiry=found, by=by, now=now)
    former = found.line.code
    found.line = to
    changing.let_wait(found)
    changing.save(found)
    audit.record(
        action="enquiry.transferred",
        subject=found,
        by=by,
        now=now,
        detail={"from": former, "to": to.code},
    )
    return found


def _give(enquiry: Enquiry, to: Person, now: datetime, state: State = State.IN_HAND) -> None:
    changing.give(enquiry, to, now, state)
    changing.save(enquiry)
    audit.record(action="enquiry.taken", subject=enquiry, by=to, now=now)
