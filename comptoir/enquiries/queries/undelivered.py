"""Which of our mails did not arrive, of one enquiry and of all, and what is owed because of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from comptoir.enquiries.models import (
    Direction,
    Enquiry,
    Message,
    OutboundMail,
    Undelivered,
    UndeliveredQuerySet,
)

DELAYED = "delayed"
"""What a server calls a mail that it still tries to deliver (RFC 3464)."""

MOST_SHOWN = 20


def of_enquiries(enquiries: Sequence[Enquiry]) -> list[OutboundMail]:
    """Mails of these that did not arrive, or not yet, the newest first; of many the newest."""
    found = OutboundMail.objects.filter(message__enquiry__in=[each.pk for each in enquiries])
    found = found.filter(Q(undelivered__isnull=False) | Q(bounces__action=DELAYED)).distinct()
    related = found.select_related("undelivered__handled_by")
    return list(related.order_by("-queued_at", "-pk")[:MOST_SHOWN])


def of_enquiry(enquiry: Enquiry) -> UndeliveredQuerySet:
    """Those of this one and of its parts."""
    message = "outbound__message__enquiry"
    return Undelivered.objects.filter(
        Q(**{message: enquiry}) | Q(**{f"{message}__joined_to": enquiry})
    )


def is_more_owed(enquiry: Enquiry, row: Undelivered) -> bool:
    """Whether another text of it did not arrive either, or the client wrote last; sending it again is no
    answer to that.
    """
    if of_enquiry(enquiry).unhandled().exclude(pk=row.pk).exists():
        return True
    texts = Message.objects.filter(enquiry=enquiry).exclude(direction=Direction.NOTE)
    if row.again is not None:
        texts = texts.exclude(pk=row.again.message_id)
    newest = texts.order_by("at", "pk").values_list("direction", flat=True).last()
    return newest == Direction.IN
