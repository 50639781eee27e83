"""Disposal of what is kept about the people of offices and of the centre.

Deleted are rows that have done their work: invitations, and notices of the ledger. Sessions go when
they end. People, their roles and offices stay: they are the names under which everything was done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from comptoir.audit import actions as audit
from comptoir.ledger.actions import disposal as ledger
from comptoir.ledger.models import RejectedRow
from comptoir.notices import actions as notices
from comptoir.notices import outbox
from comptoir.notices.models import Notice
from comptoir.people.models import Invitation, Person
from comptoir.people.queries import disposal

BATCH = 2_000
"""Rows to a transaction."""


def dispose_of_notices_before(
    *, before: datetime, held: Collection[int] = (), by: Person | None, now: datetime
) -> int:
    """Delete notices closed before an instant, on record; how many."""

    def some() -> int:
        return notices.dispose_before(before=before, held=held, limit=BATCH)

    return _dispose(some, Notice, "notices.disposed", by=by, now=now)


def dispose_of_invitations_before(
    *, before: datetime, held: Collection[int] = (), by: Person | None, now: datetime
) -> int:
    """Delete invitations that were closed before an instant, on record; how many.

    That somebody was invited, by whom and with what role remains in the audit trail.
    """

    def some() -> int:
        due = disposal.invitations(before=before, held=held).order_by("pk")
        keys = list(due.values_list("pk", flat=True)[:BATCH])
        deleted, _ = Invitation.objects.filter(pk__in=keys).delete()
        return deleted

    return _dispose(some, Invitation, "people.invitations_disposed", by=by, now=now)


def dispose_of_rejected_rows_before(*, before: datetime, by: Person | None, now: datetime) -> int:
    """Delete rows of call records that could not be imported, on record; how many.

    A row says nothing of offices, so whoever calls this looks first whether anything is held.
    """

    def some() -> int:
        return ledger.dispose_of_rejected_rows(before=before, limit=BATCH)

    return _dispose(some, RejectedRow, "ledger.rejected_rows_disposed", by=by, now=now)


def dispose_of_mail_files_before(*, before: datetime, by: Person | None, now: datetime) -> int:
    """Remove the files that stand for mail where there is no mail server, on record; how many.

    A file says nothing of offices, so whoever calls this looks first whether anything is held.
    """
    count = outbox.remove_before(before)
    if count:
        audit.record(
            action="notices.mail_files_disposed",
            subject=Notice,
            by=by,
            now=now,
            detail={"files": count},
        )
    return count


def _dispose(
    some: Callable[[], int], model: type[Model], action: str, *, by: Person | None, now: datetime
) -> int:
    """Delete some rows and record how many in one transaction, until none are left."""
    total = 0
    while True:
        with transaction.atomic():
            count = some()
            if not count:
                return total
            audit.record(action=action, subject=model, by=by, now=now, detail={"rows": count})
        total += count
