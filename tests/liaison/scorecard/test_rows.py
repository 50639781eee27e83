"""What the scorecard reads: rows that people's own actions left, as plain values."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from comptoir.domain.periods import Period
from comptoir.domain.service_day import Reason, Refused
from comptoir.liaison.actions import booking, changing, searching, serving, taking_back, waiting
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    Happening,
    Mode,
    Policy,
    Search,
    Side,
    Status,
)
from comptoir.liaison.models import Reason as Because
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import rows
from comptoir.liaison.queries.scorecard.values import (
    Asked,
    Kept,
    Looked,
    Tenure,
    Terms,
    Use,
    by_week,
    from_weekday,
)
from comptoir.liaison.queries.times import DayTimes
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    consent_case,
    delegate_of,
    in_status,
    move,
    open_day,
    open_offer,
    reserve,
    waiting_entry,
)
from tests.liaison.scorecard import worlds
from tests.liaison.scorecard.worlds import between
from tests.people.factories import OfficeFactory
from tests.roster.factories import ExtraHoursFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
NEXT = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def rule() -> Policy:
    return PolicyFactory.create(generous=True, floor_minutes=30, late_notice_minutes=120)


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


def load() -> Use:
    return rows.load(MONDAY, SUNDAY, days.load_rules())


def one_tenure() -> Tenure:
    (found,) = load().tenures
    return found


def refuse(office: Office, *, minutes: int = 30, hour: int = 10) -> None:
    """Ask for a time that is taken or not worked."""
    wish = Wish(at(DAY, hour), minutes, "en", Mode.TELEPHONE, telephone="613-555-0100")
    with pytest.raises(NotAdmitted):
        booking.book_appointment(
            office=office,
            wish=wish,
            cases=[consent_case()],
            by=delegate_of(office),
            now=NOW,
            seed=1,
        )


def look(
    office: Office,
    *,
    minutes: int = 30,
    on: date = DAY,
    offered: bool = True,
    when: datetime = NOW,
) -> None:
    """A list of one day, with one time or none."""
    refused = None if offered else Refused(Reason.NO_TIME, {})
    found = [DayTimes(on, (at(on, 10),) if offered else (), refused)]
    searching.note_look(office=office, minutes=minutes, language="en", found=found, now=when)


class TestHours:
    def test_are_the_masks_of_the_week(self) -> None:
        professional = ProfessionalFactory.create(french=True)
        open_day(DAY, [professional], first=time(9), last=time(11))
        open_day(NEXT, [professional])

        (found,) = load().hours

        assert (found.on, found.professional, found.languages) == (
            DAY,
            professional.pk,
            frozenset({"fr"}),
        )
        assert found.mask == between(9, 11)
        assert found.grid.starts_at == at(DAY, 8)

    def test_say_what_is_kept_for_some_offices(self, office: Office) -> None:
        hours = open_day(DAY).hours.get()
        extra = ExtraHoursFactory.create(approved=True)
        reserve(hours, extra, mask=between(9, 10), offices=[office.pk])
        reserve(hours, ExtraHoursFactory.create(), mask=between(10, 11), offices=[])

        assert load().hours[0].kept == (Kept(between(9, 10), frozenset({office.pk})),)


class TestTenures:
    def test_are_where_appointments_are(self, office: Office) -> None:
        made = AppointmentFactory.create(office=office, minutes=45, status=Status.FINISHED)

        assert one_tenure() == Tenure(
            office.pk, made.professional_id, DAY, at(DAY, 10), 3, Status.FINISHED, NOW
        )

    def test_of_other_weeks_are_left_out(self) -> None:
        AppointmentFactory.create(starts_at=at(NEXT, 10))

        assert load().tenures == []

    def test_end_when_the_office_cancels(self) -> None:
        made = AppointmentFactory.create()
        changing.cancel_appointment(
            appointment=made,
            side=Side.OFFICE,
            reason=Because.CONFLICT,
            by=made.booked_by,
            now=at(DAY, 9, 50),
        )

        ended = one_tenure().ended
        assert ended is not None
        assert (ended.kind, ended.side, ended.notice_minutes) == (
            Happening.CANCELLED,
            Side.OFFICE,
            10,
        )

    def test_end_when_nobody_comes(self) -> None:
        AppointmentFactory.create(status=Status.NO_SHOW)

        found = one_tenure()
        assert found.is_missed
        assert found.left_by_office

    def test_go_on_when_somebody_came_after_all(self) -> None:
        made = AppointmentFactory.create(status=Status.NO_SHOW)
        taking_back.take_back_no_show(
            appointment=made, by=made.professional.person, now=at(DAY, 10, 20)
        )

        assert one_tenure().ended is None

    def test_end_when_nobody_came_the_second_time_it_was_said(self) -> None:
        made = AppointmentFactory.create(status=Status.NO_SHOW)
        by = made.professional.person
        taken_back = taking_back.take_back_no_show(appointment=made, by=by, now=at(DAY, 10, 20))
        serving.record_no_show(appointment=taken_back, by=by, now=at(DAY, 10, 25))

        ended = one_tenure().ended
        assert ended is not None
        assert ended.at == at(DAY, 10, 25)

    def test_go_on_elsewhere_after_a_move(self) -> None:
        made = AppointmentFactory.create()
        move(made, at(DAY, 14))

        now, left = load().tenures
        assert (now.starts_at, now.ended, now.booked_at) == (at(DAY, 14), None, NOW)
        assert (left.starts_at, left.booked_at) == (at(DAY, 10), None)
        assert left.ended is not None
        assert left.ended.kind == Happening.MOVED

    def test_leave_a_week_by_a_move_to_another(self) -> None:
        made = AppointmentFactory.create()
        open_day(NEXT)
        move(made, at(NEXT, 14))

        left = one_tenure()
        assert (left.on, left.starts_at) == (DAY, at(DAY, 10))

    def test_end_once_after_a_move_and_a_cancellation(self) -> None:
        made = AppointmentFactory.create()
        open_day(NEXT)
        moved = move(made, at(NEXT, 14))
        in_status(moved, Status.CANCELLED)

        assert [tenure.ended and tenure.ended.kind for tenure in load().tenures] == [
            Happening.MOVED
        ]


class TestAsked:
    def test_is_a_booking(self, office: Office) -> None:
        AppointmentFactory.create(office=office)

        assert load().asked == [Asked(office.pk, DAY, DAY, NOW, 2, "en", granted=True)]

    def test_is_a_refusal(self, office: Office) -> None:
        AppointmentFactory.create()
        refuse(office, minutes=45)

        found = [one for one in load().asked if one.office == office.pk]
        assert found == [
            Asked(office.pk, DAY, DAY, NOW, 3, "en", granted=False, reason="time_taken")
        ]

    def test_is_a_time_that_could_not_be_kept(self, office: Office) -> None:
        wish = Wish(at(DAY, 10), 30, "fr", Mode.TELEPHONE)
        refused = Refused(Reason.KEPT, {})
        searching.note_not_kept(office=office, wish=wish, refused=refused, now=NOW)

        assert load().asked == [
            Asked(office.pk, DAY, DAY, NOW, 2, "fr", granted=False, reason="kept")
        ]

    def test_is_a_list_on_which_nothing_was(self, office: Office) -> None:
        look(office, offered=False)

        (found,) = load().asked
        assert (found.listed, found.reason) == (True, "no_time")

    def test_is_no_list_on_which_something_was(self, office: Office) -> None:
        look(office)

        assert load().asked == []

    def test_is_to_wait_for_time_which_asks_for_no_day_by_itself(self, office: Office) -> None:
        open_day(DAY, first=time(10), last=time(10, 30))
        AppointmentFactory.create(starts_at=at(DAY, 10))
        waiting_entry(office, least_quanta=1)

        (waited,) = [one for one in load().asked if one.reason == "waited"]
        assert (waited.office, waited.first, waited.last) == (office.pk, DAY, DAY)
        assert (waited.quanta, waited.granted, waited.listed) == (1, False, True)

    def test_is_granted_once_what_was_waited_for_is_booked(self, office: Office) -> None:
        offer = open_offer(office)
        waiting.accept(offer=offer, by=delegate_of(office), now=NOW, seed=1)

        assert [one.granted for one in load().asked if one.reason == "waited"] == [True]

    def test_says_what_was_offered_from_the_waiting_list_on_that_day(self, office: Office) -> None:
        open_day(DAY, first=time(10), last=time(10, 30))
        booked = AppointmentFactory.create(starts_at=at(DAY, 10))
        refuse(office)
        waiting_entry(office)
        in_status(booked, Status.CANCELLED)

        refused = [one for one in load().asked if one.office == office.pk and not one.listed]
        assert [one.offered for one in refused] == [2]

    def test_is_not_what_the_centre_asked(self) -> None:
        made = AppointmentFactory.create()
        changing.move_appointment(
            appointment=made,
            starts_at=at(DAY, 15),
            minutes=30,
            side=Side.CENTRE,
            reason=Because.ABSENCE,
            by=made.professional.person,
            now=NOW,
            seed=1,
        )

        assert len(load().asked) == 1

    def test_of_other_weeks_is_left_out(self) -> None:
        AppointmentFactory.create(starts_at=at(NEXT, 10))

        assert load().asked == []

    @pytest.mark.parametrize(
        ("lengths", "on", "offered"),
        [([15, 45], DAY, 3), ([15], DAY, 1), ([60], NEXT, 0), ([], DAY, 0)],
    )
    def test_says_the_longest_time_that_a_list_offered_on_that_day(
        self, office: Office, lengths: list[int], on: date, offered: int
    ) -> None:
        AppointmentFactory.create()
        refuse(office)
        for minutes in lengths:
            look(office, minutes=minutes, on=on)
        look(OfficeFactory.create(), minutes=60)

        found = [one for one in load().asked if one.office == office.pk]
        assert [one.offered for one in found] == [offered]

    @pytest.mark.parametrize(
        ("apart", "offered"),
        [(timedelta(days=1), 2), (timedelta(days=1, seconds=1), 0), (-timedelta(days=1), 2)],
    )
    def test_says_what_a_list_offered_within_a_day_of_it(
        self, office: Office, apart: timedelta, offered: int
    ) -> None:
        AppointmentFactory.create()
        refuse(office)
        look(office, when=NOW + apart)

        assert [one.offered for one in load().asked if not one.granted] == [offered]

    def test_says_what_was_offered_instead(self, office: Office, rule: Policy) -> None:
        AppointmentFactory.create(office=office)
        decided = office.decisions.get()
        decided.pk = None
        decided.accepted, decided.reason, decided.counters = False, "kept", {"instead": 1}
        decided.save()

        assert [one.offered for one in load().asked if not one.granted] == [1]


class TestLooks:
    def test_are_those_taken_in_the_week(self, office: Office) -> None:
        look(office, on=NEXT)
        wish = Wish(at(DAY, 10), 30, "fr", Mode.TELEPHONE)
        refused = Refused(Reason.KEPT, {})
        searching.note_not_kept(office=office, wish=wish, refused=refused, now=NOW)

        assert rows.looks(MONDAY, SUNDAY) == [Looked(office.pk, NOW, None)]
        assert rows.looks(MONDAY + timedelta(weeks=1), SUNDAY + timedelta(weeks=1)) == []

    def test_keep_the_third_time(self, office: Office) -> None:
        starts = tuple(at(DAY, hour) for hour in (9, 10, 11, 12))
        found = [DayTimes(DAY, starts, None)]
        searching.note_look(office=office, minutes=15, language="en", found=found, now=NOW)

        assert [one.third_at for one in rows.looks(MONDAY, SUNDAY)] == [at(DAY, 11)]


def test_a_day_is_worked_from_its_first_to_its_last_hours() -> None:
    open_day(DAY, first=time(10), last=time(12))
    open_day(DAY, first=time(14), last=time(16))
    open_day(NEXT, first=time(9), last=time(9))

    assert rows.worked(MONDAY, NEXT) == [Period(at(DAY, 10), at(DAY, 16))]


class TestNeed:
    def test_is_the_one_published_last(self, office: Office) -> None:
        apportion({office: 3}, on=date(2026, 1, 5))
        last = apportion({office: 7}, on=MONDAY)
        apportion({office: 9}, on=MONDAY + timedelta(days=1))

        assert rows.need(MONDAY) == rows.Need({office.pk: 7.0}, last)

    def test_is_estimated_from_what_was_attended_where_none_was_published(self) -> None:
        open_day(MONDAY - timedelta(weeks=30))  # the service is older than what is looked at
        before = MONDAY - timedelta(days=5)
        made = AppointmentFactory.create(
            starts_at=at(before, 10), now=at(before, 8), status=Status.FINISHED
        )
        AppointmentFactory.create(office=made.office, status=Status.FINISHED)

        found = rows.need(MONDAY)

        # Two quarter hours in the last of 26 weeks that weigh less and less: 2 · w / (w + w² + … + w²⁶).
        weight = 2 ** (-1 / 13)
        weights = sum(weight**age for age in range(1, 27))
        assert found.apportionment is None
        assert found.by_office == {made.office_id: pytest.approx(2 * weight / weights)}

    def test_of_several_weeks_is_for_each_what_it_is_for_that_week_alone(
        self, office: Office, django_assert_num_queries: Any
    ) -> None:
        AppointmentFactory.create(office=office, status=Status.FINISHED)
        mondays = [MONDAY + timedelta(weeks=number) for number in range(5)]
        for first, quanta in ((mondays[2], 3), (mondays[3], 7)):
            apportion({office: quanta}, on=first)

        with django_assert_num_queries(5):
            found = rows.need_by_week(mondays)

        assert found == {monday: rows.need(monday) for monday in mondays}
        assert [one.by_office.get(office.pk) for one in found.values()][2:] == [3, 7, 7]


def test_what_was_attended_before_is_summed_over_half_a_year() -> None:
    office = OfficeFactory.create()
    for ago in (5, 12):
        on = MONDAY - timedelta(days=ago)
        AppointmentFactory.create(
            office=office, starts_at=at(on, 10), now=at(on, 8), status=Status.FINISHED
        )
    AppointmentFactory.create(office=office, status=Status.FINISHED)
    AppointmentFactory.create(
        office=office,
        starts_at=at(MONDAY - timedelta(days=5), 14),
        now=at(MONDAY, 8) - timedelta(days=6),
    )

    assert rows.attended_before(MONDAY) == {office.pk: 4.0}


class TestTerms:
    def test_are_those_of_the_rule_of_each_day(self) -> None:
        PolicyFactory.create(
            valid_from=DAY, floor_minutes=15, weekly_floor_minutes=120, late_notice_minutes=60
        )

        found = load().terms

        assert found[MONDAY] == Terms(floor=2, weekly_floor=4, late_notice_minutes=120)
        assert found[DAY] == found[SUNDAY] == Terms(1, 8, 60)
        assert len(found) == 7

    def test_without_a_rule_a_quarter_hour_is_access_and_nothing_is_late(self) -> None:
        found = rows.load(date(2021, 1, 4), date(2021, 1, 4), days.load_rules()).terms

        assert found == {date(2021, 1, 4): Terms(1, 1, 0)}


class TestByWeek:
    def weeks(self) -> dict[date, Use]:
        mondays = [MONDAY, MONDAY + timedelta(weeks=1)]
        return by_week(rows.load(MONDAY, NEXT + timedelta(days=4), days.load_rules()), mondays)

    def test_everything_stands_in_its_week(self) -> None:
        AppointmentFactory.create()
        for hour in (10, 11):
            AppointmentFactory.create(starts_at=at(NEXT, hour))

        found = [
            (len(each.hours), len(each.tenures), len(each.asked)) for each in self.weeks().values()
        ]

        assert found == [(1, 1, 1), (1, 2, 2)]

    def test_a_list_of_two_weeks_stands_in_both(self, office: Office) -> None:
        searching.note_look(
            office=office,
            minutes=30,
            language="en",
            found=[DayTimes(on, (), Refused(Reason.NO_TIME, {})) for on in (DAY, NEXT)],
            now=NOW,
        )

        assert [len(each.asked) for each in self.weeks().values()] == [1, 1]


class TestFromWeekday:
    def test_what_is_of_an_earlier_day_is_left_out(self) -> None:
        wednesday = MONDAY + timedelta(days=2)
        days_of = (wednesday - timedelta(days=1), wednesday)
        whole = worlds.use(
            [worlds.hours(on=on) for on in days_of],
            [worlds.tenure(on=on) for on in days_of],
            [worlds.asked(on=on) for on in days_of],
        )

        found = from_weekday(whole, 2)

        assert [one.on for one in found.hours] == [wednesday]
        assert [one.on for one in found.tenures] == [wednesday]
        assert [one.first for one in found.asked] == [wednesday]
        assert found.terms == whole.terms

    @pytest.mark.parametrize(
        ("first", "last", "is_kept"), [(0, 1, False), (0, 2, True), (3, 7, True), (0, 14, True)]
    )
    def test_a_request_for_several_days_is_kept_if_one_of_them_is_late_enough(
        self, first: int, last: int, is_kept: bool
    ) -> None:
        days_of = [MONDAY + timedelta(days=ahead) for ahead in (first, last)]
        asked = worlds.asked(on=days_of[0], last=days_of[1])

        assert bool(from_weekday(worlds.use(requests=[asked]), 2).asked) is is_kept


def test_the_number_of_statements_does_not_grow(django_assert_num_queries: Any) -> None:
    rules = days.load_rules()
    for hour in range(9, 15):
        AppointmentFactory.create(starts_at=at(DAY, hour), status=Status.FINISHED)
        look(OfficeFactory.create())
    assert Appointment.objects.count() == Search.objects.count() == 6

    # Hours and what is kept of them, tenures and how they ended, requests.
    with django_assert_num_queries(5):
        rows.load(MONDAY, SUNDAY, rules)
