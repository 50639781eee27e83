"""Scanning: three states and none in between for ever, whatever the scanner does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.audit.models import Event
from comptoir.enquiries import jobs
from comptoir.enquiries.actions import documents, referring, restricting, scanning
from comptoir.enquiries.actions.scanning import AGAIN_WITHIN, WAITS_AT_MOST
from comptoir.enquiries.gateway import scanning as gateway
from comptoir.enquiries.gateway.scanning import Answer, NoScanner, Verdict
from comptoir.enquiries.models import Document, ReferralKind, Scan, UndoWhy, WhyNotScanned
from comptoir.enquiries.queries.infection_messages import DOCUMENT_INFECTED
from comptoir.notices import kinds
from comptoir.notices.models import Notice
from comptoir.people.models import Grant, Role
from tests.enquiries.daemon import answering
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, kept, person
from tests.enquiries.files import PDF, pdf
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Says:
    """A scanner that says this of every file and keeps them."""

    verdict: Verdict = Verdict.CLEAN
    signature: str = ""
    heard: list[bytes] = field(default_factory=list)

    def scan(self, content: bytes) -> Answer:
        self.heard.append(content)
        return Answer(self.verdict, self.signature)


@dataclass
class Dead:
    """A scanner that does not answer."""

    asked: int = 0

    def scan(self, content: bytes) -> Answer:
        self.asked += 1
        raise gateway.Unreachable


class SaysNothingOf:
    """A scanner that is there and chokes on some files."""

    def __init__(self, *files: bytes) -> None:
        self.files = files
        self.asked = 0

    def scan(self, content: bytes) -> Answer:
        self.asked += 1
        if content in self.files:
            raise gateway.NoAnswer
        return Answer(Verdict.CLEAN)


def scanned(document: Document, scanner: Any, now: Any = NOW) -> Document:
    return scanning.scan(document=document, scanner=scanner, now=now)


def again(scanner: Any, now: Any = NOW, most: int = 50) -> int:
    return scanning.scan_again(scanner=scanner, most=most, now=now)


def now_of(document: Document) -> tuple[str, str]:
    document.refresh_from_db()
    return document.scan, document.why_not_scanned


@pytest.mark.parametrize(
    ("verdict", "state", "why"),
    [
        (Verdict.CLEAN, Scan.CLEAN, ""),
        (Verdict.INFECTED, Scan.INFECTED, ""),
        (Verdict.LIMITS, Scan.NOT_SCANNED, WhyNotScanned.LIMITS),
        (Verdict.LOCKED, Scan.NOT_SCANNED, WhyNotScanned.LOCKED),
        (Verdict.OFF, Scan.NOT_SCANNED, WhyNotScanned.OFF),
    ],
)
def test_each_verdict_has_its_state(verdict: Verdict, state: Scan, why: str) -> None:
    document = kept(PDF)
    scanner = Says(verdict)

    found = scanned(document, scanner)

    assert (found.scan, found.why_not_scanned, found.scanned_at) == (state, why, NOW)
    assert scanner.heard == [PDF]
    assert Event.objects.get(action="document.scanned").detail == {"scan": str(state)}


def test_what_was_found_is_named() -> None:
    assert scanned(kept(), Says(Verdict.INFECTED, "Eicar")).signature == "Eicar"


def test_the_job_is_deferred_with_the_document_and_scans_it(settings: Any) -> None:
    document = kept()
    jobs_deferred = ProcrastinateJob.objects.filter(task_name="enquiries.scan_document")
    assert [job.args for job in jobs_deferred] == [{"key": document.pk}]

    with answering(b"stream: OK\0") as (client, _), time_machine.travel(NOW, tick=False):
        settings.CLAMD = client.at
        jobs.scan_document(key=document.pk)

    assert now_of(document) == (Scan.CLEAN, "")


def test_the_job_leaves_what_is_known_or_gone(settings: Any) -> None:
    settings.CLAMD = None
    clean = scanned(kept(), Says())

    jobs.scan_document(key=clean.pk)
    jobs.scan_document(key=0)

    assert now_of(clean) == (Scan.CLEAN, "")


def test_without_a_scanner_it_says_so_at_once() -> None:
    document = kept()

    scanned(document, NoScanner())

    assert now_of(document) == (Scan.NOT_SCANNED, WhyNotScanned.OFF)


def test_one_whose_key_is_missing_says_so_and_is_in_nobodys_way(settings: Any) -> None:
    sealed = kept(pdf(1))
    settings.SECRET_KEY = "another key, of some length or other"
    later = kept(pdf(2))

    assert [again(Says(), most=1) for _ in range(2)] == [0, 1]
    assert now_of(sealed) == (Scan.NOT_SCANNED, WhyNotScanned.SEALED)
    assert now_of(later) == (Scan.CLEAN, "")


class TestADeadScanner:
    def test_leaves_it_waiting_for_a_while(self) -> None:
        document = kept()

        with pytest.raises(gateway.Unreachable):
            scanned(document, Dead())
        assert again(Dead(), NOW + WAITS_AT_MOST - INSTANT) == 0

        assert now_of(document) == (Scan.WAITING, "")

    def test_leaves_it_waiting_no_longer_than_that(self) -> None:
        document = kept()

        again(Dead(), NOW + WAITS_AT_MOST)

        assert now_of(document) == (Scan.NOT_SCANNED, WhyNotScanned.UNREACHABLE)

    def test_is_asked_once_a_round(self) -> None:
        for number in range(3):
            kept(pdf(number))
        scanner = Dead()

        again(scanner)

        assert scanner.asked == 1

    def test_that_says_nothing_of_one_file_is_asked_about_the_next(self) -> None:
        silent, spoken = kept(pdf(1)), kept(pdf(2))
        scanner = SaysNothingOf(pdf(1))

        assert again(scanner) == 1

        assert now_of(silent) == (Scan.WAITING, "")
        assert now_of(spoken) == (Scan.CLEAN, "")

    def test_that_says_nothing_of_several_is_left_alone_until_the_next_round(self) -> None:
        files = [pdf(number) for number in range(scanning.MOST_SILENT + 2)]
        for file in files:
            kept(file)
        scanner = SaysNothingOf(*files)

        again(scanner)

        assert scanner.asked == scanning.MOST_SILENT

    def test_that_comes_back_scans_what_it_missed(self) -> None:
        document = kept()
        again(Dead(), NOW + WAITS_AT_MOST)

        assert again(Says(), NOW + WAITS_AT_MOST + MINUTE) == 1
        assert now_of(document) == (Scan.CLEAN, "")

    def test_is_waited_for_some_days_only(self) -> None:
        document = kept()
        again(Dead(), NOW + WAITS_AT_MOST)
        scanner = Says()

        again(scanner, NOW + AGAIN_WITHIN + MINUTE)

        assert scanner.heard == []
        assert now_of(document)[0] == Scan.NOT_SCANNED


class TestARound:
    def test_asks_no_scanner_that_is_not_there_twice(self) -> None:
        document = scanned(kept(), NoScanner())
        events = Event.objects.count()

        again(NoScanner())

        assert now_of(document) == (Scan.NOT_SCANNED, WhyNotScanned.OFF)
        assert Event.objects.count() == events

    def test_leaves_what_cannot_be_looked_through(self) -> None:
        scanned(kept(), Says(Verdict.LIMITS))
        scanner = Says()

        again(scanner)

        assert scanner.heard == []

    def test_is_bounded_and_takes_the_oldest_first(self) -> None:
        newer, older = kept(pdf(1), now=NOW), kept(pdf(2), now=NOW - MINUTE)

        assert again(Says(), most=1) == 1
        assert now_of(older)[0] == Scan.CLEAN
        assert now_of(newer)[0] == Scan.WAITING

    def test_runs_every_five_minutes(self, settings: Any) -> None:
        settings.CLAMD = None
        document = kept()

        with time_machine.travel(NOW, tick=False):
            jobs.scan_again(timestamp=0)

        assert now_of(document) == (Scan.NOT_SCANNED, WhyNotScanned.OFF)


def test_what_is_known_stays_so_whatever_is_said_later() -> None:
    document = scanned(kept(), Says(Verdict.INFECTED, "Eicar"))

    scanned(document, Says())

    assert now_of(document) == (Scan.INFECTED, "")


def test_what_was_taken_back_is_left_alone() -> None:
    by = person()
    document = kept(by=by)
    documents.undo(document=document, why=UndoWhy.OTHER, reason="A slip", by=by, now=NOW)

    scanned(document, Says())

    assert now_of(document) == (Scan.WAITING, "")
    assert again(Says()) == 0


class TestOfAnInfectedOne:
    """Somebody is told, as things stand when the mail leaves."""

    def told(self, document: Document) -> list[str]:
        (notice,) = Notice.objects.filter(kind=DOCUMENT_INFECTED, subject_id=document.pk)
        readers = kinds.named(DOCUMENT_INFECTED).readers
        assert readers is not None
        return [reader.address for reader in readers(notice, NOW)]

    def test_who_has_the_enquiry_is_told(self) -> None:
        by, _lead = agent(), person(Role.TEAM_LEAD)

        document = scanned(kept(of=in_hand(by, enquiry())), Says(Verdict.INFECTED))

        assert self.told(document) == [by.person.email]

    def test_the_team_leads_are_told_of_one_that_waits(self) -> None:
        lead = person(Role.TEAM_LEAD)

        assert self.told(scanned(kept(), Says(Verdict.INFECTED))) == [lead.email]

    def test_the_team_leads_are_told_if_who_has_it_is_no_agent_any_more(self) -> None:
        by, lead = agent(), person(Role.TEAM_LEAD)
        document = scanned(kept(of=in_hand(by, enquiry())), Says(Verdict.INFECTED))

        Grant.objects.filter(person=by.person).update(ends_at=NOW)

        assert self.told(document) == [lead.email]

    def test_of_what_is_restricted_only_who_is_named_is_told_and_not_of_which(self) -> None:
        lead, owner = person(Role.TEAM_LEAD), person(Role.AGENT)
        found = enquiry()
        referring.refer(
            enquiry=found,
            kind=ReferralKind.SENSITIVE,
            unit="-",
            owner=owner,
            reason="-",
            by=owner,
            now=NOW,
        )

        document = scanned(kept(of=found), Says(Verdict.INFECTED))

        assert self.told(document) == [owner.email]
        assert lead.email not in self.told(document)
        assert found.reference not in said_of(document)["link"]

    @pytest.mark.parametrize("role", [Role.AGENT, Role.PRIVACY_OFFICER, Role.PROFESSIONAL])
    def test_of_what_is_restricted_who_is_named_is_told_as_long_as_they_have_a_role(
        self, role: Role
    ) -> None:
        found, stays, goes = enquiry(), person(role), person(role)
        restricting.restrict(enquiry=found, named=[stays, goes], by=stays, now=NOW)
        document = scanned(kept(of=found), Says(Verdict.INFECTED))

        Grant.objects.filter(person=goes).update(ends_at=NOW)

        assert self.told(document) == [stays.email]

    def test_nothing_is_said_but_where_to_go(self) -> None:
        document = scanned(kept(name="letter.pdf"), Says(Verdict.INFECTED, "Eicar"))

        said = said_of(document)

        assert set(said) == {"link", "is_drill"}
        assert said["link"].endswith(reverse("enquiries:documents", args=[document.enquiry]))

    def test_nothing_is_sent_of_one_that_was_taken_back(self) -> None:
        by = person()
        document = scanned(kept(by=by), Says(Verdict.INFECTED))
        notice = Notice.objects.get(kind=DOCUMENT_INFECTED)
        documents.undo(document=document, why=UndoWhy.OTHER, reason="A slip", by=by, now=NOW)

        context = kinds.named(DOCUMENT_INFECTED).context
        assert context is not None
        assert context(notice) is None

    def test_once_is_enough(self) -> None:
        document = scanned(kept(), Says(Verdict.INFECTED))

        scanned(document, Says(Verdict.INFECTED))
        again(Says(Verdict.INFECTED))

        assert Notice.objects.filter(kind=DOCUMENT_INFECTED).count() == 1

    @pytest.mark.parametrize("verdict", [Verdict.CLEAN, Verdict.LIMITS, Verdict.OFF])
    def test_of_any_other_nobody_is_told(self, verdict: Verdict) -> None:
        scanned(kept(), Says(verdict))

        assert not Notice.objects.filter(kind=DOCUMENT_INFECTED).exists()


def said_of(document: Document) -> Any:
    """What the notice of an infected document says."""
    context = kinds.named(DOCUMENT_INFECTED).context
    assert context is not None
    return context(Notice.objects.get(kind=DOCUMENT_INFECTED, subject_id=document.pk))


@pytest.mark.django_db(transaction=True)
def test_two_scans_at_once_are_written_once() -> None:
    document = kept()

    rivals = [Rival(partial(scanned, document, Says())) for _ in range(2)]
    for rival in rivals:
        rival.result()

    assert now_of(document) == (Scan.CLEAN, "")
    assert Event.objects.filter(action="document.scanned").count() == 1
