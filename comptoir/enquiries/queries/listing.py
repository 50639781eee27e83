"""Long lists of enquiries, a page at a time: what a page costs does not grow with what lies behind it.

A page begins behind the last row of the one before it (`places`); nothing is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    OrderBy,
    OuterRef,
    Q,
    Value,
)

from comptoir.enquiries.models import OPEN_STATES, Clock, EnquiryQuerySet, Pause
from comptoir.enquiries.queries import places
from comptoir.enquiries.queries.work import Row, rows, running_clocks

PAGE = 50

RECEIVED = F("received_at")
UNINDEXED = ExpressionWrapper(RECEIVED + Value(timedelta(0)), output_field=DateTimeField())
"""When it was received, for an order that no index has: the database takes a rare name for a common one,
and would look for it through all that came instead of in the index of names.
"""

REFERENCE = re.compile(r"E[0-9A-Z]{4}-?[0-9A-Z]{4}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page; `after` names the next one, "" at the end."""

    rows: list[Row]
    after: str


def newest(
    everything: EnquiryQuerySet, filters: dict[str, Any], after: str, now: datetime
) -> Listed:
    """The latest received first: two queries."""
    return _newest(everything.filter(**filters), after, now)


def to_watch(everything: EnquiryQuerySet, after: str, now: datetime) -> Listed:
    """What no rule knew and is still open, in the order of work."""
    found = everything.filter(is_unmatched=True, state__in=OPEN_STATES)
    if place := places.place(after):
        found = found.filter(places.behind("ranked_at", *place))
    return _page(found.in_order(), now, by="ranked_at")


def late(everything: EnquiryQuerySet, filters: dict[str, Any], after: str, now: datetime) -> Listed:
    """What is overdue and does not wait for the client, the longest first: three queries."""
    paused = Exists(Pause.objects.filter(clock=OuterRef("pk"), ends_at=None))
    clocks = Clock.objects.running().filter(~paused, due_at__lt=now)
    clocks = clocks.filter(**{f"enquiry__{name}": value for name, value in filters.items()})
    clocks = clocks.filter(enquiry__is_restricted=False, enquiry__state__in=OPEN_STATES)
    if place := places.place(after):
        clocks = clocks.filter(places.behind("due_at", *place))
    shown = list(clocks.order_by("due_at", "pk").values_list("enquiry", "due_at", "pk")[: PAGE + 1])
    keys = list(dict.fromkeys(key for key, _due, _pk in shown[:PAGE]))
    found = everything.filter(pk__in=keys).prefetch_related(running_clocks())
    by_key = {row.enquiry.pk: row for row in rows(found, now)}
    more = places.name(*shown[PAGE - 1][1:]) if len(shown) > PAGE else ""
    return Listed([by_key[key] for key in keys if key in by_key], more)


class By(StrEnum):
    """What somebody looks by."""

    EMAIL = "email"
    REFERENCE = "reference"
    NUMBER = "number"
    NAME = "name"


def searched_by(words: str) -> By:
    """What these words are: an address, a reference, a number (any word with a digit), else a name.

    Letters alone are a name: Etheredge has the shape of a reference.
    """
    if "@" in words:
        return By.EMAIL
    if _is_like_a_reference(words) and not words.strip().isalpha():
        return By.REFERENCE
    return By.NUMBER if any(sign.isdigit() for sign in words) else By.NAME


def search(
    everything: EnquiryQuerySet, words: str, filters: dict[str, Any], after: str, now: datetime
) -> Listed:
    """By whatever somebody knows of it (`searched_by`), within the filters; the latest first."""
    compact = re.sub(r"[\s-]", "", words).upper()
    referred = everything.filter(reference=f"{compact[:5]}-{compact[5:]}")
    by = searched_by(words)
    if by is By.EMAIL:
        found = everything.filter(asker_email=words.strip().casefold())
    elif by is By.REFERENCE or (_is_like_a_reference(words) and referred.exists()):
        found = referred
    elif by is By.NUMBER:
        found = everything.filter(Q(application_number=compact) | Q(uci=compact))
    else:
        return _newest(everything.named(words).filter(**filters), after, now, UNINDEXED)
    return _newest(found.filter(**filters), after, now)


def _is_like_a_reference(words: str) -> bool:
    return REFERENCE.fullmatch(words.strip().upper()) is not None


def _newest(
    found: EnquiryQuerySet, after: str, now: datetime, received: Expression | F = RECEIVED
) -> Listed:
    if place := places.place(after):
        found = found.filter(places.before("received_at", *place))
    return _page(found.order_by(OrderBy(received, descending=True), "-pk"), now)


def _page(found: EnquiryQuerySet, now: datetime, by: str = "received_at") -> Listed:
    shown = list(found.prefetch_related(running_clocks())[: PAGE + 1])
    last = shown[PAGE - 1] if len(shown) > PAGE else None
    after = places.name(getattr(last, by), last.pk) if last is not None else ""
    return Listed(rows(shown[:PAGE], now), after)
