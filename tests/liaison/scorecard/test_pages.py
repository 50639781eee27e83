"""The scorecard's pages and its file: who reads them, what they say, and what they leave out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.domain.service_day import Reason, Refused
from comptoir.liaison.actions import searching
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.models import Appointment, Mode, Policy, Status
from comptoir.liaison.queries import days
from comptoir.liaison.queries.scorecard import figures, pages, words
from comptoir.liaison.queries.times import DayTimes
from comptoir.people.models import Office, Role
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    open_day,
)
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
BOM = "\ufeff"


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    """A week later: the week of `DAY` is the last one that is over."""
    with time_machine.travel(NOW + timedelta(weeks=1), tick=False) as travelling:
        yield travelling


@pytest.fixture
def rule() -> Policy:
    return PolicyFactory.create(generous=True)


@pytest.fixture
def owner(client: Client) -> Client:
    return sign_in(client, person_with(Role.POLICY_OWNER))


def reader(role: Role) -> Client:
    return sign_in(Client(), person_with(role))


def attend(count: int, *, quanta: int = 1, **about: Any) -> list[Office]:
    """So many new offices, each with an appointment of that length that was held; one professional each."""
    offices = [OfficeFactory.create(**about) for _ in range(count)]
    for office in offices:
        open_day(DAY, [ProfessionalFactory.create()])
        AppointmentFactory.create(office=office, minutes=15 * quanta, status=Status.FINISHED)
    return offices


def refuse(office: Office, on: date = DAY) -> None:
    """A time of this day that could not be kept."""
    wish = Wish(at(on, 10), 30, "en", Mode.TELEPHONE)
    searching.note_not_kept(office=office, wish=wish, refused=Refused(Reason.KEPT, {}), now=NOW)


def look(office: Office) -> None:
    """A list looked at at nine, with three times from ten to noon."""
    starts = tuple(at(DAY, hour) for hour in (10, 11, 12))
    listed = [DayTimes(DAY, starts, None)]
    searching.note_look(office=office, minutes=30, language="en", found=listed, now=at(DAY, 9))


def attended_before(hours: dict[Office, float]) -> None:
    """So many hours that each office attended on a day of the week before."""
    day = open_day(MONDAY - timedelta(days=4))
    made = Appointment.objects.all()[0]
    Appointment.objects.bulk_create(
        Appointment(
            reference=f"past-{office.pk}",
            office=office,
            day=day,
            professional=made.professional,
            starts_at=at(day.on, 9),
            ends_at=at(day.on, 9) + timedelta(hours=attended),
            language="en",
            mode=Mode.TELEPHONE,
            telephone="613-555-0100",
            status=Status.FINISHED,
            policy=made.policy,
            decision=made.decision,
            booked_by=made.booked_by,
            booked_at=at(day.on, 8),
            started_at=at(day.on, 9),
            finished_at=at(day.on, 17),
        )
        for office, attended in hours.items()
    )


def text(page: Any) -> str:
    """What a page says, on one line and without its markup."""
    plain = re.sub(r"<[^>]*>", " ", re.sub(r"<noscript>.*?</noscript>", "", page.text, flags=re.S))
    return " ".join(said(plain).split())


def file_of(client: Client, monday: date = MONDAY) -> list[dict[str, str]]:
    found = client.get(url("scorecard-file", monday)).text
    assert found.startswith(BOM)
    return list(csv.DictReader(io.StringIO(found.removeprefix(BOM))))


def values(rows: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    return {(row["code"], row["group"]): row["value"] for row in rows}


class TestWhoReadsIt:
    @pytest.mark.parametrize("role", [Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR])
    def test_the_menu_leads_there(self, rule: Policy, role: Role) -> None:
        page = reader(role).get(url("scorecard"))

        assert page.status_code == 200
        assert f'href="{url("scorecard")}"' in page.text

    @pytest.mark.parametrize(
        "role", [Role.DELEGATE, Role.OFFICE_MANAGER, Role.PROFESSIONAL, Role.ADMINISTRATOR]
    )
    def test_nobody_else_does(self, rule: Policy, role: Role) -> None:
        browser = reader(role)

        for address in (
            url("scorecard"),
            url("scorecard-week", MONDAY),
            url("scorecard-file", MONDAY),
            url("scorecard-version", rule.version),
        ):
            assert browser.get(address).status_code == 403


class TestTheWeek:
    def test_is_the_last_one_that_is_over(self, owner: Client, rule: Policy) -> None:
        assert "Monday, November 16, 2026 to Sunday, November 22, 2026" in text(
            owner.get(url("scorecard"))
        )

    def test_is_chosen_in_the_list(self, owner: Client, rule: Policy) -> None:
        open_day(DAY)
        open_day(date(2026, 11, 10))

        page = owner.get(url("scorecard"))
        assert page.context["weeks"] == [MONDAY, date(2026, 11, 9)]

        chosen = owner.get(url("scorecard"), {"week": "2026-11-09"})
        assert chosen["Location"] == url("scorecard-week", date(2026, 11, 9))
        assert "Monday, November 9, 2026" in text(owner.get(chosen["Location"]))

    @pytest.mark.parametrize("week", ["2026-11-23", "2026-11-10", "yesterday", "", "0001-01-01"])
    def test_that_cannot_be_chosen_leads_to_the_last_one(
        self, owner: Client, rule: Policy, week: str
    ) -> None:
        page = owner.get(url("scorecard"), {"week": week}, follow=True)

        assert page.status_code == 200

    @pytest.mark.parametrize("on", [date(2026, 11, 23), date(2026, 11, 10), date(2026, 11, 30)])
    def test_that_is_not_over_or_begins_on_no_monday_does_not_exist(
        self, owner: Client, rule: Policy, on: date
    ) -> None:
        assert owner.get(url("scorecard-week", on)).status_code == 404
        assert owner.get(url("scorecard-file", on)).status_code == 404

    def test_without_data_says_so(self, owner: Client) -> None:
        page = owner.get(url("scorecard"))

        assert "Nothing was on offer in this week" in text(page)
        assert url("scorecard-file", MONDAY) not in page.text
        assert file_of(owner) == []


class TestFigures:
    def test_are_named_explained_and_shown_as_a_bar(self, owner: Client, rule: Policy) -> None:
        # Half an hour attended of eight hours offered.
        AppointmentFactory.create(status=Status.FINISHED)

        page = owner.get(url("scorecard"))

        assert "Use Hours attended, of the hours offered. 6.2%" in text(page)
        assert (
            '<meter class="bar" min="0" max="1.0000" value="0.0625" aria-hidden="true">'
            in page.text
        )

    def test_every_one_has_words(self, rule: Policy) -> None:
        offices = attend(5)
        apportion(dict.fromkeys(offices, 2))
        look(offices[0])
        pilot_drafts.start(offices)

        found = figures.scorecard(MONDAY, days.load_rules())

        assert found is not None
        codes = [figure.code for figure in found.figures()]
        assert set(codes) == set(words.FIGURES)
        assert {figure.group for figure in found.figures()} <= {*words.GROUPS, ""}

    def test_of_access_count_office_days(self, owner: Client, rule: Policy) -> None:
        attend(3)
        for _ in range(2):
            refuse(OfficeFactory.create())

        found = values(file_of(owner))

        # Three of five office-days; two without access.
        assert found["day_access", ""] == "0.6"
        assert found["week_access", ""] == "0.6"
        assert found["floor_misses", ""] == "2"

    def test_of_need_come_from_the_allowances_in_force(self, owner: Client, rule: Policy) -> None:
        # Five offices attended a quarter hour each and need two, four and six times two.
        offices = attend(5)
        apportion(dict(zip(offices, (2, 4, 4, 4, 6), strict=True)))

        page, found = owner.get(url("scorecard")), values(file_of(owner))

        assert "published with the allowances in force from January 5, 2026" in text(page)
        assert found["served", ""] == "0.25"  # 5 of 20
        assert found["fill_median", ""] == "0.25"  # ½, ¼, ¼, ¼, ⅙
        assert found["jain_of_hours", ""] == "1"
        # (½ + ¾ + ⅙)² / (5 · (¼ + 3/16 + 1/36)) = (17/12)² / (5 · 67/144) = 289 / 335.
        assert float(found["jain_of_fill", ""]) == pytest.approx(289 / 335, abs=1e-6)

    def test_of_need_are_estimated_where_nothing_is_published(
        self, owner: Client, rule: Policy
    ) -> None:
        before = MONDAY - timedelta(days=5)
        AppointmentFactory.create(
            starts_at=at(before, 10), now=at(before, 8), status=Status.FINISHED
        )
        attend(1)

        assert "No allowances were in force" in text(owner.get(url("scorecard")))

    def test_of_need_are_left_out_where_nothing_is_known_of_it(
        self, owner: Client, rule: Policy
    ) -> None:
        open_day(DAY)

        page = owner.get(url("scorecard"))

        assert "Nothing can be said of need" in text(page)
        assert "By chamber" not in text(page)

    def test_in_french_are_written_the_french_way(self, client: Client, rule: Policy) -> None:
        AppointmentFactory.create(status=Status.FINISHED)
        browser = sign_in(client, person_with(Role.POLICY_OWNER))

        assert "6,2 %" in said(browser.get(url("scorecard").replace("/en/", "/fr/")).text)


class TestTheBusiestOffices:
    def test_are_compared_with_the_others_where_some_stand_out(
        self, owner: Client, rule: Policy
    ) -> None:
        # Five offices attended eight hours before, ten others a quarter hour: one wide gap and no other.
        busy, others = attend(5), attend(10)
        apportion(dict.fromkeys(busy, 4) | dict.fromkeys(others, 2))
        attended_before(dict.fromkeys(busy, 8) | dict.fromkeys(others, 0.25))

        page, found = text(owner.get(url("scorecard"))), values(file_of(owner))

        group = "The busiest offices and the others: "
        assert found["served_of_group", group + "Busiest offices"] == "0.25"
        assert found["served_of_group", group + "Other offices"] == "0.5"
        assert "No group of offices stands out" not in page

    def test_are_not_where_nobody_stands_out(self, owner: Client, rule: Policy) -> None:
        offices = attend(8)
        apportion(dict.fromkeys(offices, 2))
        attended_before(dict.fromkeys(offices, 1))

        assert "No group of offices stands out" in text(owner.get(url("scorecard")))


class TestFewOffices:
    def test_are_not_compared_nor_summed_up(self, owner: Client, rule: Policy) -> None:
        apportion(dict.fromkeys(attend(4), 2))

        found = values(file_of(owner))

        for code in ("day_access", "week_access", "served", "jain_of_fill", "gini", "same_day"):
            assert found[code, ""] == "<5"
        assert found["theil_between", "By chamber"] == "<5"

    def test_are_compared_from_five_on(self, owner: Client, rule: Policy) -> None:
        apportion(dict.fromkeys(attend(5), 2))

        found = values(file_of(owner))

        assert found["day_access", ""] == "1"
        assert found["served", ""] == "0.5"
        assert found["served_of_group", "By chamber: House of Commons"] == "0.5"

    def test_of_a_small_group_nothing_is_told_anywhere(self, owner: Client, rule: Policy) -> None:
        # Four offices in Quebec; six and eight elsewhere. With Quebec the next smallest goes.
        offices = [
            *attend(8, district__province="ON", province="ON"),
            *attend(6, province="BC"),
            *attend(4, province="QC", quanta=2),
        ]
        apportion(dict.fromkeys(offices, 2))

        rows = file_of(owner)
        page = owner.get(url("scorecard"))

        told = {row["group"]: row for row in rows if row["code"] == "served_of_group"}
        for place in ("Quebec", "British Columbia"):
            row = told[f"By province or territory: {place}"]
            assert (row["value"], row["numerator"], row["denominator"]) == ("<5", "", "")
            assert f"{place} Fewer than 5 offices" in text(page)
        assert told["By province or territory: Ontario"]["value"] == "0.5"

    def test_that_look_for_a_time_are_not_told(self, owner: Client, rule: Policy) -> None:
        open_day(DAY)
        for count, chamber in ((5, {}), (4, {"senate": True})):
            for _ in range(count):
                look(OfficeFactory.create(**chamber))

        told = values(file_of(owner))

        # From nine to noon of a day on which somebody works from nine.
        assert told["third_next_available", "House of Commons"] == "3"
        assert told["third_next_available", "Senate"] == "<5"


class TestNames:
    @pytest.fixture
    def missed(self, rule: Policy) -> Office:
        attend(5)
        office = OfficeFactory.create(legislator="Morgan Overlooked")
        refuse(office)
        return office

    @pytest.mark.parametrize("role", [Role.POLICY_OWNER, Role.TEAM_LEAD])
    def test_of_offices_without_access_are_for_those_who_can_act(
        self, missed: Office, role: Role
    ) -> None:
        page = text(reader(role).get(url("scorecard")))

        assert "1 day without access" in page
        assert "Wed, Nov 18 Morgan Overlooked" in page
        assert "Kept for other offices" in page

    def test_are_not_for_an_auditor_who_sees_how_many(self, missed: Office) -> None:
        page = text(reader(Role.AUDITOR).get(url("scorecard")))

        assert "Overlooked" not in page
        assert "guaranteed time. 1 " in page

    @pytest.mark.parametrize("role", [Role.POLICY_OWNER, Role.TEAM_LEAD, Role.AUDITOR])
    def test_are_in_no_file(self, missed: Office, role: Role) -> None:
        found = reader(role).get(url("scorecard-file", MONDAY)).text

        assert "floor_misses" in found
        assert "Overlooked" not in found
        assert missed.reference not in found

    def test_are_listed_up_to_a_limit_that_is_told(
        self, missed: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "MOST_MISSES", 1)
        refuse(missed, DAY + timedelta(days=1))

        page = text(reader(Role.TEAM_LEAD).get(url("scorecard")))

        assert "2 days without access" in page
        assert "Only the first 1 is listed." in page


class TestTheFile:
    def test_has_one_figure_to_a_row(self, owner: Client, rule: Policy) -> None:
        AppointmentFactory.create(status=Status.FINISHED)

        rows = file_of(owner)

        use = next(row for row in rows if row["code"] == "use")
        # Half an hour of eight.
        assert use == {
            "code": "use",
            "name": "Use",
            "group": "",
            "value": "0.0625",
            "numerator": "0.5",
            "denominator": "8",
            "interval_low": "",
            "interval_high": "",
        }

    def test_has_every_figure_of_the_page(self, owner: Client, rule: Policy) -> None:
        apportion(dict.fromkeys(attend(5), 2))
        found = figures.scorecard(MONDAY, days.load_rules())

        assert found is not None
        assert [row["code"] for row in file_of(owner)] == [one.code for one in found.figures()]

    def test_is_saved_under_the_name_of_its_week(self, owner: Client, rule: Policy) -> None:
        answer = owner.get(url("scorecard-file", MONDAY))

        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert 'filename="scorecard-2026-11-16.csv"' in answer["Content-Disposition"]


class TestAroundAChange:
    LATER = DAY + timedelta(weeks=1)

    @pytest.fixture
    def changed(self, rule: Policy, traveller: time_machine.Traveller) -> Policy:
        """Another version from the Monday after; five offices book on the day before it and ahead after."""
        second = PolicyFactory.create(generous=True, valid_from=MONDAY + timedelta(weeks=1))
        for on, booked_at in ((DAY, at(DAY, 8)), (self.LATER, NOW)):
            for office in [OfficeFactory.create() for _ in range(5)]:
                open_day(on, [ProfessionalFactory.create()])
                AppointmentFactory.create(office=office, starts_at=at(on, 10), now=booked_at)
        traveller.move_to(NOW + timedelta(weeks=2))
        return second

    def test_the_means_of_both_sides_stand_side_by_side(self, changed: Policy) -> None:
        page = reader(Role.POLICY_OWNER).get(url("scorecard-version", changed.version))

        shown = {mean.code: (mean.before, mean.after) for mean in page.context["change"].means}
        assert shown["same_day"] == (1, 0)
        assert shown["last_minute"] == (0, 0)
        assert (
            "Booked on the day Of the appointments, those booked on the day they were for. 100% 0%"
            in text(page)
        )

    def test_weeks_without_appointments_are_left_out(self, changed: Policy) -> None:
        found = pages.change(changed.version, MONDAY + timedelta(weeks=2))

        assert found is not None
        assert [week.monday for week in found.before] == [MONDAY]
        assert [week.monday for week in found.after] == [MONDAY + timedelta(weeks=1)]

    def test_a_mean_is_of_the_weeks_that_show_the_figure(self, changed: Policy) -> None:
        # One office alone booked in the week before: nothing is told of that week.
        before = DAY - timedelta(weeks=1)
        AppointmentFactory.create(starts_at=at(before, 10), now=at(before, 8) - timedelta(days=1))

        found = pages.change(changed.version, MONDAY + timedelta(weeks=2))

        assert found is not None
        assert [week.figures[0].value for week in found.before] == [None, 1]
        assert found.means[0].before == 1

    def test_the_scorecard_leads_to_every_version_that_has_begun(
        self, rule: Policy, changed: Policy
    ) -> None:
        owner = reader(Role.AUDITOR)
        coming = PolicyFactory.create(valid_from=date(2027, 6, 7))

        page = owner.get(url("scorecard")).text

        assert url("scorecard-version", rule.version) in page
        assert url("scorecard-version", changed.version) in page
        assert url("scorecard-version", coming.version) not in page
        assert owner.get(url("scorecard-version", coming.version)).status_code == 404

    def test_before_a_week_has_passed_there_is_nothing_to_compare(
        self, owner: Client, rule: Policy
    ) -> None:
        new = PolicyFactory.create(valid_from=MONDAY + timedelta(weeks=1))

        page = owner.get(url("scorecard-version", new.version))

        assert "No whole week to compare yet" in text(page)


class TestQueries:
    def test_of_a_week_do_not_grow_with_what_happened(
        self, owner: Client, rule: Policy, django_assert_num_queries: Any
    ) -> None:
        apportion(dict.fromkeys(attend(6), 2))
        for office in [OfficeFactory.create() for _ in range(4)]:
            refuse(office)
        owner.get(url("scorecard"))

        # Session, person, grants; the rules; hours, kept, tenures, ends, requests; need, twice;
        # offices, attended before, looks, days worked; pilots; names of those without access; weeks.
        with django_assert_num_queries(18):
            owner.get(url("scorecard"))

    def test_of_a_change_do_not_grow_with_the_weeks(
        self, owner: Client, rule: Policy, django_assert_num_queries: Any
    ) -> None:
        changed = PolicyFactory.create(generous=True, valid_from=MONDAY)
        attend(6)
        owner.get(url("scorecard-version", changed.version))

        # Session, person, grants; the rules; tenures, ends, requests.
        with django_assert_num_queries(7):
            owner.get(url("scorecard-version", changed.version))
