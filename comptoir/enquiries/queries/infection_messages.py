"""What staff are told of a document that was found to be infected: that there is one, and where to go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from comptoir.enquiries.models import Document, Enquiry, Scan
from comptoir.enquiries.queries import readers
from comptoir.notices.kinds import Kind, Reader
from comptoir.notices.models import Notice

DOCUMENT_INFECTED = "enquiries.document_infected"


def _infected(notice: Notice) -> Mapping[str, Any] | None:
    """True until it is taken back. Neither what it is called nor what was found in it is said."""
    document = _document(notice)
    if document is None:
        return None
    with override(notice.language):
        link = settings.ADDRESS + _address(document.enquiry)
    return {"link": link, "is_drill": document.enquiry.line.is_drill}


def _address(enquiry: Enquiry) -> str:
    """Of what is restricted, the register: mail is read by others, and names no such enquiry."""
    if enquiry.is_restricted:
        return reverse("enquiries:referrals")
    return reverse("enquiries:documents", args=[enquiry.reference])


def _who(notice: Notice, now: datetime) -> list[Reader]:
    document = _document(notice)
    return [] if document is None else readers.who_has(document.enquiry, now)


def _document(notice: Notice) -> Document | None:
    found = Document.objects.kept().filter(pk=notice.subject_id, scan=Scan.INFECTED)
    return found.select_related("enquiry__line").first()


def _restricted() -> QuerySet[Any]:
    return Document.objects.filter(enquiry__is_restricted=True).values("pk")


KINDS = (
    Kind(
        DOCUMENT_INFECTED,
        "enquiries/notices/document_infected",
        _infected,
        readers=_who,
        label=gettext_lazy("A document was found to be infected"),
        withheld=_restricted,
    ),
)
