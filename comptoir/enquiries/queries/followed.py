"""What who asked may see of their enquiry: where it stands, when it is due, every text but notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from comptoir.enquiries.models import (
    Direction,
    Document,
    Enquiry,
    EnquiryQuerySet,
    Message,
    State,
)
from comptoir.enquiries.queries import dates_told, drills
from comptoir.enquiries.queries.dates_told import Dates

MOST_TEXTS = 200
"""The newest so many of an enquiry are shown."""

LISTED = timedelta(days=60)
MOST_LISTED = 20
"""How far back, and how many, references are mailed to who has lost theirs (ours)."""

MOST_JOINS = 5
"""An enquiry that was put together with another leads on at most so often."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An enquiry as the one who asked sees it, with what they asked in others that are part of it."""

    enquiry: Enquiry
    texts: tuple[Message, ...]
    parts: tuple[str, ...]
    dates: Dates
    can_be_added_to: bool
    has_ended: bool


def belonging(reference: str, email: str) -> Enquiry | None:
    """The enquiry of this reference, if it is of this address."""
    return Enquiry.objects.filter(reference=reference, asker_email=email.casefold()).first()


def listed(email: str, now: datetime) -> EnquiryQuerySet:
    """The newest enquiries of an address."""
    recent = Enquiry.objects.received_since(now - LISTED).filter(asker_email=email.casefold())
    return recent.order_by("-received_at", "-pk")[:MOST_LISTED]


def leading(key: int) -> Enquiry | None:
    """The enquiry, or the one it was put together with if the same person asked that."""
    found = Enquiry.objects.select_related("line", "joined_to__line").filter(pk=key).first()
    for _ in range(MOST_JOINS):
        into = None if found is None else found.joined_to
        if found is None or into is None or into.asker_email != found.asker_email:
            break
        found = into
    return found


def view_of(enquiry: Enquiry) -> Followed:
    """Everything the page shows, each text with `sent_files`. Three queries, and one for a drill's."""
    own = Q(enquiry=enquiry)
    part = Q(enquiry__joined_to=enquiry, enquiry__asker_email=enquiry.asker_email)
    told = Message.objects.filter(own | part).exclude(direction=Direction.NOTE)
    files = Prefetch("documents", Document.objects.kept().order_by("pk"), to_attr="sent_files")
    told = told.select_related("enquiry").prefetch_related(files)
    shown = list(told.order_by("-at", "-pk")[:MOST_TEXTS])
    references = {text.enquiry.reference for text in shown if text.enquiry_id != enquiry.pk}
    has_ended = drills.has_ended(enquiry)
    return Followed(
        enquiry=enquiry,
        texts=tuple(reversed(shown)),
        parts=tuple(sorted(references)),
        dates=dates_told.told(enquiry),
        can_be_added_to=enquiry.state != State.JOINED and not has_ended,
        has_ended=has_ended,
    )
