"""Documents on behalf of a client: with consent, for the right person, under lock, and taken back."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from comptoir.audit.models import Event, Verb
from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents
from comptoir.enquiries.models import (
    ConsentHow,
    Direction,
    Document,
    DocumentContent,
    DocumentKind,
    Identifier,
    Message,
    Scan,
    UndoWhy,
)
from comptoir.enquiries.queries import documents as queries
from comptoir.notices.models import Notice
from comptoir.people import sealing
from comptoir.people.models import Person
from tests.enquiries.factories import CONSENT, NOW, enquiry, kept, kept_and, person
from tests.enquiries.files import PDF, pdf
from tests.liaison.traces import COLUMNS
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MARK = b"Quibblethorn-9988776655"
"""What stands in a file and must stand nowhere else."""

SECRET = PDF.replace(b"Catalog", MARK)


def undo(document: Document, by: Person, **values: Any) -> Document:
    return documents.undo(
        document=document,
        by=by,
        **{"why": UndoWhy.WRONG_FILE, "reason": "Another one", "now": NOW, **values},
    )


class TestKeeping:
    def test_holds_what_the_file_is_and_who_agreed(self) -> None:
        by = person()

        document = kept(PDF, by=by, name="../my passport.exe")

        assert document.name == "my passport.pdf"
        assert document.content_type == "application/pdf"
        assert (document.size, document.scan) == (len(PDF), Scan.WAITING)
        assert document.sha256 == hashlib.sha256(PDF).hexdigest()
        assert (document.consent_by, document.consent_how) == (CONSENT.by, ConsentHow.SIGNED)
        assert document.identifiers == [Identifier.BORN_ON, Identifier.NAME]

    def test_is_due_to_be_filed_under_the_target(self) -> None:
        # Monday; the fifth business day after it is the Monday after.
        assert kept().due_at == datetime(2026, 11, 23, 21, 0, tzinfo=UTC)

    def test_tells_who_asked_without_a_word_of_it(self) -> None:
        document = kept()

        notice = Notice.objects.get(kind="enquiries.document_received")
        assert notice.address == document.enquiry.asker_email
        assert notice.subject_id == document.pk

    def test_for_somebody_without_an_address_tells_nobody(self) -> None:
        kept(of=enquiry(email=""))

        assert not Notice.objects.exists()

    @pytest.mark.parametrize(
        "missing",
        [
            {"consent": None},
            {"identifiers": [Identifier.NAME]},
            {"identifiers": [Identifier.NAME, Identifier.NAME]},
        ],
    )
    def test_by_staff_needs_consent_and_two_identifiers(self, missing: dict[str, Any]) -> None:
        with pytest.raises(documents.NotChecked):
            kept(**missing)
        assert not Document.objects.exists()

    def test_by_who_asked_needs_neither(self) -> None:
        document = kept(by=None, consent=None, identifiers=[])

        assert document.uploaded_by is None

    def test_of_what_is_no_file_we_take_keeps_nothing(self) -> None:
        with pytest.raises(rule.UnknownType):
            kept(b"<html>", name="letter.pdf")
        assert not DocumentContent.objects.exists()

    def test_of_the_same_file_twice_is_refused_until_it_was_taken_back(self) -> None:
        by = person()
        first = kept(PDF, by=by)

        with pytest.raises(documents.KeptAlready):
            kept(PDF, of=first.enquiry)
        kept(PDF)  # another enquiry's
        undo(first, by)
        again = kept(PDF, of=first.enquiry)

        assert list(first.enquiry.documents.kept()) == [again]

    def test_ends_with_ten(self) -> None:
        found, by = enquiry(), person()
        made = [kept(pdf(number), of=found, by=by) for number in range(documents.MOST)]

        with pytest.raises(documents.TooMany):
            kept(pdf(99), of=found)
        undo(made[0], by)
        kept(pdf(99), of=found)

        assert found.documents.kept().count() == documents.MOST


class TestUnderLock:
    def test_its_bytes_stand_nowhere_in_the_database(self) -> None:
        found = enquiry(body="A question")
        kept(SECRET, of=found)
        # The search itself is proved by what does stand there.
        assert _columns_holding(b"A question")

        for shape in (MARK, MARK.hex().encode(), SECRET[:12]):
            assert _columns_holding(shape) == []

    def test_is_the_same_file_again(self) -> None:
        assert documents.unsealed(kept(SECRET)) == SECRET

    def test_the_same_file_twice_is_another_secret_each_time(self) -> None:
        kept(SECRET)
        kept(SECRET)

        first, second = DocumentContent.objects.values_list("sealed", flat=True)
        assert bytes(first) != bytes(second)

    def test_opens_after_a_change_of_key_and_under_no_other(self, settings: Any) -> None:
        document = kept(SECRET)
        former, settings.SECRET_KEY = settings.SECRET_KEY, "another key, of some length or other"

        with pytest.raises(documents.KeyMissing):
            documents.unsealed(document)
        settings.SECRET_KEY_FALLBACKS = [former]

        assert documents.unsealed(document) == SECRET

    def test_of_one_document_is_nothing_under_the_name_of_another(self) -> None:
        first, second = kept(pdf(1)), kept(pdf(2))
        sealed = DocumentContent.objects.get(document=first).sealed
        DocumentContent.objects.filter(document=second).delete()
        DocumentContent.objects.create(document=second, sealed=bytes(sealed))

        with pytest.raises(documents.KeyMissing):
            documents.unsealed(second)

    @pytest.mark.parametrize("at", [0, 12, -1])
    def test_one_that_was_changed_is_unreadable(self, at: int) -> None:
        sealed = bytearray(sealing.seal_file(SECRET, of="x"))
        sealed[at] ^= 1

        with pytest.raises(sealing.Unreadable):
            sealing.unseal_file(bytes(sealed), of="x")

    @pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 28])
    def test_what_was_never_sealed_is_unreadable(self, sealed: bytes) -> None:
        with pytest.raises(sealing.Unreadable):
            sealing.unseal_file(sealed, of="x")

    def test_a_list_never_loads_it(self) -> None:
        found = kept().enquiry

        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            queries.of_enquiry(found)

        assert len(queries_made) == 1
        assert "documentcontent" not in queries_made[0]["sql"]


def _columns_holding(what: bytes) -> list[str]:
    """Every column of every table in which these bytes stand, as text or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE strpos("{column}"::text, %s) > 0'
                f' OR strpos("{column}"::text, %s) > 0 LIMIT 1',
                [what.decode("latin-1"), what.hex()],
            )
            found += [f"{table}.{column}"] if cursor.fetchone() else []
    return found


class TestHandingOut:
    def test_gives_a_clean_one_and_writes_down_who_saw_it(self) -> None:
        by = person()
        document = kept_and(Scan.CLEAN, SECRET)

        assert documents.hand_out(document=document, by=by, now=NOW) == SECRET

        event = Event.objects.get(action="document.downloaded")
        assert (event.verb, event.actor_id) == (Verb.SAW, by.pk)
        assert event.object_id == str(document.pk)

    @pytest.mark.parametrize("state", [Scan.WAITING, Scan.INFECTED])
    def test_gives_none_that_waits_or_is_infected_to_anybody(self, state: Scan) -> None:
        document = kept_and(state)

        with pytest.raises(documents.NotReadable):
            documents.hand_out(document=document, by=person(), now=NOW)
        with pytest.raises(documents.NotReadable):
            documents.hand_out_unscanned(document=document, reason="Because", by=person(), now=NOW)
        assert not Event.objects.filter(verb=Verb.SAW).exists()

    def test_gives_one_that_was_not_scanned_for_a_reason_that_stays(self) -> None:
        lead = person()
        document = kept_and(Scan.NOT_SCANNED, SECRET)

        with pytest.raises(documents.NotScanned):
            documents.hand_out(document=document, by=lead, now=NOW)
        given = documents.hand_out_unscanned(
            document=document, reason="The hearing is today", by=lead, now=NOW
        )

        assert given == SECRET
        assert Event.objects.get(action="document.opened_unscanned").actor_id == lead.pk
        note = Message.objects.get(direction=Direction.NOTE)
        assert note.body == "The hearing is today"

    def test_gives_none_that_was_taken_back(self) -> None:
        by = person()
        document = kept_and(Scan.CLEAN, by=by)
        undo(document, by)

        with pytest.raises(documents.NotReadable):
            documents.hand_out(document=document, by=by, now=NOW)


class TestFiling:
    def test_is_done_once(self) -> None:
        by, document = person(), kept_and(Scan.CLEAN)
        documents.mark_filed(document=document, by=by, now=NOW)

        found = documents.mark_filed(document=document, by=person(), now=NOW + DAY)

        assert (found.filed_at, found.filed_by) == (NOW, by)
        assert Event.objects.filter(action="document.filed").count() == 1

    @pytest.mark.parametrize("state", [Scan.WAITING, Scan.INFECTED])
    def test_of_what_nobody_can_open_is_refused(self, state: Scan) -> None:
        with pytest.raises(documents.NotReadable):
            documents.mark_filed(document=kept_and(state), by=person(), now=NOW)

    def test_late_is_after_its_due_date_unless_it_is_done_or_taken_back(self) -> None:
        by = person()
        filed, undone, open_one = (kept_and(Scan.CLEAN, pdf(n), by=by) for n in range(3))
        documents.mark_filed(document=filed, by=by, now=NOW)
        undo(undone, by)
        for document in (filed, undone, open_one):
            document.refresh_from_db()
        late = open_one.due_at + DAY

        assert [d.is_late(late) for d in (filed, undone, open_one)] == [False, False, True]


class TestTakingBack:
    def test_deletes_the_content_and_keeps_on_record_that_it_was_there(self) -> None:
        by = person()
        document = undo(kept(by=by), by, reason="The wrong scan")

        assert document.undone_reason == "The wrong scan"
        assert not DocumentContent.objects.exists()
        assert Event.objects.get(action="document.undone").detail == {"reason": "wrong_file"}

    def test_is_for_who_added_it(self) -> None:
        for document in (kept(), kept(pdf(1), by=None, consent=None, identifiers=[])):
            with pytest.raises(documents.NotTheUploader):
                undo(document, person())

    def test_is_for_the_day_on_which_it_was_added_in_the_centre_s_zone(self) -> None:
        by = person()
        midnight = datetime(2026, 11, 17, 5, 0, tzinfo=UTC)
        first, second = kept(pdf(1), by=by), kept(pdf(2), by=by)

        undo(first, by, now=midnight - timedelta(seconds=1))
        with pytest.raises(documents.TooLateToUndo):
            undo(second, by, now=midnight)

    def test_is_not_for_what_is_in_the_case_s_file(self) -> None:
        by = person()
        document = kept_and(Scan.CLEAN, by=by)
        documents.mark_filed(document=document, by=by, now=NOW)

        with pytest.raises(documents.FiledAlready):
            undo(document, by)

    def test_happens_once(self) -> None:
        by = person()
        document = kept(by=by)
        undo(document, by)

        for act in (
            partial(undo, document, by),
            partial(documents.mark_filed, document=document, by=by, now=NOW),
        ):
            with pytest.raises(documents.UndoneAlready):
                act()


class TestWhatCannotBeWritten:
    @pytest.mark.parametrize(
        "values",
        [
            {"size": 0},
            {"size": rule.MOST_BYTES + 1},
            {"consent_by": ""},
            {"consent_how": ""},
            {"consent_scope": ""},
            {"consent_on": None},
            {"identifiers": ["name"]},
            {"identifiers": []},
            {"scan": "clean"},
            {"scanned_at": NOW},
            {"scan": "not_scanned", "scanned_at": NOW},
            {"why_not_scanned": "off"},
            {"filed_at": NOW},
            {"undone_at": NOW},
            {"undone_why": "other"},
            {"undone_reason": "x"},
        ],
    )
    def test_a_document_that_is_half_something(self, values: dict[str, Any]) -> None:
        kept()

        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.update(**values)

    def test_a_content_that_is_another(self) -> None:
        kept()

        with pytest.raises(ProgrammingError), transaction.atomic():
            DocumentContent.objects.update(sealed=b"another")

    def test_a_document_that_is_gone(self) -> None:
        document = kept()
        DocumentContent.objects.all().delete()

        with pytest.raises(ProgrammingError), transaction.atomic():
            document.delete()


@pytest.mark.django_db(transaction=True)
def test_of_twelve_at_once_as_many_are_kept_as_there_is_room_for() -> None:
    found, by = enquiry(), person()
    earlier = [documents.Given("a.pdf", pdf(100 + number)) for number in range(documents.MOST - 10)]
    documents.keep_of_asker(message=found.messages.get(), files=earlier, now=NOW)

    rivals = [Rival(partial(kept, pdf(number), of=found, by=by)) for number in range(12)]
    results = [rival.result() for rival in rivals]

    assert [type(result) for result in results].count(documents.TooMany) == 2
    assert Document.objects.count() == DocumentContent.objects.count() == documents.MOST


@pytest.mark.django_db(transaction=True)
def test_of_a_filing_and_a_taking_back_at_once_one_is_refused() -> None:
    by = person()
    document = kept_and(Scan.CLEAN, by=by)

    rivals = [
        Rival(partial(undo, document, by)),
        Rival(partial(documents.mark_filed, document=document, by=by, now=NOW)),
    ]
    results = [rival.result() for rival in rivals]

    assert [isinstance(result, documents.CannotKeep) for result in results].count(True) == 1


def test_the_day_of_consent_is_a_date() -> None:
    assert kept().consent_on == date(2026, 11, 10)


def test_every_kind_of_document_can_be_kept() -> None:
    found = enquiry()
    for number, kind in enumerate(DocumentKind):
        kept(pdf(number), of=found, kind=kind)

    assert Document.objects.count() == len(DocumentKind)
