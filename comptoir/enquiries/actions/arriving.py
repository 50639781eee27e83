"""A text of ours did not arrive: nobody is left without an answer because a mail was lost on the way.

What was answered by it is owed again: it waits at the place it had, for whoever is there, and not for the
one who answered and may be away. What waited for the client waits no more, who was asked nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import reopening
from comptoir.enquiries.models import OutboundMail, Undelivered
from comptoir.enquiries.queries import mail as mails


@transaction.atomic
def did_not_arrive(*, mail_id: int, code: str, now: datetime) -> None:
    """Put on record that a mail of ours does not arrive, once, and let its enquiry go on."""
    outbound = OutboundMail.objects.select_related("message__enquiry").get(pk=mail_id)
    enquiry = mails.where_it_stands(outbound.message.enquiry.reference)
    known = Undelivered.objects.filter(outbound=outbound).exists()
    if known or enquiry.disposed_at is not None:
        return
    Undelivered.objects.create(outbound=outbound, at=now, code=code[:20], tier=enquiry.tier)
    enquiry.version += 1
    enquiry.save(update_fields=["version"])
    audit.record(
        action="enquiry.mail_undelivered",
        subject=enquiry,
        by=None,
        now=now,
        office_id=enquiry.office_id,
    )
    reopening.go_on(enquiry=enquiry, at=now, now=now)
