"""A restricted enquiry: who is named for it, who opened it why, what is read of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from comptoir.enquiries.models import Enquiry, Message, Named, Opening
from comptoir.enquiries.queries.referrals import Groups
from comptoir.people.models import Person

MOST_TEXTS = 200
MOST_OPENINGS = 100
"""The newest so many are shown."""


def named(enquiry: Enquiry) -> list[Named]:
    """Who may open it, in the order in which they were named."""
    found = enquiry.named.filter(ended_at=None).select_related("person", "named_by")
    return list(found.order_by("named_at", "pk"))


def others(groups: Groups, standing: Iterable[Named]) -> Groups:
    """Those of these people who are not named."""
    known = {each.person_id for each in standing}
    return [
        (role, [person for person in people if person.pk not in known]) for role, people in groups
    ]


def openings(enquiry: Enquiry) -> list[Opening]:
    """Who opened it why, the latest first."""
    found = enquiry.openings.select_related("person").order_by("-at", "-pk")
    return list(found[:MOST_OPENINGS])


def readable_until(enquiry: Enquiry, person: Person, now: datetime) -> datetime | None:
    """Until when the person may read on without giving a reason again."""
    found = enquiry.openings.filter(person=person, until__gt=now).order_by("until")
    last = found.last()
    return None if last is None else last.until


def texts(enquiry: Enquiry) -> list[Message]:
    """Every text of it and of its parts, the oldest first."""
    found = Message.objects.filter(enquiry__in=[enquiry, *enquiry.joined.all()])
    return list(reversed(found.select_related("by").order_by("-at", "-pk")[:MOST_TEXTS]))
