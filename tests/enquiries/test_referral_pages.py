"""Referrals on screen: handed on, acknowledged, closed, taken back; a breach seen to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptoir.enquiries.actions import referring, restricting
from comptoir.enquiries.models import (
    Breach,
    Enquiry,
    Opening,
    Referral,
    ReferralKind,
    ReferralOutcome,
    UndoWhy,
)
from comptoir.enquiries.queries import places
from comptoir.enquiries.queries import referrals as queries
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, enquiry, kept, person
from tests.enquiries.test_referring import acknowledged, close, determine, refer, report
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

HANDED_ON = {"kind": "urgent", "unit": "The unit", "reason": "It cannot wait"}
BREACH = {
    "unit": "Privacy",
    "reason": "A letter went to the wrong address",
    "discovered_on": "2026-11-16",
    "discovered_at": "08:30",
    "happened_on": "",
    "happened_at": "",
    "place": "In a letter",
    "information": "Name and address",
    "people_affected": "1",
    "containment": "It was called back",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def as_(who: Person) -> Client:
    return sign_in(Client(), who)


def page(client: Client, name: str, *arguments: Any, query: str = "") -> str:
    response = client.get(reverse(f"enquiries:{name}", args=arguments) + query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(client: Client, name: str, *arguments: Any, **data: Any) -> HttpResponse:
    return client.post(  # type: ignore[return-value]  # the test client's own
        reverse(f"enquiries:{name}", args=arguments), data
    )


def many_closed() -> None:
    """Thousands of closed referrals, each of its own enquiry, and what the planner knows of them."""
    one = close(acknowledged())
    of = {field.attname: getattr(one.enquiry, field.attname) for field in Enquiry._meta.fields[1:]}
    enquiries = Enquiry.objects.bulk_create(
        Enquiry(**of | {"reference": f"T{number:07}"}) for number in range(4_000)
    )
    values = {field.attname: getattr(one, field.attname) for field in Referral._meta.fields[1:]}
    Referral.objects.bulk_create(
        Referral(**values | {"enquiry_id": made.pk, "closed_at": NOW - timedelta(minutes=number)})
        for number, made in enumerate(enquiries)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE enquiries_enquiry, enquiries_referral")


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
        return "\n".join(line for (line,) in cursor.fetchall())


class TestHandingOn:
    def test_leads_to_the_referral(self) -> None:
        by, owner, found = person(), person(), enquiry()

        response = post(as_(by), "hand-on", found.reference, owner=owner.pk, **HANDED_ON)

        made = Referral.objects.get()
        assert response["Location"] == reverse("enquiries:referral", args=[made.pk])
        assert (made.owner, made.referred_by, made.enquiry) == (owner, by, found)

    def test_offers_staff_who_can_reach_it_and_nobody_else(self) -> None:
        agent, officer = person(name="Ada Agent"), person(Role.PRIVACY_OFFICER, name="Otto Officer")
        person(Role.DELEGATE, name="Dora Delegate")
        person(Role.AUDITOR, name="Audrey Auditor")

        said = page(as_(agent), "hand-on", enquiry().reference)

        assert "Ada Agent" in said
        assert officer.name in said
        assert "Dora Delegate" not in said
        assert "Audrey Auditor" not in said

    def test_to_somebody_else_is_refused(self) -> None:
        response = post(
            as_(person()),
            "hand-on",
            enquiry().reference,
            owner=person(Role.DELEGATE).pk,
            **HANDED_ON,
        )

        assert response.status_code == 422
        assert not Referral.objects.exists()

    def test_twice_says_why_not_and_keeps_what_was_typed(self) -> None:
        by, owner, found = person(), person(), enquiry()
        refer(of=found)

        response = post(as_(by), "hand-on", found.reference, owner=owner.pk, **HANDED_ON)

        said = response.content.decode()
        assert response.status_code == 422
        assert "was handed on for the same reason" in said
        assert "It cannot wait" in said

    def test_of_a_breach_is_another_form(self) -> None:
        response = post(
            as_(person()),
            "hand-on",
            enquiry().reference,
            owner=person().pk,
            **{**HANDED_ON, "kind": "breach"},
        )

        assert response.status_code == 422


class TestReportingABreach:
    def test_restricts_the_enquiry_at_once(self) -> None:
        by, owner, found = person(), person(), enquiry()

        response = post(as_(by), "report-breach", found.reference, owner=owner.pk, **BREACH)

        breach = Breach.objects.get()
        assert response["Location"] == reverse("enquiries:referral", args=[breach.referral_id])
        assert breach.discovered_at == NOW - timedelta(minutes=30)
        assert Enquiry.objects.get().is_restricted

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"discovered_at": "10:00"}, "This lies ahead"),
            ({"happened_on": "2026-11-16"}, "Give both the day and the time"),
            ({"happened_on": "2026-11-16", "happened_at": "08:31"}, "before it happened"),
            ({"people_affected": "0"}, "people"),
            ({"reason": ""}, "Say what happened"),
            ({"place": "x" * 201}, "Where it happened"),
        ],
    )
    def test_says_what_is_wrong_with_what_was_typed(self, wrong: dict[str, str], says: str) -> None:
        response = post(
            as_(person()),
            "report-breach",
            enquiry().reference,
            owner=person().pk,
            **{**BREACH, **wrong},
        )

        assert response.status_code == 422
        assert says in response.content.decode()
        assert not Breach.objects.exists()

    def test_knows_what_is_known_of_a_document_that_was_taken_back(self) -> None:
        from comptoir.enquiries.actions import documents

        by = person()
        document = kept(by=by)
        documents.undo(
            document=document, why=UndoWhy.WRONG_PERSON, reason="Of a namesake", by=by, now=NOW
        )

        reference = document.enquiry.reference
        said = page(as_(by), "report-breach", reference, query=f"?document={document.pk}")

        assert "Proof of identity" in said
        assert "The document was taken back" in said
        assert "Of a namesake" in said

    def test_knows_nothing_of_a_document_of_another_enquiry(self) -> None:
        other = kept()

        said = page(
            as_(person()), "report-breach", enquiry().reference, query=f"?document={other.pk}"
        )

        assert "Proof of identity" not in said


class TestTheRegister:
    def test_when_nothing_is_open_says_so_and_what_comes_here(self) -> None:
        assert "Nothing is open" in page(as_(person()), "referrals")
        assert "You answer for nothing now" in page(as_(person()), "referrals", query="?show=mine")
        assert "Nothing is late" in page(as_(person()), "referrals", query="?show=late")
        assert "Nothing was closed yet" in page(as_(person()), "referrals", query="?show=closed")

    def test_shows_each_by_where_it_stands(self) -> None:
        owner = person()
        mine = refer(ReferralKind.THREAT, owner=owner)
        other = refer()
        done = close(acknowledged())
        client = as_(owner)

        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            shown = {
                show: page(client, "referrals", query=f"?show={show}")
                for show in ("open", "late", "mine", "closed")
            }

        def listed(made: Referral) -> set[str]:
            return {show for show, said in shown.items() if made.enquiry.reference in said}

        assert listed(mine) == {"open", "late", "mine"}
        assert listed(other) == {"open"}
        assert listed(done) == {"closed"}

    def test_filters_by_kind_and_counts_what_it_shows(self) -> None:
        threat, urgent = refer(ReferralKind.THREAT), refer()

        said = page(as_(person()), "referrals", query="?kind=threat")

        assert threat.enquiry.reference in said
        assert urgent.enquiry.reference not in said
        assert "Open (1)" in said

    @pytest.mark.parametrize(
        "query", ["?show=x", "?kind=x", "?after=x", "?after=1.", "?show=open&kind=²"]
    )
    def test_of_what_nobody_offers_shows_what_is_open(self, query: str) -> None:
        made = refer()

        assert made.enquiry.reference in page(as_(person()), "referrals", query=query)

    @pytest.mark.parametrize("show", ["open", "closed"])
    def test_shows_each_once_a_page_at_a_time(
        self, show: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE", 2)
        made = [refer() if show == "open" else close(acknowledged()) for _ in range(5)]
        client, address, seen = as_(person()), f"?show={show}", list[Referral]()

        while address:
            response: Any = client.get(reverse("enquiries:referrals") + address)
            seen += [row for row, _is_late in response.context["rows"]]
            address = response.context["next"]

        assert seen == (made if show == "open" else made[::-1])
        assert response.context["beginning"] == f"?show={show}"

    def test_counts_no_further_than_anybody_reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(places, "COUNTED", 2)
        for _ in range(2):
            refer()
        assert "Open (2)" in page(as_(person()), "referrals")

        refer()
        refer()

        assert "Open (over 2)" in page(as_(person()), "referrals")

    def test_reads_no_enquiry_that_it_does_not_show(self) -> None:
        """Twenty thousand cost what two million do: no plan reads all enquiries or sorts all referrals."""
        many_closed()
        client = as_(person())
        for show in ("open", "late", "mine", "closed"):
            with CaptureQueriesContext(connection) as asked:
                page(client, "referrals", query=f"?show={show}")
            plans = [plan(one["sql"]) for one in asked if "enquiries_referral" in one["sql"]]

            assert len(plans) == 5
            assert not any("Seq Scan on enquiries_enquiry" in each for each in plans)
            assert not any("Seq Scan on enquiries_referral" in each for each in plans)

    def test_costs_the_same_whatever_its_length(self) -> None:
        client = as_(person())
        refer()
        page(client, "referrals")  # the first page of a session writes it down
        with CaptureQueriesContext(connection) as few:
            page(client, "referrals")
        for _ in range(5):
            refer()

        with CaptureQueriesContext(connection) as more:
            page(client, "referrals")

        assert len(more) == len(few) <= 12


class TestAReferral:
    def test_is_acknowledged_and_closed_by_its_owner(self) -> None:
        made = refer()
        client = as_(made.owner)

        assert "I have it" in page(client, "referral", made.pk)
        post(client, "referral", made.pk, do="acknowledge")
        assert "Close the referral" in page(client, "referral", made.pk)
        post(client, "referral", made.pk, do="close", outcome="done", result="Dealt with")

        made.refresh_from_db()
        assert (made.outcome, made.result) == (ReferralOutcome.DONE, "Dealt with")
        assert "Dealt with" in page(client, "referral", made.pk)

    def test_offers_nothing_to_who_does_not_answer_for_it(self) -> None:
        made = acknowledged()
        client = as_(person())

        said = page(client, "referral", made.pk)
        post(client, "referral", made.pk, do="close", outcome="done", result="Mine now")

        assert "Close the referral" not in said
        assert "Take the referral back" not in said
        made.refresh_from_db()
        assert made.closed_at is None

    def test_is_taken_back_by_who_handed_it_on(self) -> None:
        made = refer()

        post(as_(made.referred_by), "referral", made.pk, do="take-back", why="A slip")

        made.refresh_from_db()
        assert (made.outcome, made.result) == (ReferralOutcome.WITHDRAWN, "A slip")

    def test_of_ones_own_names_each_field_of_its_page_once(self) -> None:
        made = acknowledged()
        Referral.objects.filter(pk=made.pk).update(referred_by=made.owner)

        said = page(as_(made.owner), "referral", made.pk)

        drawn = re.sub(r"<noscript>.*?</noscript>", "", said, flags=re.S)
        fields = re.findall(r'\b(?:textarea|input)-id="([^"]+)"', drawn)
        assert {"id_result", "id_why"} <= {*fields}
        assert len(fields) == len({*fields})

    def test_without_what_became_of_it_is_not_closed(self) -> None:
        made = acknowledged()

        response = post(as_(made.owner), "referral", made.pk, do="close", outcome="", result="x")

        assert response.status_code == 422
        made.refresh_from_db()
        assert made.closed_at is None

    def test_that_was_closed_meanwhile_says_so(self) -> None:
        made = acknowledged()
        client = as_(made.owner)
        close(made)

        response = client.post(
            reverse("enquiries:referral", args=[made.pk]),
            {"do": "close", "outcome": "done", "result": "Late"},
            follow=True,
        )

        assert "It was closed meanwhile" in response.content.decode()

    def test_knows_no_other_deed(self) -> None:
        made = refer()

        response = as_(made.owner).post(
            reverse("enquiries:referral", args=[made.pk]), {"do": "x"}, follow=True
        )

        assert response.status_code == 200
        made.refresh_from_db()
        assert made.acknowledged_at is None

    def test_of_a_privacy_officer_is_theirs_though_they_read_no_enquiry(self) -> None:
        officer = person(Role.PRIVACY_OFFICER)
        mine, other = refer(owner=officer), refer()
        client = as_(officer)

        assert "I have it" in page(client, "referral", mine.pk)
        assert client.get(reverse("enquiries:referral", args=[other.pk])).status_code == 404

    def test_costs_few_queries(self) -> None:
        made = refer(ReferralKind.BREACH)
        client = as_(made.owner)

        with CaptureQueriesContext(connection) as made_queries:
            page(client, "referral", made.pk)

        assert len(made_queries) <= 7


class TestABreach:
    @pytest.fixture
    def officer(self) -> Person:
        return person(Role.PRIVACY_OFFICER)

    def test_is_listed_for_every_privacy_officer(self, officer: Person) -> None:
        made = refer(ReferralKind.BREACH)
        refer(ReferralKind.SENSITIVE)

        assert made.enquiry.reference in page(as_(officer), "referrals")
        assert "Open (1)" in page(as_(officer), "referrals")

    def test_is_decided_reported_and_closed(self, officer: Person) -> None:
        made = refer(ReferralKind.BREACH)
        client = as_(officer)

        post(client, "referral", made.pk, do="acknowledge")
        post(client, "referral", made.pk, do="determine", material="yes")
        assert "7 days are left to report this breach" in page(client, "referral", made.pk)
        for do in ("commissioner", "secretariat"):
            post(client, "referral", made.pk, do=do)
        assert "Both were told" in page(client, "referral", made.pk)
        post(client, "referral", made.pk, do="close", outcome="done", result="Reported")

        made.refresh_from_db()
        assert made.outcome == ReferralOutcome.DONE
        assert made.breach.commissioner_told_at == made.breach.secretariat_told_at == NOW

    @pytest.mark.parametrize(
        ("days", "says"),
        [
            (1, "7 days are left"),
            (7, "1 day is left"),
            (8, "0 days are left"),
            (9, "The seven days are over"),
        ],
    )
    def test_says_in_words_what_is_left_of_the_seven_days(
        self, officer: Person, days: int, says: str
    ) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=True)

        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            assert says in page(as_(officer), "referral", made.pk)

    def test_is_not_closed_before_both_were_told(self, officer: Person) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=True)
        report(made, commissioner=True)

        response = as_(officer).post(
            reverse("enquiries:referral", args=[made.pk]),
            {"do": "close", "outcome": "done", "result": "x"},
            follow=True,
        )

        assert "Say first that the Commissioner and the Secretariat" in response.content.decode()

    def test_offers_neither_to_close_nor_to_take_back_what_is_to_be_reported(self) -> None:
        made = acknowledged(ReferralKind.BREACH)
        client = as_(made.referred_by)
        assert "Take the referral back" in page(client, "referral", made.pk)

        determine(made, material=True)

        assert "Take the referral back" not in page(client, "referral", made.pk)
        assert "Close the referral" not in page(as_(made.owner), "referral", made.pk)

    def test_without_an_answer_is_not_decided(self, officer: Person) -> None:
        made = refer(ReferralKind.BREACH)

        response = post(as_(officer), "referral", made.pk, do="determine")

        assert response.status_code == 422
        assert Breach.objects.get().determined_at is None


class TestWhatIsRestricted:
    def test_asks_why_then_is_read_and_asks_again_after_half_an_hour(self) -> None:
        made = refer(ReferralKind.SENSITIVE)
        client, reference = as_(made.owner), made.enquiry.reference

        assert "Why do you open it?" in page(client, "restricted", reference)
        response = post(client, "restricted", reference, reason="A minister asked")
        assert response.status_code == 302
        said = page(client, "restricted", reference)
        assert made.enquiry.asker_email.partition("@")[0] in said
        with time_machine.travel(NOW + restricting.READ_FOR, tick=False):
            said = page(as_(made.owner), "restricted", reference)

        assert "Why do you open it?" in said
        assert Opening.objects.get().reason == "A minister asked"

    @pytest.mark.parametrize("reason", ["", "x", "x" * 301])
    def test_without_a_reason_stays_closed(self, reason: str) -> None:
        made = refer(ReferralKind.SENSITIVE)

        response = post(as_(made.owner), "restricted", made.enquiry.reference, reason=reason)

        assert response.status_code == 422
        assert not Opening.objects.exists()

    def test_tells_on_the_referral_what_it_is_about_once_it_is_open(self) -> None:
        made = refer(ReferralKind.SENSITIVE)
        client = as_(made.owner)

        assert "It cannot wait" not in page(client, "referral", made.pk)
        post(client, "restricted", made.enquiry.reference, reason="A minister asked")
        assert "It cannot wait" in page(client, "referral", made.pk)

    def test_is_opened_to_others_by_who_is_named_who_then_see_it(self) -> None:
        made, lead = refer(ReferralKind.SENSITIVE), person(Role.TEAM_LEAD)
        address = reverse("enquiries:restricted", args=[made.enquiry.reference])
        assert as_(lead).get(address).status_code == 404

        post(as_(made.owner), "named", made.enquiry.reference, person=lead.pk)

        assert as_(lead).get(address).status_code == 200
        assert lead.name in page(as_(made.owner), "named", made.enquiry.reference)

    def test_is_closed_again_to_who_is_named_no_more(self) -> None:
        made = refer(ReferralKind.SENSITIVE)
        client = as_(made.owner)

        post(client, "named", made.enquiry.reference, end=made.referred_by.pk)

        address = reverse("enquiries:restricted", args=[made.enquiry.reference])
        assert as_(made.referred_by).get(address).status_code == 404
        response = client.post(
            reverse("enquiries:named", args=[made.enquiry.reference]),
            {"end": made.owner.pk},
            follow=True,
        )
        assert "name somebody else first" in response.content.decode()

    def test_who_ends_their_own_name_is_led_away(self) -> None:
        made = refer(ReferralKind.SENSITIVE)

        response = post(as_(made.owner), "named", made.enquiry.reference, end=made.owner.pk)

        assert response["Location"] == reverse("enquiries:referrals")

    @pytest.mark.parametrize("data", [{"end": "999999"}, {"end": "²"}, {"person": "999999"}, {}])
    def test_names_nobody_who_is_not_offered(self, data: dict[str, str]) -> None:
        made = refer(ReferralKind.SENSITIVE)
        before = made.enquiry.named.count()

        response = post(as_(made.owner), "named", made.enquiry.reference, **data)

        assert response.status_code in (302, 422)
        assert made.enquiry.named.count() == before

    def test_costs_few_queries(self) -> None:
        made = refer(ReferralKind.SENSITIVE)
        client, reference = as_(made.owner), made.enquiry.reference
        restricting.open_to_read(enquiry=made.enquiry, reason="My duty", by=made.owner, now=NOW)

        with CaptureQueriesContext(connection) as read:
            page(client, "restricted", reference)
        with CaptureQueriesContext(connection) as named:
            page(client, "named", reference)

        assert len(read) <= 12
        assert len(named) <= 10

    def test_a_breach_is_opened_by_a_privacy_officer(self) -> None:
        made, officer = refer(ReferralKind.BREACH), person(Role.PRIVACY_OFFICER)

        response = post(as_(officer), "restricted", made.enquiry.reference, reason="My duty")

        assert response.status_code == 302
        said = page(as_(officer), "restricted", made.enquiry.reference)
        assert "conversation" in said
        # They read it, and answer nobody: those pages are not theirs.
        assert "Hand a matter on" not in said
        assert "Documents of this enquiry" not in said


def test_every_refusal_has_a_sentence_and_a_next_step() -> None:
    from comptoir.enquiries.views import referrals, restricted

    def kinds(of: type[Exception]) -> set[type[Exception]]:
        return set(of.__subclasses__())

    # An intake that is missing cannot come from a form: each of the two has what it needs.
    assert set(referrals.REFUSALS) == kinds(referring.CannotRefer) - {referring.WithoutIntake}
    assert set(restricted.REFUSALS) == kinds(restricting.CannotRestrict)
