"""Rivals at the same moment, each on a connection of its own, and what happens without the lock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

import pytest
from django.db import connection, connections, transaction

from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import booking, changing, counting, holding, locking, ruling
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import Appointment, Claim, Hold, Mode, Reason, Side
from comptoir.people.models import Office, Person, Role
from comptoir.roster.models import OfferedHours, ServiceDay
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory, person_with

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def at_once(tasks: list[Callable[[], T]]) -> list[T | BaseException]:
    """Run the tasks in threads that begin together; each result, or what it raised."""
    ready = threading.Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(index: int, task: Callable[[], T]) -> None:
        try:
            connection.ensure_connection()
            ready.wait(timeout=30)
            results[index] = task()
        except BaseException as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def book(office: Office, hour: int, minute: int = 0, minutes: int = 30) -> Appointment:
    return booking.book_appointment(
        office=office,
        wish=Wish(at(DAY, hour, minute), minutes, "en", Mode.TELEPHONE, telephone="613-555-0100"),
        cases=[consent_case()],
        by=delegate_of(office),
        now=NOW,
        seed=1,
    )


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Both rivals have read the day before either writes: the worst interleaving there is.

    With the lock one of them waits for the other instead; the barrier then gives up and lets it on.
    """
    barrier = threading.Barrier(2)
    ask = booking.ask

    def ask_together(*args: Any, **kwargs: Any) -> object:
        answer = ask(*args, **kwargs)
        try:
            barrier.wait(timeout=1)
        except threading.BrokenBarrierError:
            barrier.reset()
        return answer

    monkeypatch.setattr(booking, "ask", ask_together)
    return barrier


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same code, reading the same rows, locking none."""
    monkeypatch.setattr(
        locking,
        "lock_days",
        lambda dates: {d.on: False for d in ServiceDay.objects.filter(on__in=dates)},
    )
    monkeypatch.setattr(
        locking,
        "_locked",
        lambda office, monday: office.weeks.get(week=monday),
    )


def rivals_for_one_limit() -> list[Appointment | BaseException]:
    """Two of one office's people ask at once for what the limit allows once, at different times."""
    PolicyFactory.create(minutes_per_day=30, lengths=[15, 30])
    open_day(professionals=[ProfessionalFactory.create(), ProfessionalFactory.create()])
    office = OfficeFactory.create()
    office.weeks.create(week=monday_of(DAY))
    return at_once([lambda: book(office, 10), lambda: book(office, 14)])


def test_of_two_rivals_for_an_offices_last_half_hour_exactly_one_wins(meeting: object) -> None:
    results = rivals_for_one_limit()

    assert sum(isinstance(result, Appointment) for result in results) == 1
    refused = [result for result in results if isinstance(result, NotAdmitted)]
    assert [r.decision.reason for r in refused] == ["day_limit"]
    assert counting.recount([monday_of(DAY)]) == []


def test_without_the_lock_both_would_win(meeting: object, monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch)

    results = rivals_for_one_limit()

    assert sum(isinstance(result, Appointment) for result in results) == 2


def rivals_for_one_place() -> list[Appointment | BaseException]:
    PolicyFactory.create()
    open_day()
    offices = [OfficeFactory.create(), OfficeFactory.create()]
    for office in offices:
        office.weeks.create(week=monday_of(DAY))
    return at_once([partial(book, office, 10) for office in offices])


def test_of_two_rivals_for_one_place_exactly_one_wins(meeting: object) -> None:
    results = rivals_for_one_place()

    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert [r.decision.reason for r in results if isinstance(r, NotAdmitted)] == ["time_taken"]


@pytest.fixture
def reads_repeat_by_default() -> Iterator[None]:
    """A server whose owner chose that a transaction sees one instant from beginning to end."""

    def choose(words: str) -> None:
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} {words}")
        connections.close_all()
        pooled: Any = connection
        pooled.close_pool()

    choose("SET default_transaction_isolation TO 'repeatable read'")
    yield
    choose("RESET default_transaction_isolation")


def test_of_two_rivals_exactly_one_wins_where_reads_repeat_by_default(
    meeting: object, reads_repeat_by_default: None
) -> None:
    """Who waited for the lock must see what its last holder has taken, whatever the server's default."""
    results = rivals_for_one_place()

    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert [r.decision.reason for r in results if isinstance(r, NotAdmitted)] == ["time_taken"]


def test_without_lock_and_key_both_would_have_the_place(
    meeting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the claims' key: take the lock and the key away, and the place is sold twice."""
    without_locks(monkeypatch)
    monkeypatch.setattr(booking, "claim", lambda *_: None)

    results = rivals_for_one_place()

    assert sum(isinstance(result, Appointment) for result in results) == 2


def test_without_the_lock_the_claims_key_still_refuses_the_second(
    meeting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch)

    results = rivals_for_one_place()

    assert sum(isinstance(result, Appointment) for result in results) == 1
    taken = Claim.objects.values_list("professional_id", "starts_at")
    assert len(taken) == len(set(taken)) == 2


def test_two_of_an_offices_people_who_hold_different_weeks_at_once_leave_one_hold() -> None:
    """Different days, different weeks, no lock in common: the hold's own key decides."""
    next_week = DAY + timedelta(days=7)
    PolicyFactory.create()
    for on in (DAY, next_week):
        open_day(on)
    office = OfficeFactory.create()
    by = delegate_of(office)

    def hold(on: date) -> object:
        wish = Wish(at(on, 10), 30, "en", Mode.TELEPHONE)
        return holding.hold_time(office=office, wish=wish, by=by, now=NOW, seed=1)

    for _ in range(5):
        results = at_once([lambda: hold(DAY), lambda: hold(next_week)])
        assert [r for r in results if isinstance(r, BaseException)] == []
    assert Hold.objects.filter(office=office).count() == 1


@pytest.mark.slow
def test_a_rush_of_sixteen_sells_every_quarter_hour_once_and_counts_it_right() -> None:
    """Sixteen connections book one day until nothing is left: nothing twice, no counter off by one."""
    PolicyFactory.create(minutes_per_day=240, minutes_per_week=480)
    open_day(professionals=[ProfessionalFactory.create() for _ in range(6)])
    offices = [OfficeFactory.create() for _ in range(40)]
    people = {office.pk: delegate_of(office) for office in offices}
    starts = [at(DAY, 9) + timedelta(minutes=15 * i) for i in range(32)]

    def rush(seed: int) -> Counter[str]:
        random = Random(seed)
        seen: Counter[str] = Counter()
        while seen["refused in a row"] < 60:
            office = random.choice(offices)
            wish = Wish(
                random.choice(starts),
                random.choice([15, 30, 45, 60]),
                "en",
                Mode.TELEPHONE,
                telephone="613-555-0100",
            )
            try:
                booking.book_appointment(
                    office=office,
                    wish=wish,
                    cases=[consent_case()],
                    by=people[office.pk],
                    now=NOW,
                    seed=random.getrandbits(31),
                )
            except NotAdmitted:
                seen["refused"] += 1
                seen["refused in a row"] += 1
            else:
                seen["booked"] += 1
                seen["refused in a row"] = 0
        return seen

    results = at_once([partial(rush, seed) for seed in range(16)])

    assert [r for r in results if isinstance(r, BaseException)] == []
    booked = sum(r["booked"] for r in results if isinstance(r, Counter))
    assert booked == Appointment.objects.count() > 0
    assert counting.recount([monday_of(DAY)]) == []
    for hours in OfferedHours.objects.all():
        claims = list(hours.claims.values_list("bit", flat=True))
        assert len(claims) == len(set(claims)), "a quarter hour was sold twice"
        assert sum(claims) & ~hours.mask == 0, "a quarter hour was sold that is not on offer"
        taken = Appointment.objects.filter(professional=hours.professional).order_by("starts_at")
        assert all(first.ends_at <= second.starts_at for first, second in pairwise(taken))
    assert Claim.objects.count() == sum(a.quanta for a in Appointment.objects.all())


def test_who_waits_longer_than_the_lock_timeout_is_told_so_and_nothing_is_written() -> None:
    PolicyFactory.create()
    open_day()
    office = OfficeFactory.create()
    by = delegate_of(office)
    held, done = threading.Event(), threading.Event()

    def hold_the_day() -> None:
        with transaction.atomic():
            locking.lock_days([DAY])
            held.set()
            done.wait(timeout=30)

    def try_meanwhile() -> Appointment:
        held.wait(timeout=30)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            return book(office, 10)
        finally:
            done.set()

    results = at_once([hold_the_day, try_meanwhile])

    assert isinstance(results[1], locking.DayBusy)
    assert by is not None
    assert Appointment.objects.count() == 0


def test_moves_between_two_days_in_opposite_directions_do_not_stop_each_other() -> None:
    other_day = DAY + timedelta(days=1)
    PolicyFactory.create(minutes_per_day=600, minutes_per_week=3000)
    open_day(professionals=[ProfessionalFactory.create() for _ in range(2)])
    open_day(other_day, professionals=[ProfessionalFactory.create() for _ in range(2)])
    one, two = book(OfficeFactory.create(), 10), book(OfficeFactory.create(), 11)
    two = changing.move_appointment(
        appointment=two, starts_at=at(other_day, 11), minutes=30, side=Side.OFFICE,
        reason=Reason.CONFLICT, by=two.booked_by, now=NOW, seed=1,
    )  # fmt: skip

    def swing(appointment: Appointment, days: list[date]) -> Appointment:
        for day in days:
            appointment = changing.move_appointment(
                appointment=appointment, starts_at=at(day, 12), minutes=30,
                side=Side.OFFICE, reason=Reason.CONFLICT, by=appointment.booked_by, now=NOW, seed=1,
            )  # fmt: skip
        return appointment

    results = at_once(
        [lambda: swing(one, [other_day, DAY] * 5), lambda: swing(two, [DAY, other_day] * 5)]
    )

    assert [r for r in results if isinstance(r, BaseException)] == []
    assert counting.recount([monday_of(DAY)]) == []


def test_a_booking_during_the_recount_is_no_difference() -> None:
    PolicyFactory.create()
    open_day(professionals=[ProfessionalFactory.create()])
    offices = [OfficeFactory.create(), OfficeFactory.create()]
    book(offices[0], 10)
    rival: list[Appointment | BaseException] = []

    def book_before_counters_are_read(execute: Any, sql: str, *rest: Any) -> Any:
        if '"liaison_officeweek"' in sql and " IN (" in sql and not rival:
            rival.extend(at_once([lambda: book(offices[1], 14)]))
        return execute(sql, *rest)

    with connection.execute_wrapper(book_before_counters_are_read):
        found = counting.check(back=timedelta(weeks=1), now=NOW)

    assert [type(result) for result in rival] == [Appointment]
    assert found == ([], [])


def test_two_who_set_a_rule_at_once_set_two_versions() -> None:
    """Both know the last version before either writes, unless they take turns."""
    barrier = threading.Barrier(2)

    def meet(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if 'MAX("liaison_policy"."version")' in sql:
            with suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=1)
        return result

    owners = [person_with(Role.POLICY_OWNER), person_with(Role.POLICY_OWNER)]
    last = PolicyFactory.create().version

    def set_rule(owner: Person) -> int:
        draft = PolicyFactory.build(
            version=0, name_en=f"Rule of {owner.pk}", valid_from=DAY + timedelta(days=30)
        )
        with connection.execute_wrapper(meet):
            return ruling.start_rule(draft=draft, by=owner, now=NOW).version

    results = at_once([partial(set_rule, owner) for owner in owners])

    assert Counter(results) == Counter([last + 1, last + 2])
