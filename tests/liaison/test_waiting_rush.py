"""A rush on a day that offices wait for: sixteen at once book, hold, cancel, accept and decline."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from datetime import time
from functools import partial
from random import Random

import pytest

from comptoir.domain import grid
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import (
    booking,
    changing,
    counting,
    holding,
    locking,
    offering,
    waiting,
    waiting_rounds,
)
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Answer,
    Appointment,
    Claim,
    EntryEnd,
    Mode,
    Offer,
    Reason,
    Side,
    Status,
    WaitingEntry,
)
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    consent_case,
    delegate_of,
    open_day,
    waiting_entry,
)
from tests.liaison.test_concurrency import at_once
from tests.people.factories import OfficeFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

THREADS, STEPS = 16, 10
FIRST, QUARTERS = 10, 12

GONE = (
    NotAdmitted,
    waiting.OfferGone,
    waiting.EntryOver,
    waiting.CannotWait,
    changing.NotChangeable,
    locking.DayBusy,
)
"""What somebody who is a moment late is told."""


class Rush:
    """Offices that wait, offices that press buttons, and how often each kind of step went well."""

    def __init__(self) -> None:
        self.waiting = _offices(8)
        self.pressing = _offices(8)
        self.done: Counter[str] = Counter()
        self.lock = threading.Lock()

    def press(self, seed: int) -> None:
        """One connection: a few steps, each of a kind that is drawn."""
        random = Random(seed)
        kinds = [self.book, self.book, self.hold, self.cancel, self.answer, self.answer, self.round]
        for _ in range(STEPS):
            kind = random.choice(kinds)
            with suppress(*GONE):
                kind(random)
                with self.lock:
                    self.done[kind.__name__] += 1

    def book(self, random: Random) -> None:
        office = random.choice(self.pressing)
        booking.book_appointment(
            office=office, wish=_wish(random), cases=[consent_case()], by=delegate_of(office),
            now=NOW, seed=random.getrandbits(31),
        )  # fmt: skip

    def hold(self, random: Random) -> None:
        office = random.choice(self.pressing)
        holding.hold_time(
            office=office, wish=_wish(random), by=delegate_of(office), now=NOW, seed=1
        )

    def cancel(self, random: Random) -> None:
        booked = list(Appointment.objects.filter(status=Status.BOOKED).order_by("pk"))
        if booked:
            one = random.choice(booked)
            changing.cancel_appointment(
                appointment=one, side=Side.OFFICE, reason=Reason.NOT_NEEDED, by=one.booked_by,
                now=NOW,
            )  # fmt: skip

    def answer(self, random: Random) -> None:
        offers = list(Offer.objects.filter(answer=Answer.OPEN).order_by("pk"))
        if not offers:
            return
        one = random.choice(offers)
        if random.random() < 0.7:
            waiting.accept(offer=one, by=delegate_of(one.office), now=NOW, seed=1)
        else:
            waiting.decline(offer=one, by=delegate_of(one.office), now=NOW)

    def round(self, random: Random) -> None:
        offering.serve_day(on=DAY, now=NOW)
        waiting_rounds.take_automatic_offers(most=50, now=NOW, seed=1)


def _offices(count: int) -> list[Office]:
    made = OfficeFactory.create_batch(count)
    for office in made:
        delegate_of(office)
    return made


def _wish(random: Random) -> Wish:
    quarter = random.randrange(QUARTERS)
    start = at(DAY, FIRST) + quarter * grid.QUANTUM
    return Wish(start, random.choice([15, 30, 60]), "en", Mode.TELEPHONE, "613-555-0100")


@pytest.fixture
def rush() -> Rush:
    """Three professionals for three hours, nearly all booked; eight offices wait, half need no asking."""
    PolicyFactory.create(
        minutes_per_day=600, minutes_per_week=3000, nested=True, floor_minutes=0,
        take_up_percent=0, least_held_minutes=3000, late_notice_minutes=0,
    )  # fmt: skip
    made = Rush()
    staff = [ProfessionalFactory.create() for _ in range(3)]
    open_day(DAY, staff, first=time(FIRST), last=time(FIRST + QUARTERS // 4))
    apportion(dict.fromkeys((*made.waiting, *made.pressing), 8))
    for number in range(3 * QUARTERS // 2):
        start = at(DAY, FIRST) + 2 * (number // 3) * grid.QUANTUM
        office = made.pressing[number % len(made.pressing)]
        wish = Wish(start, 30, "en", Mode.TELEPHONE, "613-555-0100")
        booking.book_appointment(
            office=office,
            wish=wish,
            cases=[consent_case()],
            by=delegate_of(office),
            now=NOW,
            seed=1,
        )
    for number, office in enumerate(made.waiting):
        for _ in range(2):
            waiting_entry(office, least_quanta=1, most_quanta=4, auto_accept=number % 2 == 0)
    return made


def _kept() -> list[tuple[int, int]]:
    """What is taken at this moment: the mask of each claim and pending offer, with the hours it is of."""
    offers = Offer.objects.filter(answer__in=[Answer.OPEN, Answer.ACCEPTED])
    return [
        *Claim.objects.values_list("hours_id", "bit"),
        *offers.values_list("hours_id", "mask"),
    ]


def test_a_rush_on_a_day_with_a_waiting_list_gives_nothing_twice_and_nothing_past_the_list(
    rush: Rush,
) -> None:
    results = at_once([partial(rush.press, seed) for seed in range(THREADS)])

    assert [result for result in results if isinstance(result, BaseException)] == []
    # Who books is mostly too late: what came free was offered to the list before.
    assert min(rush.done[kind] for kind in ("cancel", "answer", "round")) > 0
    assert Offer.objects.exclude(answer=Answer.OPEN).exists()
    assert counting.recount([monday_of(DAY)]) == []
    assert counting.adrift([monday_of(DAY)]) == []
    taken: Counter[int] = Counter()
    for hours, mask in _kept():
        assert taken[hours] & mask == 0, "a quarter hour was sold or offered twice"
        taken[hours] |= mask
    for offered in OfferedHours.objects.all():
        assert taken[offered.pk] & ~offered.mask == 0


def test_what_was_offered_went_to_who_was_offered_it(rush: Rush) -> None:
    at_once([partial(rush.press, 100 + seed) for seed in range(THREADS)])

    booked = Offer.objects.filter(answer=Answer.BOOKED).select_related(
        "entry__appointment", "hours"
    )
    assert booked
    for offer in booked:
        appointment = offer.entry.appointment
        assert appointment is not None
        assert (appointment.office_id, appointment.quanta) == (offer.office_id, offer.quanta)
        assert appointment.starts_at == offer.starts_at
        assert appointment.professional_id == offer.hours.professional_id
        assert offer.entry.end == EntryEnd.BOOKED
    # An office that waits books nothing by other ways here: what it has was offered to it.
    had = Appointment.objects.filter(office__in=rush.waiting)
    entries = WaitingEntry.objects.exclude(appointment=None)
    assert {one.pk for one in had} == set(entries.values_list("appointment_id", flat=True))
    assert len(booked) == len(entries)
