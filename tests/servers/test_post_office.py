"""Mail handed in by LMTP is read by IMAP, and a mailbox is nobody else's."""

from __future__ import annotations

import imaplib
import smtplib

import pytest
from imap_tools import MailBoxUnencrypted

from tests.servers.fixtures import MAILBOXES
from tests.servers.post_office import PASSWORD, PostOffice

QUESTIONS, CRISIS, ASKER = MAILBOXES
MAIL = b"From: asker@client.example\r\nSubject: A question\r\n\r\nWhere is my file?\r\n"


def test_a_mail_delivered_by_lmtp_is_read_by_imap(post_office: PostOffice) -> None:
    post_office.deliver(MAIL, to=QUESTIONS, sender=ASKER)

    with MailBoxUnencrypted("127.0.0.1", post_office.imap_port).login(QUESTIONS, PASSWORD) as box:
        [read] = box.fetch(mark_seen=False)

    assert read.subject == "A question"
    assert read.text == "Where is my file?\r\n"
    assert read.headers["return-path"] == (f"<{ASKER}>",)


def test_what_was_handed_in_is_kept_to_the_byte(post_office: PostOffice) -> None:
    broken = (
        b"Subject: \xff\xfe\r\nno header at all\r\n\r\n\x80\x81 ..\r\n.\r\n" + b"x" * 5000 + b"\r\n"
    )

    post_office.deliver(broken, to=QUESTIONS)

    [kept] = post_office.mailbox(QUESTIONS)
    assert kept.endswith(broken)


def test_mails_are_told_in_the_order_they_came(post_office: PostOffice) -> None:
    for number in range(12):
        post_office.deliver(b"Subject: %d\r\n\r\n" % number, to=QUESTIONS)

    subjects = [mail.partition(b"Subject: ")[2].strip() for mail in post_office.mailbox(QUESTIONS)]

    assert subjects == [b"%d" % number for number in range(12)]


def test_each_mailbox_has_its_own_mail(post_office: PostOffice) -> None:
    post_office.deliver(MAIL, to=CRISIS)

    assert len(post_office.mailbox(CRISIS)) == 1
    assert post_office.mailbox(QUESTIONS) == []


def test_what_follows_a_plus_reaches_the_same_mailbox_and_is_on_the_mail(
    post_office: PostOffice,
) -> None:
    post_office.deliver(MAIL, to=QUESTIONS.replace("@", "+a.token@"))

    [mail] = post_office.mailbox(QUESTIONS)
    assert b"Delivered-To: questions+a.token@centre.example\r\n" in mail


def test_nobody_elses_address_is_taken(post_office: PostOffice) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="User doesn't exist"):
        post_office.deliver(MAIL, to="stranger@centre.example")


def test_a_mailbox_opens_to_its_password_alone(post_office: PostOffice) -> None:
    session = imaplib.IMAP4("127.0.0.1", post_office.imap_port)

    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        session.login(QUESTIONS, "another")

    session.shutdown()


def test_a_mailbox_may_be_added_while_the_server_runs(post_office: PostOffice) -> None:
    post_office.add("flood@centre.example")

    post_office.deliver(MAIL, to="flood@centre.example")

    assert len(post_office.mailbox("flood@centre.example")) == 1


def test_emptying_takes_mail_and_folders_from_every_mailbox(post_office: PostOffice) -> None:
    for name in (QUESTIONS, CRISIS):
        post_office.deliver(MAIL, to=name)
    with post_office.signed_in(QUESTIONS) as session:
        session.create('"Set aside"')
        session.select()
        session.copy("1", '"Set aside"')
    assert len(post_office.mailbox(QUESTIONS, "Set aside")) == 1

    post_office.empty()

    assert post_office.mailbox(QUESTIONS) == post_office.mailbox(CRISIS) == []
    assert post_office.folders(QUESTIONS) == ["INBOX"]


def test_a_closed_post_office_refuses_and_keeps_what_it_has(post_office: PostOffice) -> None:
    post_office.deliver(MAIL, to=QUESTIONS)
    ports = post_office.imap_port, post_office.lmtp_port

    post_office.stop()

    with pytest.raises(ConnectionRefusedError):
        post_office.deliver(MAIL, to=QUESTIONS)
    with pytest.raises(ConnectionRefusedError):
        post_office.mailbox(QUESTIONS)
    post_office.start()
    assert (post_office.imap_port, post_office.lmtp_port) == ports
    assert len(post_office.mailbox(QUESTIONS)) == 1
