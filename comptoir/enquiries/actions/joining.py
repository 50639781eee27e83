"""Making one enquiry part of another, and taking it out again; nothing is lost either way.

The part keeps its texts and its clocks: what was promised to whoever asked is still promised, and is
kept or late with the answer to the main one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import changing, clocks
from comptoir.enquiries.models import Enquiry, Joining, Promise, State
from comptoir.people.models import Person


class CannotJoin(changing.CannotChange):
    """The two stay apart."""


class WithItself(CannotJoin):
    """An enquiry is no part of itself, nor of one of its own parts."""


class OfAnother(CannotJoin):
    """Somebody else asked: the answer to one would never reach them."""


class Restricted(CannotJoin):
    """Only who is named for one of them may read it; the names are its own."""


class NotOpen(CannotJoin):
    """The main one was answered already, or is itself part of another."""


class NotJoined(changing.CannotChange):
    """It is no part of another."""


@transaction.atomic
def join(*, enquiry: Enquiry, version: int, into: Enquiry, by: Person, now: datetime) -> Enquiry:
    """Make it part of `into`, which is answered for both. Raises CannotChange."""
    # Both rows in one order, or two who join the other way round would wait for one another.
    pair = Enquiry.objects.filter(pk__in=(enquiry.pk, into.pk))
    list(pair.select_for_update(of=("self",), no_key=True).order_by("pk"))
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    main = Enquiry.objects.select_related("line").get(pk=into.pk)
    _check(found, main)
    Joining.objects.create(
        part=found,
        main=main,
        joined_at=now,
        joined_by=by,
        state=found.state,
        assignee=found.assignee,
        taken_at=found.taken_at,
    )
    found.state = State.JOINED
    found.joined_to = main
    changing.let_go(found)
    changing.save(found)
    changing.save(main)
    for each in (found, main):
        audit.record(
            action="enquiry.joined",
            subject=each,
            by=by,
            now=now,
            detail={"from": found.pk, "to": main.pk},
        )
    return main


@transaction.atomic
def part(*, enquiry: Enquiry, version: int, by: Person, now: datetime) -> Enquiry:
    """Take it out again, as it stood before; with a new promise if it was answered meanwhile.

    In hand it is only of who takes it out: it is given back to nobody else unasked. Raises CannotChange.
    """
    found = changing.locked(enquiry=enquiry, version=version)
    if found.state != State.JOINED or found.joined_to is None:
        raise NotJoined
    main = found.joined_to
    before = Joining.objects.select_for_update(no_key=True).get(part=found, parted_at=None)
    before.parted_at, before.parted_by = now, by
    before.save(update_fields=["parted_at", "parted_by"])
    found.joined_to = None
    found.state = State(before.state)
    found.assignee, found.taken_at = before.assignee, before.taken_at
    if before.assignee_id != by.pk:
        changing.let_go(found)
    if not found.clocks.running().exists():
        changing.let_wait(found)
        clocks.start(enquiry=found, promise=Promise.FINAL, at=now, now=now)
    changing.save(found)
    audit.record(
        action="enquiry.parted",
        subject=found,
        by=by,
        now=now,
        detail={"from": main.pk},
    )
    return found


def _check(part: Enquiry, main: Enquiry) -> None:
    if part == main or part.joined.exists():
        raise WithItself
    if part.is_restricted or main.is_restricted:
        raise Restricted
    if main.state in (State.JOINED, State.ANSWERED):
        raise NotOpen
    if part.line.is_drill != main.line.is_drill:
        raise changing.OfADrill
    if not part.asker_email or part.asker_email != main.asker_email:
        raise OfAnother
