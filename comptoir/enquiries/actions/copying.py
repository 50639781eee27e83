"""Making an enquiry out of another: a copy for a second piece of work, or one of its texts on its own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import answering, changing, clocks, receiving, telling
from comptoir.enquiries.models import Descent, Direction, Enquiry, Message, Origin, Promise
from comptoir.people.models import Person
from comptoir.ui import clock

TAKEN_OVER = (
    "line",
    "channel",
    "language",
    "asker_kind",
    "asker_name",
    "asker_email",
    "office",
    "appointment",
    "applicant_name",
    "applicant_born_on",
    "uci",
    "application_number",
    "line_of_business",
    "topic",
    "subject",
    "priority",
    "skills",
    "is_restricted",
)
"""What both have in common: who asked, whose case it is, and who may see it."""


class NoSuchText(changing.CannotChange):
    """The text is of another enquiry, was not received, or stands on its own already."""


@transaction.atomic
def copy(*, enquiry: Enquiry, version: int, note: str, by: Person, now: datetime) -> Enquiry:
    """A second enquiry of the same asker about the same case, waiting from now on.

    The note says what is to be done. Raises CannotChange.
    """
    parent = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    made = _out_of(parent, Origin.COPY, None, at=now, by=by, now=now)
    answering.note(enquiry=made, body=note, by=by, now=now)
    changing.save(parent)
    return made


@transaction.atomic
def split(
    *, enquiry: Enquiry, version: int, message: Message, by: Person, now: datetime
) -> Enquiry:
    """Give one text an enquiry of its own, promised from the moment the text came.

    The text stays where it was too. Raises CannotChange.
    """
    parent = changing.in_hand_of(enquiry=enquiry, version=version, by=by)
    is_received = message.enquiry_id == parent.pk and message.direction == Direction.IN
    if not is_received or Descent.objects.filter(message=message).exists():
        raise NoSuchText
    made = _out_of(parent, Origin.SPLIT, message, at=message.at, by=by, now=now)
    Message.objects.create(
        enquiry=made,
        direction=Direction.IN,
        channel=message.channel,
        at=message.at,
        language=message.language,
        body=message.body,
    )
    changing.save(parent)
    return made


def _out_of(
    parent: Enquiry,
    origin: Origin,
    message: Message | None,
    *,
    at: datetime,
    by: Person,
    now: datetime,
) -> Enquiry:
    made = Enquiry(
        reference=receiving.new_reference(),
        received_at=at,
        received_on=clock.service_date(at),
        ranked_at=at - (parent.received_at - parent.ranked_at),
        **{name: getattr(parent, name) for name in TAKEN_OVER},
    )
    made.save()
    Descent.objects.create(child=made, parent=parent, origin=origin, message=message)
    for promise in (Promise.FIRST, Promise.FINAL):
        clocks.start(enquiry=made, promise=promise, at=at, now=now)
    action = "enquiry.copied" if origin == Origin.COPY else "enquiry.split"
    for each, other in ((parent, made), (made, parent)):
        way = "to" if each == parent else "from"
        # By its number: a reference here would tell of one that is restricted later.
        audit.record(action=action, subject=each, by=by, now=now, detail={way: other.pk})
    telling.received(made, now=now)
    return made
