"""What becomes of a mail: an enquiry, a text of one, or a row that says why neither."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from comptoir.domain.mail_signs import LOOP_HEADER
from comptoir.enquiries import mail_keys
from comptoir.enquiries.actions import clocks, collecting, mailing
from comptoir.enquiries.actions.keeping import keep
from comptoir.enquiries.gateway.imap import Lying
from comptoir.enquiries.models import (
    AskerKind,
    Decision,
    Delivery,
    Direction,
    Enquiry,
    InboundMail,
    Line,
    Message,
    Priority,
    Promise,
    State,
)
from comptoir.notices.models import Notice
from comptoir.people.models import Office, Role
from tests.enquiries import factories
from tests.enquiries.factories import NOW
from tests.enquiries.mail_writing import (
    ASKER,
    CRISIS,
    OFFICES_MAILBOX,
    QUESTIONS,
    asked,
    came,
    decisions,
    kept,
    line,
    line_of_offices,
    mail,
    outbound,
    stopped_clock,
)
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

STRANGER = "stranger@elsewhere.example"


@pytest.fixture(autouse=True)
def public() -> Line:
    return line()


def token_address(found: Enquiry, mailbox: str = QUESTIONS) -> str:
    return mail_keys.reply_address(found.reference, mailbox)


class TestIdentity:
    def test_the_same_mail_handed_in_twice_is_one_row_with_two_deliveries(self) -> None:
        raw = mail(message_id="<one@client.example>")
        first, again = kept(raw, place="1.1"), kept(raw, place="1.2")

        assert first == again
        assert InboundMail.objects.count() == 1
        assert Delivery.objects.count() == 2

    def test_the_same_place_read_again_is_nothing_new(self) -> None:
        raw = mail()
        kept(raw, place="1.1")
        kept(raw, place="1.1")

        assert Delivery.objects.count() == 1

    def test_an_id_that_is_used_again_for_another_text_is_another_mail(self) -> None:
        came(mail("One question.", message_id="<one@client.example>"))
        came(mail("Another question.", message_id="<one@client.example>"))

        assert InboundMail.objects.count() == 2

    def test_mails_without_an_id_are_told_apart_by_what_they_say(self) -> None:
        for text in ("One.", "Two.", "One."):
            came(mail(text, message_id=" "))

        assert InboundMail.objects.count() == 2

    def test_two_mails_that_differ_in_their_attachment_alone_are_two(self) -> None:
        head = b"From: a@client.example\nContent-Type: multipart/mixed; boundary=f\n\n"
        for content in (b"1", b"2"):
            came(head + b"--f\nContent-Type: application/pdf; name=a\n\n" + content + b"\n--f--\n")

        assert InboundMail.objects.count() == 2

    def test_sent_to_two_mailboxes_it_is_one_enquiry_and_the_other_row_says_so(self) -> None:
        line(CRISIS, "crisis")
        raw = mail()
        came(raw)
        second = came(raw, mailbox=CRISIS)

        assert (second.decision, second.reason) == (Decision.DUPLICATE, "other_mailbox")
        assert second.enquiry == Enquiry.objects.get()
        assert Notice.objects.count() == 1

    def test_it_is_received_when_the_server_says_and_never_later_than_now(self) -> None:
        raw = mail()
        past = NOW - timedelta(hours=3)
        early = keep(mailbox=QUESTIONS, lying=Lying("1.1", past, 10, raw), now=NOW)
        ahead = Lying("1.2", NOW + timedelta(days=9), 10, mail("Another."))
        late = keep(mailbox=QUESTIONS, lying=ahead, now=NOW)

        assert (early.received_at, late.received_at) == (past, NOW)

    def test_the_original_is_kept_to_the_byte_and_is_never_deleted(self) -> None:
        raw = mail() + b"\x00\xff tail"
        found = kept(raw)

        assert bytes(InboundMail.objects.get().original) == raw
        with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
            found.delete()


class TestANewQuestion:
    def test_is_received_in_the_line_of_its_mailbox_with_due_dates(self, public: Line) -> None:
        found = asked(mail("Where is my card?", subject="My card"))

        assert (found.line, found.channel, found.subject) == (public, "email", "My card")
        assert (found.asker_kind, found.asker_email) == (AskerKind.CLIENT, ASKER)
        assert {clock.promise for clock in found.clocks.all()} == {Promise.FIRST, Promise.FINAL}

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("Where is my application? Thank you.", "en"),
            ("Où en est ma demande? Merci pour votre aide.", "fr"),
            ("C000111222", "en"),
        ],
    )
    def test_is_answered_in_the_language_its_words_are_of(self, text: str, language: str) -> None:
        assert asked(mail(text, subject="?")).language == language

    def test_about_one_application_is_about_that_application(self) -> None:
        found = asked(mail("My number is C000111222, my client number 1234-5678. Thank you."))

        assert (found.application_number, found.uci) == ("C000111222", "12345678")

    def test_of_a_client_about_several_applications_is_one_enquiry_about_none(self) -> None:
        assert asked(mail("C000111222 and C000111223")).application_number == ""
        assert Enquiry.objects.count() == 1

    def test_about_the_same_application_again_is_put_with_the_first(self) -> None:
        first = asked(mail("Where is C000111222?"))

        again = came(mail("And now, C000111222?"))

        assert (again.decision, again.reason) == (Decision.JOINED, "asked_again")
        assert again.enquiry == first
        assert first.messages.count() == 2

    def test_to_a_mailbox_of_no_open_line_is_set_aside_and_not_lost(self) -> None:
        found = came(mail(), mailbox="closed@centre.example")

        assert (found.decision, found.reason) == (Decision.QUARANTINED, "no_open_line")
        assert not Enquiry.objects.exists()

    def test_without_words_is_an_enquiry_all_the_same(self) -> None:
        assert asked(mail("", subject="Please call me")).subject == "Please call me"

    def test_decided_a_second_time_is_decided_once(self) -> None:
        found = came(mail())

        assert mailing.decide(mail_id=found.pk, now=NOW) is None
        assert Message.objects.count() == 1


class TestWhatNobodyWrote:
    @pytest.mark.parametrize(
        ("headers", "decision", "rule"),
        [
            ({"Auto_Submitted": "auto-replied"}, Decision.AUTO_REPLY, "auto_submitted"),
            ({"Return_Path": "<>"}, Decision.AUTO_REPLY, "null_return_path"),
            ({"List_Id": "<news.example>"}, Decision.LIST, "list_header"),
            ({"Precedence": "bulk"}, Decision.LIST, "precedence_bulk"),
            ({LOOP_HEADER: "1"}, Decision.LOOP, "loop_header"),
            ({"sender": QUESTIONS}, Decision.OWN, "own_address"),
            ({"sender": "MAILER-DAEMON@mx.example"}, Decision.BOUNCE, "from_daemon:unknown_mail"),
        ],
    )
    def test_is_a_row_with_its_rule_and_nothing_else(
        self, headers: dict[str, str], decision: Decision, rule: str
    ) -> None:
        found = came(mail(**headers))

        assert (found.decision, found.reason) == (decision, rule)
        assert found.answered_at is None
        assert not Enquiry.objects.exists()
        assert not Notice.objects.exists()

    def test_is_not_put_with_an_enquiry_that_it_names(self) -> None:
        first = asked(mail(message_id="<first@client.example>"))

        came(mail(References="<first@client.example>", Auto_Submitted="auto-replied"))

        assert first.messages.count() == 1

    def test_a_mail_without_a_sender_is_set_aside_as_broken(self) -> None:
        found = came(b"Subject: x\n\nwords")

        assert (found.decision, found.reason) == (Decision.BROKEN, "no_sender")

    @pytest.mark.parametrize("raw", [b"", b"\0\0\0", b"\xff\xfe\n\n\xff", b"From: \n\n"])
    def test_bytes_that_are_no_mail_are_kept_as_broken(self, raw: bytes) -> None:
        assert came(raw).decision == Decision.BROKEN

    def test_a_mail_on_which_deciding_fails_is_set_aside_in_the_end(self) -> None:
        found = kept(mail())

        for _ in range(mailing.MOST_TRIES):
            mailing.failed(mail_id=found.pk, problem="ValueError", now=NOW)

        assert decisions() == [(Decision.BROKEN, "failed:ValueError")]

    def test_a_mail_on_which_deciding_fails_holds_up_no_other(self, public: Line) -> None:
        """A line that promises nothing cannot receive: somebody has to set its targets."""
        bare = Line.objects.create(
            code="bare", kind="general", name_en="x", name_fr="x", opened_at=NOW, mailbox=CRISIS
        )
        assert not bare.targets.exists()
        kept(mail("First."), mailbox=CRISIS)
        kept(mail("Second."))

        for _ in range(mailing.MOST_TRIES):
            collecting.decide_pending(clock=stopped_clock())

        assert decisions() == [
            (Decision.BROKEN, "failed:NothingPromised"),
            (Decision.NEW, "acknowledged"),
        ]


class TestThreads:
    def test_a_signed_address_leads_to_its_enquiry(self) -> None:
        first = asked()

        again = came(mail("More.", to=token_address(first)))

        assert (again.decision, again.reason) == (Decision.JOINED, "by_token")
        assert [text.body for text in first.messages.order_by("pk")][1] == "More."

    def test_a_known_mail_leads_to_its_enquiry(self) -> None:
        first = asked(mail(message_id="<first@client.example>"))

        again = came(mail("More.", In_Reply_To="<first@client.example>"))

        assert (again.enquiry, again.reason) == (first, "by_references")

    def test_a_text_that_joins_tells_whoever_has_the_enquiry_that_it_changed(self) -> None:
        first = asked()

        came(mail("More.", to=token_address(first)))

        assert Enquiry.objects.get().version == first.version + 1

    def test_a_reply_that_is_urgent_makes_its_enquiry_so(self) -> None:
        first = asked()

        came(mail("I am in hospital.", to=token_address(first)))

        first.refresh_from_db()
        assert first.priority == Priority.URGENT

    def test_what_waited_for_the_client_goes_on(self) -> None:
        first = asked()
        clocks.pause(enquiry=first, reason="client", by=factories.person(), now=NOW)
        Enquiry.objects.update(state=State.ON_HOLD)

        came(mail("Here it is.", to=token_address(first)), now=NOW + timedelta(hours=1))

        assert Enquiry.objects.get().state == State.WAITING

    def test_what_was_put_together_with_another_gets_its_texts_there(self) -> None:
        first, second = asked(mail("One.")), asked(mail("Two."))
        Enquiry.objects.filter(pk=first.pk).update(state=State.JOINED, joined_to=second)

        again = came(mail("More.", to=token_address(first)))

        assert again.enquiry == second

    def test_a_mail_waits_for_the_one_it_follows(self) -> None:
        first = kept(mail(message_id="<first@client.example>"))
        reply = kept(mail("More.", References="<first@client.example>"))

        assert mailing.decide(mail_id=reply.pk, now=NOW) is None
        mailing.decide(mail_id=first.pk, now=NOW)

        assert mailing.decide(mail_id=reply.pk, now=NOW) == Decision.JOINED

    def test_of_two_that_name_each_other_only_the_later_waits(self) -> None:
        first = kept(mail(message_id="<1@client.example>", References="<2@client.example>"))
        second = kept(mail(message_id="<2@client.example>", References="<1@client.example>"))

        assert mailing.decide(mail_id=first.pk, now=NOW) == Decision.NEW
        assert mailing.decide(mail_id=second.pk, now=NOW) == Decision.JOINED

    def test_a_mail_that_names_itself_waits_for_nobody(self) -> None:
        named = "<1@client.example>"

        assert came(mail(message_id=named, References=named)).decision == Decision.NEW

    def test_an_answer_of_ours_leads_to_its_enquiry_too(self) -> None:
        first = asked()
        message = Message.objects.create(
            enquiry=first, direction=Direction.OUT, channel="email", at=NOW, body="x"
        )

        assert came(mail("Thanks.", References=outbound(message).sent_as)).enquiry == first


class TestAttacks:
    """None of these changes an enquiry, tells anybody anything, or is lost."""

    def nothing_happened(self, first: Enquiry) -> None:
        assert first.messages.count() == 1
        first.refresh_from_db()
        assert first.version == 0
        assert Notice.objects.count() == 1  # the acknowledgement of the first
        assert InboundMail.objects.latest("pk").answered_at is None

    def test_a_token_used_from_another_address_is_set_aside(self) -> None:
        first = asked()

        found = came(mail("Tell me.", sender=STRANGER, to=token_address(first)))

        assert (found.decision, found.reason) == (Decision.QUARANTINED, "stranger_by_token")
        self.nothing_happened(first)

    def test_a_stranger_who_knows_a_mail_s_id_is_set_aside(self) -> None:
        first = asked(mail(message_id="<first@client.example>"))

        found = came(mail("Tell me.", sender=STRANGER, References="<first@client.example>"))

        assert (found.decision, found.reason) == (Decision.QUARANTINED, "stranger_by_references")
        self.nothing_happened(first)

    def test_a_number_in_the_subject_leads_nowhere(self) -> None:
        first = asked()

        came(mail("Tell me.", sender=STRANGER, subject=f"Re: [{first.reference}]"))

        assert first.messages.count() == 1
        assert Enquiry.objects.count() == 2

    def test_a_token_guessed_or_cut_or_made_for_another_mailbox_is_as_none(self) -> None:
        first = asked()
        address = token_address(first)
        other = token_address(first, CRISIS).replace(CRISIS.partition("@")[0], "questions")
        flipped = address.replace("@", "a@") if "a@" not in address else address.replace("a@", "b@")
        for to in (
            flipped,
            address.replace("+1", "+2"),
            other,
            f"questions+{first.reference}@centre.example",
        ):
            came(mail(f"Guess {to}", sender=STRANGER, to=to))

        assert first.messages.count() == 1
        assert not InboundMail.objects.filter(decision=Decision.QUARANTINED).exists()

    def test_an_id_that_two_enquiries_bear_leads_to_neither(self) -> None:
        one = asked(mail("One.", message_id="<same@client.example>"))
        asked(mail("Two.", sender=STRANGER, message_id="<same@client.example>"))

        found = came(mail("More.", References="<same@client.example>"))

        assert found.decision == Decision.NEW
        assert one.messages.count() == 1

    def test_a_reference_to_what_does_not_exist_says_nothing_of_what_does(self) -> None:
        found = came(mail(sender=STRANGER, References="<unknown@centre.example>"))

        assert found.decision == Decision.NEW

    def test_a_key_that_was_replaced_still_opens_and_a_foreign_one_does_not(
        self, settings: Settings
    ) -> None:
        first = asked()
        address = token_address(first)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-secret-key-of-sufficient-length"
        assert came(mail("More.", to=address)).reason == "by_token"

        settings.SECRET_KEY_FALLBACKS = []
        assert came(mail("Even more.", to=address)).decision == Decision.NEW


class TestCaps:
    def test_a_person_is_acknowledged_so_often_and_then_received_in_silence(
        self, settings: Settings
    ) -> None:
        settings.MAIL_ANSWERS_PERSON = 3
        for number in range(5):
            came(mail(f"Question {number}", sender=f"asker+{number}@client.example"))

        assert [reason for _, reason in decisions()] == ["acknowledged"] * 3 + ["person_cap"] * 2
        assert Enquiry.objects.count() == 5
        assert Notice.objects.count() == 3

    def test_a_domain_is_acknowledged_so_often(self, settings: Settings) -> None:
        settings.MAIL_ANSWERS_DOMAIN = 2
        for number in range(4):
            came(mail(sender=f"person{number}@client.example"))
        came(mail(sender="somebody@elsewhere.example"))

        reasons = [reason for _, reason in decisions()]
        assert reasons == ["acknowledged"] * 2 + ["domain_cap"] * 2 + ["acknowledged"]

    def test_a_wide_domain_has_a_cap_of_its_own(self, settings: Settings) -> None:
        settings.MAIL_ANSWERS_DOMAIN, settings.MAIL_ANSWERS_WIDE = 1, 3
        settings.MAIL_WIDE_DOMAINS = ["client.example"]
        for number in range(4):
            came(mail(sender=f"person{number}@client.example"))

        assert [reason for _, reason in decisions()] == ["acknowledged"] * 3 + ["domain_cap"]

    def test_a_day_later_the_person_is_acknowledged_again(self, settings: Settings) -> None:
        settings.MAIL_ANSWERS_PERSON = 1
        came(mail("One."))
        came(mail("Two."))
        came(mail("Three."), now=NOW + timedelta(days=1))

        assert [reason for _, reason in decisions()] == [
            "acknowledged",
            "person_cap",
            "acknowledged",
        ]

    def test_asked_again_beyond_the_cap_is_not_told_either(self, settings: Settings) -> None:
        settings.MAIL_ANSWERS_PERSON = 1
        came(mail("C000111222?"))
        came(mail("C000111222!"))

        assert Notice.objects.count() == 1

    def test_a_row_that_says_answered_and_is_no_enquiry_cannot_be_written(self) -> None:
        found = came(mail(Auto_Submitted="auto-replied"))

        with pytest.raises(IntegrityError), transaction.atomic():
            InboundMail.objects.filter(pk=found.pk).update(answered_at=NOW)


class TestAnOffice:
    @pytest.fixture
    def office(self) -> Office:
        line_of_offices()
        made = OfficeFactory.create(language="fr")
        person = PersonFactory.create(email="delegate@office.example")
        GrantFactory.create(person=person, role=Role.DELEGATE, office=made)
        return made

    def write(self, text: str, **how: str) -> InboundMail:
        return came(mail(text, sender="Delegate@Office.example", **how), mailbox=OFFICES_MAILBOX)

    def test_is_known_by_its_people_and_goes_to_its_own_line(self, office: Office) -> None:
        found = self.write("Hello, about C000111222 please.").enquiry

        assert found is not None
        assert (found.asker_kind, found.office, found.line.code) == (
            AskerKind.OFFICE,
            office,
            "offices",
        )

    def test_goes_there_from_whatever_mailbox_it_wrote_to(self, office: Office) -> None:
        found = came(mail(sender="delegate@office.example")).enquiry

        assert found is not None
        assert found.line.code == "offices"

    def test_about_three_applications_becomes_three_enquiries_with_one_answer_each(
        self, office: Office
    ) -> None:
        found = self.write("Hello: C000111222, c000-111223? No: C000111223 and E000111224. Thanks.")

        numbers = list(Enquiry.objects.values_list("application_number", flat=True))
        assert sorted(numbers) == ["C000111222", "C000111223", "E000111224"]
        assert found.messages.count() == 3
        assert Notice.objects.filter(kind="enquiries.received").count() == 3

    def test_about_more_than_a_person_would_list_is_split_by_a_person(self, office: Office) -> None:
        self.write(" ".join(f"C{number:09}" for number in range(30)))

        assert Enquiry.objects.get().application_number == ""

    def test_that_names_an_appointment_follows_it(self, office: Office) -> None:
        found = self.write("About our appointment ABCD-2345, C000111222.").enquiry

        assert found is not None
        assert found.appointment == "ABCD-2345"

    def test_that_says_it_is_urgent_is_worked_before_its_turn_and_says_why(
        self, office: Office
    ) -> None:
        found = self.write("URGENT: they fly tomorrow, C000111222.")

        assert found.enquiry is not None
        assert found.enquiry.priority == Priority.URGENT
        assert found.enquiry.ranked_at < found.enquiry.received_at
        finding = found.enquiry.findings.get()
        assert "urgent-office" in [fired["rule"] for fired in finding.fired]
        assert finding.refer == ["urgent"]

    def test_of_a_client_the_same_words_change_nothing(self) -> None:
        assert asked(mail("URGENT: we fly tomorrow.")).priority == Priority.USUAL

    def test_a_colleague_of_the_same_office_takes_part(self, office: Office) -> None:
        first = self.write("About C000111222.", message_id="<first@office.example>").enquiry
        colleague = PersonFactory.create(email="colleague@office.example")
        GrantFactory.create(person=colleague, role=Role.OFFICE_MANAGER, office=office)

        again = came(
            mail("More.", sender="colleague@office.example", References="<first@office.example>"),
            mailbox=OFFICES_MAILBOX,
        )

        assert (again.enquiry, again.decision) == (first, Decision.JOINED)

    def test_who_acts_for_another_office_is_a_stranger(self, office: Office) -> None:
        self.write("About C000111222.", message_id="<first@office.example>")
        other = PersonFactory.create(email="other@office.example")
        GrantFactory.create(person=other, role=Role.DELEGATE, office=OfficeFactory.create())

        found = came(mail(sender="other@office.example", References="<first@office.example>"))

        assert found.decision == Decision.QUARANTINED


def test_a_mail_is_decided_in_a_bounded_number_of_queries() -> None:
    first = kept(mail())
    many = kept(mail(References=" ".join(f"<{n}@x.example>" for n in range(90))))

    counts = []
    for found in (first, many):
        with CaptureQueriesContext(connection) as queries:
            mailing.decide(mail_id=found.pk, now=NOW)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2
