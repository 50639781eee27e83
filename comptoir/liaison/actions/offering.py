"""Time that came free is offered to those who wait for it, before anybody else can take it.

Whatever frees time or is about to take it does this first, under the day's lock; a round every minute
does it for what is freed by the clock alone (`liaison.jobs`). An offer keeps its time by itself, so
nothing has to be booked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from comptoir.domain import grid, waiting
from comptoir.domain.waiting import Handed, Match
from comptoir.liaison.actions import locking, telling
from comptoir.liaison.models import Answer, Decision, Offer, Side, WaitingEntry
from comptoir.liaison.queries import days
from comptoir.liaison.queries import waiting as queries
from comptoir.liaison.queries.waiting import WaitedDay
from comptoir.ui import statements

ROUND = "liaison.waiting_round"
"""The task that books what needs no answer, draws, and offers again what nobody took."""


def serve_first(published: Mapping[date, bool], *, rules: days.Rules, now: datetime) -> None:
    """Offer what is free on these locked days to those who wait for it, where anybody does."""
    for on, is_waited_for in published.items():
        if is_waited_for:
            with statements.at_once():
                serve(on=on, rules=rules, now=now)


def serve(*, on: date, rules: days.Rules, now: datetime) -> list[Offer]:
    """Offer what is free on a day; the day is locked by the caller. What was offered.

    An entry that somebody else is changing at this moment is left out: the next time is soon.
    """
    close_unanswered(on=on, now=now)
    free = queries.without_offer(queries.entries_on(on)).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    waited = queries.load(on, free, rules, now)
    if waited is None:
        return []
    handed = waiting.hand_out(waited.day, waited.entries, now, waited.seed, waited.offers)
    tried = [_offer(waited, one, match, now) for one in handed for match in one.matches]
    made = [offer for offer in tried if offer is not None]
    for offer in made:
        if not offer.automatic:
            telling.offered(offer, now=now)
    if made:
        _wake_for(made)
    return made


@locking.patient
def serve_day(*, on: date, now: datetime) -> int:
    """The same in a transaction of its own; how many offers were made. Raises locking.DayBusy."""
    with transaction.atomic():
        locking.lock_days([on])
        return len(serve(on=on, rules=days.load_rules(), now=now))


def close_unanswered(*, on: date, now: datetime) -> None:
    """What can no longer be accepted is open no longer; accepted for a draw that never came, it is lost."""
    of_day = Offer.objects.filter(hours__day__on=on)
    of_day.filter(answer=Answer.OPEN, expires_at__lte=now).update(
        answer=Answer.EXPIRED, answered_at=now
    )
    of_day.filter(answer=Answer.ACCEPTED, kept_until__lte=now).update(answer=Answer.LOST)


def _offer(waited: WaitedDay, handed: Handed, match: Match, now: datetime) -> Offer | None:
    """The row; None if the entry was offered time of another day at this very moment."""
    starts_at = waited.day.grid.instant(match.start)
    longer = timedelta(minutes=waited.policy.kept_longer_minutes)
    try:
        with transaction.atomic():
            decision = _decision(waited, match, starts_at, now)
            decision.save(force_insert=True)
            return Offer.objects.create(
                entry=waited.rows[match.entry.number],
                office_id=match.entry.office,
                hours_id=waited.loaded.hours_ids[match.professional],
                decision=decision,
                starts_at=starts_at,
                quanta=match.quanta,
                mask=grid.bits(match.start, match.quanta),
                together=handed.offer.together,
                automatic=match.entry.auto_accept,
                made_at=now,
                expires_at=handed.offer.until,
                kept_until=min(handed.offer.until + longer, starts_at),
            )
    except IntegrityError:
        return None


def _decision(waited: WaitedDay, match: Match, starts_at: datetime, now: datetime) -> Decision:
    """Why this entry was offered this time: the numbers and the class of the moment."""
    return Decision(
        office_id=match.entry.office,
        at=now,
        side=Side.CENTRE,
        policy=waited.policy_of(match.entry.office),
        on=waited.day.on,
        starts_at=starts_at,
        quanta=match.quanta,
        language=match.entry.language,
        accepted=True,
        of_class=match.admitted.of_class or "",
        counters=dict(match.admitted.counters),
        seed=waited.seed,
    )


def _wake_for(made: list[Offer]) -> None:
    """Have a worker look at once if one is taken without being asked, and when a draw is due.

    Hints only, after the commit: a round comes every minute in any case.
    """
    moments = {offer.expires_at for offer in made if offer.together}
    if any(offer.automatic for offer in made):
        moments.add(made[0].made_at)
    for at in moments:
        transaction.on_commit(partial(_wake, at), robust=True)


def _wake(at: datetime) -> None:
    with suppress(AlreadyEnqueued):
        lock = f"{ROUND} {at:%Y-%m-%d %H:%M:%S}"
        with transaction.atomic():
            app.configure_task(ROUND, schedule_at=at, queueing_lock=lock).defer()


def drop_offers(*, entry: WaitingEntry, answer: Answer, now: datetime) -> None:
    """Let go what is kept for an entry that ends; the entry is locked by the caller."""
    pending = Q(answer=Answer.OPEN) | Q(answer=Answer.ACCEPTED)
    Offer.objects.filter(pending, entry=entry).update(answer=answer, answered_at=now)
