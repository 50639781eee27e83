"""The waiting list: putting an office on it, answering what is offered, drawing, ending.

An entry has all that a booking needs, so that an offer is accepted with one click or by itself. The
cases are written down with the entry, are erased when it ends, and are shown to nobody until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from comptoir.audit import actions as audit
from comptoir.domain import waiting
from comptoir.liaison.actions import booking, bringing, locking, offering
from comptoir.liaison.actions.booking import NotAdmitted, Offered, Wish
from comptoir.liaison.actions.bringing import Case
from comptoir.liaison.models import (
    PENDING_ANSWERS,
    Answer,
    Appointment,
    Decision,
    EntryEnd,
    Offer,
    WaitingEntry,
)
from comptoir.liaison.queries import days, horizon
from comptoir.liaison.queries import waiting as queries
from comptoir.people.models import Office, OfficeStatus, Person
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock


class CannotWait(Exception):
    """Nothing was put on the waiting list."""


class NoDay(CannotWait):
    """None of the days is bookable and has hours: there is nothing to wait for."""


class TooManyWait(CannotWait):
    """The office has as many entries on the list as the rule allows: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class TooManyFiled(CannotWait):
    """The person has filed more in a day than anybody needs."""


class OfferGone(Exception):
    """It cannot be answered any more; `answer` is what became of it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


class EntryOver(Exception):
    """The entry has ended: booked, withdrawn, or in vain."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What an office waits for: which days and hours (on its own clock), how long, how to meet."""

    first_on: date
    last_on: date
    from_time: time
    until_time: time
    least_quanta: int
    most_quanta: int
    language: str
    least_notice_minutes: int
    auto_accept: bool
    mode: str
    telephone: str = ""
    video_link: str = ""


def wait(
    *, office: Office, waits: Waits, cases: Sequence[Case], by: Person, now: datetime
) -> WaitingEntry:
    """Put the office on the list; what is free for it at this moment is offered at once.

    Each day is served in a transaction of its own, so that no click stops the bookings of ten days. A day
    that is busy is served by the next round. Raises CannotWait in its kinds, bringing.BadCases.
    """
    entry = put_on_list(office=office, waits=waits, cases=cases, by=by, now=now)
    for on in _bookable(office, waits, now):
        with suppress(locking.DayBusy):
            offering.serve_day(on=on, now=now)
        if entry.offers.exists():
            break
    return entry


@locking.patient
def put_on_list(
    *, office: Office, waits: Waits, cases: Sequence[Case], by: Person, now: datetime
) -> WaitingEntry:
    """The entry alone, in a transaction of its own. Raises as `wait`."""
    with transaction.atomic():
        if not ServiceDay.objects.filter(on__in=_bookable(office, waits, now)).exists():
            raise NoDay
        current = check(office, waits, cases, by, now)
        entry = WaitingEntry.objects.create(
            office=current,
            person=by,
            filed_at=now,
            first=queries.is_owed_first_place(current, days.load_rules(), now),
            cases=[asdict(case) for case in cases],
            **asdict(waits),
        )
        _note("waiting.filed", entry, by, now)
    return entry


def _bookable(office: Office, waits: Waits, now: datetime) -> list[date]:
    dates = days.bookable_dates(days.load_rules().of(office.pk), now)
    return [on for on in dates if waits.first_on <= on <= waits.last_on]


def check(
    office: Office,
    waits: Waits,
    cases: Sequence[Case],
    by: Person,
    now: datetime,
) -> Office:
    """The office, locked, if it may put one more thing on the list or among its wishes.

    One after the other for an office: of two entries filed at once the second sees the first. Wishes for a
    day that opens are counted apart from what is waited for. Raises CannotWait, bringing.BadCases.
    """
    policy = days.load_rules().of(office.pk).policy(clock.service_date(now))
    current = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    if policy is None or current.status != OfficeStatus.ACTIVE:
        raise NoDay
    opens = horizon.opens_today(policy, now)
    is_wish = opens is not None and opens.on == waits.first_on and opens.is_closed(now)
    others = queries.wishes_of(current) if is_wish else queries.live_entries(current)
    # A rule without a waiting list may still collect wishes: one of each office.
    most = max(policy.most_waiting, 1) if is_wish else policy.most_waiting
    if others.count() >= most:
        raise TooManyWait(most)
    day_ago = now - timedelta(days=1)
    filed = WaitingEntry.objects.filter(person=by, filed_at__gt=day_ago)
    if filed.count() >= policy.most_filed_a_day:
        raise TooManyFiled
    today = clock.service_date(now)
    bringing.check(current, cases, policy, meeting_on=waits.last_on, today=today)
    return current


@locking.patient
def withdraw(*, entry: WaitingEntry, by: Person, now: datetime) -> WaitingEntry:
    """Take the office off the list; what was offered goes to the next. Raises EntryOver, DayBusy."""
    with transaction.atomic():
        current = locked(entry.pk)
        offering.drop_offers(entry=current, answer=Answer.WITHDRAWN, now=now)
        end(current, EntryEnd.WITHDRAWN, now)
        _note("waiting.withdrawn", current, by, now)
    return current


@locking.patient
def accept(*, offer: Offer, by: Person, now: datetime, seed: int) -> Appointment | None:
    """Book what is offered; None if it is offered to several and will be drawn.

    Raises OfferGone, EntryOver, booking.NotAdmitted (the offer is lost, the entry goes on waiting),
    bringing.BadCases, locking.DayBusy.
    """
    with transaction.atomic():
        locking.lock_days([clock.service_date(offer.starts_at)])
        entry = locked(offer.entry_id)
        current = _open(offer, now)
        if current.together:
            _answer(current, Answer.ACCEPTED, by, now)
            _note("waiting.accepted", entry, by, now)
            return None
        booked = _book(entry, current, by, now, seed)
    if isinstance(booked, Decision):
        raise NotAdmitted(booked)
    return booked


@locking.patient
def decline(*, offer: Offer, by: Person, now: datetime) -> None:
    """Let it go to the next; the entry goes on waiting for another time. Raises OfferGone, EntryOver."""
    with transaction.atomic():
        on = clock.service_date(offer.starts_at)
        published = locking.lock_days([on])
        entry = locked(offer.entry_id)
        _answer(_open(offer, now), Answer.DECLINED, by, now)
        _note("waiting.declined", entry, by, now)
        offering.serve_first(published, rules=days.load_rules(), now=now)


@locking.patient
def draw(*, offer: Offer, now: datetime, seed: int) -> Appointment | None:
    """Of those who accepted the time that was offered to several, one drawn gets it; None if nobody does.

    Who was drawn and may no longer have it leaves it to another.
    """
    with transaction.atomic():
        published = locking.lock_days([clock.service_date(offer.starts_at)])
        same = Offer.objects.filter(
            hours=offer.hours_id, starts_at=offer.starts_at, made_at=offer.made_at, together=True
        )
        entries = _locked_of(same)
        same.filter(answer=Answer.OPEN).update(answer=Answer.EXPIRED, answered_at=now)
        accepted = {one.entry_id: one for one in same.filter(answer=Answer.ACCEPTED)}
        booked: Appointment | Decision | None = None
        while accepted and not isinstance(booked, Appointment):
            chosen = waiting.drawn(accepted, seed)
            assert chosen is not None, "somebody accepted"
            mine = accepted.pop(chosen)
            assert mine.answered_by is not None, "who accepted is known"
            # The others' acceptances no longer keep the time from the one who was drawn.
            same.exclude(pk=mine.pk).filter(answer=Answer.ACCEPTED).update(kept_until=now)
            try:
                booked = _book(entries[chosen], mine, mine.answered_by, now, seed)
            except bringing.BadCases:
                _answer(mine, Answer.LOST, mine.answered_by, now)
        same.filter(answer=Answer.ACCEPTED).update(answer=Answer.LOST)
        offering.serve_first(published, rules=days.load_rules(), now=now)
    return booked if isinstance(booked, Appointment) else None


def _locked_of(offers: QuerySet[Offer]) -> dict[int, WaitingEntry]:
    """The live entries of pending offers, locked in the order of their keys."""
    pending = offers.filter(answer__in=PENDING_ANSWERS).values("entry")
    related = WaitingEntry.objects.live().select_related("office__district", "person")
    rows = related.filter(pk__in=pending).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True)}


def _book(
    entry: WaitingEntry, offer: Offer, by: Person, now: datetime, seed: int
) -> Appointment | Decision:
    """Book the offer for the entry; refused, the offer is lost and the entry goes on waiting."""
    booked = booking.book_within(
        office=entry.office,
        wish=Wish(
            offer.starts_at,
            offer.minutes,
            entry.language,
            entry.mode,
            entry.telephone,
            entry.video_link,
        ),
        cases=cases_of(entry),
        by=by,
        now=now,
        seed=seed,
        rules=days.load_rules(),
        offered=Offered(offer.hours.professional_id, offer.mask, offer.made_at),
    )
    if isinstance(booked, Decision):
        _answer(offer, Answer.LOST, by, now)
    else:
        _answer(offer, Answer.BOOKED, by, now)
        end(entry, EntryEnd.BOOKED, now, appointment=booked)
    return booked


def cases_of(entry: WaitingEntry) -> list[Case]:
    """The cases that were written down with an entry."""
    return [Case(**_with_dates(stored)) for stored in entry.cases]


def _with_dates(stored: dict[str, Any]) -> dict[str, Any]:
    names = ("consent_signed_on", "consent_expires_on")
    return stored | {n: date.fromisoformat(stored[n]) for n in names if stored[n] is not None}


def locked(key: int) -> WaitingEntry:
    """The entry as it stands, locked; raises EntryOver."""
    related = WaitingEntry.objects.select_related("office__district", "person")
    entry = related.select_for_update(of=("self",), no_key=True).get(pk=key)
    if entry.ended_at is not None:
        raise EntryOver
    return entry


def _open(offer: Offer, now: datetime) -> Offer:
    """The offer as it stands, if it can still be answered."""
    current = Offer.objects.select_related("hours").get(pk=offer.pk)
    if current.answer != Answer.OPEN:
        raise OfferGone(Answer(current.answer))
    if current.expires_at <= now:
        raise OfferGone(Answer.EXPIRED)
    return current


def _answer(offer: Offer, answer: Answer, by: Person, now: datetime) -> None:
    offer.answer, offer.answered_by, offer.answered_at = answer, by, now
    offer.save(update_fields=["answer", "answered_by", "answered_at"])


def _note(action: str, entry: WaitingEntry, by: Person, now: datetime) -> None:
    audit.record(action=action, subject=entry, by=by, now=now, office_id=entry.office_id)


def end(
    entry: WaitingEntry, end: EntryEnd, now: datetime, *, appointment: Appointment | None = None
) -> None:
    """The entry is over, and what was written down for the booking is forgotten."""
    entry.ended_at, entry.end, entry.appointment = now, end, appointment
    entry.cases, entry.telephone, entry.video_link = [], "", ""
    entry.save(update_fields=["ended_at", "end", "appointment", "cases", "telephone", "video_link"])
