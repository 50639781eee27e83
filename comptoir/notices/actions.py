"""Every write of this room: queueing a notice with the fact it tells, delivering it, the kill switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from procrastinate.contrib.django import app

from comptoir.notices.models import Notice

DELIVER = "notices.deliver"
"""The name of the job that delivers what is due; the job itself is in `jobs`, upstairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notice to queue. The key (kind, subject_id, version, address) is told once, ever.

    `send_after` is now for a confirmation, later for a reminder; after `useless_after` it is not
    sent any more. `version` is the subject's version that is told: an appointment's `sequence`.
    """

    kind: str
    subject_id: int
    version: int
    address: str
    language: str
    time_zone: str
    send_after: datetime
    useless_after: datetime
    office_id: int | None = None


def queue(
    *,
    kind: str,
    subject_id: int,
    version: int,
    address: str,
    language: str,
    time_zone: str,
    send_after: datetime,
    useless_after: datetime,
    now: datetime,
    office_id: int | None = None,
) -> None:
    """Queue one notice in the caller's transaction: it is sent if and only if that commits."""
    message = Message(
        kind=kind,
        subject_id=subject_id,
        version=version,
        address=address,
        language=language,
        time_zone=time_zone,
        send_after=send_after,
        useless_after=useless_after,
        office_id=office_id,
    )
    queue_all([message], now=now)


def queue_all(messages: Sequence[Message], *, now: datetime) -> None:
    """Queue several notices in the caller's transaction, in one INSERT.

    What is already queued under the same key is left as it is. One job is deferred if anything is
    due at once; what is due later is found by the job that runs every minute.
    """
    if not messages:
        return
    rows = [Notice(**asdict(message), queued_at=now) for message in messages]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(message.send_after <= now for message in messages):
        app.configure_task(DELIVER).defer()
