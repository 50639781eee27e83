"""A crash at any step of a mail's way loses nothing and doubles nothing."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from comptoir.enquiries import jobs, mail_keys
from comptoir.enquiries.actions import collecting, keeping, mailing
from comptoir.enquiries.gateway import imap
from comptoir.enquiries.gateway.imap import Lying
from comptoir.enquiries.gateway.maildir import Maildir
from comptoir.enquiries.models import Decision, Delivery, Enquiry, InboundMail, Message
from comptoir.people.models import Role
from comptoir.site.mailboxes import Mailbox
from tests.enquiries.factories import NOW
from tests.enquiries.mail_writing import (
    ASKER,
    CRISIS,
    OFFICES_MAILBOX,
    QUESTIONS,
    account,
    asked,
    collect,
    decisions,
    kept,
    line,
    line_of_offices,
    mail,
    stopped_clock,
)
from tests.liaison.crashes import Server, crash_everywhere
from tests.people.factories import GrantFactory, OfficeFactory, PersonFactory
from tests.servers.post_office import PASSWORD, PostOffice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FEWEST = 6
"""It begins, looks, writes twice, is committed."""


def refusing(what: str) -> Callable[..., Any]:
    """Commands by UID of a server that answers the first FETCH of this with NO (RFC 3501, 6.4.5), and
    each later one about the same mail.
    """
    real, withheld = imaplib.IMAP4.uid, set[str]()

    def uid(session: imaplib.IMAP4, command: str, *arguments: str) -> Any:
        if command == "FETCH" and arguments[1] == what and withheld <= {arguments[0]}:
            withheld.add(arguments[0])
            return "NO", [b"[SERVERBUG] Internal error occurred."]
        return real(session, command, *arguments)

    return uid


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(monkeypatch)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def public() -> None:
    line()


class TestBetweenAnyTwoStatements:
    def test_of_keeping_a_mail(self, server: Server) -> None:
        raw = mail()

        def keep() -> object:
            return keeping.keep(mailbox=QUESTIONS, lying=Lying("1.1", NOW, len(raw), raw), now=NOW)

        assert crash_everywhere(server, keep) >= FEWEST
        assert InboundMail.objects.count() == Delivery.objects.count() == 1

    def test_of_making_an_enquiry(self, server: Server) -> None:
        key = kept(mail()).pk

        assert crash_everywhere(server, lambda: mailing.decide(mail_id=key, now=NOW)) > FEWEST
        assert Enquiry.objects.count() == Message.objects.count() == 1
        assert decisions() == [(Decision.NEW, "acknowledged")]

    def test_of_making_several_enquiries_of_an_office_s_mail(self, server: Server) -> None:
        line_of_offices()
        delegate = PersonFactory.create(email="delegate@office.example")
        GrantFactory.create(person=delegate, role=Role.DELEGATE, office=OfficeFactory.create())
        text = "Urgent: C000111222 and C000111223."
        key = kept(mail(text, sender=delegate.email), mailbox=OFFICES_MAILBOX).pk

        assert crash_everywhere(server, lambda: mailing.decide(mail_id=key, now=NOW)) > FEWEST
        assert Enquiry.objects.count() == Message.objects.count() == 2

    def test_of_putting_a_text_with_its_enquiry(self, server: Server) -> None:
        first = asked()
        key = kept(mail("More.", to=mail_keys.reply_address(first.reference, QUESTIONS))).pk

        assert crash_everywhere(server, lambda: mailing.decide(mail_id=key, now=NOW)) > FEWEST
        assert first.messages.count() == 2


class TestBetweenTheMailboxAndTheRow:
    def test_read_and_not_on_record_it_lies_where_it_lay(self, post_office: PostOffice) -> None:
        post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)

        with imap.opened(account(post_office)) as box:
            [place] = box.places()
            assert box.read(place) is not None

        assert collect(post_office) == 1
        assert decisions() == [(Decision.NEW, "acknowledged")]

    def test_reading_marks_nothing(self, post_office: PostOffice) -> None:
        post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)

        with imap.opened(account(post_office)) as box:
            box.read(box.places()[0])

        with post_office.signed_in(QUESTIONS) as session:
            session.select(readonly=True)
            assert session.search(None, "UNSEEN")[1] == [b"1"]

    def test_on_record_and_not_put_away_it_is_put_away_and_received_once(
        self, post_office: PostOffice
    ) -> None:
        post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)
        with imap.opened(account(post_office)) as box:
            lying = box.read(box.places()[0])
        assert lying is not None
        keeping.keep(mailbox=QUESTIONS, lying=lying, now=NOW)

        assert collect(post_office) == 0

        assert post_office.mailbox(QUESTIONS) == []
        assert Delivery.objects.count() == Enquiry.objects.count() == 1

    def test_copied_and_not_removed_it_is_received_once(self, post_office: PostOffice) -> None:
        post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)
        with post_office.signed_in(QUESTIONS) as session:
            session.create("Processed")
            session.select()
            session.copy("1", "Processed")

        collect(post_office)
        collect(post_office)

        assert post_office.mailbox(QUESTIONS) == []
        assert Enquiry.objects.count() == 1

    def test_a_mailbox_that_was_rebuilt_brings_nothing_twice(self, post_office: PostOffice) -> None:
        """Its mails lie at new places: the same mails are known by what they are."""
        raw = mail()
        post_office.deliver(raw, to=QUESTIONS, sender=ASKER)
        collect(post_office)
        post_office.empty()
        post_office.deliver(raw, to=QUESTIONS, sender=ASKER)

        collect(post_office)

        assert InboundMail.objects.count() == Enquiry.objects.count() == 1
        assert Delivery.objects.count() == 2

    def test_a_server_that_is_away_loses_nothing(self, post_office: PostOffice) -> None:
        post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)
        post_office.stop()

        with pytest.raises(imap.Unreachable):
            collect(post_office)

        post_office.start()
        assert collect(post_office) == 1

    @pytest.mark.parametrize("refused", ["(INTERNALDATE RFC822.SIZE)", "(BODY.PEEK[])"])
    def test_a_mail_that_the_server_does_not_hand_out_stays_and_holds_up_no_other(
        self, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch, refused: str
    ) -> None:
        for text in ("First.", "Last."):
            post_office.deliver(mail(text), to=QUESTIONS, sender=ASKER)

        with monkeypatch.context() as patch:
            patch.setattr(imaplib.IMAP4, "uid", refusing(refused))
            assert collect(post_office) == 1

        assert len(post_office.mailbox(QUESTIONS)) == 1
        assert collect(post_office) == 1
        assert sorted(Message.objects.values_list("body", flat=True)) == ["First.", "Last."]
        assert post_office.mailbox(QUESTIONS) == []

    def test_a_mailbox_that_fails_in_any_way_holds_up_no_other(
        self, post_office: PostOffice, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A password that LOGIN cannot carry, say."""
        secret = "mot de passe écrit"
        settings.IMAP_HOST, settings.IMAP_PORT = post_office.host, post_office.imap_port
        settings.IMAP_SECURITY = "none"
        settings.IMAP_MAILBOXES = (
            Mailbox(CRISIS, CRISIS, secret),
            Mailbox(QUESTIONS, QUESTIONS, PASSWORD),
        )
        post_office.deliver(mail(), to=QUESTIONS, sender=ASKER)

        jobs.collect_and_decide()

        assert decisions() == [(Decision.NEW, "acknowledged")]
        assert f"Mailbox {CRISIS} failed: UnicodeEncodeError" in caplog.text
        assert secret not in caplog.text

    def test_a_mail_beyond_what_is_kept_is_kept_in_part_and_says_so(
        self, post_office: PostOffice
    ) -> None:
        raw = mail("The beginning.\n") + b"x" * 60 + (b"y" * 70 + b"\r\n") * 400_000
        post_office.deliver(raw, to=QUESTIONS, sender=ASKER)

        collect(post_office)

        found = InboundMail.objects.get()
        assert found.faults[0] == "too_large"
        assert found.size > len(raw)
        assert len(bytes(found.original)) == imap.KEPT_OF_HUGE
        assert found.decision == Decision.NEW


class TestAMaildir:
    @pytest.fixture
    def maildir(self, tmp_path: Path) -> Maildir:
        for name in ("new", "cur", "tmp"):
            (tmp_path / name).mkdir()
        return Maildir(tmp_path)

    def test_is_taken_in_by_the_command(self, maildir: Maildir) -> None:
        (maildir.folder / "new" / "1.one").write_bytes(mail())
        (maildir.folder / "new" / "2.two").write_bytes(mail("Another question."))

        call_command("take_mail", str(maildir.folder), "--mailbox", QUESTIONS)

        assert list((maildir.folder / "new").iterdir()) == []
        assert len(list((maildir.folder / "cur").iterdir())) == 2
        assert Enquiry.objects.count() == 2

    def test_on_record_and_not_put_away_it_is_received_once(self, maildir: Maildir) -> None:
        (maildir.folder / "new" / "1.one").write_bytes(mail())
        lying = maildir.read("1.one")
        assert lying is not None
        keeping.keep(mailbox=QUESTIONS, lying=lying, now=NOW)

        collecting.collect_maildir(maildir=maildir, mailbox=QUESTIONS, clock=stopped_clock())

        assert Delivery.objects.count() == 1
        assert list(maildir.places()) == []

    def test_a_folder_that_is_no_maildir_is_refused_in_words(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="has no folder new"):
            call_command("take_mail", str(tmp_path), "--mailbox", QUESTIONS)
