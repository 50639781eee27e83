"""What notices say of an enquiry, read at the moment they are sent: a reference, a date, a link.

Never a word of the question, the answer, or anybody's name: mail is not a place for cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from comptoir.enquiries.models import (
    OPEN_STATES,
    Channel,
    Direction,
    Document,
    Enquiry,
    Message,
    Referral,
    State,
)
from comptoir.enquiries.queries import dates_told
from comptoir.notices.kinds import Kind
from comptoir.notices.models import Notice

RECEIVED = "enquiries.received"
ASKED_AGAIN = "enquiries.asked_again"
ANSWERED = "enquiries.answered"
MORE_NEEDED = "enquiries.more_needed"
FOLLOW_CODE = "enquiries.follow_code"
REFERENCES = "enquiries.references"
DOCUMENT_RECEIVED = "enquiries.document_received"
REFERRED = "enquiries.referred"


def _received(notice: Notice) -> Mapping[str, Any] | None:
    """True while an answer is owed. It answers a mail if the newest text came as one."""
    said = _owed(notice, OPEN_STATES)
    newest = Message.objects.filter(enquiry=notice.subject_id, direction=Direction.IN)
    came_by = newest.order_by("-at", "-pk").values_list("channel", flat=True).first()
    return None if said is None else {**said, "answers_mail": came_by == Channel.EMAIL}


def _more_needed(notice: Notice) -> Mapping[str, Any] | None:
    """True while the centre waits for the client."""
    return _owed(notice, (State.ON_HOLD,))


def _owed(notice: Notice, states: tuple[State, ...]) -> Mapping[str, Any] | None:
    found = Enquiry.objects.select_related("line")
    enquiry = found.filter(pk=notice.subject_id, state__in=states).first()
    if enquiry is None:
        return None
    dates = dates_told.told(enquiry)
    when = {"first_due_at": dates.first, "due_at": dates.final, "waits": dates.waits}
    return {**when, **_said(enquiry, notice)}


def _answered(notice: Notice) -> Mapping[str, Any] | None:
    """True as long as the answer stands."""
    found = Enquiry.objects.select_related("line")
    enquiry = found.filter(pk=notice.subject_id, state=State.ANSWERED).first()
    return None if enquiry is None else _said(enquiry, notice)


def _said(enquiry: Enquiry, notice: Notice) -> dict[str, Any]:
    """What every notice says: which enquiry, where it is followed, and whether it is an exercise."""
    return {
        "reference": enquiry.reference,
        "link": _link(notice),
        "is_drill": enquiry.line.is_drill,
    }


def _document_received(notice: Notice) -> Mapping[str, Any] | None:
    """True until it is taken back."""
    document = (
        Document.objects.kept().select_related("enquiry").filter(pk=notice.subject_id).first()
    )
    if document is None:
        return None
    return {"reference": document.enquiry.reference, "link": _link(notice)}


def _referred(notice: Notice) -> Mapping[str, Any] | None:
    """True while it is open. It names no enquiry: that may be restricted, and mail is read by others."""
    referral = Referral.objects.open().filter(pk=notice.subject_id).first()
    if referral is None:
        return None
    with override(notice.language):
        link = settings.ADDRESS + reverse("enquiries:referral", args=[referral.pk])
    return {"due_at": referral.due_at, "link": link}


def _restricted() -> QuerySet[Any]:
    """Enquiries of which nobody is to learn by the ledger that somebody was told something."""
    return Enquiry.objects.filter(is_restricted=True).values("pk")


def _restricted_documents() -> QuerySet[Any]:
    return Document.objects.filter(enquiry__is_restricted=True).values("pk")


def _restricted_referrals() -> QuerySet[Any]:
    return Referral.objects.filter(enquiry__is_restricted=True).values("pk")


def _link(notice: Notice) -> str:
    return follow_link(notice.language)


def follow_link(language: str) -> str:
    """Where an enquiry is followed, in a language."""
    with override(language):
        return settings.ADDRESS + reverse("enquiries:follow")


KINDS = (
    Kind(
        RECEIVED,
        "enquiries/notices/received",
        _received,
        label=gettext_lazy("An enquiry was received"),
        withheld=_restricted,
    ),
    Kind(
        ASKED_AGAIN,
        "enquiries/notices/asked_again",
        _received,
        label=gettext_lazy("An enquiry was asked again"),
        withheld=_restricted,
    ),
    Kind(
        ANSWERED,
        "enquiries/notices/answered",
        _answered,
        label=gettext_lazy("An enquiry was answered"),
        withheld=_restricted,
    ),
    Kind(
        MORE_NEEDED,
        "enquiries/notices/more_needed",
        _more_needed,
        label=gettext_lazy("More is needed from the client"),
        withheld=_restricted,
    ),
    # Somebody looks at the screen and waits for it, so the switch does not hold it.
    Kind(FOLLOW_CODE, "enquiries/notices/follow_code", waits=False),
    Kind(REFERENCES, "enquiries/notices/references"),
    Kind(
        DOCUMENT_RECEIVED,
        "enquiries/notices/document_received",
        _document_received,
        label=gettext_lazy("A document was received"),
        withheld=_restricted_documents,
    ),
    Kind(
        REFERRED,
        "enquiries/notices/referred",
        _referred,
        label=gettext_lazy("A matter was handed on"),
        withheld=_restricted_referrals,
    ),
)
