"""Two shared days played by Hypothesis with the actions themselves, on the database they write to.

Offices book, hold, move, give up and wait; the centre cancels, waives and loses hours; time goes by,
through the release, the ramp and the days. After each step the rows must agree with each other. What
`tests.domain.test_share_days` says of the rule, this says of all that is written down.

An example is rolled back as a whole. With `-s` it is printed how many steps of each kind were taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pytest_django.plugin import DjangoDbBlocker

from comptoir.domain import nested
from comptoir.domain.admission import admit
from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM
from comptoir.domain.service_day import Admitted, Refused, Request
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import (
    booking,
    changing,
    counting,
    holding,
    offering,
    serving,
    taking_back,
    waiting,
    waiting_rounds,
    waiving,
)
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.models import (
    PENDING_ANSWERS,
    Appointment,
    Claim,
    Hold,
    Mode,
    Offer,
    Reason,
    Side,
    Status,
    WaitingEntry,
)
from comptoir.liaison.queries import days
from comptoir.liaison.queries import waiting as waited
from comptoir.people.models import Office, Person
from comptoir.roster.models import Professional
from tests.liaison.crashes import wrong
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    apportion,
    at,
    consent_case,
    delegate_of,
    open_day,
    waits,
)
from tests.liaison.factories import (
    OPENS as GRID_OPENS,
)
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # seconds: what fails is made smaller for five minutes
]

Row = TypeVar("Row", bound=Model)

OFFICES = 4
BOTH = (DAY, DAY + timedelta(days=1))
OPENS, CLOSES = time(10), time(12)
STARTS = 8
"""The quarter hours between."""

WHICH = st.integers(0, 11)
"""One of whatever there is: the draws do not depend on what happened, so that a failure can be made smaller."""

MOMENTS = (
    at(DAY - timedelta(days=1), 14),  # the allowances of the first day are released
    *(at(on, hour, minute) for on in BOTH for hour, minute in [(7, 0), (9, 30), (14, 0)]),
)

ON, START, LENGTH = st.sampled_from(BOTH), st.integers(0, STARTS - 1), st.integers(1, 4)

TAKEN: Counter[str] = Counter()
"""How many steps of each kind were taken, and how many of them were refused."""


@pytest.fixture(scope="module", autouse=True)
def _told_what_was_done(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Afterwards keys go on from where they were: every row that had a higher one is rolled back."""
    with django_db_blocker.unblock():
        before = _last_values()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.executemany("SELECT setval(%s::regclass, %s)", list(before.items()))
    print("\n" + "\n".join(f"{count:6} {what}" for what, count in sorted(TAKEN.items())))


REFUSALS = (
    booking.NotAdmitted,
    changing.NotChangeable,
    serving.StillWaiting,
    taking_back.CannotTakeBack,
    waiting.CannotWait,
    waiting.OfferGone,
    waiving.NothingCharged,
)


class Days(RuleBasedStateMachine):
    """Four offices, one or two professionals, two hours on each of two days."""

    now: datetime
    sharing: days.Rules
    short: set[date]
    is_ill: bool
    offices: list[Office]
    professionals: list[Professional]
    staff: Person
    floor: int

    def __init__(self) -> None:
        super().__init__()
        self._all_of_it = transaction.atomic()
        self._all_of_it.__enter__()
        _number_from_the_beginning()

    def teardown(self) -> None:
        try:
            connection.check_constraints()
        finally:
            transaction.set_rollback(True)
            self._all_of_it.__exit__(None, None, None)

    @initialize(
        floor=st.sampled_from([15, 30]),
        notice=st.sampled_from([0, 15]),
        professionals=st.integers(1, 2),
        allowances=st.lists(st.integers(0, 8), min_size=OFFICES, max_size=OFFICES),
        bookings=st.lists(st.tuples(WHICH, ON, START, LENGTH), min_size=2, max_size=6),
        begins=st.sampled_from([NOW, at(DAY, 7), at(DAY, 9, 50), at(DAY, 10, 12)]),
    )
    def open_the_days(
        self,
        floor: int,
        notice: int,
        professionals: int,
        allowances: list[int],
        bookings: list[tuple[int, date, int, int]],
        begins: datetime,
    ) -> None:
        self.now, self.floor, self.short, self.is_ill = NOW, floor // 15, set[date](), False
        PolicyFactory.create(
            nested=True, floor_minutes=floor, miss_per_mille=0, take_up_percent=50,
            least_held_minutes=120, ramp_minutes=180, minutes_per_day=240, minutes_per_week=600,
            least_notice_minutes=notice, late_notice_minutes=120,
        )  # fmt: skip
        self.offices = OfficeFactory.create_batch(OFFICES)
        self.people = [delegate_of(office) for office in self.offices]
        self.staff = PersonFactory.create()
        self.professionals = ProfessionalFactory.create_batch(professionals)
        apportion(dict(zip(self.offices, allowances, strict=True)))
        for on in BOTH:
            open_day(on, self.professionals, first=OPENS, last=CLOSES)
        self.sharing = days.load_rules()
        self.see_whether_short()
        for which, on, start, quanta in bookings:
            self.book(which, on, start, quanta)
        self.now = begins

    # --- What offices do --------------------------------------------------------------------------

    @rule(
        which=WHICH,
        on=ON,
        start=START,
        quanta=LENGTH,
    )
    def book(self, which: int, on: date, start: int, quanta: int) -> None:
        office, by = self.office(which)
        self.does(
            "book",
            lambda: booking.book_appointment(
                office=office, wish=_wish(on, start, quanta), cases=[consent_case()], by=by,
                now=self.now, seed=1,
            ),
        )  # fmt: skip

    @rule(
        which=WHICH,
        on=ON,
        start=START,
        quanta=LENGTH,
    )
    def hold(self, which: int, on: date, start: int, quanta: int) -> None:
        office, by = self.office(which)
        self.does(
            "hold",
            lambda: holding.hold_time(
                office=office, wish=_wish(on, start, quanta), by=by, now=self.now, seed=1
            ),
        )

    @rule(which=WHICH, why=st.sampled_from([Reason.CONFLICT, Reason.CHAMBER, Side.CENTRE]))
    def cancel(self, which: int, why: Side | Reason) -> None:
        own = self.one(Appointment.objects.filter(status=Status.BOOKED), which)
        if own is None:
            return
        side = Side.OFFICE if isinstance(why, Reason) else Side.CENTRE
        reason = why if isinstance(why, Reason) else Reason.ABSENCE
        late = own.starts_at - self.now < timedelta(hours=2)
        self.does(
            f"cancel by the {side}" + ", excused" * (reason == Reason.CHAMBER) + ", late" * late,
            lambda: changing.cancel_appointment(
                appointment=own, side=side, reason=reason, by=own.booked_by, now=self.now
            ),
        )
        if side == Side.CENTRE:
            self.see_whether_short()

    @rule(
        which=WHICH, on=ON, start=START,
        quanta=LENGTH, side=st.sampled_from(Side),
    )  # fmt: skip
    def move(self, which: int, on: date, start: int, quanta: int, side: Side) -> None:
        own = self.one(Appointment.objects.filter(status=Status.BOOKED), which)
        if own is None:
            return
        wish = _wish(on, start, quanta)
        self.does(
            f"move by the {side}",
            lambda: changing.move_appointment(
                appointment=own, starts_at=wish.starts_at, minutes=wish.minutes, side=side,
                reason=Reason.CONFLICT if side == Side.OFFICE else Reason.ABSENCE,
                by=own.booked_by, now=self.now, seed=1,
            ),
        )  # fmt: skip
        if side == Side.CENTRE:
            self.see_whether_short()

    @rule(
        which=WHICH, days=st.sampled_from([BOTH, BOTH[:1], BOTH[1:]]), quanta=LENGTH,
        asked=st.booleans(), hour=st.sampled_from([OPENS, time(11)]),
    )  # fmt: skip
    def wait(
        self, which: int, days: tuple[date, ...], quanta: int, asked: bool, hour: time
    ) -> None:
        office, by = self.office(which)
        wished = waits(
            first_on=days[0], last_on=days[-1], from_time=hour, until_time=CLOSES,
            least_quanta=min(quanta, 2), most_quanta=quanta, auto_accept=not asked,
        )  # fmt: skip
        self.does(
            "wait",
            lambda: waiting.wait(
                office=office, waits=wished, cases=[consent_case()], by=by, now=self.now
            ),
        )

    @rule(which=WHICH, accepts=st.booleans())
    def answer(self, which: int, accepts: bool) -> None:
        offer = self.one(Offer.objects.filter(answer__in=PENDING_ANSWERS), which)
        if offer is None:
            return
        by = delegate_of(offer.office)
        if accepts:
            self.does("accept", lambda: waiting.accept(offer=offer, by=by, now=self.now, seed=1))
        else:
            self.does("decline", lambda: waiting.decline(offer=offer, by=by, now=self.now))

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        entry = self.one(WaitingEntry.objects.live(), which)
        if entry is not None:
            self.does(
                "withdraw", lambda: waiting.withdraw(entry=entry, by=entry.person, now=self.now)
            )

    # --- What the centre does -----------------------------------------------------------------------

    @rule(which=WHICH)
    def miss_or_come_after_all(self, which: int) -> None:
        begun = Q(status=Status.BOOKED, starts_at__lt=self.now) | Q(status=Status.NO_SHOW)
        own = self.one(Appointment.objects.filter(begun), which)
        if own is None:
            return
        by = own.professional.person
        if own.status == Status.BOOKED:
            self.does(
                "not attended",
                lambda: serving.record_no_show(appointment=own, by=by, now=self.now),
            )
        else:
            self.does(
                "not attended, taken back",
                lambda: taking_back.take_back_no_show(appointment=own, by=by, now=self.now),
            )

    @rule(which=WHICH)
    def waive(self, which: int) -> None:
        own = self.one(Appointment.objects.filter(events__late_quanta__gt=0).distinct(), which)
        if own is not None:
            self.does(
                "waive",
                lambda: waiving.waive(
                    appointment=own, reason="The telephones were down.", by=self.staff, now=self.now
                ),
            )

    @rule(
        which=WHICH, on=ON, first=st.sampled_from([time(10), time(11, 30)]),
        last=st.sampled_from([time(11), time(12)]),
    )  # fmt: skip
    def fall_ill(self, which: int, on: date, first: time, last: time) -> None:
        """Once: what was booked stays booked; what is free of these hours is on offer no longer."""
        if first < last and not self.is_ill:
            self.is_ill = True
            who = self.professionals[which % len(self.professionals)]
            self.does("absence", lambda: absent(who, on=on, first=first, last=last))
            self.see_whether_short()

    # --- What time does -----------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 6, 11, 15, 45]))
    def let_time_pass(self, minutes: int) -> None:
        """From one moment that matters to the next; over the hours of a day by minutes."""
        over = any(at(on, 9, 30) <= self.now < at(on, 13) for on in BOTH)
        later = self.now + timedelta(minutes=minutes)
        self.now = later if over else next((at for at in MOMENTS if at > self.now), self.now)
        TAKEN["time"] += 1

    @rule()
    def do_a_round(self) -> None:
        """What `liaison.jobs` does every minute."""
        TAKEN["round"] += 1
        waiting_rounds.draw_due(most=100, now=self.now, seed=1)
        waiting_rounds.end_what_is_over(most=100, now=self.now)
        for on in waited.dates_waited_for(self.now, days.bookable_dates(self.sharing, self.now)):
            offering.serve_day(on=on, now=self.now)
        waiting_rounds.take_automatic_offers(most=100, now=self.now, seed=1)

    # --- What must hold after each step -------------------------------------------------------------

    @invariant()
    def the_rows_agree(self) -> None:
        assert wrong() == []

    @invariant()
    def no_more_is_pending_than_still_counts(self) -> None:
        assert counting.overcharged([monday_of(DAY)]) == []

    @invariant()
    def nobody_has_two_at_once(self) -> None:
        taken = Counter(
            (own.professional_id, own.starts_at + number * QUANTUM)
            for own in Appointment.objects.live()
            for number in range(own.quanta)
        )
        assert taken.keys() == set(Claim.objects.values_list("professional_id", "starts_at"))
        assert taken.total() == len(taken)

    @invariant()
    def whoever_is_owed_a_floor_gets_it(self) -> None:
        """In hard mode, before the ramp, as long as capacity did not fall below what is owed.

        Not while somebody types or answers: what is kept for them counts beside the floor they are owed.
        """
        due = {on for on in BOTH if on not in self.short and self.now <= at(on, GRID_OPENS.hour)}
        if not due or self.is_anything_kept():
            return
        assert not due & self.lacking(), "there is less than is owed"
        for office in self.offices:
            for on, loaded in self.load(office).items():
                if on in due and loaded.day.shares[office.pk].owed:
                    answer = admit(loaded.day, Request(office.pk, self.floor, "en"), self.now)
                    assert isinstance(answer, Admitted), f"{office} misses {on}: {answer}"
                    assert answer.of_class == ShareClass.GUARANTEED

    # --- How it is done -----------------------------------------------------------------------------

    def is_anything_kept(self) -> bool:
        offers = Offer.objects.filter(answer__in=PENDING_ANSWERS, kept_until__gt=self.now)
        return offers.exists() or Hold.objects.filter(expires_at__gt=self.now).exists()

    def see_whether_short(self) -> None:
        """What the centre takes away may leave less than is owed: then nothing is promised any more."""
        self.short |= self.lacking()

    def lacking(self) -> set[date]:
        """The days into which fewer floors fit than are owed."""
        owed: Counter[date] = Counter()
        fits: dict[date, int] = {}
        for office in self.offices:
            for on, loaded in self.load(office).items():
                owed[on] += loaded.day.shares[office.pk].owed
                assert loaded.day.rule is not None
                assert loaded.day.rule.nesting is not None
                fit = nested.floors_fit(loaded.day, loaded.day.rule.nesting, self.now)
                fits[on] = min(fit, fits.get(on, fit))
        return {on for on in BOTH if fits[on] < owed[on]}

    def load(self, office: Office) -> dict[date, days.LoadedDay]:
        return days.load_days(dates=BOTH, office=office, rules=self.sharing, now=self.now)

    def does(self, what: str, act: Callable[[], object]) -> None:
        """One step; that it is refused is an answer."""
        try:
            refused = isinstance(act(), Refused)
        except REFUSALS:
            refused = True
        TAKEN[f"{what}, refused" if refused else what] += 1

    def office(self, which: int) -> tuple[Office, Person]:
        return self.offices[which % OFFICES], self.people[which % OFFICES]

    def one(self, found: QuerySet[Row], which: int) -> Row | None:
        rows = list(found.order_by("pk"))
        return rows[which % len(rows)] if rows else None


def _wish(on: date, start: int, quanta: int) -> Wish:
    starts_at = at(on, OPENS.hour) + start * QUANTUM
    return Wish(starts_at, 15 * quanta, "en", Mode.TELEPHONE, telephone="613-555-0100")


def _number_from_the_beginning() -> None:
    """Keys decide draws: an example that is repeated must meet the same ones. Nothing rolls them back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1000000)"
            "  FROM pg_sequences WHERE schemaname = 'public'"
        )


def _last_values() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, sequencename), COALESCE(last_value, 1)"
            "  FROM pg_sequences WHERE schemaname = 'public'"
        )
        return dict(cursor.fetchall())


Days.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestDays = Days.TestCase
