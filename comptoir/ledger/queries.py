"""What the ledger counts, and what each word of it means.

Every figure is of attempts *received* in the days asked for, each by its newest account: an answer that
came a week later counts on the day of the receipt. A figure of several days or lines is asked for as such
and not summed from smaller ones, since one client may stand behind several of these.

received      every attempt, whatever became of it, phantoms among them
offered       put before agents: queued, rung, laid in an inbox
answered      taken by an agent or replied to, without any talk too
abandoned     offered, and left before an answer
blocked       let in by no line
self_served   ended without asking for an agent
phantoms      records of the call system with neither caller nor agent
without_talk  answered and ended in the same second: among the answered
skewed        with moments out of order by what clocks differ: among all
clients       different numbers and addresses among those that are known
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet

from comptoir.ledger.models import Contact, Outcome, RejectedRow

Dimension = Literal["on", "line", "channel", "language", "outcome", "source", "office_id"]

MOST_DAYS = 400
"""One question reads at most so many days."""

MOST_ROWS = 10_000
"""One answer has at most so many groups."""


class TooMuch(Exception):
    """The question is about too many days, or has too many answers."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group; `group` has a value for each dimension asked for."""

    group: tuple[Any, ...]
    received: int
    offered: int
    answered: int
    abandoned: int
    blocked: int
    self_served: int
    phantoms: int
    without_talk: int
    skewed: int
    clients: int


COUNTED = {
    "received": Count("*"),
    "offered": Count("on", filter=Q(offered_at__isnull=False)),
    "answered": Count("on", filter=Q(outcome=Outcome.ANSWERED)),
    "abandoned": Count("on", filter=Q(outcome=Outcome.ABANDONED)),
    "blocked": Count("on", filter=Q(outcome=Outcome.BLOCKED)),
    "self_served": Count("on", filter=Q(outcome=Outcome.SELF_SERVED)),
    "phantoms": Count("on", filter=Q(outcome=Outcome.PHANTOM)),
    "without_talk": Count("on", filter=Q(ended_at=F("answered_at"))),
    "skewed": Count("on", filter=Q(skewed=True)),
    "clients": Count("client_key", distinct=True),
}


def figures(*, first_on: date, until_on: date, by: Sequence[Dimension] = ()) -> list[Figures]:
    """The figures of what was received from one day to before another, for each group, in its order.

    Without dimensions there is one group. Raises TooMuch.
    """
    if (until_on - first_on).days > MOST_DAYS:
        raise TooMuch(f"more than {MOST_DAYS} days")
    rows = Contact.objects.newest(first_on, until_on)
    if not by:
        return [Figures(group=(), **rows.aggregate(**COUNTED))]
    grouped = rows.values(*by).annotate(**COUNTED).order_by(*by)[: MOST_ROWS + 1]
    found = [
        Figures(group=tuple(row[name] for name in by), **{name: row[name] for name in COUNTED})
        for row in grouped
    ]
    if len(found) > MOST_ROWS:
        raise TooMuch(f"more than {MOST_ROWS} groups")
    return found


def disposable_rows(before: datetime) -> QuerySet[RejectedRow]:
    """Rejected rows of imports that began before an instant."""
    return RejectedRow.objects.filter(of__at__lt=before)
