"""Who waits for time on a day, as the plain values that `domain.waiting` decides on.

What each office has used of late is added up from its counters whenever it is needed: nothing that a
night would have to decay is kept (docs/adr/0014).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import islice
from operator import add
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac

from comptoir.domain import waiting
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.periods import Period
from comptoir.domain.service_day import Day, Use
from comptoir.domain.waiting import Entry, OfferPolicy
from comptoir.liaison.models import (
    PENDING_ANSWERS,
    Answer,
    Credit,
    Offer,
    OfficeWeek,
    Policy,
    WaitingEntry,
    WaitingEntryQuerySet,
)
from comptoir.liaison.queries import days, missed, shares
from comptoir.liaison.queries.horizon import Opens
from comptoir.people.models import Grant, Office, OfficeStatus
from comptoir.ui import clock

LEAST_NOTICE = timedelta(minutes=3)
"""Nobody can take up an offer of time that begins at once: it has to be answered and settled."""

LEDGER_WEEKS = 26
"""How far back use is looked at: after so long a fortnight's half-life leaves a 8,000th part of it."""

PASSED = (Answer.DECLINED, Answer.EXPIRED, Answer.LOST)
"""What an office did not want, or could not have; the same time is not offered to it again."""


@dataclass(frozen=True, slots=True)
class WaitedDay:
    """A day, who waits for time on it, and what decides between equals."""

    loaded: days.LoadedDay
    day: Day
    entries: tuple[Entry, ...]
    rows: Mapping[int, WaitingEntry]
    rules: days.Rules
    policy: Policy
    seed: int

    def policy_of(self, office: int) -> Policy:
        """The version that an office is under on the day: the common one, unless it is in a group."""
        return self.rules.of(office).policy(self.day.on) or self.policy

    def is_first_of_day(self, entry: Entry) -> bool:
        """Whether it is served first on this day, and for a floor that was missed."""
        return entry.first and not self.rows[entry.number].first

    @property
    def offers(self) -> OfferPolicy:
        """How time is offered under the rule of the day."""
        return offer_policy(self.policy)


def has_list(rules: days.Rules, now: datetime) -> bool:
    """Whether an office under these rules can wait for time."""
    policy = rules.policy(clock.service_date(now))
    return policy is not None and policy.most_waiting > 0


def offer_policy(policy: Policy) -> OfferPolicy:
    """What a version of the rule says about offers."""
    return OfferPolicy(
        longest_minutes=policy.offer_minutes,
        together_minutes=policy.together_minutes,
        answer_seconds=policy.answer_seconds,
        half_life_days=policy.half_life_days,
    )


def seed_of(on: date) -> int:
    """What settles ties on a day: the same all day long, and nobody outside can compute it."""
    return int(salted_hmac("comptoir.liaison.waiting", on.isoformat()).hexdigest()[:8], 16) >> 1


def entries_on(on: date) -> WaitingEntryQuerySet:
    """Who waits for time on a day, in the order of their filing."""
    waits = WaitingEntry.objects.after_opening().filter(first_on__lte=on, last_on__gte=on)
    return waits.select_related("office").order_by("filed_at", "pk")


def wishes_for(on: date) -> WaitingEntryQuerySet:
    """What is asked for of a day that opens, office by office in the order of their ranks."""
    wishes = WaitingEntry.objects.of_opening().filter(first_on=on)
    return wishes.select_related("office__district", "person").order_by("office", "rank")


def without_offer(entries: WaitingEntryQuerySet) -> WaitingEntryQuerySet:
    """Those that can be offered something: one offer at a time."""
    pending = Offer.objects.filter(entry=OuterRef("pk"), answer__in=PENDING_ANSWERS)
    return entries.exclude(Exists(pending))


def dates_waited_for(now: datetime, dates: Collection[date]) -> list[date]:
    """Those of the dates on which somebody waits."""
    live = WaitingEntry.objects.live().filter(last_on__gte=clock.service_date(now))
    spans = set(live.values_list("first_on", "last_on"))
    return sorted(on for on in dates if any(first <= on <= last for first, last in spans))


def load(
    on: date, rows: Iterable[WaitingEntry], rules: days.Rules, now: datetime
) -> WaitedDay | None:
    """The day with these entries; None if nobody waits or there is no rule for it."""
    rules = rules.common or rules
    waits, policy = {row.pk: row for row in rows}, rules.policy(on)
    if not waits or policy is None:
        return None
    offices = {row.office_id for row in waits.values()}
    loaded = days.load_for_all(on, rules, now)
    use = {office: Use() for office in offices}
    counters = OfficeWeek.objects.filter(office__in=offices, week=monday_of(on))
    use |= {week.office_id: days.use_of(week, on) for week in counters}
    for office, offered_on, quanta in _offered(offices, on):
        before = use[office]
        use[office] = Use(before.day + quanta * (offered_on == on), before.week + quanta)
    may_have = {}
    if policy.nested:
        may_have = shares.of_offices(offices, on=on, policy=policy, cohorts=rules.cohorts, now=now)
    day = replace(loaded.day, use=use, shares=may_have)
    ledgers = _ledgers(offices, offer_policy(policy), now)
    automatic = [row for row in waits.values() if row.auto_accept]
    passed, absent = _passed(waits, on), left(automatic, now)
    first = _first_of_day(waits.values(), on, use, policy)
    entries = tuple(
        replace(
            _entry(row, on, ledgers.get(row.office_id, Fraction(0)), passed[pk], pk not in absent),
            first=row.first or pk in first,
        )
        for pk, row in waits.items()
    )
    return WaitedDay(loaded, day, entries, waits, rules, policy, seed_of(on))


def _entry(row: WaitingEntry, on: date, ledger: Fraction, passed: int, still_there: bool) -> Entry:
    """Nothing is booked by itself in the name of a person who has left: the office is asked."""
    notice = timedelta(minutes=row.least_notice_minutes)
    return Entry(
        number=row.pk,
        office=row.office_id,
        least=row.least_quanta,
        most=row.most_quanta,
        window=window(row, on),
        language=row.language,
        filed_at=row.filed_at,
        least_notice=max(notice, LEAST_NOTICE),
        auto_accept=row.auto_accept and still_there,
        ledger=ledger,
        office_active=row.office.status == OfficeStatus.ACTIVE,
        declined=passed,
    )


def _first_of_day(
    rows: Iterable[WaitingEntry], on: date, use: Mapping[int, Use], policy: Policy
) -> set[int]:
    """The entries (by key) with the first place on this day alone, as their office missed its floor of the day before.

    One for each such office, the first of the rows, while the office has nothing of the day.
    """
    if not missed.is_made_good(policy):
        return set()
    owed = missed.first_on(on, [office for office, used in use.items() if not used.day])
    found: dict[int, int] = {}
    for row in rows:
        if row.office_id in owed:
            found.setdefault(row.office_id, row.pk)
    return set(found.values())


def window(row: WaitingEntry, on: date) -> Period:
    """When on a day it would take time, on the clock of its office."""
    zone = ZoneInfo(row.office.time_zone)
    return Period(
        datetime.combine(on, row.from_time, zone), datetime.combine(on, row.until_time, zone)
    )


def _offered(offices: Collection[int], on: date) -> list[tuple[int, date, int]]:
    """What is kept for these offices until they answer, in the week of the day: they may take it all."""
    monday = monday_of(on)
    pending = Offer.objects.filter(
        office__in=offices,
        answer__in=PENDING_ANSWERS,
        hours__day__on__range=(monday, monday + timedelta(days=6)),
    )
    return list(pending.values_list("office_id", "hours__day__on", "quanta"))


def _ledgers(offices: Collection[int], policy: OfferPolicy, now: datetime) -> dict[int, Fraction]:
    """What each office has used up to today, today included: who is served now stands back at once."""
    today = clock.service_date(now)
    since = monday_of(today) - timedelta(weeks=LEDGER_WEEKS)
    weeks = OfficeWeek.objects.filter(office__in=offices, week__range=(since, today))
    charges: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for office, monday, booked, late in weeks.values_list("office_id", "week", "booked", "late"):
        for weekday, used in enumerate(map(add, booked, late)):
            if used:
                charges[office][monday + timedelta(days=weekday)] = used
    tomorrow = today + timedelta(days=1)
    return {office: waiting.ledger(used, tomorrow, policy) for office, used in charges.items()}


def _passed(entries: Mapping[int, WaitingEntry], on: date) -> defaultdict[int, int]:
    """The quarter hours of the day that each of the entries had been offered and did not take."""
    found: defaultdict[int, int] = defaultdict(int)
    offers = Offer.objects.filter(entry__in=entries, answer__in=PASSED, hours__day__on=on)
    for entry, mask in offers.values_list("entry_id", "mask"):
        found[entry] |= mask
    return found


def left(entries: Collection[WaitingEntry], now: datetime) -> set[int]:
    """Those of the entries (by key) whose person no longer acts for the office."""
    if not entries:
        return set()
    grants = Grant.objects.in_force(now).filter(office__in={e.office_id for e in entries})
    acts = set(grants.values_list("person_id", "office_id"))
    return {e.pk for e in entries if (e.person_id, e.office_id) not in acts}


# --- Pages -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry at its place of a day's list: what its office has used of late, what it is offered."""

    place: int
    row: WaitingEntry
    used: Fraction
    offer: Offer | None
    """Of this day; an offer of another day is none here."""

    missed: bool
    """Whether it is first because its office missed its floor of the service day before."""

    @property
    def used_minutes(self) -> int:
        """What the office has used of late, older use counting less, in minutes."""
        return round(self.used * QUANTUM_MINUTES)


def standings(on: date, now: datetime) -> list[Standing]:
    """Who waits for time on a day, in the order in which time that came free now would be given."""
    waited = load(on, entries_on(on), days.load_rules(), now)
    if waited is None:
        return []
    pending = Offer.objects.filter(entry__in=waited.rows, answer__in=PENDING_ANSWERS)
    offers = {offer.entry_id: offer for offer in pending.filter(hours__day__on=on)}
    return [
        Standing(
            place,
            waited.rows[one.number],
            one.ledger,
            offers.get(one.number),
            waited.is_first_of_day(one),
        )
        for place, one in enumerate(_order(waited, now), start=1)
    ]


def _order(waited: WaitedDay, now: datetime) -> list[Entry]:
    return waiting.in_order(waited.day, waited.entries, now, waited.seed)


def place_of(office: Office, on: date, now: datetime) -> int | None:
    """The best place of the office on the list of a day; None if it does not wait for that day."""
    if not live_entries(office).filter(first_on__lte=on, last_on__gte=on).exists():
        return None
    return next(one.place for one in standings(on, now) if one.row.office_id == office.pk)


DAYS_SHOWN = 5
"""On how many of the next days a page says the place: each is a day to load."""


class DayPlace(NamedTuple):
    """A place on the list of a day, and whether it is the first one for a floor that was missed."""

    on: date
    number: int
    missed: bool


def places(
    entries: Sequence[WaitingEntry], dates: Iterable[date], now: datetime
) -> dict[int, list[DayPlace]]:
    """By entry its place on each of the next days that it waits for: the first is 1."""
    found: dict[int, list[DayPlace]] = {entry.pk: [] for entry in entries}
    waited_for = (on for on in dates if any(e.first_on <= on <= e.last_on for e in entries))
    rules = days.load_rules()
    for on in islice(waited_for, DAYS_SHOWN):
        waited = load(on, entries_on(on), rules, now)
        if waited is None:
            continue
        for place, one in enumerate(_order(waited, now), start=1):
            if one.number in found:
                found[one.number].append(DayPlace(on, place, waited.is_first_of_day(one)))
    return found


def live_entries(office: Office) -> WaitingEntryQuerySet:
    """What the office waits for, the oldest first."""
    found = WaitingEntry.objects.after_opening().filter(office=office)
    return found.select_related("office", "person").order_by("filed_at", "pk")


def wishes_of(office: Office) -> WaitingEntryQuerySet:
    """What the office asks for of a day that opens, in the order of its ranks."""
    found = WaitingEntry.objects.of_opening().filter(office=office)
    return found.select_related("office", "person").order_by("first_on", "rank")


def answered_wishes(office: Office, now: datetime) -> WaitingEntryQuerySet:
    """What it had asked for of the days that opened in the last week, with the answers."""
    since = now - timedelta(days=7)
    found = WaitingEntry.objects.filter(office=office, opening__opened_at__gte=since)
    related = found.select_related("office", "opening", "decision", "appointment")
    return related.order_by("-opening__on", "rank")


def ended_entries(office: Office, now: datetime) -> WaitingEntryQuerySet:
    """What it waited for in the last two weeks and how that ended, the latest first."""
    since = now - timedelta(days=14)
    found = WaitingEntry.objects.filter(office=office, ended_at__gte=since)
    return found.select_related("person", "appointment").order_by("-ended_at", "-pk")


def pending_offers(office: Office, now: datetime) -> QuerySet[Offer]:
    """What the office can accept now, or has accepted and waits to be drawn; the first to end first."""
    found = Offer.objects.filter(office=office, answer__in=PENDING_ANSWERS, kept_until__gt=now)
    return found.select_related("entry", "office").order_by("expires_at", "pk")


def days_to_draw(opens: Opens | None, now: datetime) -> list[date]:
    """The days whose wishes are collected no longer and were not drawn: also after an outage."""
    wished = WaitingEntry.objects.of_opening().values_list("first_on", flat=True).distinct()
    collecting = opens.on if opens is not None and now < opens.until else None
    due = {on for on in wished if on != collecting}
    if opens is not None and collecting is None and opens.is_closed(now):
        due.add(opens.on)
    return sorted(due)


def is_owed_first_place(office: Office, rules: days.Rules, now: datetime) -> bool:
    """Whether the centre lately cancelled more appointments of the office than it has waited first for.

    For how long that is made good is a matter of the common rule of today.
    """
    policy = rules.shared(clock.service_date(now))
    if policy is None:
        return False
    since = now - timedelta(days=policy.first_place_days)
    credited = Credit.objects.filter(office=office, at__gte=since)
    first = WaitingEntry.objects.filter(office=office, first=True, filed_at__gte=since)
    return credited.count() > first.count()
