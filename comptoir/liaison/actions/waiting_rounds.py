"""What time alone brings about on the waiting list, done in rounds of a minute: `liaison.jobs`."""

from __future__ import annotations

import logging
from datetime import date, datetime

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


def take_automatic_offers(*, now: datetime, seed: int) -> int:
    """Book what is offered to entries that need not be asked; how many."""
    open_offers = Offer.objects.filter(automatic=True, answer=Answer.OPEN, expires_at__gt=now)
    booked = 0
    for offer in open_offers.select_related("entry__person").order_by("pk"):
        try:
            waiting.accept(offer=offer, by=offer.entry.person, now=now, seed=seed)
        except (waiting.OfferGone, waiting.EntryOver, NotAdmitted, locking.DayBusy) as gone:
            logger.info("Offer %s was not taken: %s", offer.pk, type(gone).__name__)
        except bringing.BadCases:
            # The consent holds no longer: the office is asked, and told why when it answers.
            logger.info("Offer %s waits for its office", offer.pk)
        else:
            booked += 1
    return booked


def draw_due(*, now: datetime, seed: int) -> int:
    """Draw every time that was offered to several and can no longer be accepted; how many were booked."""
    due = Offer.objects.filter(
        together=True, answer__in=PENDING_ANSWERS, expires_at__lte=now, kept_until__gt=now
    )
    times = {(offer.hours_id, offer.starts_at, offer.made_at): offer for offer in due}
    return sum(
        waiting.draw(offer=offer, now=now, seed=seed) is not None for offer in times.values()
    )


@locking.patient
def serve_day(*, on: date, now: datetime) -> int:
    """Offer what is free on a day to those who wait for it; how many offers were made."""
    with transaction.atomic():
        locking.lock_days([on])
        return len(offering.serve(on=on, rules=days.load_rules(), now=now))


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
