"""Pages of crisis lines: opening one in a minute, its tile, its timeline, its end, and what the public reads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from comptoir.enquiries.actions import crisis
from comptoir.enquiries.models import CrisisLine, Enquiry, Line, Rest, State, Text
from comptoir.people.models import Person, Role
from tests.enquiries import texts
from tests.enquiries.crises import SUNSET, open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, person
from tests.liaison.professional_pages.pages import markup, said
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead() -> Person:
    return person(Role.TEAM_LEAD, name="Ada Lead")


@pytest.fixture
def desk(client: Client, lead: Person) -> Client:
    """The lead's browser."""
    return sign_in(client, lead)


def approved(title: str) -> Text:
    """A text that agents may send."""
    leads = person(Role.TEAM_LEAD), person(Role.TEAM_LEAD)
    return texts.in_use(*leads, code="lost-papers", title_en=title).text


def url(name: str, *arguments: object) -> str:
    return reverse(f"enquiries:{name}", args=arguments)


def wished(**values: Any) -> dict[str, Any]:
    return {
        "name_en": "Wildfires",
        "name_fr": "Feux de forêt",
        "keyword": "fires2026",
        "eligibility_en": "Who lost documents.",
        "eligibility_fr": "Qui a perdu des documents.",
        "first_hours": "4",
        "final_days": "2",
        "sunset_on": SUNSET.isoformat(),
        **values,
    }


class TestOpening:
    def test_begins_from_a_template(self, desk: Client) -> None:
        page = desk.get(url("open-crisis"), {"template": "evacuation"})

        form = page.context["form"]
        assert form["name_en"].value() == "Evacuation"
        assert form["sunset_on"].value() == date(2027, 1, 15)
        assert "whose values are ours" in said(page)

    def test_says_what_will_happen_before_a_real_line_opens(self, desk: Client) -> None:
        text = approved("Papers that were lost")
        helper = person(Role.AGENT, name="Bo Helper")
        wish = wished(staff=[str(helper.pk)], home_team="Status team", telephone="1-800-555-0199")

        answer = desk.post(url("open-crisis"), wish | {"texts": [text.code]})

        words = said(answer)
        assert "Open this crisis line?" in words
        for told in (
            "Wildfires Name in French",
            "FIRES2026",
            "1-800-555-0199",
            "Bo Helper (Status team)",
            "Friday, December 18, 2026",
            "Papers that were lost",
        ):
            assert told in words
        assert not CrisisLine.objects.exists()

    def test_goes_back_with_everything_that_was_typed(self, desk: Client) -> None:
        helper = person(Role.AGENT, name="Bo Helper")
        wish = wished(staff=[str(helper.pk)], home_team="Status team")

        answer = desk.post(url("open-crisis"), wish | {"change": "1"})

        form = answer.context["form"]
        assert {name: form[name].value() for name in wish} == wish
        assert not form.errors
        assert not CrisisLine.objects.exists()

    def test_sends_on_what_was_shown(self, desk: Client) -> None:
        helper = person(Role.AGENT, name="Bo Helper")
        wish = wished(staff=[str(helper.pk)], home_team="Status team")
        shown = desk.post(url("open-crisis"), wish).context["form"]

        hidden = "".join(field.as_hidden() for field in shown)

        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', hidden))
        assert sent["staff"] == str(helper.pk)
        desk.post(url("open-crisis"), sent | {"open": "1"})
        assert CrisisLine.objects.get().loans.get().person == helper

    def test_opens_the_line_with_its_staff_at_once(self, desk: Client) -> None:
        helper = person(Role.AGENT, name="Bo Helper")

        answer = desk.post(
            url("open-crisis"),
            wished(staff=[str(helper.pk)], home_team="Status team", open="1"),
            follow=True,
        )

        words = said(answer)
        assert "The line is open." in words
        assert "Bo Helper Status team until December 18, 2026" in words
        assert CrisisLine.objects.get().keyword == "FIRES2026"

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"keyword": "fires"}, "Use capitals and digits"),
            ({"sunset_on": "2026-11-15"}, "Choose today or a later day."),
            ({"keyword": "FLOOD2026"}, "Another open crisis line has this keyword."),
            ({"mailbox": "flood@centre.example"}, "Another open line has this mailbox."),
            ({"name_fr": ""}, "This field is required."),
        ],
    )
    def test_that_cannot_be_is_refused_beside_its_field(
        self, desk: Client, values: dict[str, str], sentence: str
    ) -> None:
        open_crisis(keyword="FLOOD2026", mailbox="flood@centre.example")

        answer = desk.post(url("open-crisis"), wished(**values))

        assert answer.status_code == 422
        assert sentence in markup(answer)
        assert answer.context["form"]["name_en"].value() == "Wildfires"
        assert CrisisLine.objects.count() == 1

    def test_asks_for_the_drill_first_and_names_texts_by_their_titles(self, desk: Client) -> None:
        text = approved("Papers that were lost")

        page = desk.get(url("open-crisis"))

        assert next(iter(page.context["form"].fields)) == "is_drill"
        assert "Papers that were lost" in markup(page)
        assert f">{text.code}<" not in markup(page)

    def test_asks_where_those_on_loan_come_from(self, desk: Client) -> None:
        answer = desk.post(url("open-crisis"), wished(staff=[str(person().pk)]))

        assert "Say where those on loan come from." in markup(answer)

    def test_is_for_team_leads(self, client: Client) -> None:
        browser = sign_in(client, person(Role.POLICY_OWNER))

        assert browser.get(url("open-crisis")).status_code == 403
        assert "Open a line" not in said(browser.get(url("crisis")))


class TestTiles:
    def test_show_each_line_from_the_first_minute(self, desk: Client) -> None:
        assert "No crisis line is open" in said(desk.get(url("crisis")))
        found = open_crisis()
        enquiry(line=found.line, language="fr")

        words = said(desk.get(url("crisis")))

        assert "received 1 answered 0 waiting 1 late 0 answer rate 0%" in words
        assert "French: 1 received, 0 answered" in words
        assert "The oldest that waits came on" in words

    def test_warn_before_the_sunset_and_after_it(
        self, desk: Client, lead: Person, clock: time_machine.Traveller
    ) -> None:
        open_crisis()
        for days, words in ((7, "It ends soon"), (-1, "It was meant to end on")):
            clock.move_to(NOW + (SUNSET - NOW.date()) - days * DAY)
            assert words in said(sign_in(desk, lead).get(url("crisis")))

    def test_of_a_drill_say_so_in_both_languages(self, desk: Client) -> None:
        open_crisis(is_drill=True)

        assert "DRILL – Wildfires" in said(desk.get(url("crisis")))
        with translation.override("fr"):
            assert "EXERCICE – Feux de forêt" in said(desk.get(url("crisis")))

    def test_cost_the_same_however_much_lies_on_a_line(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        found = open_crisis()
        for _ in range(5):
            enquiry(line=found.line)
        desk.get(url("crisis"))

        # Session, person, grants; lines, three of the tile's figures, closed lines (number), templates.
        with django_assert_num_queries(3 + 6):
            desk.get(url("crisis"))


class TestALine:
    def test_has_its_timeline_and_is_its_own_report_once_closed(self, desk: Client) -> None:
        found = open_crisis()
        code = found.line.code
        later = (SUNSET + 9 * DAY).isoformat()
        desk.post(url("extend-crisis", code), {"sunset_on": later, "reason": "It goes on."})
        enquiry(line=found.line)

        answer = desk.post(
            url("close-crisis", code), {"rest": "moved", "reason": "It is over."}, follow=True
        )

        words = said(answer)
        assert "After-action report: Wildfires" in words
        assert "Extended, last day December 27, 2026 It goes on. Ada Lead," in words
        assert "Closed, 1 enquiry was open It is over. Ada Lead," in words
        assert "To the public line" in words

    def test_is_downloaded_with_figures_and_timeline(self, desk: Client) -> None:
        found = open_crisis(name_en="=Fires", staff=[person(name="Bo Helper")])
        enquiry(line=found.line, language="fr")

        answer = desk.get(url("crisis-report", found.line.code))

        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1][1] == "'=Fires"
        assert ["received", "1"] in rows
        assert ["received_fr", "1"] in rows
        assert ["answer_rate_percent", "0.0"] in rows
        assert [row[0] for row in rows[-2:]] == ["opened", "lent"]

    def test_cannot_be_extended_to_an_earlier_day(self, desk: Client) -> None:
        code = open_crisis().line.code

        answer = desk.post(
            url("extend-crisis", code), {"sunset_on": SUNSET.isoformat(), "reason": "?"}
        )

        assert answer.status_code == 422
        assert "Choose a day after the present last day" in markup(answer)

    def test_is_not_left_to_nobody(self, desk: Client) -> None:
        found = open_crisis()
        enquiry(line=found.line)

        answer = desk.post(
            url("close-crisis", found.line.code), {"rest": "stayed", "reason": "Over"}
        )

        assert answer.status_code == 422
        assert "nobody answers on this line" in markup(answer)

    def test_takes_staff_and_sends_them_home(self, desk: Client) -> None:
        found = open_crisis()
        code, helper = found.line.code, person(name="Bo Helper")
        data = {"person": str(helper.pk), "home_team": "Visas", "until": SUNSET.isoformat()}

        assert "They answer on the line now." in said(
            desk.post(url("lend", code), data, follow=True)
        )
        assert "on loan to the line already" in markup(desk.post(url("lend", code), data))
        loan = found.loans.get()
        desk.post(url("return-loan", code, loan.pk))

        loan.refresh_from_db()
        assert loan.returned_at == NOW
        assert not Line.objects.filter(agents__person=helper).exists()

    def test_of_another_line_sends_nobody_home(self, desk: Client) -> None:
        loan = open_crisis(staff=[person()]).loans.get()
        other = open_crisis(keyword="FLOOD2026")

        assert desk.post(url("return-loan", other.line.code, loan.pk)).status_code == 404

    def test_is_changed_by_team_leads_only(self, client: Client) -> None:
        code = open_crisis().line.code
        browser = sign_in(client, person(Role.POLICY_OWNER))

        assert "Close the line" not in said(browser.get(url("crisis-line", code)))
        for name in ("extend-crisis", "close-crisis", "lend"):
            assert browser.post(url(name, code)).status_code == 403


class TestADrill:
    def test_ends_with_all_that_is_open(self, desk: Client) -> None:
        desk.post(url("open-crisis"), wished(is_drill="on"))  # at once: there is nothing to lose
        found = CrisisLine.objects.get()
        of_it = enquiry(body="FIRES2026")
        assert of_it.line == found.line
        code = found.line.code
        assert "what is still open ends with it" in said(desk.get(url("close-crisis", code)))

        words = said(desk.post(url("close-crisis", code), {"reason": "Over"}, follow=True))

        assert "Nothing of it is counted anywhere but on this page." in words
        assert "Ended with the drill" in words
        of_it.refresh_from_db()
        assert of_it.state == State.ANSWERED


class TestUnrelated:
    def test_is_sent_on_by_who_has_it_in_hand(self, client: Client) -> None:
        found = open_crisis()
        by = agent(lines=[found.line])
        held = in_hand(by, enquiry(line=found.line))
        browser = sign_in(client, by.person)

        browser.post(url("unrelated", held.reference), self.data(held))

        held.refresh_from_db()
        assert held.line == line_of()

    def test_is_refused_where_it_makes_no_sense(self, client: Client) -> None:
        by = agent()
        held = in_hand(by, enquiry())
        other = enquiry(line=open_crisis().line)
        browser = sign_in(client, by.person)

        answer = browser.post(url("unrelated", held.reference), self.data(held))
        assert "It lies on no crisis line." in markup(answer)
        answer = browser.post(url("unrelated", other.reference), self.data(other))
        assert answer.status_code == 422
        assert "You do not have it in hand" in markup(answer)

    def test_in_a_drill_says_that_it_ends(self, client: Client) -> None:
        found = open_crisis(is_drill=True)
        browser = sign_in(client, person(Role.AGENT))

        page = browser.get(url("unrelated", enquiry(line=found.line).reference))

        assert "nothing leaves it for a real line" in said(page)

    def data(self, found: Enquiry) -> dict[str, str]:
        return {"version": str(found.version), "reason": "A lost card."}


class TestThePublicNotice:
    def shown(self) -> str:
        page = Template("{% load enquiry_parts %}{% crisis_notice %}")
        request = SimpleNamespace(now=NOW)
        return " ".join(page.render(Context({"request": request})).split())

    def test_tells_of_an_open_line_in_the_language_of_the_page(self) -> None:
        open_crisis(telephone="1 800 555-0100")

        assert "About this crisis: Wildfires" in self.shown()
        assert "the keyword FIRES2026" in self.shown()
        assert "1 800 555-0100" in self.shown()
        with translation.override("fr"):
            assert "Qui a perdu des documents" in self.shown()

    def test_is_silent_of_drills_and_closed_lines(self) -> None:
        open_crisis(is_drill=True)
        over = open_crisis(keyword="FLOOD2026")
        crisis.close(crisis=over, rest=Rest.MOVED, reason="Over", by=person(), now=NOW)

        assert self.shown() == ""
