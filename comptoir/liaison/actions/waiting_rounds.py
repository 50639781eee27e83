"""What time alone brings about on the waiting list, done in rounds of a minute: `liaison.jobs`."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from comptoir.audit import actions as audit
from comptoir.liaison.actions import bringing, locking, offering, telling, waiting
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.models import PENDING_ANSWERS, Answer, EntryEnd, Offer, WaitingEntry
from comptoir.liaison.queries import days
from comptoir.liaison.queries import waiting as queries
from comptoir.people.models import OfficeStatus
from comptoir.ui import clock

logger = logging.getLogger(__name__)


def take_automatic_offers(*, most: int, now: datetime, seed: int) -> int:
    """Book what is offered to entries that need not be asked, at most so many; how many were booked."""
    open_offers = Offer.objects.filter(automatic=True, answer=Answer.OPEN, expires_at__gt=now)
    booked = 0
    for offer in open_offers.select_related("entry__person").order_by("pk")[:most]:
        try:
            taken = waiting.accept(offer=offer, by=offer.entry.person, now=now, seed=seed)
        except (waiting.OfferGone, waiting.EntryOver, NotAdmitted, locking.DayBusy) as gone:
            logger.info("Offer %s was not taken: %s", offer.pk, type(gone).__name__)
        except bringing.BadCases:
            _ask_instead(offer, now)
        else:
            booked += taken is not None
    return booked


@transaction.atomic
def _ask_instead(offer: Offer, now: datetime) -> None:
    """A case may not be brought any more: the office is asked after all, and told why when it accepts."""
    Offer.objects.filter(pk=offer.pk, answer=Answer.OPEN).update(automatic=False)
    telling.offered(offer, now=now)


def draw_due(*, most: int, now: datetime, seed: int) -> int:
    """Draw what was offered to several and can no longer be accepted, at most so many times; how many
    were booked. A day that is busy is left for the next round.
    """
    due = Offer.objects.filter(
        together=True, answer__in=PENDING_ANSWERS, expires_at__lte=now, kept_until__gt=now
    )
    times = {(offer.hours_id, offer.starts_at, offer.made_at): offer for offer in due[:most]}
    booked = 0
    for offer in times.values():
        try:
            booked += waiting.draw(offer=offer, now=now, seed=seed) is not None
        except locking.DayBusy:
            logger.warning("A busy day: the draw for offer %s waits for the next round", offer.pk)
    return booked


def end_what_is_over(*, most: int, now: datetime) -> int:
    """End entries whose last hour has passed, whose offers nobody answers, whose office ended.

    Who misses the minute of an offer to several is not away: only offers to one alone are counted.
    """
    live = WaitingEntry.objects.live().select_related("office")
    missed = Q(offers__answer=Answer.EXPIRED, offers__together=False)
    expired = Count("offers", filter=missed)
    policy = days.load_rules().policy(clock.service_date(now))
    most_unanswered = policy.most_unanswered if policy is not None else 1
    over = Q(last_on__lte=clock.service_date(now)) | Q(unanswered__gte=most_unanswered)
    over |= ~Q(office__status=OfficeStatus.ACTIVE)
    found = live.annotate(unanswered=expired).filter(over).order_by("pk")[:most]
    return sum(_end_if_over(entry, most_unanswered, now) for entry in found)


@transaction.atomic
def _end_if_over(seen: WaitingEntry, most_unanswered: int, now: datetime) -> bool:
    try:
        entry = waiting.locked(seen.pk)
    except waiting.EntryOver:
        return False
    if entry.office.status != OfficeStatus.ACTIVE:
        end = EntryEnd.OFFICE_ENDED
    elif entry.offers.filter(answer=Answer.EXPIRED, together=False).count() >= most_unanswered:
        end = EntryEnd.UNANSWERED
    elif queries.window(entry, entry.last_on).end <= now:
        end = EntryEnd.IN_VAIN
    else:
        return False
    offering.drop_offers(entry=entry, answer=Answer.WITHDRAWN, now=now)
    waiting.end(entry, end, now)
    if end != EntryEnd.OFFICE_ENDED:
        telling.waited_in_vain(entry, now=now)
    audit.record(action="waiting.ended", subject=entry, by=None, now=now, office_id=entry.office_id)
    return True
