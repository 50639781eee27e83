"""Reads of the ledger of notices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from comptoir.notices import kinds
from comptoir.notices.models import Notice, NoticeQuerySet, Status, Switch


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of sending, at one instant."""

    stopped: Switch | None
    waiting: int
    overdue: int
    useless: int
    """Of those that wait, how many would not be sent any more because their time is over."""
    failed: int


def open_switch() -> Switch | None:
    """The kill switch, if sending is stopped."""
    return Switch.objects.filter(resumed_at=None).first()


def last_stops(*, limit: int) -> list[Switch]:
    """The times sending was stopped and resumed, the latest first."""
    return list(Switch.objects.exclude(resumed_at=None).order_by("-stopped_at")[:limit])


def was_sent_as(message_id: str) -> bool:
    """Whether a notice left under this Message-ID. What is sent outside the ledger is not known here."""
    return bool(message_id) and Notice.objects.filter(message_id=message_id).exists()


def due(at: datetime, *, limit: int) -> list[int]:
    """The ids of what may be sent now, the longest due first."""
    notices = Notice.objects.due(at).order_by("send_after", "pk")
    return list(notices.values_list("pk", flat=True)[:limit])


def standing(at: datetime) -> Standing:
    """What waits, what of it is due or useless by now, and what could not be delivered."""
    # Apart, since they are few beside all that was ever sent, and each of the two has its index.
    counts = Notice.objects.filter(status=Status.QUEUED).aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(send_after__lte=at)),
        useless=Count("pk", filter=Q(useless_after__lt=at)),
    )
    failed = Notice.objects.filter(status=Status.FAILED).count()
    return Standing(stopped=open_switch(), failed=failed, **counts)


def shown() -> NoticeQuerySet:
    """The notices that readers of the ledger may know of (`kinds.Kind.withheld`)."""
    notices = Notice.objects.all()
    for kind, subjects in kinds.withheld():
        notices = notices.exclude(kind=kind, subject_id__in=subjects)
    return notices


def ledger(
    *,
    status: str = "",
    kind: str = "",
    office_id: int | None = None,
    address: str = "",
    due_from: datetime | None = None,
    due_before: datetime | None = None,
) -> NoticeQuerySet:
    """The notices that match every filter given, the newest first; the caller takes a page of it."""
    notices = shown().order_by("-pk")
    if status:
        notices = notices.filter(status=status)
    if kind:
        notices = notices.filter(kind=kind)
    if office_id is not None:
        notices = notices.filter(office_id=office_id)
    if address:
        notices = notices.filter(address__iexact=address)
    if due_from is not None:
        notices = notices.filter(send_after__gte=due_from)
    if due_before is not None:
        notices = notices.filter(send_after__lt=due_before)
    return notices


def disposable(*, before: datetime, held: Collection[int]) -> NoticeQuerySet:
    """Notices that were sent or given up before an instant, less those of offices under legal hold."""
    closed = Notice.objects.filter(closed_at__lt=before)
    return closed.exclude(office_id__isnull=False, office_id__in=held)
