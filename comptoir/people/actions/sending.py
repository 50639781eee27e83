"""What people do to the sending of notices, each on record: the room of notices knows no people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.notices import actions as notices
from comptoir.notices.models import Notice, Switch
from comptoir.people.models import Person


def stop(*, reason: str, by: Person, now: datetime) -> Switch:
    """Stop all sending: everything waits, codes to sign in excepted. Raises `notices.AlreadyStopped`."""
    with transaction.atomic():
        switch = notices.stop(by=by, reason=reason, now=now)
        # The reason is kept with the switch: the trail has no words.
        audit.record(action="notices.stopped", subject=switch, by=by, now=now)
    return switch


def resume(*, by: Person, now: datetime) -> Switch:
    """Send again, less what has become useless meanwhile. Raises `notices.NotStopped`."""
    with transaction.atomic():
        switch = notices.resume(by=by, now=now)
        audit.record(action="notices.resumed", subject=switch, by=by, now=now)
    return switch


def send_again(*, notice: Notice, by: Person, now: datetime) -> Notice:
    """Give a notice that could not be delivered another chance. Raises `notices.TooLate`."""
    with transaction.atomic():
        notice = notices.send_again(notice_id=notice.pk, now=now)
        audit.record(
            action="notices.sent_again",
            subject=notice,
            by=by,
            now=now,
            office_id=notice.office_id,
            detail={"kind": notice.kind},
        )
    return notice
