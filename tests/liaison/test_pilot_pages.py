"""The pages of pilots: planned, looked at, set, stopped; what they cost others is on every screen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.forms.models import model_to_dict
from django.test import Client

from comptoir.domain.breaks import Break
from comptoir.liaison.actions import piloting
from comptoir.liaison.forms.pilots import PilotForm
from comptoir.liaison.models import Criterion, Design, Pilot, Policy
from comptoir.liaison.queries import choosing, pilots, versions
from comptoir.liaison.queries.choosing import Choice
from comptoir.liaison.queries.pilots import SHARED
from comptoir.people.models import Office, Role
from comptoir.roster.models import OfferedHours
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    open_day,
    reserve,
)
from tests.liaison.posted import said, url
from tests.liaison.test_pilot_choices import offices as offices_with_volumes
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import ExtraHoursFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def common() -> Policy:
    return PolicyFactory.create(
        version=1, nested=True, minutes_per_day=120, minutes_per_week=600, weekly_floor_minutes=0
    )


@pytest.fixture
def owner(client: Client, common: Policy) -> Client:
    return sign_in(client, person_with(Role.POLICY_OWNER))


def written(**values: Any) -> dict[str, Any]:
    """The form as its owner sends it: a list of offices from tomorrow on, with twice as much a day."""
    rule = model_to_dict(Policy.objects.common().latest("version"))
    return {
        **{name: value for name, value in rule.items() if value is not None},
        "nested": "on", "late_counts": "on", "minutes_per_day": 240, "release_at": "14:00",
        "name_en": "Busy offices", "name_fr": "Bureaux achalandés",
        "remark_en": "To see.", "remark_fr": "Pour voir.",
        "design": Design.COHORT, "criterion": Criterion.LIST, "references": "", "count": 20,
        "extra_minutes": 0, "measures": ["use", "day_access"],
        "starts_on": "2026-11-17", "ends_on": "2026-12-01",
        "least_day_access_percent": 95, "most_fill_drop_percent": 3, "most_idle_percent": 3,
        **values,
    }  # fmt: skip


def in_weeks(**values: Any) -> dict[str, Any]:
    return written(
        design=Design.SWITCHBACK, criterion="", starts_on="2026-12-07", ends_on="2027-01-04",
        **values,
    )  # fmt: skip


def text(response: Any) -> str:
    """What the page says, without its markup."""
    return said(" ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split()))


def look_and_set(owner: Client, sent: dict[str, Any]) -> Pilot:
    """Through the preview, as a person goes; the pilot that was set."""
    preview = owner.post(url("new-pilot"), sent)
    assert preview.status_code == 200, text(preview)
    assert not Pilot.objects.exists()
    response = owner.post(url("new-pilot"), {**sent, "seen": preview.context["seen"]})
    assert response.status_code == 302, text(response)
    return Pilot.objects.get()


class TestPlanning:
    def test_a_list_of_offices_is_looked_at_and_then_set_as_written(self, owner: Client) -> None:
        offices = [OfficeFactory.create() for _ in range(2)]
        sent = written(references="\n".join(o.reference for o in offices), extra_minutes=30)

        pilot = look_and_set(owner, sent)

        assert {member.office for member in pilot.members.all()} == set(offices)
        assert {member.extra_quanta for member in pilot.members.all()} == {2}
        assert (pilot.policy.minutes_per_day, pilot.policy.name_fr) == (240, "Bureaux achalandés")
        assert (pilot.starts_on, pilot.ends_on) == (date(2026, 11, 17), date(2026, 12, 1))
        assert pilot.measures == ["use", "day_access"]

    def test_the_preview_says_whom_it_concerns_what_it_costs_and_what_is_tried(
        self, owner: Client
    ) -> None:
        open_day(DAY)
        office = OfficeFactory.create()

        page = owner.post(url("new-pilot"), written(references=office.reference, extra_minutes=120))

        shown = text(page)
        assert office.legislator in shown
        # 120 minutes a week are 24 minutes of each of five days; eight hours are offered.
        assert "keeps 24 min a day for 1 office. All others have 24 min a day less (5.0%)." in shown
        assert [(c.before, c.after) for c in page.context["changes"]] == [
            ("2\u00a0hours", "4\u00a0hours")
        ]

    def test_how_many_weeks_are_drawn_is_shown_and_not_which(self, owner: Client) -> None:
        preview = owner.post(url("new-pilot"), in_weeks())

        assert "4 weeks, in pairs: of each pair one follows the trial rule." in text(preview)
        assert "Week of" not in text(preview)
        assert 'name="seed"' not in preview.content.decode()

    def test_weeks_are_drawn_from_the_seed_that_is_kept(self, owner: Client) -> None:
        pilot = look_and_set(owner, in_weeks())

        expected = [(drawn.week, drawn.arm) for drawn in piloting.planned_weeks(pilot)]
        assert [(drawn.week, drawn.arm) for drawn in pilots.weeks_of(pilot)] == expected
        assert len(expected) == 4
        assert not pilot.members.exists()

    def test_nobody_chooses_the_seed_by_sending_or_by_looking_again(self, owner: Client) -> None:
        """Set once more with the same words, it is another draw, and both are on record."""
        for _ in range(3):
            owner.post(url("new-pilot"), in_weeks(seed=5))
        first = look_and_set(owner, in_weeks(seed=5))
        owner.post(url("stop-pilot", first.pk), {"reason": "Withdrawn."})
        owner.post(url("new-pilot"), {**in_weeks(seed=5), "seen": ""})

        seeds = set(Pilot.objects.values_list("seed", flat=True))
        assert len(seeds) == Pilot.objects.count() == 2
        assert 5 not in seeds

    def test_the_ranked_volumes_are_a_picture_beside_the_test_of_the_break(
        self, owner: Client
    ) -> None:
        offices_with_volumes(60, 55, 50, 48, 9, 8, 8, 7)
        preview = owner.post(url("new-pilot"), written(criterion=Criterion.BREAK))

        shown = text(preview)

        assert "Drawn as a picture only: the test above decides." in shown
        assert shown.index("would be found with the probability") < shown.index(
            "Drawn as a picture"
        )
        assert "4 the gap is below 144 hours" in shown
        assert [f"Class, of {count}" in shown for count in (2, 3, 4)] == [True] * 3
        assert preview.content.decode().count("<meter") == 8

    def test_without_a_break_there_is_no_picture(self, owner: Client) -> None:
        office = OfficeFactory.create()
        preview = owner.post(url("new-pilot"), written(references=office.reference))

        assert "Drawn as a picture" not in text(preview)

    def test_a_break_is_shown_with_its_evidence_and_proposes_the_offices_above_it(
        self, owner: Client
    ) -> None:
        busy = offices_with_volumes(60, 55, 50, 48, 9, 8, 8, 7, 7, 6)[:4]
        sent = written(criterion=Criterion.BREAK)

        page = owner.post(url("new-pilot"), sent)

        assert "below the office of rank 4" in text(page)
        assert "100.0%" in text(page)
        assert "This is no clear break" not in page.content.decode()
        pilot = look_and_set(owner, sent)
        assert {member.office for member in pilot.members.all()} == set(busy)
        assert pilot.p_value == pytest.approx(page.context["choice"].found.p_value)
        assert {member.chance for member in pilot.members.all()} == {1.0}

    def test_a_gap_that_proves_nothing_is_called_so(self, owner: Client) -> None:
        offices_with_volumes(20, 18, 17, 15, 14, 12, 11, 10, 9, 8)

        page = owner.post(url("new-pilot"), written(criterion=Criterion.BREAK))

        assert "This is no clear break" in page.content.decode()
        p_value = page.context["choice"].found.p_value
        assert p_value > choosing.CLEAR
        assert f"A break is called clear under 0.05; this one has {p_value:.3f}." in text(page)

    @pytest.mark.parametrize(
        ("p_value", "is_clear"), [(0.049, True), (0.05, False), (0.054, False)]
    )
    def test_what_is_called_clear_follows_the_threshold_alone(
        self, p_value: float, is_clear: bool
    ) -> None:
        found = Break(rank=4, share=0.4, spacings=9, p_value=p_value, above=frozenset())

        assert Choice([], found).is_clear is is_clear

    def test_how_many_offices_are_drawn_is_shown_and_not_which(self, owner: Client) -> None:
        every = [OfficeFactory.create() for _ in range(3)]

        page = text(owner.post(url("new-pilot"), written(criterion=Criterion.RANDOM, count=3)))

        assert "3 offices" in page
        assert "is drawn when you set the pilot" in page
        for office in every:
            assert office.reference not in page

    def test_another_number_than_was_looked_at_is_not_drawn(self, owner: Client) -> None:
        for _ in range(4):
            OfficeFactory.create()
        seen = owner.post(url("new-pilot"), written(criterion=Criterion.RANDOM, count=3)).context

        sent = written(criterion=Criterion.RANDOM, count=2)
        response = owner.post(url("new-pilot"), {**sent, "seen": seen["seen"]})

        assert response.status_code == 422
        assert not Pilot.objects.exists()

    def test_an_office_of_another_pilot_is_not_drawn(self, owner: Client) -> None:
        taken, free = OfficeFactory.create(), OfficeFactory.create()
        pilot_drafts.start([taken], rule=pilot_drafts.trial(minutes_per_day=240))
        refused = owner.post(url("new-pilot"), written(criterion=Criterion.RANDOM, count=2))
        sent = written(criterion=Criterion.RANDOM, count=1)
        preview = owner.post(url("new-pilot"), sent)

        owner.post(url("new-pilot"), {**sent, "seen": preview.context["seen"]})

        assert [m.office for m in Pilot.objects.latest("pk").members.all()] == [free]
        assert "Only 1 office is active and in no other pilot." in text(refused)

    def test_offices_are_drawn_from_the_seed_that_is_kept(self, owner: Client) -> None:
        for _ in range(10):
            OfficeFactory.create()

        pilot = look_and_set(owner, written(criterion=Criterion.RANDOM, count=3))

        drawn = choosing.drawn(count=3, seed=pilot.seed).offices
        assert {member.office for member in pilot.members.all()} == set(drawn)

    def test_a_soft_launch_begins_with_the_first_twenty_offices(self, owner: Client) -> None:
        first = [OfficeFactory.create(since=date(2020, 1, 1)) for _ in range(20)]
        OfficeFactory.create()

        pilot = look_and_set(owner, written(criterion=Criterion.FIRST))

        assert {member.office for member in pilot.members.all()} == set(first)

    def test_nothing_is_set_for_other_offices_than_were_looked_at(self, owner: Client) -> None:
        sent = written(criterion=Criterion.FIRST, count=1)
        OfficeFactory.create(since=date(2020, 5, 1))
        seen = owner.post(url("new-pilot"), sent).context["seen"]
        OfficeFactory.create(since=date(2020, 1, 1))

        page = owner.post(url("new-pilot"), {**sent, "seen": seen})

        assert page.status_code == 422
        assert "Other offices are meant by now" in text(page)
        assert not Pilot.objects.exists()
        assert (
            owner.post(url("new-pilot"), {**sent, "seen": page.context["seen"]}).status_code == 302
        )

    def test_the_form_begins_from_the_rule_of_today(self, owner: Client) -> None:
        form = owner.get(url("new-pilot")).context["form"]

        assert form["minutes_per_day"].value() == 120
        assert form["nested"].value() is True
        assert form["name_en"].value() in (None, "")

    def test_what_is_left_empty_of_the_opening_is_as_on_the_form_of_the_rule(
        self, owner: Client
    ) -> None:
        sent = written(references=OfficeFactory.create().reference, batch_minutes="", opens_at="")

        rule = look_and_set(owner, sent).policy

        assert (rule.batch_minutes, rule.opens_at) == (0, time(9))

    def test_to_change_something_keeps_what_was_written_and_judges_nothing(
        self, owner: Client
    ) -> None:
        page = owner.post(url("new-pilot"), written(name_en="", change="yes"))

        assert page.status_code == 200
        assert page.context["form"]["name_fr"].value() == "Bureaux achalandés"
        assert not Pilot.objects.exists()


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"starts_on": "2026-11-16"}, "starts_on", "Choose tomorrow or a later day."),
    ({"ends_on": "2026-11-17"}, "ends_on", "Choose a day after the first one."),
    ({"starts_on": "2028-01-01", "ends_on": "2028-02-01"}, "starts_on", "within a year"),
    ({"ends_on": "2028-01-01"}, "ends_on", "A pilot lasts a year at most."),
    ({"references": ""}, "references", "A group needs at least one office."),
    ({"references": "nobody-here"}, "references", "No active office has these references"),
    ({"criterion": ""}, "criterion", "Say how the offices are chosen."),
    (
        {"criterion": "random", "count": 50},
        "count",
        "Only 1 office is active and in no other pilot.",
    ),
    ({"criterion": "first", "count": ""}, "count", "Say how many."),
    ({"criterion": "break"}, "criterion", "No office parts from the rest"),
    ({"measures": []}, "measures", "Choose at least one outcome."),
    ({"measures": ["happiness"]}, "measures", "happiness"),
    ({"extra_minutes": 20}, "extra_minutes", "Give whole quarter hours"),
    ({"remark_fr": ""}, "remark_fr", ""),
    ({"minutes_per_day": 120}, "__all__", "The trial rule says the same"),
    ({"minutes_per_day": 45}, "minutes_per_day", "must allow the longest appointment"),
    ({"design": "", "criterion": "list"}, "design", ""),
]
REFUSED_WEEKS: list[tuple[dict[str, Any], str, str]] = [
    ({"ends_on": "2026-12-28"}, "ends_on", "choose an even number of weeks"),
    ({"starts_on": "2026-12-08"}, "starts_on", "begins on a Monday"),
    ({"ends_on": "2027-11-08"}, "ends_on", "32 weeks at most"),
    ({"starts_on": "2026-11-30", "ends_on": "2026-12-14"}, "starts_on", "December 7, 2026"),
]


def test_a_group_keeps_what_all_keep_on_its_first_day_whatever_the_form_began_with(
    owner: Client,
) -> None:
    """The form begins with the rule of today, which may be another than that of the first day."""
    change = {"floor_minutes": 30, "horizon_business_days": 20, "batch_minutes": 90}

    page = owner.post(
        url("new-pilot"), written(references=OfficeFactory.create().reference) | change
    )

    assert page.status_code == 200
    common = versions.governing(page.context["pilot"].starts_on)
    assert common is not None
    trial = page.context["form"].trial()
    assert {n: getattr(trial, n) for n in SHARED} == {n: getattr(common, n) for n in SHARED}


class TestRefused:
    @pytest.mark.parametrize(("change", "field", "words"), REFUSED)
    def test_a_bad_pilot_is_refused_beside_the_field_that_would_change_it(
        self, owner: Client, change: dict[str, Any], field: str, words: str
    ) -> None:
        office = OfficeFactory.create()

        page = owner.post(url("new-pilot"), written(references=office.reference) | change)

        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]
        assert words in str(page.context["form"].errors[field])
        assert not Pilot.objects.exists()

    @pytest.mark.parametrize(("change", "field", "words"), REFUSED_WEEKS)
    def test_weeks_that_cannot_be_drawn_are_refused_with_what_could(
        self, owner: Client, change: dict[str, Any], field: str, words: str
    ) -> None:
        page = owner.post(url("new-pilot"), in_weeks() | change)

        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]
        assert words in said(str(page.context["form"].errors[field]))

    def test_an_office_of_another_pilot_is_named_with_it(self, owner: Client) -> None:
        office = OfficeFactory.create()
        pilot_drafts.start([office])

        page = owner.post(url("new-pilot"), written(references=office.reference))

        words = str(page.context["form"].errors["criterion"])
        assert "Busy" in words
        assert office.reference in words

    def test_days_of_weeks_that_were_drawn_are_refused(self, owner: Client) -> None:
        pilot_drafts.start(pilot=pilot_drafts.weeks())
        office = OfficeFactory.create()

        page = owner.post(
            url("new-pilot"), written(references=office.reference, ends_on="2026-12-20")
        )

        assert "has some of those days" in str(page.context["form"].errors["starts_on"])

    def test_a_rule_that_would_disturb_a_pilot_is_refused_beside_its_first_day(
        self, owner: Client
    ) -> None:
        pilot_drafts.start([OfficeFactory.create()])
        sent = model_to_dict(Policy.objects.common().get(), exclude=["id", "created_by"])
        sent |= {"nested": "", "late_counts": "on", "valid_from": "2026-11-25", "seen": "2"}

        page = owner.post(url("new-rule"), sent)

        assert page.status_code == 422
        assert "A pilot goes on then" in str(page.context["form"].errors["valid_from"])

    def test_what_the_preview_carries_in_hidden_fields_is_what_is_set(self, owner: Client) -> None:
        office = OfficeFactory.create()
        sent = written(references=office.reference, lengths=["15", "30"], extra_minutes=15)
        preview = owner.post(url("new-pilot"), sent)

        carried: dict[str, list[str]] = {}
        for tag in re.findall(r'<input type="hidden"[^>]*>', preview.content.decode()):
            name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
            if name is not None:
                carried.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
        response = owner.post(url("new-pilot"), {**carried, "seen": preview.context["seen"]})

        assert response.status_code == 302, text(response)
        pilot = Pilot.objects.get()
        assert pilot.ends_on == date(2026, 12, 1)
        assert (pilot.policy.lengths, pilot.policy.late_counts) == ([15, 30], True)
        assert pilot.members.get().extra_quanta == 1

    @pytest.mark.parametrize(("numbers", "told"), [({"alpha_percent": 50}, True), ({}, False)])
    def test_weeks_that_allot_otherwise_ask_for_allowances_to_be_published(
        self, owner: Client, numbers: dict[str, Any], told: bool
    ) -> None:
        preview = owner.post(url("new-pilot"), in_weeks() | numbers)

        assert ("publish them from the first Monday" in text(preview)) is told


class TestCost:
    def test_hours_directed_at_the_group_alone_are_part_of_what_it_costs(
        self, common: Policy
    ) -> None:
        professional = ProfessionalFactory.create()
        open_day(DAY, [professional], first=time(9), last=time(17))
        hours = OfferedHours.objects.get(professional=professional)
        members, other = [OfficeFactory.create() for _ in range(2)], OfficeFactory.create()
        extra = ExtraHoursFactory.create(professional=professional)
        reserve(hours, extra, mask=0b1111 << 4, offices=[member.pk for member in members[:1]])
        shared = ExtraHoursFactory.create(professional=professional)
        reserve(hours, shared, mask=0b1111 << 8, offices=[members[0].pk, other.pk])
        pilot = pilot_drafts.start(members)

        found = pilots.cost(pilot, pilot.members.all(), NOW.date())

        assert (found.offices, found.kept, found.offered) == (2, 60, 480)
        assert found.percent == 12.5

    def test_hours_of_days_outside_of_the_pilot_cost_nothing(self, common: Policy) -> None:
        member, after = OfficeFactory.create(), date(2026, 12, 1)
        professional = ProfessionalFactory.create()
        open_day(DAY, [professional])
        open_day(after, [professional])
        hours = OfferedHours.objects.get(professional=professional, day__on=after)
        extra = ExtraHoursFactory.create(professional=professional)
        reserve(hours, extra, mask=0b1111 << 4, offices=[member.pk])
        pilot = pilot_drafts.start([member], extra=2, rule=pilot_drafts.trial(minutes_per_day=240))

        found = pilots.cost(pilot, pilot.members.all(), NOW.date())

        assert (found.kept, found.offered) == (6, 480)

    def test_before_any_day_is_published_no_part_of_a_day_is_named(self, common: Policy) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()], extra=5)

        found = pilots.cost(pilot, pilot.members.all(), NOW.date())

        assert (found.kept, found.percent) == (15, None)


SENTENCE = "keeps 3 min a day for 1 office. All others have 3 min a day less (0.6%)."


class TestOnEveryScreen:
    @pytest.fixture
    def pilot(self, common: Policy) -> Pilot:
        open_day(DAY)
        return pilot_drafts.start([OfficeFactory.create()], extra=1)

    @pytest.mark.parametrize(
        ("role", "page"),
        [
            (Role.DELEGATE, "rule"), (Role.PROFESSIONAL, "rule"), (Role.TEAM_LEAD, "board"),
            (Role.POLICY_OWNER, "pilot"), (Role.TEAM_LEAD, "pilot"), (Role.AUDITOR, "pilot"),
        ],
    )  # fmt: skip
    def test_what_it_costs_all_others_stands_where_people_look(
        self, client: Client, pilot: Pilot, role: Role, page: str
    ) -> None:
        sign_in(client, person_with(role))
        address = url(page, pilot.pk) if page == "pilot" else url(page)

        assert SENTENCE in text(client.get(address))

    def test_after_its_end_it_stands_nowhere_but_on_its_own_page(
        self, client: Client, pilot: Pilot, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(NOW + timedelta(days=20))
        sign_in(client, person_with(Role.TEAM_LEAD))

        assert "Busy" not in text(client.get(url("rule")))
        assert "Busy" not in text(client.get(url("board")))
        assert "Ended" in text(client.get(url("pilot", pilot.pk)))

    def test_stopped_before_it_began_it_stands_nowhere_at_once(self, common: Policy) -> None:
        late = pilot_drafts.draft(starts_on=date(2026, 11, 25))

        pilot_drafts.stop(pilot_drafts.start([OfficeFactory.create()], pilot=late))

        assert pilots.going_on(NOW.date()) == []

    def test_no_other_office_is_named_to_an_office(self, client: Client, pilot: Pilot) -> None:
        member: Office = pilot.members.get().office
        sign_in(client, person_with(Role.DELEGATE))

        shown = text(client.get(url("rule")))

        assert member.legislator not in shown
        assert "takes part" not in shown

    def test_an_office_that_takes_part_is_told_so(self, client: Client, pilot: Pilot) -> None:
        member: Office = pilot.members.get().office
        sign_in(client, person_with(Role.DELEGATE, office=member))

        assert f"The office of {member.legislator} takes part" in text(client.get(url("rule")))

    def test_its_home_says_that_the_trial_rule_holds(self, client: Client, pilot: Pilot) -> None:
        member = pilot.members.get().office
        sign_in(client, person_with(Role.DELEGATE, office=member))

        shown = text(client.get(url("office", member.reference)))

        assert "The trial rule of the pilot “Busy” holds on that day." in shown

    def test_the_rule_page_names_the_weeks_that_were_drawn(
        self, client: Client, common: Policy
    ) -> None:
        pilot = pilot_drafts.start(pilot=pilot_drafts.weeks())
        sign_in(client, person_with(Role.DELEGATE))

        shown = text(client.get(url("rule")))

        assert "has all offices follow another rule in some weeks" in shown
        assert "December 7, 2026" in shown or "December 14, 2026" in shown
        assert pilot.weeks.count() == 4

    def test_a_rule_page_without_pilots_asks_one_query_for_them(
        self,
        client: Client,
        common: Policy,
        django_assert_num_queries: Callable[[int], Any],
    ) -> None:
        with django_assert_num_queries(1):
            assert pilots.going_on(DAY) == []

    def test_with_pilots_it_asks_one_for_each_and_two_for_all(
        self, pilot: Pilot, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        pilot_drafts.start([OfficeFactory.create()])

        with django_assert_num_queries(3 + 2):
            assert len(pilots.going_on(DAY)) == 2


def test_the_form_has_every_field_of_the_rule_but_its_first_day() -> None:
    fields = PilotForm.base_fields

    assert "valid_from" not in fields
    assert {"minutes_per_day", "floor_minutes", "release_at", "design"} <= fields.keys()
