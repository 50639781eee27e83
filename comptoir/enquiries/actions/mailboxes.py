"""How a line is reached: its mailbox, where its mail comes in and its answers leave from, and its number."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.models import Line
from comptoir.people.models import Person


class CannotGive(Exception):
    """The line keeps what it has."""


class Closed(CannotGive):
    """The line takes no mail any more."""


class Taken(CannotGive):
    """Another open line has this mailbox: its mail would belong to both."""


@transaction.atomic
def reach(*, line: Line, mailbox: str, telephone: str, by: Person | None, now: datetime) -> Line:
    """Give the line this mailbox and this number; what it has already is no change. Raises CannotGive,
    and then neither is given.
    """
    found, _others = _locked(line)
    if telephone != found.telephone:
        found.telephone = telephone
        found.save(update_fields=["telephone"])
        audit.record(action="line.telephone_given", subject=found, by=by, now=now)
    if mailbox.strip().casefold() == found.mailbox:
        return found
    return give(line=found, mailbox=mailbox, by=by, now=now)


@transaction.atomic
def give(*, line: Line, mailbox: str, by: Person | None, now: datetime) -> Line:
    """Give the line this address, in small letters; blank takes it away. Raises CannotGive."""
    found, others = _locked(line)
    address = mailbox.strip().casefold()
    if address and any(each.mailbox == address for each in others):
        raise Taken
    found.mailbox = address
    found.save(update_fields=["mailbox"])
    audit.record(action="line.mailbox_given", subject=found, by=by, now=now)
    return found


def _locked(line: Line) -> tuple[Line, list[Line]]:
    """The line and the other open ones, all locked, so that two who give the same address wait for one
    another. Raises Closed.
    """
    rows = Line.objects.filter(closed_at=None).select_for_update(no_key=True).order_by("pk")
    open_lines = {each.pk: each for each in rows}
    found = open_lines.pop(line.pk, None)
    if found is None:
        raise Closed
    return found, list(open_lines.values())
