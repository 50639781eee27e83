"""Every write of this room: queueing a notice with the fact it tells, delivering it, the kill switch."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

from comptoir.notices import gateway, kinds, queries, rendering
from comptoir.notices.models import Notice, Status, Switch
from comptoir.ui import statements

logger = logging.getLogger(__name__)

DELIVER = "notices.deliver"
"""The name of the job that delivers what is due; the job itself is in `jobs`, upstairs."""

LEASE = timedelta(seconds=10)
"""A notice begun longer ago than this, whose row nobody holds, was dropped by a worker that died."""

MOST_INTERRUPTIONS = 3
"""A notice that has cost this many workers their lives does not get another."""

LONGEST_PAUSE = timedelta(hours=1)
"""The pauses after temporary problems: 1, 2, 4, … minutes, up to this."""


class AlreadyStopped(Exception):
    """Sending is stopped already."""


class NotStopped(Exception):
    """Sending is not stopped."""


class Stopped(Exception):
    """Sending is stopped, and this message waits like the others: try again later."""


class TooLate(Exception):
    """The notice's catch-up window is over, or it needs no second try."""


class Named(Protocol):
    """A person, seen from below the room that holds them."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notice to queue. The key (kind, subject_id, version, address) is told once, ever.

    A kind that looks for its readers when it is sent is queued without address, language and zone.
    `send_after` is now for a confirmation, later for a reminder; after `useless_after` it is not
    sent any more. `version` is the subject's version that is told: an appointment's `sequence`.
    """

    kind: str
    subject_id: int
    version: int
    send_after: datetime
    useless_after: datetime
    address: str = ""
    language: str = ""
    time_zone: str = ""
    office_id: int | None = None

    def queued(self, now: datetime) -> Notice:
        """The row of the ledger that it begins as."""
        return Notice(
            kind=self.kind,
            subject_id=self.subject_id,
            version=self.version,
            address=self.address,
            language=self.language,
            time_zone=self.time_zone,
            office_id=self.office_id,
            queued_at=now,
            send_after=self.send_after,
            useless_after=self.useless_after,
        )


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
    """Queue one notice to one address in the caller's transaction: sent if and only if that commits."""
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

    What is already queued under the same key is left as it is. If anything is due at once a worker
    is woken after the commit; what is due later is found by the round of each minute.
    """
    if not messages:
        return
    statements.insert([message.queued(now) for message in messages], or_leave=True)
    if any(message.send_after <= now for message in messages):
        _wake_after_commit()


def _wake_after_commit() -> None:
    """Have a worker look soon rather than at the full minute.

    The notices are the queue, and safe in it; this is a hint, which may fail or be lost. It is not
    deferred in the transaction itself: a commit that notifies listeners holds a lock of the whole
    server, so bookings of different days would wait for one another's disk.
    """
    transaction.on_commit(_wake, robust=True)


_WAITS = "SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' LIMIT 1"


def _wake() -> None:
    # A job that still waits will see what has just been committed.
    if statements.rows(_WAITS, [DELIVER]):
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO OFF")
        app.configure_task(DELIVER).defer()


def send_now(
    *,
    kind: str,
    address: str,
    language: str,
    time_zone: str,
    context: Mapping[str, Any],
    now: datetime,
) -> None:
    """Send one message at once, outside the ledger: for secrets that no table may keep.

    Call it from a job that may be tried again. Raises Stopped, `gateway.TryLater` (try again) or
    `gateway.Refused` (never).
    """
    known = kinds.named(kind)
    if known.waits and queries.open_switch() is not None:
        raise Stopped
    message = rendering.rendered(
        known,
        context,
        address=address,
        language=language,
        time_zone=time_zone,
        message_id=rendering.fresh_message_id(),
        now=now,
    )
    with gateway.mailbox() as mailbox:
        gateway.send(message, mailbox)


def deliver(*, notice_id: int, mailbox: BaseEmailBackend, now: datetime) -> Status | None:
    """Deliver one notice if it is due and still true; what became of it, or None if it was not ours.

    The row stays locked while the mail server has the message, and its status is written in the
    same transaction: of two workers one sends, and a worker that dies leaves the notice waiting.
    Raises `gateway.Unreachable` when there is no point in going on with others.
    """
    if not _begin(notice_id, now):
        return None
    try:
        if not _address(notice_id, now):
            return _close(notice_id, Status.SKIPPED, now, "Nobody is left to read it.")
        with transaction.atomic(durable=True):
            return _send(notice_id, mailbox, now)
    except gateway.Refused as problem:
        return _give_up(notice_id, now, str(problem))
    except gateway.TryLater as problem:
        _postpone(notice_id, now, str(problem))
        if isinstance(problem, gateway.Unreachable):
            raise
    except Exception as error:
        # A bug in one kind must not hold up every other message behind it.
        logger.exception("Notice %s could not be made.", notice_id)
        _postpone(notice_id, now, f"{type(error).__name__}: {error}")
    return Status.QUEUED


@transaction.atomic(durable=True)
def _begin(notice_id: int, now: datetime) -> bool:
    """Mark a notice as being sent. The mark outlives a worker that dies, and is how it is noticed."""
    if queries.open_switch() is not None:
        return False
    waiting = Notice.objects.due(now).filter(pk=notice_id)
    notice = waiting.select_for_update(skip_locked=True, no_key=True).first()
    if notice is None or (notice.began_at is not None and notice.began_at > now - LEASE):
        return False
    if notice.began_at is not None:
        notice.interruptions += 1
    if notice.interruptions >= MOST_INTERRUPTIONS:
        _close(notice_id, Status.FAILED, now, "The worker died each time it was sent.")
        return False
    notice.began_at = now
    notice.save(update_fields=["began_at", "interruptions"])
    return True


@transaction.atomic(durable=True)
def _address(notice_id: int, now: datetime) -> bool:
    """Settle who reads a notice whose kind looks for its readers only now; False if nobody does.

    A notice keeps its reader as long as they are one. Otherwise it takes the first who has no notice
    of this fact yet, and each of the others gets a notice of their own. This commits before anything
    is sent: a mailbox that is full holds up nobody else's message, and a failure names its address.
    """
    notice = Notice.objects.due(now).filter(pk=notice_id).select_for_update(no_key=True).first()
    find = kinds.named(notice.kind).readers if notice is not None else None
    if notice is None or find is None or now > notice.useless_after:
        return True  # nothing to settle, or `_send` closes it anyway
    readers = list(find(notice, now))
    same = [reader for reader in readers if reader.address == notice.address]
    if same:
        return _take(notice, same[0])
    while readers:
        if _take(notice, readers.pop(0)):
            _share(notice, readers, now)
            return True
    return False


def _take(notice: Notice, reader: kinds.Reader) -> bool:
    """Make it this reader's notice, unless they have one of the same fact: the key forbids a second."""
    try:
        with transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(**asdict(reader))
    except IntegrityError:
        return False
    return True


def _share(notice: Notice, others: Sequence[kinds.Reader], now: datetime) -> None:
    """A notice of the same fact for each of the others, unless they have one."""
    if not others:
        return
    rows = [
        Notice(
            kind=notice.kind,
            subject_id=notice.subject_id,
            version=notice.version,
            office_id=notice.office_id,
            queued_at=now,
            send_after=notice.send_after,
            useless_after=notice.useless_after,
            **asdict(reader),
        )
        for reader in others
    ]
    statements.insert(rows, or_leave=True)
    _wake_after_commit()


def _send(notice_id: int, mailbox: BaseEmailBackend, now: datetime) -> Status | None:
    # Waits, unlike `_begin`: another worker that looks whether we are alive holds the row for an instant.
    notice = Notice.objects.due(now).filter(pk=notice_id).select_for_update(no_key=True).first()
    if notice is None:
        return None
    if now > notice.useless_after:
        return _close(notice_id, Status.LATE, now, notice.problem)
    kind = kinds.named(notice.kind)
    context = kind.context(notice) if kind.context is not None else None
    if context is None:
        return _close(notice_id, Status.SKIPPED, now)
    message_id = rendering.message_id(notice)
    message = rendering.rendered(
        kind,
        context,
        address=notice.address,
        language=notice.language,
        time_zone=notice.time_zone,
        message_id=message_id,
        now=now,
    )
    gateway.send(message, mailbox)
    return _close(notice_id, Status.SENT, now, message_id=message_id)


def _close(
    notice_id: int, status: Status, now: datetime, problem: str = "", message_id: str = ""
) -> Status:
    Notice.objects.filter(pk=notice_id, status=Status.QUEUED).update(
        status=status,
        closed_at=now,
        began_at=None,
        problem=problem[:300],
        message_id=message_id,
    )
    return status


@transaction.atomic
def _give_up(notice_id: int, now: datetime, problem: str) -> Status:
    """Close what a mailbox refused for good, and tell whoever else reads it: once, and not again.

    Only if nobody else was told of the same fact: a server that refuses the message itself must not
    be offered it for everybody in turn.
    """
    status = _close(notice_id, Status.FAILED, now, problem)
    notice = Notice.objects.get(pk=notice_id)
    find = kinds.named(notice.kind).readers
    fact = {"kind": notice.kind, "subject_id": notice.subject_id, "version": notice.version}
    if find is not None and not Notice.objects.filter(**fact).exclude(pk=notice.pk).exists():
        others = [reader for reader in find(notice, now) if reader.address != notice.address]
        _share(notice, others, now)
    return status


def _postpone(notice_id: int, now: datetime, problem: str) -> None:
    """Try again after a pause, for the last time at the end of the catch-up window."""
    notice = Notice.objects.get(pk=notice_id)
    pause = min(timedelta(minutes=2 ** min(notice.attempts, 10)), LONGEST_PAUSE)
    again = now + pause
    if now < notice.useless_after < again:
        again = notice.useless_after
    Notice.objects.filter(pk=notice_id, status=Status.QUEUED).update(
        attempts=notice.attempts + 1,
        interruptions=0,
        began_at=None,
        send_after=again,
        problem=problem[:300],
    )


@transaction.atomic
def send_again(*, notice_id: int, now: datetime) -> Notice:
    """Give a notice that could not be delivered another chance; raises TooLate."""
    revived = Notice.objects.filter(
        pk=notice_id, status=Status.FAILED, useless_after__gte=now
    ).update(status=Status.QUEUED, closed_at=None, interruptions=0, send_after=now)
    if not revived:
        raise TooLate
    _wake_after_commit()
    return Notice.objects.get(pk=notice_id)


def stop(*, by: Named, reason: str, now: datetime) -> Switch:
    """Stop all sending: from the next message on, everything waits. Raises AlreadyStopped."""
    try:
        with transaction.atomic():
            return Switch.objects.create(stopped_at=now, stopped_by_name=by.name, reason=reason)
    except IntegrityError as error:
        raise AlreadyStopped from error


@transaction.atomic
def resume(*, by: Named, now: datetime) -> Switch:
    """Send again, less what has become useless in the meantime. Raises NotStopped."""
    switch = Switch.objects.filter(resumed_at=None).select_for_update(no_key=True).first()
    if switch is None:
        raise NotStopped
    switch.resumed_at = now
    switch.resumed_by_name = by.name
    switch.save(update_fields=["resumed_at", "resumed_by_name"])
    _wake_after_commit()
    return switch


def dispose_before(*, before: datetime, held: Collection[int], limit: int) -> int:
    """Delete so many of the notices that were closed before an instant, the oldest first; how many.

    Those that wait are never touched. The room above puts the disposal on record.
    """
    oldest = queries.disposable(before=before, held=held).order_by("closed_at", "pk")
    keys = list(oldest.values_list("pk", flat=True)[:limit])
    deleted, _ = Notice.objects.filter(pk__in=keys).delete()
    return deleted
