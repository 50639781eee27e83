"""Which enquiries have been of no use long enough for what is known of anybody to go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from comptoir.enquiries.models import (
    SET_ASIDE,
    Authorization,
    Decision,
    Document,
    Enquiry,
    EnquiryQuerySet,
    InboundMail,
    Message,
    Opening,
    Referral,
    State,
)


def disposable(*, before: datetime, held: Collection[int]) -> EnquiryQuerySet:
    """Answered enquiries last used before an instant, less those of offices under legal hold (by key).

    The last use is the latest of: the answer, a text, a document that came or was filed, a referral's
    end, a look at what is restricted. A referral that is still open is use. What is part of another goes
    after that one.
    """
    of_it = OuterRef("pk")
    in_use = (
        Message.objects.filter(enquiry=of_it, at__gte=before),
        Document.objects.filter(
            Q(uploaded_at__gte=before) | Q(filed_at__gte=before), enquiry=of_it
        ),
        Referral.objects.filter(Q(closed_at=None) | Q(closed_at__gte=before), enquiry=of_it),
        Opening.objects.filter(enquiry=of_it, at__gte=before),
    )
    found = Enquiry.objects.filter(
        Q(state=State.ANSWERED, answered_at__lt=before)
        | Q(state=State.JOINED, joined_to__disposed_at__isnull=False),
        disposed_at=None,
    ).exclude(office__in=held)
    for use in in_use:
        found = found.exclude(Exists(use))
    return found


def mail_without_use() -> QuerySet[InboundMail]:
    """Mail not disposed of whose enquiries all are; what became or names none is not among it."""
    kept = Message.objects.filter(mails=OuterRef("pk"), enquiry__disposed_at=None)
    found = InboundMail.objects.filter(disposed_at=None).exclude(Exists(kept))
    return found.exclude(enquiry__isnull=False, enquiry__disposed_at=None)


def mail_of_nothing(*, before: datetime) -> QuerySet[InboundMail]:
    """Mail that came before an instant, became and names no enquiry, and waits for nobody's decision."""
    waits = Q(decision__in=(Decision.PENDING, *SET_ASIDE))
    found = InboundMail.objects.filter(disposed_at=None, enquiry=None, received_at__lt=before)
    return found.exclude(waits)


def authorizations(*, before: datetime, held: Collection[int]) -> QuerySet[Authorization]:
    """Those recorded before an instant that ended before it, or whose asker has no enquiry any more."""
    kept = Enquiry.objects.filter(disposed_at=None)
    asks = Q(Exists(kept.filter(office=OuterRef("office"))))
    asks |= Q(office=None) & Q(Exists(kept.filter(asker_email=OuterRef("asker_email"))))
    over = Q(ends_at__lt=before) | Q(withdrawn_at__lt=before) | ~asks
    found = Authorization.objects.filter(recorded_at__lt=before).exclude(office__in=held)
    return found.filter(over)
