"""What notices say of the waiting list: that time is kept, or that nothing came free."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from comptoir.liaison.models import Answer, EntryEnd, Offer, WaitingEntry
from comptoir.liaison.queries import messages
from comptoir.notices.kinds import Kind, Reader
from comptoir.notices.models import Notice

OFFERED = "liaison.offered"
IN_VAIN = "liaison.waited_in_vain"


def still_offered(notice: Notice) -> Mapping[str, Any] | None:
    """True while it can be accepted."""
    offer = _offer(notice)
    if offer is None:
        return None
    return {
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at,
        "minutes": offer.minutes,
        "expires_at": offer.expires_at,
        "office_reference": offer.office.reference,
        "link": _link(offer.office.reference, notice),
    }


def offered_to(notice: Notice, now: datetime) -> list[Reader]:
    """Whoever put the office on the list, or the office."""
    offer = _offer(notice)
    if offer is None:
        return []
    return messages.to_tell(offer.office, offer.entry.person_id, notice, now)


def ended(notice: Notice) -> Mapping[str, Any] | None:
    """It has ended without a booking, and stays so."""
    entry = _entry(notice)
    if entry is None:
        return None
    return {
        "reason_label": EntryEnd(entry.end).label,
        "office_reference": entry.office.reference,
        "link": _link(entry.office.reference, notice),
    }


def waited_in_vain(notice: Notice, now: datetime) -> list[Reader]:
    """Whoever put the office on the list, or the office."""
    entry = _entry(notice)
    return [] if entry is None else messages.to_tell(entry.office, entry.person_id, notice, now)


def _offer(notice: Notice) -> Offer | None:
    found = Offer.objects.filter(pk=notice.subject_id, answer=Answer.OPEN)
    return found.select_related("office", "entry").first()


def _entry(notice: Notice) -> WaitingEntry | None:
    ended = WaitingEntry.objects.filter(pk=notice.subject_id, ended_at__isnull=False)
    return ended.select_related("office").first()


def _link(office: str, notice: Notice) -> str:
    with override(notice.language):
        return settings.ADDRESS + reverse("liaison:waiting", args=[office])


KINDS = (
    Kind(
        OFFERED,
        "liaison/notices/offered",
        still_offered,
        offered_to,
        label=gettext_lazy("Time offered from the waiting list"),
    ),
    Kind(
        IN_VAIN,
        "liaison/notices/waited_in_vain",
        ended,
        waited_in_vain,
        label=gettext_lazy("Waiting list: nothing came free"),
    ),
)
