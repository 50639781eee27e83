"""Disposal of enquiries: not a moment too early, and nothing of anybody left behind."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, models, transaction

from comptoir.audit.models import Event
from comptoir.enquiries.actions import (
    answering,
    disposal,
    documents,
    referring,
    restricting,
    triaging,
)
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.models import (
    AskerKind,
    Authorization,
    Capacity,
    Clock,
    Confirmation,
    Document,
    DocumentContent,
    Enquiry,
    Message,
    Opening,
    Piece,
    Priority,
    Referral,
    ReferralKind,
    ReferralOutcome,
    Scan,
    State,
    Tier,
    TriageFinding,
)
from comptoir.notices.models import Notice
from comptoir.people.models import Person
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.factories import (
    CONSENT,
    NOW,
    agent,
    in_hand,
    kept_and,
    line_of,
    person,
    received,
)
from tests.enquiries.files import pdf
from tests.liaison.traces import traces
from tests.people.factories import OfficeFactory
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTANT = timedelta(microseconds=1)
LATER = NOW + 731 * DAY
NAME, WORDS, EMAIL = "Zyxwolf", "Quibblethorn", "zyxwolf@clients.example"
UCI, APPLICATION = "9988776655", "F987654321"
TEXTS = (NAME, WORDS, EMAIL, UCI, APPLICATION)


def dispose(*, before: datetime, held: Any = ()) -> Counter[str]:
    return disposal.dispose_before(before=before, held=held, by=None, now=LATER)


def answered(found: Enquiry, now: datetime = NOW) -> Enquiry:
    by = agent(lines=[found.line])
    found.refresh_from_db()
    held = in_hand(by, found, now)
    answering.answer(
        enquiry=held,
        version=held.version,
        body=f"{NAME}: {WORDS}",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=LineOfBusiness.FAMILY,
        is_case_specific=False,
        by=by.person,
        now=now,
    )
    held.refresh_from_db()
    return held


def ask(**values: Any) -> Enquiry:
    return received(
        **{
            "email": EMAIL,
            "body": f"{NAME} asks {WORDS}",
            "applicant_name": NAME,
            "applicant_born_on": date(1990, 1, 1),
            "uci": UCI,
            "application_number": APPLICATION,
            "subject": WORDS,
            **values,
        }
    ).enquiry


def authorization(by: Person, **values: Any) -> Authorization:
    return Authorization.objects.create(
        **{
            "asker_email": EMAIL,
            "applicant": UCI,
            "applicant_name": NAME,
            "capacity": Capacity.SELF,
            "evidence": WORDS,
            "starts_at": NOW,
            "recorded_by": by,
            "recorded_at": NOW,
            **values,
        }
    )


def worked_through() -> Enquiry:
    """An enquiry whose every free field holds something of somebody's own."""
    by, found = person(), ask()
    found.asker_name = NAME
    found.save()
    consent = documents.Consent(by=NAME, how=CONSENT.how, on=CONSENT.on, scope=WORDS)
    document = kept_and(Scan.CLEAN, of=found, name=f"{NAME}.pdf", consent=consent)
    kept_and(Scan.CLEAN, pdf(1), of=found, name=f"{NAME} 2.pdf", consent=consent)
    documents.mark_filed(document=document, by=by, now=NOW)
    answering.note(enquiry=found, body=WORDS, by=by, now=NOW)
    Confirmation.objects.create(enquiry=found, applicant=UCI, piece=Piece.FULL_NAME, at=NOW, by=by)
    authorization(by)
    breach = referring.Intake(
        happened_at=None,
        discovered_at=NOW,
        place=f"{NAME}'s house",
        data=WORDS,
        people_affected=3,
        containment=NAME,
    )
    made = referring.refer(
        enquiry=found,
        kind=ReferralKind.BREACH,
        unit="Privacy",
        owner=by,
        reason=f"{NAME} was told",
        by=by,
        now=NOW,
        breach=breach,
    )
    restricting.open_to_read(enquiry=found, reason=f"{NAME} called", by=by, now=NOW)
    referring.acknowledge(referral=made, by=by, now=NOW)
    referring.determine(referral=made, is_material=False, by=by, now=NOW)
    referring.close(
        referral=made, outcome=ReferralOutcome.DONE, result=f"{NAME} knows", by=by, now=NOW
    )
    triaging.overrule(
        enquiry=found,
        version=Enquiry.objects.get(pk=found.pk).version,
        line=found.line,
        priority=Priority.HIGH,
        skills=(),
        reason=f"{NAME} called",
        by=by,
        now=NOW,
    )
    return answered(found)


# --- Nothing is left ---


def test_nothing_of_anybody_is_left_anywhere_in_the_database() -> None:
    worked_through()
    assert {trace.split(": ")[1] for trace in traces(*TEXTS)} == set(TEXTS)

    done = dispose(before=NOW + INSTANT)

    # Notices go by a rule of their own, two years after they were sent (people.actions.disposal).
    Notice.objects.all().delete()
    assert traces(*TEXTS) == []
    assert done == Counter(enquiries=1, documents=2, authorizations=1)
    assert not DocumentContent.objects.exists()
    assert TriageFinding.objects.exclude(by=None).get().reason == disposal.GONE


@pytest.mark.parametrize("model", [Enquiry, Message, Referral, Opening])
def test_what_stays_holds_codes_only(model: type[models.Model]) -> None:
    """A free text that is added to these rows one day must be disposed of too: this test says so."""
    codes = {"reference", "language", "unit"}
    worked_through()

    dispose(before=NOW + INSTANT)

    free = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and field.name not in codes
    ]
    assert free
    for row in model._default_manager.values(*free):
        assert set(row.values()) == {""}


def test_what_figures_rest_on_stays_as_it_was() -> None:
    worked_through()

    def kept() -> Any:
        fields = ("reference", "line_id", "received_at", "answered_at", "tier", "line_of_business")
        return (
            list(Enquiry.objects.values(*fields)),
            list(Clock.objects.order_by("pk").values()),
            list(Message.objects.order_by("pk").values("direction", "at", "by_id")),
            list(Referral.objects.values("kind", "due_at", "closed_at", "outcome", "owner_id")),
            list(Referral.objects.values("breach__people_affected", "breach__is_material")),
        )

    before = kept()
    dispose(before=NOW + INSTANT)

    assert kept() == before
    assert Enquiry.objects.get().disposed_at == LATER


def test_each_enquiry_is_on_record_with_numbers_only() -> None:
    found = worked_through()

    dispose(before=NOW + INSTANT)

    event = Event.objects.get(action="enquiries.disposed")
    assert (event.object_id, event.at, event.actor_id) == (str(found.pk), LATER, None)
    assert event.detail == {"documents": 2}


def test_history_and_documents_are_still_guarded_afterwards() -> None:
    worked_through()
    other = answered(ask(email="other@clients.example", now=NOW + DAY), NOW + DAY)
    kept_and(Scan.CLEAN, of=other)
    dispose(before=NOW + INSTANT)
    history = apps.get_model("enquiries", "EnquiryEvent").objects.all()
    assert history.exists()

    for guarded in (history, Document.objects.all(), Message.objects.all()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            guarded._raw_delete(guarded.db)


def test_doing_it_again_changes_nothing() -> None:
    worked_through()
    dispose(before=NOW + INSTANT)

    assert dispose(before=NOW + INSTANT) == Counter()
    assert Event.objects.filter(action="enquiries.disposed").count() == 1


def test_more_than_a_batch_goes_in_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disposal, "BATCH", 2)
    for number in range(5):
        answered(ask(email=f"asker{number}@clients.example"))

    assert dispose(before=NOW + INSTANT) == Counter(enquiries=5)


# --- Not too early ---


def test_what_is_not_answered_stays_whatever_its_age() -> None:
    ask()
    in_hand(agent(), ask(email="other@clients.example"))

    assert dispose(before=NOW + 5000 * DAY) == Counter()


def later_text(found: Enquiry, at: datetime) -> None:
    answering.note(enquiry=found, body="x", by=person(), now=at)


def later_document(found: Enquiry, at: datetime) -> None:
    kept_and(Scan.CLEAN, of=found, now=at)


def later_filing(found: Enquiry, at: datetime) -> None:
    document = kept_and(Scan.CLEAN, of=found)
    documents.mark_filed(document=document, by=person(), now=at)


def later_end_of_a_referral(found: Enquiry, at: datetime) -> None:
    by = person()
    made = referring.refer(
        enquiry=found,
        kind=ReferralKind.URGENT,
        unit="x",
        owner=person(),
        reason="x",
        by=by,
        now=NOW,
    )
    referring.close(referral=made, outcome=ReferralOutcome.WITHDRAWN, result="x", by=by, now=at)


def later_look(found: Enquiry, at: datetime) -> None:
    by = person()
    restricting.restrict(enquiry=found, named=[by], by=by, now=NOW)
    restricting.open_to_read(enquiry=found, reason="A look", by=by, now=at)


@pytest.mark.parametrize(
    "use", [later_text, later_document, later_filing, later_end_of_a_referral, later_look]
)
def test_the_last_use_is_what_counts_to_the_instant(use: Any) -> None:
    found = answered(ask())
    use(found, NOW + DAY)

    assert dispose(before=NOW + DAY) == Counter()
    assert dispose(before=NOW + DAY + INSTANT)["enquiries"] == 1


def test_the_answer_is_a_use() -> None:
    answered(ask(), NOW + DAY)

    assert dispose(before=NOW + DAY) == Counter()


def test_an_open_referral_keeps_it() -> None:
    found = answered(ask())
    referring.refer(
        enquiry=found,
        kind=ReferralKind.URGENT,
        unit="x",
        owner=person(),
        reason="x",
        by=person(),
        now=NOW,
    )

    assert dispose(before=NOW + 5000 * DAY) == Counter()


def test_what_is_part_of_another_goes_with_it() -> None:
    main, part = ask(), ask(email="other@clients.example")
    part.state, part.joined_to = State.JOINED, main
    part.save()
    assert dispose(before=NOW + 5000 * DAY) == Counter()

    answered(main)

    assert dispose(before=NOW + INSTANT) == Counter(enquiries=2)


def test_what_is_of_an_office_under_hold_stays() -> None:
    office = OfficeFactory.create()
    asker = Asker(kind=AskerKind.OFFICE, email=EMAIL, language="en", office=office)
    answered(ask(asker=asker, line=line_of("offices")))
    answered(ask(email="other@clients.example"))

    assert dispose(before=NOW + INSTANT, held=[office.pk]) == Counter(enquiries=1)
    assert Enquiry.objects.get(office=office).asker_email == EMAIL


# --- Authorizations ---


def test_an_authorization_stays_as_long_as_its_asker_asks() -> None:
    by = person()
    authorization(by)
    ask()

    assert dispose(before=LATER) == Counter()
    Authorization.objects.update(ends_at=NOW + HOUR)
    assert dispose(before=NOW + HOUR) == Counter()
    assert dispose(before=NOW + HOUR + INSTANT) == Counter(authorizations=1)


def test_one_without_an_enquiry_goes_once_it_is_old_enough() -> None:
    authorization(person())

    assert dispose(before=NOW) == Counter()
    assert dispose(before=NOW + INSTANT) == Counter(authorizations=1)
    assert Event.objects.get(action="gates.disposed").detail == {"rows": 1}


def test_one_of_an_office_under_hold_stays() -> None:
    office = OfficeFactory.create()
    authorization(person(), office=office, asker_email="")

    assert dispose(before=LATER, held=[office.pk]) == Counter()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_dispose_of_each_once() -> None:
    for number in range(6):
        answered(ask(email=f"asker{number}@clients.example"))

    rivals = [Rival(partial(dispose, before=NOW + INSTANT)) for _ in range(2)]
    counts = [rival.result()["enquiries"] for rival in rivals]

    assert sum(counts) == Event.objects.filter(action="enquiries.disposed").count() == 6
