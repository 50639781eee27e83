"""Staff on loan: somebody answers on a crisis line for a while, beside what they answer anyway."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import taking
from comptoir.enquiries.models import (
    Agent,
    CrisisEvent,
    CrisisHappening,
    CrisisLine,
    Enquiry,
    Loan,
    State,
)
from comptoir.people.models import Person
from comptoir.ui import clock


class CannotLend(Exception):
    """Nobody was lent."""


class LentAlready(CannotLend):
    """They are on loan to this line."""


class LineClosed(CannotLend):
    """The line is closed."""


@transaction.atomic
def lend(
    *,
    crisis: CrisisLine,
    person: Person,
    home_team: str,
    until: date,
    by: Person,
    now: datetime,
) -> Loan:
    """Let somebody answer on the line up to a day. Raises CannotLend.

    Who answers nothing yet becomes an agent in their own language for as long.
    """
    # Two leads at once, and a closing at the same moment, come one after the other.
    found = CrisisLine.objects.select_for_update(of=("self",), no_key=True).get(pk=crisis.pk)
    if found.closed_at is not None:
        raise LineClosed
    if found.loans.running().filter(person=person).exists():
        raise LentAlready
    agent, _new = Agent.objects.get_or_create(
        person=person, defaults={"languages": [person.language]}
    )
    agent.lines.add(found.line_id)
    loan = Loan.objects.create(
        crisis=found, person=person, home_team=home_team, lent_at=now, until=until, lent_by=by
    )
    _note(loan, CrisisHappening.LENT, by, now)
    audit.record(action="crisis.lent", subject=found, by=by, now=now, detail={"person": person.pk})
    return loan


@transaction.atomic
def give_back(*, loan: Loan, by: Person | None, now: datetime) -> None:
    """Let somebody go home: what they have in hand of the line waits again. Twice changes nothing."""
    found = Loan.objects.select_for_update(of=("self",), no_key=True).get(pk=loan.pk)
    if found.returned_at is not None:
        return
    found.returned_at = now
    found.save(update_fields=["returned_at"])
    line = found.crisis.line
    for agent in Agent.objects.filter(person=found.person):
        agent.lines.remove(line)
    in_hand = Enquiry.objects.filter(assignee=found.person, state=State.IN_HAND, line=line)
    for enquiry in in_hand.order_by("pk"):
        taking.put_back(enquiry=enquiry, version=enquiry.version, by=found.person, now=now)
    _note(found, CrisisHappening.RETURNED, by, now)
    audit.record(
        action="crisis.returned",
        subject=found.crisis,
        by=by,
        now=now,
        detail={"person": found.person_id},
    )


def return_all(*, crisis: CrisisLine, by: Person, now: datetime) -> None:
    """Everybody on loan to the line goes home."""
    for loan in crisis.loans.running().order_by("pk"):
        give_back(loan=loan, by=by, now=now)


def return_due(*, now: datetime) -> int:
    """Loans whose last day is over end by themselves. How many."""
    due = list(Loan.objects.running().filter(until__lt=clock.service_date(now)).order_by("pk"))
    for loan in due:
        give_back(loan=loan, by=None, now=now)
    return len(due)


def _note(loan: Loan, kind: CrisisHappening, by: Person | None, now: datetime) -> None:
    CrisisEvent.objects.create(
        crisis=loan.crisis, kind=kind, at=now, by=by, person=loan.person, reason=loan.home_team
    )
