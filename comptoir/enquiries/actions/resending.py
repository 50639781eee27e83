"""What somebody does about a text of ours that did not arrive, after which its enquiry is as it was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import changing, clocks, sending
from comptoir.enquiries.models import (
    Channel,
    Direction,
    Enquiry,
    Message,
    OutboundMail,
    Promise,
    Remedy,
    State,
    TextUse,
    Tier,
    Undelivered,
)
from comptoir.enquiries.queries import undelivered as lost
from comptoir.people.models import Person


class HandledAlready(changing.CannotChange):
    """Somebody has said what was done."""


class MayNotLeave(changing.CannotChange):
    """The text may not leave as a mail any more."""


@transaction.atomic
def handle(
    *,
    undelivered: Undelivered,
    enquiry: Enquiry,
    version: int,
    how: Remedy,
    by: Person,
    now: datetime,
) -> Enquiry:
    """Say that whoever asked has the text now, and how. Raises CannotChange."""
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    row = _unhandled(undelivered)
    _settle(row, found, how, None, by, now)
    return found


@transaction.atomic
def send_again(
    *, undelivered: Undelivered, enquiry: Enquiry, version: int, to: str, by: Person, now: datetime
) -> Enquiry:
    """Send the same text once more, to this address: a text of its own, since the first stays as it was.

    The address is for general mail only. Who asked, and where the code for what is about a case goes, is
    not changed by it. Raises CannotChange.
    """
    found = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    row = _unhandled(undelivered)
    first = row.outbound.message
    if not sending.may_leave(found, first):
        raise MayNotLeave
    message = Message.objects.create(
        enquiry=found,
        direction=Direction.OUT,
        channel=Channel.EMAIL,
        at=now,
        by=by,
        language=first.language,
        body=first.body,
    )
    quoted = first.uses.values_list("version_id", flat=True)
    TextUse.objects.bulk_create(TextUse(message=message, version_id=pk) for pk in sorted(quoted))
    again = sending.queue(enquiry=found, message=message, to=to.strip().casefold(), now=now)
    _settle(row, found, Remedy.AGAIN, again, by, now)
    return found


def answered_anew(*, enquiry: Enquiry, by: Person, now: datetime) -> None:
    """A new answer stands for what did not arrive, of the enquiry and of its parts: nobody has to see to
    that any more. For the transaction of the answer, which has the enquiry's row.
    """
    for row in lost.of_enquiry(enquiry).unhandled().order_by("pk"):
        _see_to(row, Remedy.ANEW, None, by, now)
        _record(enquiry, Remedy.ANEW, by, now)


def _unhandled(undelivered: Undelivered) -> Undelivered:
    rows = Undelivered.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("outbound__message").get(pk=undelivered.pk)
    if row.handled_at is not None:
        raise HandledAlready
    return row


def _settle(
    row: Undelivered,
    enquiry: Enquiry,
    how: Remedy,
    again: OutboundMail | None,
    by: Person,
    now: datetime,
) -> None:
    """Record it, and close the enquiry as it was closed, unless something else is owed."""
    _see_to(row, how, again, by, now)
    if row.tier is not None and not lost.is_more_owed(enquiry, row):
        if enquiry.state == State.ON_HOLD:
            clocks.resume(enquiry=enquiry, by=by, now=now)
        clocks.stop(enquiry=enquiry, promise=Promise.FINAL, by=by, now=now)
        enquiry.state = State.ANSWERED
        enquiry.answered_at = now
        enquiry.tier = Tier(row.tier)
    changing.save(enquiry)
    _record(enquiry, how, by, now)


def _see_to(
    row: Undelivered, how: Remedy, again: OutboundMail | None, by: Person, now: datetime
) -> None:
    row.handled_at, row.handled_by, row.how, row.again = now, by, how, again
    row.save(update_fields=["handled_at", "handled_by", "how", "again"])


def _record(enquiry: Enquiry, how: Remedy, by: Person, now: datetime) -> None:
    audit.record(
        action="enquiry.undelivered_handled",
        subject=enquiry,
        by=by,
        now=now,
        office_id=enquiry.office_id,
        detail={"how": str(how), "wrap_up_code": enquiry.wrap_up_code},
    )
