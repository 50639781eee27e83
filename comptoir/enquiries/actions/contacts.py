"""Telling the ledger of contacts: each text that came is an attempt, and a reply answers what waits.

The first text goes by the reference of its enquiry, a later one by the reference and its own number.
It is told of twice at most: received, then answered. A drill is told of never.
"""

from __future__ import annotations

from datetime import datetime

from comptoir.enquiries.models import Descent, Direction, Enquiry, Message, Origin
from comptoir.ledger.actions.recording import Account, record
from comptoir.ledger.models import Channel, Outcome

SOURCE = "enquiries"
RECEIVED, ANSWERED = 1, 2
"""The sequence of an account: the ledger counts from one."""


def received(enquiry: Enquiry, message: Message, *, is_first: bool) -> None:
    """A text has come and waits for an answer."""
    if not enquiry.line.is_drill:
        record(account=_account(enquiry, message, is_first=is_first))


def answered(enquiry: Enquiry, reply: Message, *, now: datetime) -> None:
    """A reply went out: every text since the one before it is answered by it."""
    if enquiry.line.is_drill:
        return
    texts = enquiry.messages.exclude(direction=Direction.NOTE).filter(pk__lt=reply.pk)
    first = texts.order_by("pk").values_list("pk", flat=True).first()
    before = texts.filter(direction=Direction.OUT).order_by("-pk").values_list("pk", flat=True)
    for message in texts.filter(direction=Direction.IN, pk__gt=before.first() or 0).order_by("pk"):
        is_first = message.pk == first
        if is_first and Descent.objects.filter(child=enquiry, origin=Origin.SPLIT).exists():
            continue  # told of, and answered, where it came in
        record(account=_account(enquiry, message, is_first=is_first, answered_at=now))


def _account(
    enquiry: Enquiry, message: Message, *, is_first: bool, answered_at: datetime | None = None
) -> Account:
    return Account(
        source=SOURCE,
        source_id=enquiry.reference if is_first else f"{enquiry.reference}.{message.pk}",
        sequence=RECEIVED if answered_at is None else ANSWERED,
        channel=Channel(message.channel),
        outcome=Outcome.RECEIVED if answered_at is None else Outcome.ANSWERED,
        received_at=message.at,
        offered_at=message.at,
        # The clock of the mail that brought it may be ahead of ours.
        answered_at=answered_at and max(answered_at, message.at),
        line=enquiry.line.code,
        language=message.language,
        office_id=enquiry.office_id,
        client=enquiry.asker_email,
        wrap_up_code=enquiry.wrap_up_code,
    )
