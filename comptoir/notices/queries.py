"""Reads of the ledger of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from comptoir.notices.models import Notice, NoticeQuerySet, Status, Switch


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of sending, at one instant."""

    stopped: Switch | None
    waiting: int
    overdue: int
    failed: int


def open_switch() -> Switch | None:
    """The kill switch, if sending is stopped."""
    return Switch.objects.filter(resumed_at=None).first()


def due(at: datetime, *, limit: int) -> list[int]:
    """The ids of what may be sent now, the longest due first."""
    notices = Notice.objects.due(at).order_by("send_after", "pk")
    return list(notices.values_list("pk", flat=True)[:limit])


def standing(at: datetime) -> Standing:
    """What waits, what waits although it is due, and what could not be delivered."""
    counts = Notice.objects.aggregate(
        waiting=Count("pk", filter=Q(status=Status.QUEUED)),
        overdue=Count("pk", filter=Q(status=Status.QUEUED, send_after__lte=at)),
        failed=Count("pk", filter=Q(status=Status.FAILED)),
    )
    return Standing(stopped=open_switch(), **counts)


def ledger(
    *, status: str = "", kind: str = "", office_id: int | None = None, address: str = ""
) -> NoticeQuerySet:
    """The notices that match every filter given, the newest first; the caller takes a page of it."""
    notices = Notice.objects.order_by("-pk")
    if status:
        notices = notices.filter(status=status)
    if kind:
        notices = notices.filter(kind=kind)
    if office_id is not None:
        notices = notices.filter(office_id=office_id)
    if address:
        notices = notices.filter(address__iexact=address)
    return notices
