"""Who is asked to confirm: a pattern and never one bad day, by the numbers alone, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from comptoir.audit.models import Event
from comptoir.domain import reliability as domain
from comptoir.domain.reliability import Tally
from comptoir.liaison.actions import reliability, waiving
from comptoir.liaison.models import PatternFlag, Reason, Side, Status
from comptoir.liaison.queries import losses
from comptoir.people.models import Office
from tests.liaison.factories import PolicyFactory, at, in_status
from tests.liaison.flags import book, cancel_late, keep, lose
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)
"""Where the histories begin. Remembrance Day, a Wednesday in the week after it, is no business day."""


@pytest.fixture
def office() -> Office:
    PolicyFactory.create(generous=True)
    return OfficeFactory.create()


def review_after(on: date) -> reliability.Reviewed:
    """The review of the night after this day."""
    return reliability.review(now=at(on + timedelta(days=1), 3))


def history(office: Office) -> dict[date, Tally]:
    found = losses.tallies(MONDAY, MONDAY + timedelta(days=40), least_late=1, also=[office.pk])
    return dict(found[office.pk])


def pattern(office: Office) -> date:
    """Seven losses on three days and nothing kept; the last of these days."""
    for days, count in ((0, 2), (1, 2), (2, 3)):
        lose(office, MONDAY + timedelta(days=days), count)
    return MONDAY + timedelta(days=2)


def test_one_bad_day_never_flags_a_small_office(office: Office) -> None:
    keep(office, MONDAY, 4)
    bad = MONDAY + timedelta(days=1)
    lose(office, bad, 4)

    assert review_after(bad) == reliability.Reviewed(set=0, ended=0)
    assert not PatternFlag.objects.exists()


def test_a_pattern_flags_the_office_on_the_numbers_it_is_set_on(office: Office) -> None:
    keep(office, MONDAY, 2)
    last = pattern(office)

    assert review_after(last).set == 1

    flag = PatternFlag.objects.get()
    assert (flag.office, flag.since, flag.ended_on) == (office, last, None)
    assert (flag.appointments, flag.late) == (9, 7)
    assert flag.probability == pytest.approx(domain.PatternRule().probability(Tally(9, 7)))
    assert Event.objects.get(action="reliability.flagged").office_id == office.pk


def test_nobody_else_is_flagged_with_it(office: Office) -> None:
    lose(OfficeFactory.create(), MONDAY, 1)

    review_after(pattern(office))

    assert [flag.office for flag in PatternFlag.objects.all()] == [office]


def test_what_is_lost_today_is_looked_at_tomorrow(office: Office) -> None:
    last = pattern(office)

    assert reliability.review(now=at(last, 20)).set == 0
    assert review_after(last).set == 1


def test_the_same_night_twice_is_once(office: Office) -> None:
    last = pattern(office)
    review_after(last)
    before = PatternFlag.objects.values().get()

    assert review_after(last) == reliability.Reviewed(set=0, ended=0)
    assert PatternFlag.objects.values().get() == before


def test_the_flag_ends_by_itself_after_ten_clean_business_days(office: Office) -> None:
    last = pattern(office)  # Wednesday 4 November
    review_after(last)
    tenth = date(2026, 11, 19)  # ten business days on, since the 11th is a holiday

    assert PatternFlag.objects.get().until == tenth
    assert review_after(tenth - timedelta(days=1)).ended == 0
    assert review_after(tenth).ended == 1

    flag = PatternFlag.objects.get()
    assert flag.ended_on == tenth
    assert Event.objects.filter(action="reliability.flag_ended").count() == 1
    assert review_after(tenth + timedelta(days=1)) == reliability.Reviewed(set=0, ended=0)


def test_another_loss_begins_the_clean_days_anew(office: Office) -> None:
    last = pattern(office)
    review_after(last)

    lose(office, date(2026, 11, 6), 1)
    review_after(date(2026, 11, 6))

    assert PatternFlag.objects.get().until == date(2026, 11, 23)
    assert review_after(date(2026, 11, 20)).ended == 0
    assert review_after(date(2026, 11, 23)).ended == 1


def test_nights_that_were_missed_change_nothing(office: Office) -> None:
    pattern(office)

    assert review_after(date(2026, 11, 30)) == reliability.Reviewed(set=0, ended=0)


def test_a_flag_whose_losses_are_waived_ends_in_the_next_night(office: Office) -> None:
    last = pattern(office)
    review_after(last)

    for appointment in office.appointments.all()[:3]:
        waiving.waive(
            appointment=appointment, reason="The telephones were down.", by=PersonFactory.create(),
            now=at(last, 20),
        )  # fmt: skip

    assert review_after(last + timedelta(days=1)).ended == 1


def test_an_office_can_be_flagged_again_later(office: Office) -> None:
    review_after(pattern(office))
    review_after(date(2026, 11, 19))

    lose(office, date(2026, 11, 20), 1)

    assert review_after(date(2026, 11, 20)).set == 1
    assert PatternFlag.objects.open().get().since == date(2026, 11, 20)


def excused(office: Office) -> None:
    cancel_late(book(office, MONDAY, 1)[0], reason=Reason.CHAMBER)


def waived(office: Office) -> None:
    (lost,) = lose(office, MONDAY, 1)
    waiving.waive(appointment=lost, reason="Ours.", by=PersonFactory.create(), now=at(MONDAY, 20))


def not_attended(office: Office) -> None:
    in_status(book(office, MONDAY, 1)[0], Status.NO_SHOW)


def in_time(office: Office) -> None:
    cancel_late(book(office, MONDAY, 1)[0], now=at(MONDAY, 9) - timedelta(hours=25))


def by_the_centre(office: Office) -> None:
    cancel_late(book(office, MONDAY, 1)[0], side=Side.CENTRE, reason=Reason.ABSENCE)


def still_booked(office: Office) -> None:
    book(office, MONDAY, 1)


@pytest.mark.parametrize(
    ("happened", "appointments", "late"),
    [
        (lambda office: keep(office, MONDAY, 1), 1, 0),
        (lambda office: lose(office, MONDAY, 1), 1, 1),
        (not_attended, 1, 1),
        (excused, 1, 0),
        (waived, 1, 0),
        (in_time, 0, 0),
        (by_the_centre, 0, 0),
        (still_booked, 0, 0),
    ],
)
def test_what_counts_as_an_appointment_and_what_as_lost_late(
    office: Office, happened: Callable[[Office], object], appointments: int, late: int
) -> None:
    happened(office)

    expected = {MONDAY: Tally(appointments, late)} if appointments else {}
    assert history(office) == expected


def test_what_somebody_else_took_is_not_lost(office: Office) -> None:
    PolicyFactory.create(
        version=1, valid_from=date(2026, 1, 5), generous=True, nested=True, floor_minutes=0,
        take_up_percent=0, least_held_minutes=3_000, least_notice_minutes=0,
    )  # fmt: skip
    (given_up,) = lose(office, MONDAY, 1)

    taken = book(OfficeFactory.create(), MONDAY, 1)

    assert taken[0].starts_at == given_up.starts_at
    assert history(office) == {MONDAY: Tally(1, 0)}


def test_the_window_is_what_the_flag_is_set_on() -> None:
    rule = domain.PatternRule(window_days=2)
    days = {MONDAY + timedelta(days=n): Tally(10, n) for n in range(4)}

    assert domain.window(days, MONDAY + timedelta(days=2), rule) == Tally(20, 3)
    assert domain.window({}, MONDAY, rule) == Tally(0, 0)
