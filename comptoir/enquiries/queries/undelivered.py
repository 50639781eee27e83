"""Which of our mails did not arrive, of one enquiry and of all, and what is owed because of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from comptoir.enquiries.models import (
    Direction,
    Enquiry,
    Joining,
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


def later_text(message: Message, enquiry: Enquiry) -> Message | None:
    """The newest text that somebody wrote after this one and that, for all that is known, has arrived; of
    the enquiry of which its own is part only what was written since it is.
    """
    told = Q(outbound__undelivered=None) | Q(outbound__undelivered__handled_at__isnull=False)
    of_it = Q(enquiry=message.enquiry_id)
    joinings = Joining.objects.filter(part=message.enquiry_id, main=enquiry, parted_at=None)
    joining = joinings.first()
    if joining is not None:
        of_it |= Q(enquiry=enquiry, at__gte=joining.joined_at)
    texts = Message.objects.filter(of_it, told, direction=Direction.OUT, by__isnull=False)
    return texts.filter(pk__gt=message.pk).select_related("by").order_by("pk").last()


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
