"""The ledger of notices as the centre's staff read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.functional import Promise

from comptoir.notices import kinds
from comptoir.notices import queries as notices
from comptoir.notices.models import Notice, Status
from comptoir.people.models import Office
from comptoir.people.queries import offices
from comptoir.ui import clock


@dataclass(frozen=True, slots=True)
class Line:
    """One notice on the page."""

    notice: Notice
    label: str | Promise
    office: str
    is_overdue: bool
    may_go_again: bool


def ledger(
    filters: Mapping[str, Any], *, overdue: bool, zone: ZoneInfo, at: datetime
) -> QuerySet[Notice]:
    """The notices a reader asked for, the newest first; days are days of the reader's zone."""
    first, last = filters.get("first"), filters.get("last")
    found = notices.ledger(
        status=Status.QUEUED if overdue else filters.get("status", ""),
        kind=filters.get("kind", ""),
        due_from=clock.midnight(first, zone) if first else None,
        due_before=clock.midnight(last + timedelta(days=1), zone) if last else None,
    )
    if overdue:
        found = found.due(at)
    if reference := filters.get("office"):
        asked_for = Office.objects.filter(reference=reference).values_list("pk", flat=True)
        found = found.filter(office_id__in=list(asked_for))
    return found


def lines(shown: Sequence[Notice], at: datetime) -> list[Line]:
    """What a page of the ledger says of each notice."""
    labels = dict(kinds.choices())
    references = offices.references(notice.office_id for notice in shown)
    return [
        Line(
            notice=notice,
            label=labels.get(notice.kind, notice.kind),
            office=references.get(notice.office_id or 0, ""),
            is_overdue=notice.status == Status.QUEUED and notice.send_after <= at,
            may_go_again=notice.status == Status.FAILED and notice.useless_after >= at,
        )
        for notice in shown
    ]
