"""Places in a long list: a page begins behind the last row of the one before it (keyset).

So what a page costs does not grow with what lies before or behind it, as it would if rows were skipped.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from comptoir.ui import values

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)

COUNTED = 1000
"""How far a list counts (ours): nobody reads more one by one, and to count all takes longer every year."""

Place = tuple[datetime, int]
Row = TypeVar("Row", bound=Model)


def name(at: datetime, pk: int) -> str:
    """A place as it stands in an address: microseconds since 1970, and a key."""
    return f"{(at - EPOCH) // timedelta(microseconds=1)}.{pk}"


def place(text: str) -> Place | None:
    """The place that was named; None for the beginning, and for what is no place."""
    first, _, second = text.partition(".")
    at, pk = values.number(first), values.number(second)
    if at is None or pk is None or at > LATEST:
        return None
    return EPOCH + timedelta(microseconds=at), pk


def behind(field: str, at: datetime, pk: int) -> Q:
    """What comes after a place where the smallest comes first."""
    after = Q(**{f"{field}__gt": at}) | Q(**{field: at}, pk__gt=pk)
    return Q(**{f"{field}__gte": at}) & after


def before(field: str, at: datetime, pk: int) -> Q:
    """What comes after a place where the greatest comes first."""
    after = Q(**{f"{field}__lt": at}) | Q(**{field: at}, pk__lt=pk)
    return Q(**{f"{field}__lte": at}) & after


def page(found: QuerySet[Row], field: str, after: str, size: int) -> tuple[list[Row], str]:
    """The rows behind a place, where the smallest comes first, and the place of the next page, "" at the
    end. One query.
    """
    if at := place(after):
        found = found.filter(behind(field, *at))
    shown = list(found.order_by(field, "pk")[: size + 1])
    last = shown[size - 1] if len(shown) > size else None
    return shown[:size], name(getattr(last, field), last.pk) if last is not None else ""
