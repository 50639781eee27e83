"""Long lists of enquiries, a page at a time: what a page costs does not grow with what lies behind it.

A page begins after the last row of the one before it (keyset), never after so many rows that are
skipped; nothing is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from comptoir.enquiries.models import OPEN_STATES, Clock, EnquiryQuerySet, Pause
from comptoir.enquiries.queries.work import Row, rows, running_clocks
from comptoir.ui import values

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
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
    found = everything.filter(**filters)
    if place := _place(after):
        found = found.filter(Q(received_at__lte=place[0]), _before(*place))
    return _page(found.order_by("-received_at", "-pk"), now)


def to_watch(everything: EnquiryQuerySet, after: str, now: datetime) -> Listed:
    """What no rule knew and is still open, in the order of work."""
    found = everything.filter(is_unmatched=True, state__in=OPEN_STATES)
    if place := _place(after):
        found = found.filter(_behind("ranked_at", *place))
    return _page(found.in_order(), now, by="ranked_at")


def late(everything: EnquiryQuerySet, filters: dict[str, Any], after: str, now: datetime) -> Listed:
    """What is overdue and does not wait for the client, the longest first: three queries."""
    paused = Exists(Pause.objects.filter(clock=OuterRef("pk"), ends_at=None))
    clocks = Clock.objects.running().filter(~paused, due_at__lt=now)
    clocks = clocks.filter(**{f"enquiry__{name}": value for name, value in filters.items()})
    clocks = clocks.filter(enquiry__is_restricted=False, enquiry__state__in=OPEN_STATES)
    if place := _place(after):
        clocks = clocks.filter(_behind("due_at", *place))
    shown = list(clocks.order_by("due_at", "pk").values_list("enquiry", "due_at", "pk")[: PAGE + 1])
    keys = list(dict.fromkeys(key for key, _due, _pk in shown[:PAGE]))
    found = everything.filter(pk__in=keys).prefetch_related(running_clocks())
    by_key = {row.enquiry.pk: row for row in rows(found, now)}
    more = _name(*shown[PAGE - 1][1:]) if len(shown) > PAGE else ""
    return Listed([by_key[key] for key in keys if key in by_key], more)


def search(everything: EnquiryQuerySet, words: str, now: datetime) -> Listed:
    """By whatever somebody knows of it: a reference, an address, or a number; the latest first."""
    compact = re.sub(r"[\s-]", "", words).upper()
    if "@" in words:
        which = Q(asker_email=words.strip().casefold())
    elif REFERENCE.fullmatch(words.strip().upper()):
        which = Q(reference=f"{compact[:5]}-{compact[5:]}")
    else:
        which = Q(application_number=compact) | Q(uci=compact)
    return _page(everything.filter(which).order_by("-received_at", "-pk"), now)


def _page(found: EnquiryQuerySet, now: datetime, by: str = "received_at") -> Listed:
    shown = list(found.prefetch_related(running_clocks())[: PAGE + 1])
    last = shown[PAGE - 1] if len(shown) > PAGE else None
    after = _name(getattr(last, by), last.pk) if last is not None else ""
    return Listed(rows(shown[:PAGE], now), after)


def _before(at: datetime, pk: int) -> Q:
    return Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk)


def _behind(field: str, at: datetime, pk: int) -> Q:
    after = Q(**{f"{field}__gt": at}) | Q(**{field: at}, pk__gt=pk)
    return Q(**{f"{field}__gte": at}) & after


def _name(at: datetime, pk: int) -> str:
    """A place in a list as it stands in an address: microseconds since 1970, and a key."""
    return f"{(at - EPOCH) // timedelta(microseconds=1)}.{pk}"


def _place(text: str) -> tuple[datetime, int] | None:
    """The place that was named; None for the beginning, and for what is no place."""
    first, _, second = text.partition(".")
    at, pk = values.number(first), values.number(second)
    if at is None or pk is None or at > LATEST:
        return None
    return EPOCH + timedelta(microseconds=at), pk
