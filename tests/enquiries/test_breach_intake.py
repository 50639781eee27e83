"""A breach is reported with what is known at that moment, completed later, and closed when it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.enquiries.actions import referring, restricting
from comptoir.enquiries.actions.referring import Intake
from comptoir.enquiries.models import Breach, Referral, ReferralKind, ReferralOutcome
from comptoir.enquiries.queries import referrals as queries
from comptoir.people.models import Person, Role
from comptoir.ui import clock
from tests.enquiries.factories import NOW, enquiry, person
from tests.enquiries.test_referring import acknowledged, close, determine, refer
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
BARE = Intake(happened_at=None, discovered_at=NOW - HOUR)
ALL: dict[str, Any] = {
    "happened_at": NOW - 2 * HOUR,
    "place": "In a letter",
    "data": "Name and address",
    "people_affected": 3,
    "containment": "It was called back",
}
FORM = {
    "do": "complete",
    "place": "In a letter",
    "information": "Name and address",
    "people_affected": "3",
    "containment": "It was called back",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def as_(who: Person) -> Client:
    return sign_in(Client(), who)


def bare(**values: Any) -> Referral:
    """A breach of which only is known that there is one; its owner has opened and has it."""
    made = refer(ReferralKind.BREACH, breach=BARE, **values)
    restricting.open_to_read(enquiry=made.enquiry, reason="My duty", by=made.owner, now=NOW)
    return referring.acknowledge(referral=made, by=made.owner, now=NOW)


def known(**values: Any) -> Intake:
    return Intake(**{"happened_at": None, "discovered_at": BARE.discovered_at, **values})


def complete(made: Referral, by: Person | None = None, **values: Any) -> Breach:
    breach = Breach.objects.filter(referral=made).first()
    referring.complete(
        referral=made,
        intake=known(**values),
        seen=queries.state(breach) if breach else "",
        by=by or made.owner,
        now=NOW,
    )
    return Breach.objects.get(referral=made)


def typed(made: Referral, who: Person) -> dict[str, str]:
    """What the form that completes it sends back from the page that this person sees."""
    shown = as_(who).get(reverse("enquiries:referral", args=[made.pk])).context["known_form"]
    return {**FORM, "seen": shown["seen"].value()}


class TestTheReport:
    def form(self, by: Person, **values: str) -> Any:
        address = reverse("enquiries:report-breach", args=[enquiry().reference])
        return as_(by).post(address, values) if values else as_(by).get(address)

    def test_begins_with_now_and_the_only_privacy_officer(self) -> None:
        officer = person(Role.PRIVACY_OFFICER)

        initial = self.form(person()).context["form"].initial

        assert (initial["discovered_on"], initial["discovered_at"]) == (
            NOW.astimezone(clock.service_zone()).date(),
            NOW.astimezone(clock.service_zone()).time(),
        )
        assert initial["owner"] == officer.pk

    def test_leaves_the_choice_where_there_are_two_privacy_officers(self) -> None:
        for _ in range(2):
            person(Role.PRIVACY_OFFICER)

        assert "owner" not in self.form(person()).context["form"].initial

    def test_needs_no_more_than_what_happened_when_it_was_found_and_who_answers(self) -> None:
        owner = person(Role.PRIVACY_OFFICER)

        response = self.form(
            person(),
            reason="A letter went astray",
            discovered_on="2026-11-16",
            discovered_at="08:30",
            unit="Privacy",
            owner=str(owner.pk),
        )

        breach = Breach.objects.get()
        assert response.status_code == 302
        assert breach.referral.owner == owner
        assert (breach.place, breach.data, breach.people_affected) == ("", "", None)

    def test_says_of_each_field_that_is_missing_what_is_to_be_given(self) -> None:
        response = self.form(person(), place="In a letter")

        assert response.status_code == 422
        assert dict(response.context["form"].errors) == {
            "reason": ["Say what happened."],
            "discovered_on": ["Give the day on which it was found."],
            "discovered_at": ["Give the time at which it was found."],
            "unit": ["Give the office or team to which it goes."],
            "owner": ["Choose who answers for it."],
        }


class TestCompleting:
    def test_writes_down_what_is_known_by_now(self) -> None:
        made = bare()
        assert queries.unknown(made.breach) == list(queries.TO_COMPLETE)

        breach = complete(made, **ALL)

        assert {name: getattr(breach, name) for name in ALL} == ALL
        assert queries.unknown(breach) == []

    def test_leaves_what_is_left_empty_as_it_was(self) -> None:
        made = bare()
        complete(made, **ALL)

        breach = complete(made, people_affected=4)

        assert {name: getattr(breach, name) for name in ALL} == ALL | {"people_affected": 4}

    def test_is_on_the_trail_by_the_names_of_the_fields(self) -> None:
        made = bare()

        complete(made, place="In a letter", people_affected=2)
        complete(made, place="In a letter")

        event = Event.objects.get(action="breach.completed")
        assert event.detail["fields"] == ["people_affected", "place"]

    def test_is_for_who_may_read_the_enquiry_now(self) -> None:
        made = bare()
        other = person(Role.PRIVACY_OFFICER)

        with pytest.raises(referring.NotOpened):
            complete(made, by=other, **ALL)
        with pytest.raises(referring.NotOpened):
            referring.complete(
                referral=made,
                intake=known(**ALL),
                seen=queries.state(made.breach),
                by=made.owner,
                now=NOW + restricting.READ_FOR,
            )

        assert Breach.objects.get().place == ""

    def test_is_for_a_breach_that_is_open(self) -> None:
        urgent, closed = refer(), bare()
        close(closed, ReferralOutcome.WITHDRAWN)

        with pytest.raises(referring.NotABreach):
            complete(urgent, **ALL)
        with pytest.raises(referring.ClosedAlready):
            complete(closed, **ALL)


class TestClosing:
    @pytest.mark.parametrize("missing", queries.TO_COMPLETE)
    def test_waits_until_everything_is_known_but_when_it_happened(self, missing: str) -> None:
        made = bare()
        complete(made, **{name: value for name, value in ALL.items() if name != missing})
        determine(made, material=False)

        with pytest.raises(referring.NotComplete):
            close(made)
        complete(made, **{missing: ALL[missing]})
        assert close(made).closed_at == NOW

    def test_does_not_wait_for_when_it_happened(self) -> None:
        made = acknowledged(ReferralKind.BREACH)
        Breach.objects.filter(referral=made).update(happened_at=None)
        determine(made, material=False)

        assert close(made).closed_at == NOW


class TestThePage:
    def page(self, made: Referral, who: Person) -> str:
        return as_(who).get(reverse("enquiries:referral", args=[made.pk])).content.decode()

    def test_names_what_is_missing_and_takes_it(self) -> None:
        made = bare()
        said = self.page(made, made.owner)
        assert "Before it can be dealt with, we need:" in said
        assert "<li>How many people are affected</li>" in said

        response = as_(made.owner).post(
            reverse("enquiries:referral", args=[made.pk]), typed(made, made.owner)
        )

        assert response.status_code == 302
        assert Breach.objects.get().people_affected == 3
        assert "Before it can be dealt with, we need:" not in self.page(made, made.owner)

    def test_shows_the_form_to_nobody_who_has_not_said_why(self) -> None:
        made, officer = bare(), person(Role.PRIVACY_OFFICER)

        assert "What is known of the breach" in self.page(made, made.owner)
        assert "What is known of the breach" not in self.page(made, officer)
        as_(officer).post(reverse("enquiries:referral", args=[made.pk]), FORM)
        assert Breach.objects.get().place == ""

    def test_says_what_is_wrong_with_what_was_typed(self) -> None:
        made = bare()

        response = as_(made.owner).post(
            reverse("enquiries:referral", args=[made.pk]),
            {**FORM, "happened_on": "2026-11-16", "happened_at": "23:00"},
        )

        assert response.status_code == 422
        assert "It cannot be found before it happened." in response.content.decode()

    def test_of_the_enquiry_leads_to_what_is_missing(self) -> None:
        made = bare()
        address = reverse("enquiries:restricted", args=[made.enquiry.reference])
        leads = f"{reverse('enquiries:referral', args=[made.pk])}#known"
        assert leads in as_(made.owner).get(address).content.decode()

        complete(made, **ALL)

        assert leads not in as_(made.owner).get(address).content.decode()

    def test_costs_few_queries(self) -> None:
        made = bare()
        client = as_(made.owner)
        address = reverse("enquiries:referral", args=[made.pk])

        with CaptureQueriesContext(connection) as asked:
            client.get(address)

        assert len(asked) <= 8


class TestWhatIsRefused:
    def post(self, who: Person, made: Referral, **typed: str) -> Any:
        return as_(who).post(reverse("enquiries:referral", args=[made.pk]), typed)

    def test_once_the_half_hour_is_over_shows_what_was_typed_and_no_fact(self) -> None:
        made = bare()
        complete(made, place="At a counter")

        with time_machine.travel(NOW + restricting.READ_FOR, tick=False):
            response = self.post(made.owner, made, **FORM)

        said = response.content.decode()
        assert response.status_code == 422
        assert "Say first why you open the enquiry, then complete it." in said
        assert "It was called back" in said
        assert "Say why you open the enquiry (in a new tab)" in said
        for fact in ("At a counter", "It cannot wait", "we need:"):
            assert fact not in said

    def test_tells_nobody_who_may_not_read_it_when_it_was_found(self) -> None:
        made = bare()
        ahead = {**FORM, "happened_on": "2026-11-16", "happened_at": "23:00"}

        said = self.post(person(Role.PRIVACY_OFFICER), made, **ahead).content.decode()

        assert "Say first why you open the enquiry" in said
        assert "It cannot be found before it happened." not in said

    def test_once_more_with_a_reason_is_written_down(self) -> None:
        made = bare()
        sent, later = typed(made, made.owner), NOW + restricting.READ_FOR
        with time_machine.travel(later, tick=False):
            kept = self.post(made.owner, made, **sent).context["known_form"].data.dict()
            restricting.open_to_read(enquiry=made.enquiry, reason="Anew", by=made.owner, now=later)
            response = self.post(made.owner, made, **kept)

        assert response.status_code == 302
        assert Breach.objects.get().place == "In a letter"

    def test_to_close_what_is_not_complete_keeps_what_became_of_it(self) -> None:
        made = bare()
        determine(made, material=False)

        response = self.post(made.owner, made, do="close", outcome="done", result="All told")

        assert response.status_code == 422
        assert "Complete first what is known of the breach" in response.content.decode()
        assert "All told" in response.content.decode()

    def test_of_what_was_closed_meanwhile_keeps_the_words_and_offers_no_button(self) -> None:
        made = bare()
        close(made, ReferralOutcome.WITHDRAWN)

        for sent in (
            FORM,
            {"do": "close", "outcome": "declined", "result": "It was called back"},
            {"do": "take-back", "why": "It was called back"},
        ):
            said = self.post(made.owner, made, **sent).content.decode()
            assert "It was closed meanwhile" in said
            assert "It was called back" in said
            assert "submit" not in said[said.index("<h1") : said.index("</main>")]

    def test_from_an_older_page_writes_nothing_over_until_it_was_compared(self) -> None:
        made, officer = bare(), person(Role.PRIVACY_OFFICER)
        restricting.open_to_read(enquiry=made.enquiry, reason="My duty", by=officer, now=NOW)
        older = typed(made, officer) | {"place": "In a parcel"}
        complete(made, place="At a counter", people_affected=9)

        response = self.post(officer, made, **older)

        said = response.content.decode()
        assert response.status_code == 422
        assert "More was written down meanwhile." in said
        assert "At a counter" in said
        assert "In a parcel" in said
        assert Breach.objects.get().place == "At a counter"

        compared = dict(response.context["known_form"].data) | {"people_affected": "9"}
        self.post(officer, made, **compared)
        assert Breach.objects.get().place == "In a parcel"
        assert Breach.objects.get().people_affected == 9

    def test_pressed_twice_is_written_down_once(self) -> None:
        made = bare()
        sent = typed(made, made.owner)

        assert [self.post(made.owner, made, **sent).status_code for _ in range(2)] == [302, 302]
        assert Event.objects.filter(action="breach.completed").count() == 1

    def test_with_a_mistake_from_an_older_page_is_still_compared(self) -> None:
        made = bare()
        older = typed(made, made.owner) | {"people_affected": "0"}
        complete(made, place="At a counter")

        kept = self.post(made.owner, made, **older).context["known_form"].data.dict()
        response = self.post(made.owner, made, **kept | {"people_affected": "1"})

        assert response.status_code == 422
        assert Breach.objects.get().place == "At a counter"


class TestTheFormThatCloses:
    def page(self, made: Referral, who: Person) -> Any:
        return as_(who).get(reverse("enquiries:referral", args=[made.pk]))

    def test_is_offered_once_nothing_is_missing(self) -> None:
        made = bare()
        assert "close_form" in self.page(made, made.owner).context
        determine(made, material=False)

        response = self.page(made, made.owner)
        assert "close_form" not in response.context
        assert "once this is written down: Where it happened, What" in response.content.decode()

        complete(made, **ALL)
        assert "close_form" in self.page(made, made.owner).context

    def test_names_what_is_missing_to_nobody_who_has_not_said_why(self) -> None:
        made, officer = bare(), person(Role.PRIVACY_OFFICER)
        determine(made, material=False)

        said = self.page(made, officer).content.decode()

        assert "Once you have opened the enquiry, this page says what is missing." in said
        assert "Where it happened, " not in said
