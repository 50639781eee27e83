"""The opening of a new day: offices say what they would like, in order, and the lot decides in rounds.

A wish is an entry of the waiting list with a rank. What is not granted goes on waiting for that day.
Until a day was drawn nobody books on it (`queries.horizon`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from random import Random

from django.db import transaction
from django.db.models import Max

from comptoir.audit import actions as audit
from comptoir.domain import grid, opening
from comptoir.domain.opening import Filed, Outcome
from comptoir.domain.service_day import Admitted
from comptoir.domain.waiting import Entry
from comptoir.liaison.actions import booking, bringing, locking, offering, waiting
from comptoir.liaison.actions.booking import Offered, Wish
from comptoir.liaison.actions.bringing import Case
from comptoir.liaison.actions.waiting import CannotWait, Waits
from comptoir.liaison.models import (
    Appointment,
    Decision,
    EntryEnd,
    Opening,
    WaitingEntry,
)
from comptoir.liaison.queries import days, horizon
from comptoir.liaison.queries import waiting as queries
from comptoir.liaison.queries.waiting import WaitedDay
from comptoir.people.models import Office, Person
from comptoir.ui import clock

logger = logging.getLogger(__name__)


class NotNow(CannotWait):
    """No wishes are collected for that day at this moment."""


@locking.patient
def wish(
    *, office: Office, waits: Waits, cases: Sequence[Case], by: Person, now: datetime
) -> WaitingEntry:
    """Add a wish for the day that opens, after those the office has. Raises CannotWait, BadCases."""
    if not _is_collected(office, waits.first_on, now):
        raise NotNow
    with transaction.atomic():
        current = waiting.check(office, waits, cases, by, now)
        last = queries.wishes_of(current).aggregate(last=Max("rank"))["last"] or 0
        entry = WaitingEntry.objects.create(
            office=current,
            person=by,
            filed_at=now,
            rank=last + 1,
            cases=[asdict(case) for case in cases],
            **asdict(waits),
        )
        audit.record(action="opening.wished", subject=entry, by=by, now=now, office_id=current.pk)
    return entry


@locking.patient
def prefer(*, entry: WaitingEntry, by: Person, now: datetime) -> None:
    """Put a wish before the one above it; the first stays the first. Raises NotNow, waiting.EntryOver."""
    if not _is_collected(entry.office, entry.first_on, now):
        raise NotNow
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=entry.office_id)
        own = list(queries.wishes_of(entry.office).filter(first_on=entry.first_on))
        places = [wish.pk for wish in own]
        if entry.pk not in places:
            raise waiting.EntryOver
        place = places.index(entry.pk)
        if place:
            _exchange(own[place], own[place - 1])
            audit.record(
                action="opening.preferred",
                subject=own[place],
                by=by,
                now=now,
                office_id=entry.office_id,
            )


def _exchange(current: WaitingEntry, above: WaitingEntry) -> None:
    rank, better = current.rank, above.rank
    for row, new in ((current, 2**15 - 1), (above, rank), (current, better)):
        row.rank = new
        row.save(update_fields=["rank"])


def _is_collected(office: Office, on: date, now: datetime) -> bool:
    """Whether wishes for this day are collected at this moment."""
    policy = days.load_rules().of(office.pk).policy(clock.service_date(now))
    opens = horizon.opens_today(policy, now)
    return opens is not None and opens.on == on and opens.takes_wishes(now)


@locking.patient
def draw_day(*, on: date, now: datetime, seed: int) -> Opening | None:
    """Open a day: grant its wishes by lot and let everybody book; None if that was done or it has no hours.

    All or nothing, and the seed is kept: whoever has the entries can compute it again.
    """
    with transaction.atomic():
        rules = days.load_rules()
        policy = rules.policy(on)
        published = locking.lock_days([on])
        if not published or policy is None or Opening.objects.filter(on=on).exists():
            return None
        wishes = list(queries.wishes_for(on).select_for_update(of=("self",), no_key=True))
        gone = queries.left(wishes, now)
        # Nothing is booked in the name of a person who has left: those wishes go on waiting.
        waited = queries.load(on, [one for one in wishes if one.pk not in gone], rules, now)
        result = _drawn(waited, now, seed)
        orders = result.orders if result is not None else ()
        # From here on the day is open, for the bookings below too.
        opened = Opening.objects.create(
            on=on, opened_at=now, seed=seed, policy=policy, orders=orders
        )
        WaitingEntry.objects.filter(pk__in=gone).update(opening=opened)
        if waited is not None and result is not None:
            for outcome in _in_turn(result):
                _write(waited, outcome, opened, rules, now)
        audit.record(
            action="opening.drawn", subject=opened, by=None, now=now, detail={"on": on.isoformat()}
        )
        offering.serve(on=on, rules=rules, now=now)
    return opened


def _drawn(waited: WaitedDay | None, now: datetime, seed: int) -> opening.Opening | None:
    if waited is None:
        return None
    day = replace(waited.day, last_bookable=waited.day.on)
    filed = [_filed(entry, waited.rows) for entry in waited.entries]
    return opening.opened(day, filed, now, Random(seed))


def _filed(entry: Entry, rows: Mapping[int, WaitingEntry]) -> Filed:
    row = rows[entry.number]
    assert row.rank is not None, "a wish has a rank"
    return Filed(
        number=entry.number,
        request=entry.request(entry.most),
        rank=row.rank,
        filed_at=entry.filed_at,
        window=entry.window,
        least=entry.least,
    )


def _in_turn(result: opening.Opening) -> list[Outcome]:
    """The answers as they were given: round by round, in the order drawn for each; refusals last."""
    places = [{office: place for place, office in enumerate(order)} for order in result.orders]

    def turn(outcome: Outcome) -> tuple[bool, int, int, int]:
        refused, office = not isinstance(outcome.answer, Admitted), outcome.filed.request.office
        place = 0 if refused else places[outcome.in_round - 1][office]
        return (refused, outcome.in_round, place, outcome.filed.rank)

    return sorted(result.outcomes, key=turn)


def _write(
    waited: WaitedDay, outcome: Outcome, opened: Opening, rules: days.Rules, now: datetime
) -> None:
    """Book what was granted; what was not goes on waiting, with the reason."""
    entry = waited.rows[outcome.filed.number]
    entry.opening, entry.in_round = opened, outcome.in_round
    booked: Appointment | Decision | None = None
    if isinstance(outcome.answer, Admitted):
        try:
            booked = _book(waited, entry, outcome, outcome.answer, opened, rules, now)
        except bringing.BadCases:
            logger.warning("Wish %s was drawn and has a case that may not be brought", entry.pk)
    else:
        booked = _refused(waited, outcome, opened, now)
    entry.decision = booked.decision if isinstance(booked, Appointment) else booked
    entry.save(update_fields=["opening", "in_round", "decision"])
    if isinstance(booked, Appointment):
        waiting.end(entry, EntryEnd.BOOKED, now, appointment=booked)


def _book(
    waited: WaitedDay,
    entry: WaitingEntry,
    outcome: Outcome,
    answer: Admitted,
    opened: Opening,
    rules: days.Rules,
    now: datetime,
) -> Appointment | Decision:
    starts_at = waited.day.grid.instant(answer.start)
    minutes = outcome.quanta * grid.QUANTUM_MINUTES
    return booking.book_within(
        office=entry.office,
        wish=Wish(
            starts_at, minutes, entry.language, entry.mode, entry.telephone, entry.video_link
        ),
        cases=waiting.cases_of(entry),
        by=entry.person,
        now=now,
        seed=opened.seed,
        rules=rules,
        offered=Offered(answer.professional, grid.bits(answer.start, outcome.quanta), now),
    )


def _refused(waited: WaitedDay, outcome: Outcome, opened: Opening, now: datetime) -> Decision:
    request, answer = outcome.filed.request, outcome.answer
    assert not isinstance(answer, Admitted), "what was granted is booked"
    return Decision.objects.create(
        office_id=request.office,
        at=now,
        policy=waited.policy_of(request.office),
        on=waited.day.on,
        quanta=outcome.quanta,
        language=request.language,
        accepted=False,
        reason=answer.reason,
        of_class=answer.of_class or "",
        counters=dict(answer.counters),
        seed=opened.seed,
    )
