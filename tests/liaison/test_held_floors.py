"""What an office holds, or is offered, is its floor of that day for as long as it is kept for it.

Its floor is not kept a second time; once it lapses it is owed again, and still there.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from comptoir.domain import grid
from comptoir.domain.grid import Grid
from comptoir.domain.share import ShareClass
from comptoir.liaison.actions import holding, waiting
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.models import Answer, Hold, Mode, Offer
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import (
    DAY,
    NOW,
    ProfessionalFactory,
    apportion,
    at,
    delegate_of,
    open_day,
    reserve,
    waiting_entry,
)
from tests.liaison.test_nested import book, cancel, nested, offices, refused, wish
from tests.roster.factories import ExtraHoursFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def hold(office: Office, wished: Wish, now: datetime = NOW) -> Hold:
    found = holding.hold_time(office=office, wish=wished, by=delegate_of(office), now=now, seed=1)
    assert isinstance(found, Hold)
    return found


def three_offices(quarters: int, floor: int = 15) -> list[Office]:
    """Two that may have their floors only, and one that may have more, on so many quarter hours from ten."""
    nested(floor_minutes=floor, day_cap_percent=100)
    found = offices(3)
    last = time(10 + quarters // 4, quarters % 4 * 15)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=last)
    apportion({found[0]: 0, found[1]: 0, found[2]: 12})
    return found


def quarter(number: int, minutes: int = 15) -> Wish:
    return Wish(at(DAY, 10) + number * grid.QUANTUM, minutes, "en", Mode.TELEPHONE, "613-555-0100")


def test_a_floor_that_is_held_is_not_kept_a_second_time() -> None:
    holder, _, other = three_offices(4)
    hold(holder, quarter(0))

    assert book(other, quarter(1, 30)).decision.counters["offices_owed"] == 1


def test_a_floor_that_was_held_and_let_go_is_owed_again_and_still_there() -> None:
    holder, quiet, other = three_offices(4)
    lapses = hold(holder, quarter(0)).expires_at
    book(other, quarter(1, 30))
    assert refused(other, quarter(3), lapses - MINUTE).counters["offices_owed"] == 1

    decision = refused(other, quarter(0), lapses + MINUTE)

    assert (decision.counters["offices_owed"], decision.counters["left"]) == (2, 2)
    for number, office in ((0, quiet), (3, holder)):
        claimed = book(office, quarter(number), lapses + MINUTE)
        assert claimed.decision.of_class == ShareClass.GUARANTEED


def test_the_office_itself_is_owed_what_it_holds() -> None:
    holder, _, other = three_offices(4)
    hold(holder, quarter(0))
    book(other, quarter(1, 30))

    assert book(holder, quarter(0)).decision.of_class == ShareClass.GUARANTEED


def test_to_hold_less_than_the_floor_claims_nothing() -> None:
    holder, _, other = three_offices(6, floor=30)
    hold(holder, quarter(0))

    assert refused(other, quarter(2, 30)).counters["offices_owed"] == 2


def test_a_half_hour_that_was_held_is_there_in_one_piece_again() -> None:
    holder, quiet, other = three_offices(6, floor=30)
    lapses = hold(holder, quarter(0, 30)).expires_at
    book(other, quarter(2, 30))
    assert refused(other, quarter(4), lapses - MINUTE).reason in ("kept", "would_split")

    for number, office in ((0, quiet), (4, holder)):
        claimed = book(office, quarter(number, 30), lapses + MINUTE)
        assert claimed.decision.of_class == ShareClass.GUARANTEED


def test_to_hold_hours_that_nobody_else_could_have_claims_nothing_of_the_others() -> None:
    """When it is let go, nothing comes back to where the floors are kept."""
    holder, _, other = three_offices(5)
    hours = OfferedHours.objects.get()
    index = Grid(hours.day.starts_at, hours.day.quanta).index(at(DAY, 11))
    reserve(hours, ExtraHoursFactory.create(), mask=grid.bits(index, 1), offices=[holder.pk])
    hold(holder, quarter(4))

    assert refused(other, quarter(0, 45)).counters["offices_owed"] == 2


def test_to_have_held_a_time_that_has_begun_claims_nothing() -> None:
    """It cannot be booked any more: when it is let go there is nothing that comes back."""
    nested(least_notice_minutes=0, day_cap_percent=100, ramp_minutes=10_000, standby_minutes=0)
    holder, other = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(11))
    apportion({holder: 0, other: 12})
    hold(holder, quarter(0), at(DAY, 9, 59))

    assert refused(other, quarter(1, 45), at(DAY, 10, 1)).counters["offices_owed"] == 1


def an_offer(office: Office, now: datetime = NOW) -> Offer:
    entry = waiting_entry(office, now=now, least_quanta=1, most_quanta=1)
    return entry.offers.get()


def test_a_floor_that_is_offered_is_not_kept_a_second_time() -> None:
    waits, _, other = three_offices(4)
    offered = an_offer(waits)

    granted = book(other, quarter(1, 30))

    assert offered.starts_at == at(DAY, 10)
    assert granted.decision.counters["offices_owed"] == 1


def test_a_floor_that_was_offered_and_not_taken_is_owed_again_and_still_there() -> None:
    waits, quiet, other = three_offices(4)
    offered = an_offer(waits)
    book(other, quarter(1, 30))
    waiting.withdraw(entry=offered.entry, by=delegate_of(waits), now=NOW)

    assert refused(other, quarter(0)).counters["offices_owed"] == 2
    for number, office in ((0, quiet), (3, waits)):
        assert book(office, quarter(number)).decision.of_class == ShareClass.GUARANTEED


def test_what_is_offered_to_several_at_once_is_nobodys_floor_yet() -> None:
    """One of them will have it; the others are owed theirs after as before."""
    nested(least_notice_minutes=0, day_cap_percent=100, ramp_minutes=10_000, standby_minutes=0)
    first, second, other = offices(3)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 45))
    apportion({first: 0, second: 0, other: 12})
    soon = at(DAY, 9, 40)
    taken = book(other, quarter(0), soon)
    window = {"until_time": time(10, 15), "least_quanta": 1, "most_quanta": 1}
    for office in (first, second):
        waiting_entry(office, now=soon, **window)
    cancel(taken, soon)
    offers = Offer.objects.filter(answer=Answer.OPEN)
    assert [one.together for one in offers] == [True, True]

    assert refused(other, quarter(1, 30), soon).counters["offices_owed"] == 2


def test_who_waits_while_it_holds_its_floor_is_offered_no_second_one_out_of_the_others() -> None:
    """Two quarter hours for two offices: the second one is the other's."""
    nested(day_cap_percent=100)
    holder, other = offices(2)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 30))
    apportion({holder: 4, other: 0})
    hold(holder, wish(15))

    entry = waiting_entry(holder, least_quanta=1, most_quanta=1)

    assert not entry.offers.exists()
    assert book(other, quarter(1)).decision.of_class == ShareClass.GUARANTEED
