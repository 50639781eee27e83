"""The one way in: nothing asked is lost, nothing is received twice, and everything has a due date."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from comptoir.enquiries.actions import answering, receiving
from comptoir.enquiries.actions.receiving import SAME_WITHIN
from comptoir.enquiries.models import (
    Clock,
    Direction,
    Enquiry,
    Message,
    Promise,
    State,
    Tier,
    Topic,
)
from comptoir.notices.models import Notice
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, received
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

APPLICATION = "C000111222"


def due(found: Enquiry, promise: Promise = Promise.FINAL) -> datetime:
    return found.clocks.running().get(promise=promise).due_at


class TestANewEnquiry:
    def test_waits_with_its_text_and_both_promises(self) -> None:
        found = received(body="When?").enquiry

        assert found.state == State.WAITING
        assert [(m.direction, m.body) for m in found.messages.all()] == [(Direction.IN, "When?")]
        assert {clock.promise for clock in found.clocks.all()} == {Promise.FIRST, Promise.FINAL}

    def test_is_due_at_the_end_of_the_tenth_business_day(self) -> None:
        # Monday 16 November; the tenth business day after it is Monday 30.
        assert due(received().enquiry) == datetime(2026, 11, 30, 21, 0, tzinfo=UTC)

    def test_received_on_a_saturday_counts_from_monday(self) -> None:
        saturday = datetime(2026, 11, 14, 15, 0, tzinfo=UTC)

        assert due(received(now=saturday).enquiry) == due(received(email="b@x.example").enquiry)

    def test_tells_the_asker_its_reference(self) -> None:
        found = received().enquiry

        notice = Notice.objects.get(kind="enquiries.received")
        assert (notice.subject_id, notice.address) == (found.pk, found.asker_email)

    def test_of_somebody_without_an_address_tells_nobody(self) -> None:
        received(email="")

        assert not Notice.objects.exists()


class TestAskedAgain:
    def test_within_ten_days_is_attached_to_the_first(self) -> None:
        first = received(application_number=APPLICATION).enquiry

        again = received(application_number=APPLICATION, body="And now?", now=NOW + SAME_WITHIN)

        assert again.is_duplicate
        assert again.enquiry == first
        assert [m.body for m in first.messages.order_by("at")] == [
            "Where does my application stand?",
            "And now?",
        ]
        assert Enquiry.objects.get().duplicates == 1
        assert Notice.objects.filter(kind="enquiries.asked_again").count() == 1

    def test_keeps_the_due_date_of_the_first(self) -> None:
        first = received(application_number=APPLICATION).enquiry
        before = due(first)

        received(application_number=APPLICATION, now=NOW + timedelta(days=3))

        assert due(first) == before

    @pytest.mark.parametrize(
        "other",
        [
            {"application_number": "C000111223"},
            {"application_number": APPLICATION, "topic": Topic.DOCUMENT},
            {"application_number": APPLICATION, "email": "other@clients.example"},
            {
                "application_number": APPLICATION,
                "now": NOW + SAME_WITHIN + timedelta(minutes=1),
            },
        ],
    )
    def test_of_another_matter_person_or_time_is_an_enquiry_of_its_own(
        self, other: dict[str, object]
    ) -> None:
        received(application_number=APPLICATION)

        assert not received(**other).is_duplicate  # type: ignore[arg-type]  # one of several
        assert Enquiry.objects.count() == 2

    def test_without_an_application_is_never_taken_for_the_same(self) -> None:
        received()

        assert not received().is_duplicate

    def test_reopens_what_was_answered_with_a_new_final_promise(self) -> None:
        first = received(application_number=APPLICATION).enquiry
        by = agent()
        held = in_hand(by, first)
        answering.answer(
            enquiry=held,
            version=held.version,
            body="It is in progress.",
            language="en",
            tier=Tier.GENERAL,
            line_of_business=held.line_of_business,
            is_case_specific=False,
            by=by.person,
            now=NOW,
        )

        received(application_number=APPLICATION, now=NOW + timedelta(days=1))

        first.refresh_from_db()
        assert first.state == State.WAITING
        assert [clock.promise for clock in first.clocks.running()] == [Promise.FINAL]
        assert due(first) == datetime(2026, 12, 1, 21, 0, tzinfo=UTC)


class TestOneFormTwice:
    def test_is_received_once(self) -> None:
        attempt = uuid.uuid4()
        first = received(attempt=attempt)

        again = received(attempt=attempt)

        assert again.message == first.message
        assert Message.objects.count() == 1
        assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_of_the_same_at_once_become_one_with_twenty_texts() -> None:
    received(email="warm@clients.example")

    rivals = [Rival(lambda: received(application_number=APPLICATION)) for _ in range(20)]
    for rival in rivals:
        rival.result()

    found = Enquiry.objects.get(application_number=APPLICATION)
    assert found.duplicates == 19
    assert found.messages.count() == 20
    assert Clock.objects.filter(enquiry=found).count() == 2


def test_no_reference_can_be_misread() -> None:
    references = {receiving.new_reference() for _ in range(200)}

    assert len(references) == 200
    assert not set("".join(references)) & set("01IO")


def test_each_enquiry_of_the_factory_has_another_asker() -> None:
    assert enquiry().asker_email != enquiry().asker_email
