"""The documents of an enquiry, without their contents."""

from __future__ import annotations

from comptoir.enquiries.models import Document, Enquiry

MOST_SHOWN = 100


def of_enquiry(enquiry: Enquiry) -> list[Document]:
    """Every document, also those that were taken back, in the order in which they came."""
    found = enquiry.documents.select_related("uploaded_by", "undone_by", "filed_by")
    return list(found.order_by("uploaded_at", "pk")[:MOST_SHOWN])
