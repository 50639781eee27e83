"""Open follow-ups go to a colleague: those of people who left are listed, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.liaison.actions import handing_over as actions
from comptoir.liaison.models import CaseLine, FollowUp, Outcome, Status
from comptoir.liaison.queries import handing_over as queries
from comptoir.people.models import Grant, Person, Role
from comptoir.roster.models import Professional
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    open_day,
)
from tests.liaison.professional_pages.pages import said, url
from tests.people.factories import PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)
"""The service date of `NOW`."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def leaver() -> Professional:
    """Who has follow-ups, and will leave."""
    PolicyFactory.create(generous=True)
    return ProfessionalFactory.create(person__name="Casey Leaver")


@pytest.fixture
def colleague(leaver: Professional) -> Professional:
    return ProfessionalFactory.create(person__name="Robin Colleague")


@pytest.fixture
def promised(leaver: Professional) -> Callable[..., FollowUp]:
    """A follow-up of the leaver, or of `whose`; each after an appointment on a day of its own."""

    def made(
        task: str = "Ask the visa office", *, whose: Professional = leaver, **values: Any
    ) -> Any:
        on = DAY + timedelta(days=FollowUp.objects.count())
        open_day(on, [whose], first=time(9), last=time(17))
        appointment = AppointmentFactory.create(starts_at=at(on, 10))
        return factories.follow_up(appointment=appointment, task=task, **values)

    return made


@pytest.fixture
def lead() -> Person:
    return person_with(Role.TEAM_LEAD)


@pytest.fixture
def desk(client: Client, lead: Person) -> Client:
    """The team lead's browser."""
    return sign_in(client, lead)


def leave(professional: Professional) -> Professional:
    """The role has ended."""
    Grant.objects.filter(person=professional.person).update(ends_at=NOW)
    return professional


def hand_over(
    follow_ups: list[FollowUp], to: Professional, by: Person | None = None
) -> list[FollowUp]:
    return actions.hand_over(
        follow_ups=[follow_up.pk for follow_up in follow_ups],
        whose=follow_ups[0].professional,
        to=to,
        by=by or PersonFactory.create(),
        now=NOW,
    )


class TestAction:
    def test_those_chosen_are_the_colleagues_with_the_date_that_was_promised(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        first, second, third = (promised(due_on=date(2026, 12, day)) for day in (1, 2, 3))

        hand_over([first, third], colleague)

        owners = FollowUp.objects.order_by("due_on").values_list("professional", "due_on")
        assert list(owners) == [
            (colleague.pk, date(2026, 12, 1)),
            (leaver.pk, date(2026, 12, 2)),
            (colleague.pk, date(2026, 12, 3)),
        ]
        assert second.done_at is None

    def test_each_leaves_a_row_on_the_trail_with_its_office(
        self,
        promised: Callable[..., FollowUp],
        leaver: Professional,
        colleague: Professional,
        lead: Person,
    ) -> None:
        given = [promised(), promised()]

        hand_over(given, colleague, lead)

        rows = Event.objects.filter(action="follow_up.handed_over").order_by("pk")
        assert [row.actor_id for row in rows] == [lead.pk] * 2
        assert [row.object_id for row in rows] == [str(follow_up.pk) for follow_up in given]
        offices = [follow_up.case_line.appointment.office_id for follow_up in given]
        assert [row.office_id for row in rows] == offices
        assert rows[0].detail == {"from": leaver.pk, "to": colleague.pk}

    def test_what_was_done_meanwhile_stays_with_who_did_it(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        done, left = promised(done=True), promised()

        handed = hand_over([done, left], colleague)

        assert handed == [left]
        done.refresh_from_db()
        assert done.professional == leaver

    def test_what_is_somebody_elses_is_not_given_away_with_it(
        self, promised: Callable[..., FollowUp], colleague: Professional
    ) -> None:
        third = ProfessionalFactory.create()
        mine, others = promised(), promised(whose=third)

        hand_over([mine, others], colleague)

        others.refresh_from_db()
        assert others.professional == third

    def test_when_nothing_is_open_any_more_it_is_refused(
        self, promised: Callable[..., FollowUp], colleague: Professional
    ) -> None:
        with pytest.raises(actions.NothingOpen):
            hand_over([promised(done=True)], colleague)

        assert not Event.objects.filter(action="follow_up.handed_over").exists()

    def test_nobody_receives_them_who_takes_no_appointments(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        follow_up = promised()

        with pytest.raises(actions.NotServing):
            hand_over([follow_up], leave(colleague))

        follow_up.refresh_from_db()
        assert follow_up.professional == leaver

    def test_a_corrected_outcome_leaves_it_with_the_colleague(
        self, leaver: Professional, colleague: Professional
    ) -> None:
        open_day(DAY, [leaver])
        appointment = AppointmentFactory.create(
            cases=[consent_case(), consent_case()], status=Status.STARTED
        )
        factories.record(appointment, Outcome.REFERRED)
        hand_over([FollowUp.objects.get()], colleague)

        factories.record(appointment, Outcome.REFERRED, task="Ask Lagos")

        corrected = FollowUp.objects.get()
        assert (corrected.task, corrected.professional) == ("Ask Lagos", colleague)


class TestLeftBehind:
    def test_only_those_of_people_who_serve_no_more_are(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        later, sooner = promised(due_on=date(2026, 12, 9)), promised(due_on=date(2026, 12, 1))
        promised(done=True)
        promised(whose=colleague)
        assert not queries.left_behind(NOW).exists()

        leave(leaver)

        assert list(queries.left_behind(NOW)) == [sooner, later]

    @pytest.mark.parametrize("how", ["role", "roster", "account"])
    def test_there_are_three_ways_to_leave(
        self, promised: Callable[..., FollowUp], leaver: Professional, how: str
    ) -> None:
        follow_up = promised()
        if how == "role":
            leave(leaver)
        elif how == "roster":
            Professional.objects.filter(pk=leaver.pk).update(active=False)
        else:
            leave(leaver)
            Person.objects.filter(pk=leaver.person_id).update(is_active=False)

        assert list(queries.left_behind(NOW)) == [follow_up]

    def test_who_serves_no_more_stands_before_who_is_late(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        promised(whose=colleague, due_on=TODAY - timedelta(days=1))
        promised(due_on=TODAY + timedelta(days=9))
        promised(due_on=TODAY + timedelta(days=5))
        leave(leaver)

        first, second = queries.owners(NOW, TODAY)

        assert (first.professional, first.serves) == (leaver, False)
        assert (first.open, first.late, first.soonest) == (2, 0, TODAY + timedelta(days=5))
        assert (second.professional, second.serves) == (colleague, True)
        assert (second.open, second.late) == (1, 1)


class TestPages:
    def test_the_lead_is_told_on_the_list_of_follow_ups(
        self, desk: Client, promised: Callable[..., FollowUp], leaver: Professional
    ) -> None:
        promised()
        assert "take no appointments any more" not in desk.get(url("follow-ups")).text

        leave(leaver)

        page = desk.get(url("follow-ups")).text
        assert "1 open follow-up belongs to somebody who takes no appointments any more" in page
        assert url("hand-over") in page

    def test_the_overview_lists_people_and_what_they_left(
        self, desk: Client, promised: Callable[..., FollowUp], leaver: Professional
    ) -> None:
        follow_up = promised("Write to Lagos")
        leave(leaver)

        page = desk.get(url("hand-over"))

        assert "Casey Leaver Takes no appointments 1 0" in said(page)
        assert "Write to Lagos" in said(page)
        assert url("hand-over-of", leaver.pk) in page.text
        event = Event.objects.get(verb=Verb.SAW)
        assert event.detail["cases"] == [follow_up.case_line_id]

    def test_what_is_left_behind_is_paged_and_its_queries_do_not_grow(
        self,
        desk: Client,
        promised: Callable[..., FollowUp],
        leaver: Professional,
        django_assert_num_queries: Callable[[int], Any],
    ) -> None:
        first = promised()
        _many_more(first, 29)
        leave(leaver)
        desk.get(url("hand-over"))

        # Session, person, grants; owners, count, rows; SAW.
        with django_assert_num_queries(7):
            page = desk.get(url("hand-over"))

        assert len(page.context["page"]) == 25
        assert len(desk.get(url("hand-over"), {"page": "2"}).context["page"]) == 5

    def test_all_are_handed_over_at_once_and_the_lead_reads_how_many(
        self,
        desk: Client,
        promised: Callable[..., FollowUp],
        leaver: Professional,
        colleague: Professional,
    ) -> None:
        given = [promised(), promised()]
        leave(leaver)

        page = desk.get(url("hand-over-of", leaver.pk))
        answer = desk.post(
            url("hand-over-of", leaver.pk),
            {"follow_ups": [follow_up.pk for follow_up in given], "to": colleague.pk},
            follow=True,
        )

        assert page.context["form"]["follow_ups"].value() == [f.pk for f in given]
        assert "Robin Colleague (English, French)" in page.text
        assert "2 follow-ups are now on the list of Robin Colleague." in said(answer)
        assert set(FollowUp.objects.values_list("professional", flat=True)) == {colleague.pk}

    @pytest.mark.parametrize(
        ("missing", "sentence"),
        [
            ("follow_ups", "Choose at least one follow-up."),
            ("to", "Choose who takes them."),
        ],
    )
    def test_what_is_missing_is_asked_for(
        self,
        desk: Client,
        promised: Callable[..., FollowUp],
        leaver: Professional,
        colleague: Professional,
        missing: str,
        sentence: str,
    ) -> None:
        values: dict[str, Any] = {"follow_ups": [promised().pk], "to": colleague.pk}
        del values[missing]

        answer = desk.post(url("hand-over-of", leaver.pk), values)

        assert answer.status_code == 422
        assert sentence in answer.text

    def test_nobody_is_offered_who_serves_no_more_nor_the_owner(
        self,
        desk: Client,
        promised: Callable[..., FollowUp],
        leaver: Professional,
        colleague: Professional,
    ) -> None:
        follow_up = promised()
        leave(colleague)
        serving_too = ProfessionalFactory.create()

        form = desk.get(url("hand-over-of", leaver.pk)).context["form"]
        offered = [pk for pk, _ in form["to"].field.choices]
        answer = desk.post(
            url("hand-over-of", leaver.pk), {"follow_ups": [follow_up.pk], "to": colleague.pk}
        )

        assert offered == ["", serving_too.pk]
        assert answer.status_code == 422

    def test_of_very_many_the_soonest_due_come_first(
        self, desk: Client, promised: Callable[..., FollowUp], leaver: Professional
    ) -> None:
        ProfessionalFactory.create()
        _many_more(promised(due_on=date(2026, 12, 1)), queries.MOST_AT_ONCE)

        page = desk.get(url("hand-over-of", leaver.pk))

        assert "These are the 50 soonest due of 51." in said(page)

    def test_without_anything_open_the_page_says_so(
        self, desk: Client, leaver: Professional
    ) -> None:
        assert "Nothing is left to hand over" in desk.get(url("hand-over-of", leaver.pk)).text

    def test_without_a_colleague_the_page_says_what_to_do(
        self, desk: Client, promised: Callable[..., FollowUp], leaver: Professional
    ) -> None:
        promised()

        assert "No colleague takes appointments" in desk.get(url("hand-over-of", leaver.pk)).text


class TestAfterwards:
    def test_the_colleague_reads_the_case_and_closes_it(
        self, promised: Callable[..., FollowUp], colleague: Professional
    ) -> None:
        follow_up = promised("Write to Lagos")
        CaseLine.objects.update(advice="Send the form again.")
        hand_over([follow_up], colleague)
        browser = sign_in(Client(), colleague.person)

        listed, page = (
            browser.get(url("follow-ups")),
            browser.get(url("follow-up", follow_up.pk)),
        )
        browser.post(url("follow-up", follow_up.pk), {"result": "Lagos will reissue it."})

        assert "Write to Lagos" in said(listed)
        assert "When will a decision be made?" in said(page)
        assert "Send the form again." in said(page)
        follow_up.refresh_from_db()
        assert follow_up.done_by == colleague.person

    def test_no_link_leads_the_colleague_to_an_appointment_of_others(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        follow_up = promised()
        served = url("served", follow_up.case_line.appointment.reference)
        own = sign_in(Client(), leaver.person)
        for address in (url("follow-ups"), url("follow-up", follow_up.pk)):
            assert served in own.get(address).text

        hand_over([follow_up], colleague)

        browser = sign_in(Client(), colleague.person)
        for address in (url("follow-ups"), url("follow-up", follow_up.pk)):
            page = browser.get(address)
            assert page.status_code == 200
            assert served not in page.text
        assert "With Casey Leaver; this follow-up was handed over since" in said(page)
        assert browser.get(served).status_code == 404

    def test_who_gave_it_up_no_longer_has_it(
        self, promised: Callable[..., FollowUp], leaver: Professional, colleague: Professional
    ) -> None:
        follow_up = promised()
        hand_over([follow_up], colleague)

        browser = sign_in(Client(), leaver.person)

        assert browser.get(url("follow-up", follow_up.pk)).status_code == 404


class TestLeaving:
    def test_ending_the_role_says_what_stays_to_be_done(
        self, client: Client, promised: Callable[..., FollowUp], leaver: Professional
    ) -> None:
        promised()
        administrator = sign_in(client, person_with(Role.ADMINISTRATOR))
        grant = Grant.objects.get(person=leaver.person)

        for address in (
            f"/en/access/roles/{grant.pk}/end/",
            f"/en/administration/people/{leaver.person_id}/deactivate/",
        ):
            page = administrator.get(address).text
            assert "1 open follow-up stays on this person’s list" in page, address
            assert "Ask a team lead to hand them over" in page

    def test_who_has_nothing_to_do_leaves_without_a_word(
        self, client: Client, leaver: Professional
    ) -> None:
        administrator = sign_in(client, person_with(Role.ADMINISTRATOR))
        grant = Grant.objects.get(person=leaver.person)

        page = administrator.get(f"/en/access/roles/{grant.pk}/end/").text

        assert "on this person’s list" not in page

    def test_the_roster_leads_from_who_takes_no_appointments_to_the_hand_over(
        self, desk: Client, leaver: Professional
    ) -> None:
        address = f"/en/roster/professionals/{leaver.code}/"
        assert url("hand-over-of", leaver.pk) not in desk.get(address).text

        leave(leaver)

        assert url("hand-over-of", leaver.pk) in desk.get(address).text


def _many_more(follow_up: FollowUp, number: int) -> None:
    """As many more of the same person, on the same appointment."""
    case = follow_up.case_line
    for position in range(2, number + 2):
        case.pk, case.position = None, position
        case.save(force_insert=True)
        FollowUp.objects.create(
            case_line_id=case.pk,
            professional=follow_up.professional,
            task=f"Task {position}",
            due_on=follow_up.due_on + timedelta(days=1),
            created_at=NOW,
        )
