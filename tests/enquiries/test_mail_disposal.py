"""Mail is disposed of with its enquiry, or by its age: not too early, and nothing of anybody left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from comptoir.audit.models import Event
from comptoir.enquiries.actions import answering, disposal, mail_disposal
from comptoir.enquiries.models import (
    SET_ASIDE,
    Decision,
    Enquiry,
    InboundMail,
    OutboundMail,
    State,
    Tier,
)
from comptoir.notices.models import Notice
from comptoir.people.models import Role
from comptoir.roster.models import LineOfBusiness
from comptoir.site import disposal as site_disposal
from tests.enquiries.factories import NOW, agent, in_hand
from tests.enquiries.mail_writing import (
    OFFICES_MAILBOX,
    came,
    line,
    line_of_offices,
    mail,
    outbound,
)
from tests.liaison.traces import traces
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
LATER = NOW + timedelta(days=800)
NAME, SENDER = "Quibblethorn", "zyxwolf@mail.client.example"


@pytest.fixture(autouse=True)
def _line() -> Iterator[None]:
    line()
    with time_machine.travel(NOW, tick=False):
        yield


def answered(found: Enquiry) -> Enquiry:
    by = agent(lines=[found.line])
    found.refresh_from_db()
    held = in_hand(by, found)
    answering.answer(
        enquiry=held,
        version=held.version,
        body="It is in progress.",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=LineOfBusiness.OTHER,
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )
    return held


def dispose_of_enquiries() -> None:
    disposal.dispose_before(before=NOW + INSTANT, by=None, now=LATER)
    Notice.objects.all().delete()


def test_nothing_of_whoever_wrote_is_left_anywhere() -> None:
    raw = mail(f"{NAME} asks.", sender=SENDER, subject=NAME, message_id=f"<1@{NAME}.example>")
    found = came(raw).enquiry
    assert found is not None
    held = answered(found)
    sent = OutboundMail.objects.first() or outbound(held.messages.latest("pk"))
    OutboundMail.objects.filter(pk=sent.pk).update(problem=f"{SENDER} is unknown")
    assert traces(NAME, SENDER)

    dispose_of_enquiries()

    assert traces(NAME, SENDER) == []
    kept = InboundMail.objects.get()
    assert (kept.decision, kept.received_at, kept.disposed_at) == (Decision.NEW, NOW, LATER)


def test_two_that_say_the_same_stay_two() -> None:
    first = came(mail("The same.", sender=SENDER)).enquiry
    second = came(mail("The same.", sender=SENDER)).enquiry
    assert first is not None
    assert second is not None
    for found in {first, second}:
        answered(found)

    dispose_of_enquiries()

    assert InboundMail.objects.exclude(disposed_at=None).count() == 2


class TestWhatNamesAnEnquiryThatWasDisposedOf:
    """Neither its row nor its text comes back: it is asked anew, by whomever."""

    def test_of_a_client_is_a_new_enquiry(self) -> None:
        first = came(mail("Where is it?", sender=SENDER)).enquiry
        assert first is not None
        sent = OutboundMail.objects.get(message__enquiry=answered(first))
        dispose_of_enquiries()

        later = mail("Hello?", sender=SENDER, to=sent.reply_to, In_Reply_To=sent.sent_as)
        found = came(later, now=LATER)

        assert found.decision == Decision.NEW
        assert found.enquiry != first

    def test_through_a_part_that_is_still_there_is_a_new_enquiry(self) -> None:
        part = came(
            mail("And this?", sender=SENDER, message_id="<part@mail.client.example>")
        ).enquiry
        main = came(mail("Where is it?", sender=SENDER)).enquiry
        assert part is not None
        assert main is not None
        Enquiry.objects.filter(pk=part.pk).update(state=State.JOINED, joined_to=main)
        answered(main)
        answering.note(enquiry=part, body="Still looked at.", by=agent().person, now=LATER)
        dispose_of_enquiries()

        found = came(
            mail("Hello?", sender=SENDER, References="<part@mail.client.example>"), now=LATER
        )

        part.refresh_from_db()
        assert part.disposed_at is None
        assert found.decision == Decision.NEW

    def test_of_an_office_is_a_new_enquiry(self) -> None:
        line_of_offices()
        delegate = PersonFactory.create(email=SENDER)
        office = OfficeFactory.create()
        GrantFactory.create(person=delegate, role=Role.DELEGATE, office=office)
        first = came(mail("About C000111222.", sender=SENDER), mailbox=OFFICES_MAILBOX).enquiry
        assert first is not None
        sent = OutboundMail.objects.get(message__enquiry=answered(first))
        dispose_of_enquiries()

        later = mail("Hello?", sender=SENDER, to=sent.reply_to, In_Reply_To=sent.sent_as)
        found = came(later, mailbox=OFFICES_MAILBOX, now=LATER)

        assert found.decision == Decision.NEW
        assert found.enquiry != first


def test_one_about_two_cases_goes_with_the_last() -> None:
    line_of_offices()
    office = OfficeFactory.create()
    person = PersonFactory.create(email="staff@office.example")
    GrantFactory.create(person=person, role=Role.DELEGATE, office=office)
    raw = mail("About C000111222 and C000111333.", sender=person.email, to=OFFICES_MAILBOX)
    came(raw, mailbox=OFFICES_MAILBOX)
    first, second = Enquiry.objects.order_by("pk")
    answered(first)

    dispose_of_enquiries()
    assert InboundMail.objects.get().disposed_at is None

    answered(second)
    dispose_of_enquiries()
    assert InboundMail.objects.get().disposed_at == LATER


class TestWhatBecameNoEnquiry:
    def automatic(self) -> InboundMail:
        found = came(mail(NAME, sender=SENDER, Auto_Submitted="auto-replied"))
        assert found.decision == Decision.AUTO_REPLY
        return found

    def dispose(self, before_seconds: int) -> int:
        before = NOW + timedelta(seconds=before_seconds)
        return mail_disposal.dispose_before(before=before, by=None, now=LATER)

    def test_goes_by_its_age_and_is_on_record_with_a_number(self) -> None:
        self.automatic()

        assert self.dispose(0) == 0
        assert self.dispose(1) == 1
        assert traces(NAME, SENDER) == []
        assert Event.objects.get(action="mail.disposed").detail == {"rows": 1}

    def test_done_again_nothing_changes(self) -> None:
        self.automatic()
        self.dispose(1)

        assert self.dispose(1) == 0
        assert Event.objects.filter(action="mail.disposed").count() == 1

    def test_what_waits_for_a_person_stays_whatever_its_age(self) -> None:
        found = came(mail(NAME, sender="nobody"))
        assert found.decision in SET_ASIDE

        assert self.dispose(1) == 0

    def test_the_nightly_run_does_it_and_a_dry_run_counts_it(self) -> None:
        self.automatic()

        assert site_disposal.due(LATER)["mails"] == 1
        assert site_disposal.dispose(LATER)["mails"] == 1
        assert site_disposal.due(LATER)["mails"] == 0
