"""The public form: everything accepted is on record once, nothing typed is lost, robots send again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from comptoir.domain import identifiers
from comptoir.enquiries.forms.asking import AskForm
from comptoir.enquiries.models import AskerKind, Enquiry, Line, Message, Topic
from comptoir.notices.models import Notice
from comptoir.people.models import Office
from comptoir.ui import clock
from tests.enquiries.factories import received
from tests.enquiries.typing import ASK, EMAIL, send, token, typed, work_for
from tests.people.factories import OfficeFactory

pytestmark = pytest.mark.django_db


def page(response: Any) -> str:
    return str(response.content.decode())


class TestTheForm:
    def test_opens_for_anybody_in_the_language_of_the_page(self, client: Client) -> None:
        response = client.get("/fr/ask/")

        assert response.status_code == 200
        assert response.context["form"]["language"].value() == "fr"
        assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")

    def test_asks_the_database_only_which_crisis_lines_are_open(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            client.get(ASK)

    def test_shows_once_more_what_was_typed_before_anything_is_sent(self, client: Client) -> None:
        response = client.post(ASK, typed())

        assert response.status_code == 200
        assert "asker@<wbr>clients.<wbr>example" in page(response)
        assert "February 3, 1990" in page(response)
        assert "Family class" in page(response)
        assert not Enquiry.objects.exists()

    def test_can_be_changed_after_that_with_everything_in_it(self, client: Client) -> None:
        response = client.post(ASK, typed(body="Half a quest") | {"change": "1"})

        assert response.status_code == 200
        assert response.context["form"]["body"].value() == "Half a quest"
        assert "There is a problem" not in page(response)

    def test_received_leads_to_a_receipt_that_can_be_loaded_again(self, client: Client) -> None:
        response = send(client)

        found = Enquiry.objects.get()
        assert (response.status_code, response["Location"]) == (302, "/en/ask/received/")
        for _ in range(2):
            receipt = client.get(response["Location"])
            assert found.reference in page(receipt)
            assert "Final answer by" in page(receipt)

    def test_keeps_what_was_typed_in_the_form_it_is_kept_in(self, client: Client) -> None:
        send(client, email="Asker@Clients.example")

        found = Enquiry.objects.get()
        assert found.asker_email == EMAIL
        assert (found.uci, found.application_number) == ("12345678", "C000111222")
        assert (found.asker_kind, found.asker_name) == ("client", "Applicant One")
        assert found.topic == Topic.STATUS
        assert found.line.kind == "general"

    def test_tells_the_address_and_nothing_of_it_stands_in_an_address(self, client: Client) -> None:
        response = send(client)

        assert Notice.objects.get(kind="enquiries.received").address == EMAIL
        assert "asker" not in response["Location"]

    def test_sent_twice_is_received_once_and_shows_the_same_receipt(self, client: Client) -> None:
        same = token()
        send(client, token=same)
        send(client, token=same)

        assert Message.objects.count() == 1
        assert Enquiry.objects.get().reference in page(client.get("/en/ask/received/"))

    def test_asked_again_says_so_and_tells_the_reference_by_mail_alone(
        self, client: Client
    ) -> None:
        first = received(
            now=clock.now() - timedelta(days=2), uci="12345678", application_number="C000111222"
        ).enquiry

        send(client)

        receipt = page(client.get("/en/ask/received/"))
        assert "We have added it to your first enquiry" in receipt
        # Whoever types an address and a number need not be who asked first.
        assert first.reference not in receipt
        assert Notice.objects.get(kind="enquiries.asked_again").subject_id == first.pk

    def test_without_a_receipt_leads_to_where_enquiries_are_followed(self, client: Client) -> None:
        assert client.get("/en/ask/received/")["Location"] == "/en/follow/"

    def test_a_receipt_is_not_another_browser_s(self, client: Client) -> None:
        send(client)

        assert Client().get("/en/ask/received/").status_code == 302

    def test_when_no_line_takes_it_keeps_what_was_typed_and_says_so(self, client: Client) -> None:
        Line.objects.update(closed_at=clock.now())

        response = send(client)

        assert response.status_code == 503
        assert "Nothing is received by this form at present" in page(response)
        assert response.context["form"]["body"].value() == "Where does it stand?"


class TestWhoAsks:
    def test_a_representative_names_themself_and_the_applicant(self, client: Client) -> None:
        kind = AskerKind.REPRESENTATIVE.value

        assert send(client, asker_kind=kind).status_code == 422
        send(client, asker_kind=kind, asker_name="Counsel Two")

        found = Enquiry.objects.get()
        assert (found.asker_name, found.applicant_name) == ("Counsel Two", "Applicant One")

    def test_an_office_is_found_by_a_part_of_its_name(self, client: Client) -> None:
        office: Office = OfficeFactory.create(legislator="Zita Quartz", sort_name="quartz zita")
        OfficeFactory.create(legislator="Zita Other", sort_name="other", suspended=True)
        words = {"asker_kind": "office", "office_words": "quartz", "find": "1", "token": token()}

        response = client.post(ASK, words)

        assert response.status_code == 200
        assert [ref for ref, _ in response.context["form"].fields["office"].choices] == [
            "",
            office.reference,
        ]
        assert "There is a problem" not in page(response)

    def test_an_office_goes_to_the_offices_line(self, client: Client) -> None:
        office = OfficeFactory.create()

        send(client, asker_kind="office", asker_name="Delegate", office=office.reference)

        found = Enquiry.objects.get()
        assert (found.office, found.line.kind) == (office, "legislators")

    @pytest.mark.parametrize("suspended", [True, False])
    def test_an_office_that_is_not_active_or_not_there_is_refused(
        self, client: Client, suspended: bool
    ) -> None:
        office = OfficeFactory.create(suspended=True).reference if suspended else "no-such-office"

        response = send(client, asker_kind="office", asker_name="Delegate", office=office)

        assert response.status_code == 422
        assert not Enquiry.objects.exists()

    def test_an_office_that_a_client_had_chosen_before_is_left_out(self, client: Client) -> None:
        send(client, office=OfficeFactory.create().reference, office_words="x")

        assert Enquiry.objects.get().office is None


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("asker_kind", ""),
            ("asker_kind", "robot"),
            ("email", ""),
            ("email", "nobody"),
            ("email", f"a@{'.'.join(['ß' * 31] * 7)}.ca"),  # longer in small letters than allowed
            ("language", "de"),
            ("applicant_name", ""),
            ("applicant_name", "\N{RIGHT-TO-LEFT MARK}"),
            ("applicant_born_on", "2999-01-01"),
            ("applicant_born_on", "0001-01-01"),
            ("applicant_born_on", "yesterday"),
            ("uci", "1234"),
            ("application_number", "123456789"),
            ("line_of_business", ""),
            ("topic", "x"),
            ("body", ""),
            ("body", " \n\N{ZERO WIDTH SPACE}"),
        ],
    )
    def test_is_said_beside_its_field_and_in_the_summary_and_nothing_is_lost(
        self, client: Client, field: str, value: str
    ) -> None:
        response = send(client, **{field: value})

        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert f'href="#f_id_{field}"' in page(response)
        others = typed()
        kept = {name: response.context["form"][name].value() for name in ("uci", "topic", "body")}
        assert kept == {name: value if name == field else others[name] for name in kept}
        assert not Enquiry.objects.exists()

    @pytest.mark.parametrize(
        ("name", "text"),
        [("uci", "12a"), ("uci", "123"), ("application_number", "1"), ("application_number", "C1")],
    )
    def test_with_a_number_is_explained_in_its_own_sentence(self, name: str, text: str) -> None:
        form = AskForm(typed(**{name: text}), today=clock.service_date(clock.now()))

        assert str(form.errors[name][0]).startswith(("A UCI has", "An application number"))

    def test_every_fault_of_a_number_has_a_sentence_for_the_script(self, client: Client) -> None:
        assert set(client.get(ASK).context["faults"]) == set(identifiers.Fault)


class TestTheQuestion:
    @pytest.mark.parametrize("letter", ["a", "é", "\N{CJK UNIFIED IDEOGRAPH-4E00}", "\U0001f4c4"])
    def test_has_up_to_2000_characters_of_any_script(self, client: Client, letter: str) -> None:
        send(client, body=letter * 2_000)

        assert Message.objects.get().body == letter * 2_000

    def test_counts_a_line_break_once(self, client: Client) -> None:
        send(client, body="\r\n".join("ab" * 1 for _ in range(667)))

        assert Message.objects.get().body == "\n".join("ab" for _ in range(667))

    def test_of_more_is_refused_with_all_of_it_kept(self, client: Client) -> None:
        response = send(client, body="a" * 2_001)

        assert response.status_code == 422
        assert response.context["form"]["body"].value() == "a" * 2_001


class TestHostileInput:
    def test_markup_is_shown_as_it_was_typed_and_never_run(self, client: Client) -> None:
        evil = "<script>alert(1)</script>"

        response = client.post(ASK, typed(body=evil, applicant_name=evil))

        assert evil not in page(response)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(response)

    def test_what_cannot_be_seen_is_taken_out_of_names_and_numbers(self, client: Client) -> None:
        turned = "\N{RIGHT-TO-LEFT OVERRIDE}"

        send(client, applicant_name=f"A{turned}b\0c", uci=f"{turned}1234-5678")

        found = Enquiry.objects.get()
        assert (found.applicant_name, found.uci) == ("Abc", "12345678")

    def test_a_name_in_a_script_that_needs_joiners_keeps_them(self, client: Client) -> None:
        name = "می\N{ZERO WIDTH NON-JOINER}خواهم"

        send(client, applicant_name=name)

        assert Enquiry.objects.get().applicant_name == name

    def test_nul_is_taken_out_of_a_text_and_its_direction_kept(self, client: Client) -> None:
        send(client, body="a\0b\N{RIGHT-TO-LEFT MARK}c")

        assert Message.objects.get().body == "ab\N{RIGHT-TO-LEFT MARK}c"

    def test_two_values_for_a_field_and_fields_nobody_asked_for_do_no_harm(
        self, client: Client
    ) -> None:
        send(client, body=["one", "two"], priority="2", line="1", state="answered")

        assert Enquiry.objects.get().state == "waiting"


class TestRobots:
    def test_whoever_fills_in_what_nobody_sees_is_asked_to_send_again(self, client: Client) -> None:
        response = send(client, website="https://spam.example")

        assert response.status_code == 422
        assert "https://spam.example" not in page(response)
        assert not Enquiry.objects.exists()

    def test_the_field_that_nobody_sees_is_none_for_readers_of_screens(
        self, client: Client
    ) -> None:
        html = page(client.get(ASK))

        assert '<div class="decoy" aria-hidden="true">' in html
        assert 'name="website" tabindex="-1" autocomplete="off"' in html

    def test_too_fast_is_sent_again_with_the_same_page(self, client: Client) -> None:
        fast = token(open_for=timedelta(seconds=1))

        response = send(client, token=fast)

        assert response.status_code == 422
        assert response.context["token"] == fast
        assert response.context["form"]["body"].value() == "Where does it stand?"

    def test_a_page_of_more_than_a_day_is_sent_again_as_the_same_attempt(
        self, client: Client
    ) -> None:
        old = token(open_for=timedelta(days=1, minutes=1))

        response = send(client, token=old)

        assert response.status_code == 422
        assert response.context["token"] != old
        assert response.context["work"] == ""
        assert response.context["form"]["body"].value() == "Where does it stand?"

    @pytest.mark.parametrize("forged", ["", "x", "W10:1:x", "é"])
    def test_a_page_that_is_not_ours_is_sent_again(self, client: Client, forged: str) -> None:
        assert send(client, token=forged).status_code == 422
        assert not Enquiry.objects.exists()


class TestHowOften:
    def test_without_the_sum_an_address_sends_three_an_hour(self, client: Client) -> None:
        answers = [send(client, uci=f"{n:08}").status_code for n in range(4)]

        assert answers == [302, 302, 302, 429]
        assert Enquiry.objects.count() == 3

    def test_with_the_sum_it_sends_ten(self, client: Client) -> None:
        answers = []
        for number in range(11):
            page = token()
            sent = send(client, token=page, work=work_for(page), uci=f"{number:08}")
            answers.append(sent.status_code)

        assert answers == [302] * 10 + [429]

    def test_a_refusal_says_what_to_do_and_loses_nothing(self, client: Client) -> None:
        for number in range(3):
            send(client, uci=f"{number:08}")

        response = send(client)

        assert "Wait an hour, then send it once more" in page(response)
        assert response.context["form"]["body"].value() == "Where does it stand?"

    def test_many_addresses_from_one_place_are_bounded_too(self, client: Client) -> None:
        answers = [send(client, email=f"a{n}@clients.example").status_code for n in range(7)]

        assert answers == [302] * 6 + [429]

    @pytest.mark.parametrize("work", ["", "x", "²", "-1", "1" * 21, "0"])
    def test_a_wrong_sum_counts_as_none(self, client: Client, work: str) -> None:
        answers = [send(client, work=work, uci=f"{n:08}").status_code for n in range(4)]

        assert answers[-1] == 429

    def test_a_wrong_form_costs_nothing(self, client: Client) -> None:
        for _ in range(5):
            send(client, body="")

        assert send(client).status_code == 302
