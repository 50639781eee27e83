"""The waiting list at its edges: near the start, at an office's limit, with a case that lapsed, in a pilot."""

from __future__ import annotations

from datetime import date, time

import pytest

from comptoir.liaison.actions import booking, waiting_rounds
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import Appointment, EntryEnd, Mode, OfficeWeek, Policy
from comptoir.notices.models import Notice
from comptoir.people.models import Office
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    consent_case,
    delegate_of,
    open_day,
)
from tests.liaison.factories import offer as offer_hours
from tests.liaison.factories import waiting_entry as wait
from tests.liaison.test_waiting import (
    MINUTE,
    SOON,
    WIDE,
    accept,
    cancel,
    full,
    offers,
    only_offer,
    policy,
)
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db

__all__ = ["full", "policy"]
"""The world of `test_waiting`: a day of one hour that is booked, under a rule that refuses nothing."""


# --- At the edges ------------------------------------------------------------------------------


def test_what_came_free_just_before_the_least_notice_can_still_be_accepted(
    full: list[Appointment],
) -> None:
    """Fifteen minutes are asked for; offered at sixteen, it is accepted at fourteen."""
    entry = wait(from_time=time(10, 30))
    cancel(full[1], now=at(DAY, 10, 14))
    offer = only_offer(entry)
    assert offer.together

    accept(offer, now=at(DAY, 10, 14))
    assert waiting_rounds.draw_due(most=5, now=at(DAY, 10, 16), seed=1) == 1


def test_an_office_is_not_offered_beyond_its_own_limit(policy: Policy) -> None:
    """It may have half an hour a day: two entries of it are not both offered one."""
    PolicyFactory.create(
        valid_from=date(2026, 11, 17), minutes_per_day=30, minutes_per_week=600, lengths=[15, 30]
    )
    open_day(DAY)
    office = OfficeFactory.create()

    entries = [wait(office), wait(office)]

    assert [len(offers(entry)) for entry in entries] == [1, 0]


def test_whoever_needs_not_be_asked_takes_part_in_a_draw_by_the_next_round(
    full: list[Appointment],
) -> None:
    asked, automatic = wait(from_time=time(10, 30)), wait(from_time=time(10, 30), auto_accept=True)
    Office.objects.filter(pk=automatic.office_id).update(sort_name="z")
    OfficeWeek.objects.create(
        office=automatic.office, week=date(2026, 11, 9), booked=[8, 0, 0, 0, 0, 0, 0]
    )
    cancel(full[1], now=SOON)
    assert [only_offer(entry).together for entry in (asked, automatic)] == [True, True]

    assert waiting_rounds.take_automatic_offers(most=5, now=SOON, seed=1) == 0
    assert waiting_rounds.draw_due(most=5, now=SOON + MINUTE, seed=1) == 1
    automatic.refresh_from_db()
    assert automatic.end == EntryEnd.BOOKED


def test_with_a_case_that_may_be_brought_no_more_the_office_is_asked_after_all(
    full: list[Appointment],
) -> None:
    entry = wait(auto_accept=True)
    PolicyFactory.create(**WIDE, valid_from=date(2026, 11, 17), most_case_lines=0)
    cancel(full[1])

    assert waiting_rounds.take_automatic_offers(most=5, now=NOW, seed=1) == 0
    assert not only_offer(entry).automatic
    assert Notice.objects.filter(kind="liaison.offered", subject_id=only_offer(entry).pk).exists()


# --- With a pilot ------------------------------------------------------------------------------


@pytest.fixture
def quarter_hours() -> Office:
    """An office in a group that may have quarter hours only."""
    member = OfficeFactory.create()
    delegate_of(member)
    pilot_drafts.start([member], rule=pilot_drafts.trial(lengths=[15]))
    return member


def test_a_member_of_a_group_does_not_pass_the_list(policy: Policy, quarter_hours: Office) -> None:
    day = open_day(DAY, first=time(10), last=time(10, 30))
    AppointmentFactory.create(starts_at=at(DAY, 10))
    entry = wait()
    offer_hours(day, day.hours.get().professional, first=time(10), last=time(11))
    wish = Wish(at(DAY, 10, 30), 15, "en", Mode.TELEPHONE, "613-555-0100")

    with pytest.raises(NotAdmitted):
        booking.book_appointment(
            office=quarter_hours,
            wish=wish,
            cases=[consent_case()],
            by=delegate_of(quarter_hours),
            now=NOW,
            seed=1,
        )
    assert only_offer(entry).starts_at == at(DAY, 10, 30)


def test_a_member_of_a_group_is_offered_what_its_own_rule_allows(
    full: list[Appointment], quarter_hours: Office
) -> None:
    entry = wait(quarter_hours, least_quanta=1)
    cancel(full[1])

    offer = only_offer(entry)
    assert offer.quanta == 1
    assert offer.decision.policy is not None
    assert offer.decision.policy.for_pilot
    assert accept(offer) is not None
