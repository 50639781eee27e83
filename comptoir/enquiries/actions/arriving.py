"""A text of ours did not arrive: nobody is left without an answer because a mail was lost on the way.

What was answered by it is owed again: it waits at the place it had, for whoever is there, and not for the
one who answered and may be away. What waited for the client waits no more, who was asked nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import reopening
from comptoir.enquiries.models import OutboundMail, Remedy, State, Undelivered
from comptoir.enquiries.queries import mail as mails
from comptoir.enquiries.queries import undelivered as lost


@transaction.atomic
def did_not_arrive(*, mail_id: int, code: str, now: datetime) -> None:
    """Put on record that a mail of ours does not arrive, once, and let its enquiry go on, unless a later
    text of ours stands for it.
    """
    outbound = OutboundMail.objects.select_related("message__enquiry").get(pk=mail_id)
    enquiry = mails.where_it_stands(outbound.message.enquiry.reference)
    known = Undelivered.objects.filter(outbound=outbound).exists()
    if known or enquiry.disposed_at is not None:
        return
    row = Undelivered(outbound=outbound, at=now, code=code[:20], tier=enquiry.tier)
    later = lost.later_text(outbound.message, enquiry)
    if later is not None and enquiry.state == State.ANSWERED:
        # Nobody has it in hand who could see to it: whoever wrote the later text has.
        row.handled_at, row.handled_by, row.how = now, later.by, Remedy.ANEW
    row.save(force_insert=True)
    enquiry.version += 1
    enquiry.save(update_fields=["version"])
    audit.record(
        action="enquiry.mail_undelivered",
        subject=enquiry,
        by=None,
        now=now,
        office_id=enquiry.office_id,
    )
    if later is None:
        reopening.go_on(enquiry=enquiry, at=now, now=now)
