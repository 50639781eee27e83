"""Giving a line its mailbox: where its mail comes in, and from where its answers leave."""

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
def give(*, line: Line, mailbox: str, by: Person | None, now: datetime) -> Line:
    """Give the line this address, in small letters; blank takes it away. Raises CannotGive."""
    # All open lines, so that two who give the same address wait for one another.
    rows = Line.objects.filter(closed_at=None).select_for_update(no_key=True).order_by("pk")
    open_lines = {each.pk: each for each in rows}
    found = open_lines.pop(line.pk, None)
    if found is None:
        raise Closed
    address = mailbox.strip().casefold()
    if address and any(each.mailbox == address for each in open_lines.values()):
        raise Taken
    found.mailbox = address
    found.save(update_fields=["mailbox"])
    audit.record(action="line.mailbox_given", subject=found, by=by, now=now)
    return found
