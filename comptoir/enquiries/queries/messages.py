"""What notices say of an enquiry, read at the moment they are sent: a reference, a date, a link.

Never a word of the question, the answer, or anybody's name: mail is not a place for cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from comptoir.enquiries.models import OPEN_STATES, Enquiry, Promise, State
from comptoir.notices.kinds import Kind
from comptoir.notices.models import Notice

RECEIVED = "enquiries.received"
ASKED_AGAIN = "enquiries.asked_again"
ANSWERED = "enquiries.answered"
MORE_NEEDED = "enquiries.more_needed"


def _received(notice: Notice) -> Mapping[str, Any] | None:
    """True while an answer is owed."""
    return _owed(notice, OPEN_STATES)


def _more_needed(notice: Notice) -> Mapping[str, Any] | None:
    """True while the centre waits for the client."""
    return _owed(notice, (State.ON_HOLD,))


def _owed(notice: Notice, states: tuple[State, ...]) -> Mapping[str, Any] | None:
    found = Enquiry.objects.select_related("line")
    enquiry = found.filter(pk=notice.subject_id, state__in=states).first()
    if enquiry is None:
        return None
    clock = enquiry.clocks.running().filter(promise=Promise.FINAL).first()
    due_at = None if clock is None else clock.due_at
    return {"due_at": due_at, **_said(enquiry, notice)}


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


def _link(notice: Notice) -> str:
    with override(notice.language):
        return settings.ADDRESS + reverse("enquiries:follow")


KINDS = (
    Kind(
        RECEIVED,
        "enquiries/notices/received",
        _received,
        label=gettext_lazy("An enquiry was received"),
    ),
    Kind(
        ASKED_AGAIN,
        "enquiries/notices/asked_again",
        _received,
        label=gettext_lazy("An enquiry was asked again"),
    ),
    Kind(
        ANSWERED,
        "enquiries/notices/answered",
        _answered,
        label=gettext_lazy("An enquiry was answered"),
    ),
    Kind(
        MORE_NEEDED,
        "enquiries/notices/more_needed",
        _more_needed,
        label=gettext_lazy("More is needed from the client"),
    ),
)
