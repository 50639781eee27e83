"""Long lists: what they show, that a page costs the same however much lies behind it, and the agents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.enquiries.actions import agents as actions
from comptoir.enquiries.actions import answering, changing, handing
from comptoir.enquiries.models import Agent, Enquiry, State, Tier
from comptoir.enquiries.queries import listing, places
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, received
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead() -> Person:
    return person_with(Role.TEAM_LEAD)


@pytest.fixture
def client(lead: Person) -> Client:
    return sign_in(Client(), lead)


def url(name: str, *args: object) -> str:
    return reverse(f"enquiries:{name}", args=args)


def found(response: Any) -> list[Enquiry]:
    return [row.enquiry for row in response.context["rows"]]


def search(client: Client, words: str) -> list[Enquiry]:
    return found(client.post(url("all"), {"q": words}, follow=True))


class TestAll:
    def test_shows_the_latest_first_a_page_at_a_time(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "PAGE", 2)
        made = [enquiry(now=NOW - timedelta(days=n // 2)) for n in range(5)]
        expected = sorted(made, key=lambda e: (e.received_at, e.pk), reverse=True)

        seen, address = [], "?"
        while address:
            response = client.get(url("all") + address)
            seen += found(response)
            address = response.context["next"]

        assert seen == expected

    @pytest.mark.parametrize(
        "query", [{"line": "offices"}, {"language": "fr"}, {"state": "in_hand"}]
    )
    def test_is_filtered(self, client: Client, query: dict[str, str]) -> None:
        enquiry()
        wanted = in_hand(agent(lines=[]), enquiry(line=line_of("offices"), language="fr"))

        assert found(client.get(url("all"), query)) == [wanted]

    def test_shows_all_where_a_filter_is_no_choice(self, client: Client) -> None:
        made = enquiry()

        assert found(client.get(url("all"), {"line": "zzz", "after": "9" * 30})) == [made]

    def test_is_searched_by_whatever_is_known(self, client: Client) -> None:
        enquiry()
        wanted = enquiry(email="known@clients.example", uci="11112222")
        other = enquiry(application_number="C000111222")

        for words in (wanted.reference, wanted.reference.lower(), "Known@clients.example"):
            assert search(client, words) == [wanted]
        assert search(client, "1111-2222") == [wanted]
        assert search(client, "c000111222") == [other]
        assert search(client, "nothing") == []

    def test_keeps_what_was_searched_out_of_the_address(self, client: Client) -> None:
        response = client.post(url("all"), {"q": "known@clients.example"})

        assert response["Location"] == url("all")

    def test_never_shows_what_is_restricted(self, client: Client) -> None:
        hidden = enquiry()
        Enquiry.objects.update(is_restricted=True)

        assert found(client.get(url("all"))) == []
        assert search(client, hidden.reference) == []

    def test_costs_as_many_queries_for_many_as_for_one(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        for _ in range(10):
            enquiry()
        client.get(url("all"))

        with django_assert_num_queries(8):
            client.get(url("all"))

    @pytest.mark.parametrize(
        ("role", "status"), [(Role.AGENT, 200), (Role.TEAM_LEAD, 200), (Role.PRIVACY_OFFICER, 403)]
    )
    def test_is_for_who_answers_enquiries(self, role: Role, status: int) -> None:
        assert sign_in(Client(), person_with(role)).get(url("all")).status_code == status


class TestLate:
    def test_shows_the_longest_overdue_first_without_what_waits_for_its_client(
        self, client: Client, clock: time_machine.Traveller, lead: Person
    ) -> None:
        by = agent()
        second, first = enquiry(now=NOW - timedelta(days=1)), enquiry(now=NOW - timedelta(days=9))
        waits = in_hand(by, enquiry(now=NOW - timedelta(days=9)))
        answering.ask_back(
            enquiry=waits,
            version=waits.version,
            body="?",
            language="en",
            is_case_specific=False,
            by=by.person,
            now=NOW,
        )
        clock.move_to(NOW + MONTH)
        enquiry(now=NOW + MONTH)

        assert found(sign_in(Client(), lead).get(url("late"))) == [first, second]

    def test_of_which_there_is_nothing_says_so(self, client: Client) -> None:
        enquiry()

        assert "Nothing is late" in client.get(url("late")).content.decode()

    def test_goes_on_where_a_page_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listing, "PAGE", 3)
        made = {enquiry(now=NOW - timedelta(days=n)).pk for n in range(4)}

        seen, after = [], ""
        while True:
            page = listing.late(Enquiry.objects.select_related("line"), {}, after, NOW + MONTH)
            seen += [row.enquiry.pk for row in page.rows]
            if not page.after:
                break
            after = page.after

        assert set(seen) == made


class TestKnownByNoRule:
    def test_waits_in_a_list_of_its_own_until_it_is_answered(self, client: Client) -> None:
        strange, _usual = enquiry(), enquiry()
        Enquiry.objects.filter(pk=strange.pk).update(is_unmatched=True)

        assert found(client.get(url("unmatched"))) == [strange]


class TestAPageOfTwoMillion:
    """No plan reads or sorts more than a page: then twenty thousand cost what two million do."""

    @pytest.fixture
    def _many(self) -> None:
        """Thousands, one in a hundred of which waits, and what the planner knows of them."""
        first = enquiry()
        values = {field.attname: getattr(first, field.attname) for field in first._meta.fields[1:]}
        rows = []
        for number in range(2_000):
            state = State.WAITING if number % 100 == 0 else State.ANSWERED
            one = Enquiry(**values | {"reference": f"T{number:07}", "state": state})
            one.received_at = NOW - timedelta(minutes=number)
            one.asker_email = f"asker{number}@clients.example"
            one.uci, one.application_number = f"{number:08}", f"C{number:09}"
            if state == State.ANSWERED:
                one.answered_at, one.tier = NOW, Tier.GENERAL
            rows.append(one)
        Enquiry.objects.bulk_create(rows)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE enquiries_enquiry")

    @pytest.mark.parametrize(
        ("filters", "index"),
        [
            ({}, "enquiry_newest"),
            ({"state": State.WAITING}, "enquiry_newest_in_state"),
            # Nearly all are answered: either index in the order of the list meets them at once.
            ({"state": State.ANSWERED, "language": "en"}, "enquiry_newest"),
        ],
    )
    @pytest.mark.usefixtures("_many")
    def test_follows_an_index_in_its_order(self, filters: dict[str, Any], index: str) -> None:
        rows = Enquiry.objects.filter(**filters)
        rows = rows.filter(places.before("received_at", NOW - timedelta(days=1), 5))
        rows = rows.order_by("-received_at", "-pk")

        plan = rows[: listing.PAGE].explain()

        assert index in plan
        assert "Sort" not in plan
        assert "Seq Scan" not in plan

    @pytest.mark.usefixtures("_many")
    def test_what_somebody_answered_today_and_what_is_restricted_do_too(self, lead: Person) -> None:
        everything = Enquiry.objects.filter(state=State.ANSWERED)
        everything.update(assignee=lead, answered_at=NOW - timedelta(days=1))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE enquiries_enquiry")
        answered = Enquiry.objects.filter(assignee=lead, answered_at__gte=NOW)

        assert "enquiry_answered_by" in answered.order_by("-answered_at")[:20].explain()
        assert "enquiry_restricted" in (
            Enquiry.objects.filter(is_restricted=True).values("pk").explain()
        )

    @pytest.mark.usefixtures("_many")
    @pytest.mark.parametrize(
        ("which", "index"),
        [
            ({"application_number": "C000111222"}, "enquiry_of_application"),
            ({"uci": "11112222"}, "enquiry_of_client"),
            ({"asker_email": "a@clients.example"}, "enquiry_of_asker"),
        ],
    )
    def test_a_search_does_too(self, which: dict[str, str], index: str) -> None:
        assert index in Enquiry.objects.filter(**which).order_by().explain()


class TestAgents:
    def values(self, lead: Person, **changes: Any) -> dict[str, Any]:
        return {
            "lines": [line_of()],
            "languages": ["fr"],
            "skills": ["adoption"],
            "at_most": 7,
            "active": True,
            "by": lead,
            "now": NOW,
            **changes,
        }

    def test_are_set_up_from_the_page(self, client: Client) -> None:
        newcomer = person_with(Role.AGENT)
        assert "Not set up yet" in client.get(url("agents")).content.decode()

        client.post(
            url("agent", newcomer.pk),
            {
                "lines": ["public"],
                "languages": ["en", "fr"],
                "skills": "Refugee, adoption",
                "at_most": "12",
                "active": "on",
            },
        )

        made = Agent.objects.get(person=newcomer)
        assert made.skills == ["adoption", "refugee"]
        assert (made.languages, made.at_most, made.active) == (["en", "fr"], 12, True)

    def test_are_on_the_trail(self, lead: Person) -> None:
        newcomer = person_with(Role.AGENT)

        actions.set_up(person=newcomer, **self.values(lead))

        event = Event.objects.get(action="agent.set")
        assert event.actor_id == lead.pk
        assert event.detail["person"] == newcomer.pk

    def test_is_nobody_without_the_role(self, lead: Person, client: Client) -> None:
        other = person_with(Role.PROFESSIONAL)

        with pytest.raises(actions.NotAnAgent):
            actions.set_up(person=other, **self.values(lead))
        assert client.get(url("agent", other.pk)).status_code == 404

    @pytest.mark.parametrize("skills", ["é", "two words", "x" * 31])
    def test_know_codes_and_nothing_else(self, client: Client, skills: str) -> None:
        newcomer = person_with(Role.AGENT)
        typed = {"lines": ["public"], "languages": ["en"], "at_most": "5", "skills": skills}

        assert client.post(url("agent", newcomer.pk), typed).status_code == 422

    def test_who_are_away_leave_what_they_have_to_others(self, client: Client) -> None:
        away = agent()
        held = in_hand(away, enquiry())

        client.post(url("release", away.person.pk))

        held.refresh_from_db()
        assert (held.state, held.assignee) == (State.WAITING, None)
        assert Event.objects.get(action="enquiry.released").detail == {"person": away.person.pk}

    def test_are_given_one_by_a_team_lead(self, client: Client) -> None:
        to, held = agent(), enquiry()

        client.post(url("assign", held.reference), {"to": to.pk, "version": held.version})

        held.refresh_from_db()
        assert (held.state, held.assignee) == (State.IN_HAND, to.person)

    @pytest.mark.parametrize(
        "changes",
        [{"languages": ["fr"]}, {"active": False}, {"lines": []}, {"at_most": 1}],
    )
    def test_are_given_nothing_they_cannot_answer(
        self, lead: Person, changes: dict[str, Any]
    ) -> None:
        to = agent(**changes)
        if "at_most" in changes:
            in_hand(to, enquiry())
        held = enquiry()

        with pytest.raises(handing.CannotBeGiven):
            handing.assign(enquiry=held, version=held.version, to=to, by=lead, now=NOW)

    def test_are_not_given_what_changed(self, lead: Person) -> None:
        held = received(application_number="C000111222").enquiry
        version = held.version
        received(application_number="C000111222")

        with pytest.raises(changing.ChangedMeanwhile):
            handing.assign(enquiry=held, version=version, to=agent(), by=lead, now=NOW)
