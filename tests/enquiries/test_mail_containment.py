"""What attackers hang on mail: nothing is unpacked, run, fetched, followed or believed, and all of it is bounded."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from django.db import connection

from comptoir.enquiries.actions import collecting
from comptoir.enquiries.mail_bounds import LONGEST_NAME, LONGEST_SUBJECT, LONGEST_TEXT, MOST_PARTS
from comptoir.enquiries.mail_reading import Attachment, Read, read
from comptoir.enquiries.models import Decision, Document, Enquiry, InboundMail
from tests.enquiries.factories import NOW
from tests.enquiries.mail_writing import ASKER, QUESTIONS, account, came, collect, line, mail
from tests.enquiries.test_mail_reading import FROM, mixed, typed
from tests.servers.post_office import PostOffice

MEGABYTE = 1_000_000
UNPACKED = 200 * MEGABYTE
SECONDS = 5.0
"""Much more than any of these takes, and less than unpacking, recursion or a square would."""


def attached(content: bytes, kind: str, name: str) -> bytes:
    """A mail with a file, and what it says."""
    head = f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
    return mixed(b"Content-Type: text/plain\r\n\r\nSee the file.", head.encode() + content)


def zip_bomb() -> bytes:
    """Two hundred megabytes of nothing, in a few hundred kilobytes."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("nothing.txt", "w") as file,
    ):
        for _ in range(UNPACKED // MEGABYTE):
            file.write(bytes(MEGABYTE))
    return made.getvalue()


def xml_bomb() -> bytes:
    """An entity of ten of an entity of ten, and so on."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
    return f'<!DOCTYPE x [<!ENTITY e0 "laugh">{entities}]><x>&e11;</x>'.encode()


def bounded(raw: bytes, most_bytes: int) -> Read:
    """The mail as read, in little time and with no more memory than so much."""
    tracemalloc.start()
    began = time.process_time()
    try:
        found = read(raw)
        took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most_bytes
    assert took < SECONDS
    return found


class TestBombs:
    def test_an_archive_is_not_unpacked(self) -> None:
        bomb = zip_bomb()
        assert len(bomb) < UNPACKED / 500

        found = bounded(attached(bomb, "application/zip", "a.zip"), 20 * len(bomb))

        assert [(each.name, each.type) for each in found.attachments] == [
            ("a.zip", "application/zip")
        ]
        assert found.text == "See the file."

    @pytest.mark.parametrize("kind", ["application/xml", "text/xml", "image/svg+xml"])
    def test_entities_of_entities_are_not_followed(self, kind: str) -> None:
        bomb = xml_bomb()

        found = bounded(attached(bomb, kind, "a.xml"), MEGABYTE)

        assert found.attachments == (Attachment("a.xml", kind, len(bomb)),)
        assert "laugh" not in found.text

    def test_entities_in_a_page_are_not_followed(self) -> None:
        found = bounded(typed("text/html", xml_bomb()), MEGABYTE)

        assert len(found.text) < 2_000

    @pytest.mark.parametrize(
        "make",
        [
            lambda: mixed(*[b"Content-Type: text/plain\r\n\r\nx"] * 10_000),
            lambda: (
                FROM
                + b"".join(
                    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
                    for level in range(10_000)
                )
            ),
            lambda: FROM + b"Content-Type: message/rfc822\n\n" * 10_000,
            lambda: FROM + b"X: " + b"y" * 3 * MEGABYTE + b"\r\n\r\nwords",
            lambda: FROM + b"Received: x\r\n\t" * 200_000 + b"\r\n\r\nwords",
            lambda: typed("multipart/mixed; boundary=" + "b" * MEGABYTE, b"words"),
            lambda: FROM + b"Subject: " + b"=?utf-8?b?/w==?= " * 50_000 + b"\r\n\r\nwords",
            lambda: FROM + b"Subject: " + b"=?" * 50_000 + b"\r\n\r\nwords",
            lambda: b"From: " + b"=?utf-8?q?a?= <a@b.example>, " * 20_000 + b"\r\n\r\nwords",
            lambda: FROM + b"References: " + b"<a@b.example> " * 50_000 + b"\r\n\r\nwords",
            lambda: typed("text/plain" + "; a*0=b" * 20_000, b"words"),
            lambda: typed("text/plain; charset=utf-7", b"+AAA-" * 400_000),
            lambda: typed("text/plain; charset=punycode", b"a-" * 400_000),
        ],
        ids=[
            "parts beside parts",
            "parts in parts",
            "mails in mails",
            "one huge header",
            "one header of many lines",
            "a huge boundary",
            "many encoded words",
            "words that never end",
            "many senders",
            "many references",
            "many parameters",
            "a slow charset",
            "another slow charset",
        ],
    )
    def test_what_is_too_much_costs_little(self, make: Callable[[], bytes]) -> None:
        raw = make()

        found = bounded(raw, 40 * len(raw) + 20 * MEGABYTE)

        assert len(found.text) <= LONGEST_TEXT
        assert len(found.subject) <= LONGEST_SUBJECT
        assert len(found.attachments) <= MOST_PARTS

    @pytest.mark.parametrize("name", ["unicode escape", "raw unicode escape", "UTF 7", "u7"])
    def test_a_slow_charset_is_known_by_every_name_it_has(self, name: str) -> None:
        found = read(typed(f'text/plain; charset="{name}"', b"a \\u0041 +AEE-"))

        assert found.text == "a \\u0041 +AEE-"


class TestFilesThatAreTwoThings:
    @pytest.mark.parametrize(
        ("kind", "name", "content"),
        [
            ("application/pdf", "form.pdf", b"%PDF-1.7\n%%EOF\n" + b"PK\x05\x06" + bytes(18)),
            ("image/gif", "photo.gif", b"GIF89a/*\x01\x00*/=1;<script>alert(1)</script>"),
            ("text/html", "page.html", b"<script>alert(1)</script>"),
        ],
    )
    def test_are_told_by_the_type_they_name_and_never_looked_into(
        self, kind: str, name: str, content: bytes
    ) -> None:
        found = read(attached(content, kind, name))

        assert found.attachments == (Attachment(name, kind, len(content)),)
        assert found.text == "See the file."

    @pytest.mark.django_db
    def test_what_hangs_on_a_mail_becomes_no_document(self) -> None:
        line()

        found = came(attached(b"%PDF-1.7", "application/pdf", "form.pdf"))

        assert found.decision == Decision.NEW
        assert not Document.objects.exists()


class TestNames:
    @pytest.mark.parametrize(
        ("given_name", "name"),
        [
            ("../../etc/passwd", "passwd"),
            ("..%2f..%2fetc%2fpasswd", "..%2f..%2fetc%2fpasswd"),
            ("C:\\\\Windows\\\\system.ini", "system.ini"),
            ("/etc/", "application.pdf"),
            ("..", "application.pdf"),
            (" . ", "application.pdf"),
            ("a\0b.pdf", "ab.pdf"),
            ("a\tb.pdf", "a b.pdf"),
            ("=?utf-8?q?cv=E2=80=AEfdp.exe?=", "cvfdp.exe"),
            ("=?utf-8?q?..=2F..=2Fpasswd?=", "passwd"),
            ("x" * 300 + ".pdf", "x" * LONGEST_NAME),
        ],
    )
    def test_are_names_and_no_way_to_a_folder(self, given_name: str, name: str) -> None:
        [file] = read(attached(b"x", "application/pdf", given_name)).attachments

        assert file.name == name

    def test_of_a_subject_and_a_sender_are_shown_as_they_are_spelled(self) -> None:
        found = read(
            b"From: =?utf-8?q?cod=E2=80=AE.exe?= <a@b.example>\r\n"
            b"Subject: =?utf-8?q?fdp=E2=80=AE=0D=0Aexe?=\r\n\r\nx"
        )

        assert (found.sender_name, found.subject) == ("cod.exe", "fdp exe")


class TestPages:
    @pytest.mark.parametrize(
        "page",
        [
            "<script>alert('evil')</script>words",
            "<SCRIPT SRC=//evil.example/x></SCRIPT>words",
            "<style>@import url(//evil.example/evil.css);</style>words",
            "<img src=https://evil.example/open.gif alt=evil>words",
            '<a href="javascript:evil()">words</a>',
            '<a href="https://evil.example">words</a>',
            '<form action="//evil.example"><input value="evil"></form>words',
            "<iframe srcdoc='<script>evil()</script>'></iframe>words",
            "<svg><script>evil()</script></svg>words",
            '<p style="background:url(//evil.example)" onclick="evil()">words</p>',
            "<object data=evil.swf></object><embed src=evil.swf>words",
            '<meta http-equiv=refresh content="0;url=//evil.example">words',
        ],
    )
    def test_leave_their_words_and_nothing_else(self, page: str) -> None:
        found = read(typed("text/html", page.encode()))

        assert found.text == "words"

    def test_words_that_look_like_a_script_stay_words(self) -> None:
        found = read(typed("text/html", b"&lt;script&gt;alert(1)&lt;/script&gt;"))

        assert found.text == "<script>alert(1)</script>"


class TestWhatIsBroken:
    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            (typed("text/plain", b"d29yZHM", b"Content-Transfer-Encoding: base64\r\n"), "words"),
            (typed("text/plain", b"words=", b"Content-Transfer-Encoding: quoted-printable\r\n"),
             "words"),
            (typed("text/plain", b"words", b"Content-Length: 99999999\r\n"), "words"),
            (typed("text/plain", b"words", b"Content-Length: -1\r\n"), "words"),
            (typed("text/plain", b"words", b"Content-Transfer-Encoding: gzip\r\n"), "words"),
            (typed("text/plain", b"wo\rrds"), "wo\nrds"),
            (FROM.replace(b"\r\n", b"\r") + b"\rwords", "words"),
            (FROM + b"Subject: caf\xe9\r\n\r\nwords", "words"),
        ],
    )  # fmt: skip
    def test_is_read_as_far_as_it_goes(self, raw: bytes, text: str) -> None:
        found = read(raw)

        assert found.text == text
        assert found.sender == "person@client.example"

    def test_base64_that_is_none_hides_no_words_of_others(self) -> None:
        broken = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n$$$$"

        found = read(mixed(broken, b"Content-Type: text/plain\r\n\r\nwords"))

        assert found.text.endswith("words")

    def test_a_type_with_a_null_is_kept_on_record(self) -> None:
        """JSON of the database holds no null: a mail that could not be kept would block all others."""
        [file] = read(mixed(b"Content-Type: appl\0ication/p\x07df\r\n\r\nx")).attachments

        assert file.type == "application/pdf"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_kept_stays_where_it_lies_and_holds_up_no_other(
    post_office: PostOffice,
) -> None:
    line()
    for subject in ("first", "refused", "last"):
        post_office.deliver(mail(subject=subject), to=QUESTIONS, sender=ASKER)
    table = InboundMail._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT none CHECK (subject <> 'refused')")
    try:
        collecting.collect(account=account(post_office), clock=lambda: NOW)
        assert InboundMail.objects.count() == 2
        assert len(post_office.mailbox(QUESTIONS)) == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT none")

    collect(post_office)

    assert Enquiry.objects.count() == 3
    assert post_office.mailbox(QUESTIONS) == []
