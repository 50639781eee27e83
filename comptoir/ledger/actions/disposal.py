"""Disposal of what the ledger holds about anybody: rows of call records that could not be imported."""

from __future__ import annotations

from datetime import datetime

from comptoir.ledger.models import RejectedRow
from comptoir.ledger.queries import disposable_rows


def dispose_of_rejected_rows(*, before: datetime, limit: int) -> int:
    """Delete some rows of imports begun before an instant; how many. Their imports keep counting them."""
    keys = list(disposable_rows(before).order_by("pk").values_list("pk", flat=True)[:limit])
    deleted, _ = RejectedRow.objects.filter(pk__in=keys).delete()
    return deleted
