"""Mail that was set aside, as a team lead sees it: text only, on record, and two ways out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from comptoir.audit.models import Event, Verb
from comptoir.enquiries.actions import restricting, setting_aside
from comptoir.enquiries.models import Decision, Enquiry, InboundMail, Line
from comptoir.enquiries.views import mail as views
from comptoir.people.models import Role
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, line_of
from tests.enquiries.mail_writing import asked, came, line, line_of_offices, mail
from tests.people.factories import GrantFactory, OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

STRANGER = "stranger@elsewhere.example"
LIST = "enquiries:mails"


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def lead(client: Client) -> Client:
    line()
    return sign_in(client, person_with(Role.TEAM_LEAD))


def strangers(text: str = "Tell me everything.", number: int = 1) -> InboundMail:
    """A mail to somebody else's enquiry."""
    asked(mail(message_id=f"<first{number}@mail.client.example>"))
    return came(mail(text, sender=STRANGER, References=f"<first{number}@mail.client.example>"))


def test_the_list_says_who_wrote_and_why_it_was_set_aside(lead: Client) -> None:
    strangers()

    page = lead.get(reverse(LIST)).content.decode().replace("<wbr>", "")

    assert STRANGER in page
    assert "Names an enquiry in which its sender takes no part" in page


def test_an_empty_list_says_so(lead: Client) -> None:
    page = lead.get(reverse(LIST)).content.decode()

    assert "No mail is set aside" in page
    assert "No mail came in the last two weeks." in page


def test_the_days_are_counted_by_what_became_of_their_mail(lead: Client) -> None:
    strangers()
    came(mail(Auto_Submitted="auto-replied"))

    [day] = lead.get(reverse(LIST)).context["days"]

    counts = {str(head): count for head, count in day.cells if count}
    assert counts == {"New enquiry": 1, "Set aside": 1, "Automatic": 1, "All": 3}


def test_the_list_takes_as_many_queries_for_many_mails_as_for_one(lead: Client) -> None:
    strangers()
    lead.get(reverse(LIST))  # the first page of a session notes that somebody is there
    with CaptureQueriesContext(connection) as few:
        lead.get(reverse(LIST))
    for number in range(2, 12):
        strangers(number=number)

    with CaptureQueriesContext(connection) as many:
        lead.get(reverse(LIST))

    # Session, person, grants; the mails of the page, the days of two weeks.
    assert len(many) == len(few) == 3 + 2
    assert not any('"original"' in query["sql"] for query in many)


def test_the_list_is_read_to_its_end_a_page_at_a_time(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_PAGE", 2)
    made = [strangers(number=number) for number in range(1, 6)]

    seen, address = [], "?"
    while address:
        page = lead.get(reverse(LIST) + address)
        seen += [found for found, _why in page.context["rows"]]
        address = page.context["next"]

    assert seen == made
    assert "Back to the beginning" in page.content.decode()


def test_a_mail_that_a_team_lead_refused_is_masculine_in_french(lead: Client) -> None:
    strangers()

    with translation.override("fr"):
        [day] = lead.get(reverse(LIST)).context["days"]
        heads = [str(head) for head, _count in day.cells]

    assert "Refusé" in heads


def test_a_mail_is_shown_as_text_and_nothing_of_it_lives(lead: Client) -> None:
    found = strangers("<script>alert(1)</script><img src=x>")

    page = lead.get(reverse("enquiries:mail", args=[found.pk])).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "References:" in page


def test_reading_it_is_on_the_trail(lead: Client) -> None:
    found = strangers()

    lead.get(reverse("enquiries:mail", args=[found.pk]))

    event = Event.objects.get(action="mail.opened")
    assert (event.verb, event.object_id) == (Verb.SAW, str(found.pk))


def test_taken_in_it_is_an_enquiry_of_its_own(lead: Client) -> None:
    found = strangers()
    first = Enquiry.objects.get()

    response = lead.post(reverse("enquiries:mail-take-in", args=[found.pk]), follow=True)

    found.refresh_from_db()
    made = Enquiry.objects.exclude(pk=first.pk).get()
    assert found.decision == Decision.NEW
    assert made.asker_email == STRANGER
    assert first.messages.count() == 1
    assert made.reference in response.content.decode()
    assert Event.objects.filter(action="mail.taken_in").exists()


def test_taken_in_it_gives_away_no_restricted_enquiry_of_its_sender(lead: Client) -> None:
    theirs = asked(mail("About C000111222.", sender=STRANGER))
    found = strangers("About C000111222.")
    named = person_with(Role.AGENT)
    restricting.restrict(enquiry=theirs, named=[named], by=named, now=NOW)

    response = lead.post(reverse("enquiries:mail-take-in", args=[found.pk]), follow=True)

    found.refresh_from_db()
    assert found.enquiry == theirs
    assert "The mail was taken in." in response.content.decode()
    assert theirs.reference not in response.content.decode()


def test_refused_it_stays_with_its_reason(lead: Client) -> None:
    found = strangers()

    lead.post(reverse("enquiries:mail-refuse", args=[found.pk]), {"why": "junk"})

    found.refresh_from_db()
    assert (found.decision, found.reason, found.answered_at) == (Decision.REFUSED, "junk", None)
    page = lead.get(reverse("enquiries:mail", args=[found.pk])).content.decode()
    assert "Advertising or fraud" in page
    assert "Take it in as a new enquiry" not in page


def test_refused_without_a_reason_it_is_asked_again(lead: Client) -> None:
    found = strangers()

    response = lead.post(reverse("enquiries:mail-refuse", args=[found.pk]), {"why": ""})

    assert response.status_code == 422
    found.refresh_from_db()
    assert found.decision == Decision.QUARANTINED


def test_what_was_decided_meanwhile_is_not_decided_again(lead: Client) -> None:
    found = strangers()
    lead.post(reverse("enquiries:mail-refuse", args=[found.pk]), {"why": "junk"})

    response = lead.post(reverse("enquiries:mail-take-in", args=[found.pk]), follow=True)

    assert "Somebody decided about this mail meanwhile" in response.content.decode()
    assert Enquiry.objects.count() == 1


class TestAMailThatNoLineTakes:
    @pytest.fixture
    def found(self, lead: Client) -> InboundMail:
        made = came(mail(to="nobodys@centre.example"), mailbox="nobodys@centre.example")
        assert (made.decision, made.reason) == (Decision.QUARANTINED, "no_open_line")
        return made

    def take_in(self, lead: Client, found: InboundMail, **typed: str) -> Any:
        return lead.post(reverse("enquiries:mail-take-in", args=[found.pk]), typed, follow=True)

    def test_comes_in_on_the_line_that_is_chosen(self, lead: Client, found: InboundMail) -> None:
        other = line_of("calls")

        self.take_in(lead, found, line="calls")

        made = Enquiry.objects.get()
        found.refresh_from_db()
        assert (found.decision, found.enquiry, made.line) == (Decision.NEW, made, other)

    def test_is_asked_for_a_line_with_the_open_ones_to_choose_from(
        self, lead: Client, found: InboundMail
    ) -> None:
        open_crisis(is_drill=True)
        gone = open_crisis(keyword="STORM2026").line
        Line.objects.filter(pk=gone.pk).update(closed_at=NOW)

        page = lead.get(reverse("enquiries:mail", args=[found.pk]))

        choices = page.context["take_in"].fields["line"].queryset
        assert set(choices) == set(Line.objects.filter(is_drill=False, closed_at=None))
        assert reverse("enquiries:lines") in page.content.decode()

    def test_without_a_line_it_is_told_what_to_do(self, lead: Client, found: InboundMail) -> None:
        response = self.take_in(lead, found)

        assert response.status_code == 422
        assert "Choose the line on which it comes in." in response.content.decode()
        found.refresh_from_db()
        assert found.decision == Decision.QUARANTINED

    @pytest.mark.parametrize("closed_at", [None, NOW])
    def test_comes_in_on_no_drill_and_on_no_closed_line(
        self, lead: Client, found: InboundMail, closed_at: datetime | None
    ) -> None:
        barred = open_crisis(is_drill=closed_at is None).line
        Line.objects.filter(pk=barred.pk).update(closed_at=closed_at)

        response = self.take_in(lead, found, line=barred.code)

        assert "This line is not open. Choose another." in response.content.decode()
        with pytest.raises(setting_aside.LineNotOpen):
            setting_aside.take_in(mail=found, by=person_with(Role.TEAM_LEAD), now=NOW, line=barred)
        assert not Enquiry.objects.exists()

    def test_of_an_office_comes_in_on_the_line_for_offices_and_asks_nothing(
        self, lead: Client
    ) -> None:
        offices = line_of_offices()
        Line.objects.filter(pk=offices.pk).update(opened_at=NOW + timedelta(days=1))
        held = GrantFactory.create(role=Role.DELEGATE, office=OfficeFactory.create())
        found = came(mail(sender=held.person.email), mailbox="nobodys@centre.example")
        Line.objects.filter(pk=offices.pk).update(opened_at=NOW)

        page = lead.get(reverse("enquiries:mail", args=[found.pk]))
        self.take_in(lead, found)

        assert "line" not in page.context["take_in"].fields
        assert Enquiry.objects.get().line == offices

    def test_on_a_line_that_promises_nothing_it_is_told_what_to_do(
        self, lead: Client, found: InboundMail
    ) -> None:
        Line.objects.create(
            code="bare", kind="general", name_en="Bare", name_fr="Nue", opened_at=NOW
        )

        response = self.take_in(lead, found, line="bare")

        assert "The line has no service target yet." in response.content.decode()
        assert not Enquiry.objects.exists()


def test_what_a_line_takes_by_itself_asks_for_no_line(lead: Client) -> None:
    found = strangers()

    page = lead.get(reverse("enquiries:mail", args=[found.pk]))

    assert "line" not in page.context["take_in"].fields
    assert "No line takes it by itself" not in page.content.decode()


def test_a_restricted_enquiry_is_not_given_away_by_a_mail_that_names_it(lead: Client) -> None:
    found = strangers()
    Enquiry.objects.update(is_restricted=True)

    page = lead.get(reverse("enquiries:mail", args=[found.pk])).content.decode()

    assert Enquiry.objects.get().reference not in page


def test_a_mail_that_became_an_enquiry_is_not_read_here(lead: Client) -> None:
    found = came(mail())

    assert lead.get(reverse("enquiries:mail", args=[found.pk])).status_code == 404
