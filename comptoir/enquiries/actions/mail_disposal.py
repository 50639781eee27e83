"""Disposal of mail: what one holds of anybody goes with the enquiries that it became or names.

The row stays, with its dates, its mailbox and what was decided, since the totals of a day rest on it. A
mail about several enquiries goes with the last of them; one that became none goes by its age.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from comptoir.audit import actions as audit
from comptoir.enquiries.models import InboundMail, OutboundMail
from comptoir.enquiries.queries import disposal
from comptoir.people.models import Person


def forget_with(keys: Collection[int], now: datetime) -> None:
    """Blank the mail of enquiries (by key) that are disposed of, in their transaction."""
    OutboundMail.objects.filter(message__enquiry__in=keys).update(to="", reply_to="", problem="")
    of_them = Q(enquiry__in=keys) | Q(messages__enquiry__in=keys)
    _blank(disposal.mail_without_use().filter(of_them), now)


@transaction.atomic
def dispose_before(*, before: datetime, by: Person | None, now: datetime) -> int:
    """Blank what became no enquiry and came before an instant; how many mails. Who waits for a decision stays."""
    gone = _blank(disposal.mail_of_nothing(before=before), now)
    if gone:
        audit.record(
            action="mail.disposed", subject=InboundMail, by=by, now=now, detail={"rows": gone}
        )
    return gone


def _blank(mails: QuerySet[InboundMail], now: datetime) -> int:
    """The id goes too, which names the sender's own server; another in its place keeps mails apart."""
    nobody = Concat(Value("disposed-"), Cast("pk", CharField()))
    keys = list(mails.values_list("pk", flat=True))
    return InboundMail.objects.filter(pk__in=keys).update(
        original=b"",
        message_id=nobody,
        sender="",
        sender_person="",
        sender_domain="",
        subject="",
        attachments=[],
        disposed_at=now,
    )
