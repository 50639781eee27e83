"""Reading mail: what people, programs and attackers write, within bounds and never by raising."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from comptoir.enquiries import mail_bounds
from comptoir.enquiries.mail_bounds import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_ATTACHMENTS,
    MOST_CONTAINERS,
    MOST_PARTS,
)
from comptoir.enquiries.mail_reading import Attachment, read, returned
from tests.enquiries import bounces
from tests.enquiries.mail_writing import mail

FROM = b"From: A Person <Person@Client.example>\r\n"


def typed(kind: str, body: bytes, *more: bytes) -> bytes:
    """A mail with this type and body, as it stands on the wire."""
    return b"".join([FROM, *more, b"Content-Type: ", kind.encode(), b"\r\n\r\n", body])


def mixed(*parts: bytes) -> bytes:
    """A mail of several parts."""
    framed = b"".join(b"--frame\r\n" + part + b"\r\n" for part in parts)
    return typed("multipart/mixed; boundary=frame", framed + b"--frame--\r\n")


class TestWhatPeopleWrite:
    def test_a_plain_mail(self) -> None:
        found = read(mail("Where is my card?", subject="My card", message_id="<1@client.example>"))

        assert found.text == "Where is my card?"
        assert (found.sender, found.subject) == ("asker@client.example", "My card")
        assert found.message_id == "<1@client.example>"
        assert found.faults == ()

    def test_names_and_subjects_in_encoded_words(self) -> None:
        raw = (
            b"From: =?utf-8?q?Zo=C3=A9_Tremblay?= <zoe@client.example>\r\n"
            b"Subject: =?iso-8859-1?q?R=E9ponse?= =?iso-8859-1?q?_=E0_venir?=\r\n\r\nx"
        )

        found = read(raw)

        assert (found.sender_name, found.subject) == ("Zoé Tremblay", "Réponse à venir")

    @pytest.mark.parametrize(
        ("charset", "text"),
        [
            ("iso-2022-jp", "ビザはいつ届きますか"),
            ("iso-8859-1", "Où en est ma demande?"),
            ("windows-1252", "C’est où – enfin"),
            ("utf-16", "Où?"),
            ("koi8-r", "Где моё дело?"),
            ("gb18030", "我的申请"),
        ],
    )
    def test_a_text_in_its_charset(self, charset: str, text: str) -> None:
        body = base64.encodebytes(text.encode(charset))

        found = read(
            typed(f"text/plain; charset={charset}", body, b"Content-Transfer-Encoding: base64\r\n")
        )

        assert found.text == text

    @pytest.mark.parametrize("charset", ["", "no-such-charset", "zip", "punycode", "us-ascii"])
    def test_a_text_whose_charset_is_wrong_or_none_is_read_all_the_same(self, charset: str) -> None:
        found = read(typed(f"text/plain; charset={charset}", "Où?".encode()))

        assert found.text == "Où?"

    def test_a_text_in_no_charset_at_all_is_read_with_gaps_and_says_so(self) -> None:
        found = read(typed("text/plain; charset=utf-8", b"before \x81\x8d\x8f after"))

        assert found.text.startswith("before ")
        assert found.text.endswith(" after")
        assert "undecodable" in found.faults

    def test_nulls_and_control_characters_are_left_out(self) -> None:
        found = read(typed("text/plain", b"a\x00b\x07c\x1b[31md", b"Subject: x\x00y\r\n"))

        assert (found.text, found.subject) == ("abc[31md", "xy")

    def test_a_blank_mail_is_blank_and_says_so(self) -> None:
        assert read(typed("text/plain", b" \r\n\r\n")).faults == ("blank",)

    def test_of_two_ways_to_say_it_the_plain_one_is_read(self) -> None:
        made = EmailMessage()
        made["From"] = "a@client.example"
        made.set_content("plain")
        made.add_alternative("<p>page</p>", subtype="html")

        assert read(made.as_bytes()).text == "plain"

    def test_of_a_page_alone_its_words_are_read_in_lines(self) -> None:
        page = b"<h1>Hello</h1><p>My <b>file</b> &amp; me<br>again</p><ul><li>one<li>two</ul>"

        lines = [line for line in read(typed("text/html", page)).text.split("\n") if line]

        assert lines == ["Hello", "My file & me", "again", "one", "two"]

    @pytest.mark.parametrize(
        "page",
        [
            b"<script>alert(1)</script>words",
            b"<style>p{}</style>words",
            b"<img src=http://tracker.example/x onerror=alert(1)>words",
            b"<a href='javascript:alert(1)'>words</a>",
            b"<svg/onload=alert(1)>words",
            b"<!-- hidden -->words",
        ],
    )
    def test_of_a_page_nothing_but_its_words_is_left(self, page: bytes) -> None:
        assert read(typed("text/html", page)).text == "words"


class TestWhatHangsOnIt:
    def test_names_types_and_sizes_are_told(self) -> None:
        found = read(
            mixed(
                b"Content-Type: text/plain\r\n\r\nSee the file.",
                b'Content-Type: application/pdf; name="a.pdf"\r\n\r\n12345',
            )
        )

        assert found.text == "See the file."
        assert found.attachments == (Attachment("a.pdf", "application/pdf", 5),)

    @pytest.mark.parametrize(
        ("given_name", "name"),
        [
            (b'"../../etc/passwd"', "passwd"),
            (b'"C:\\\\Windows\\\\x.exe"', "x.exe"),
            (b'"a\x00b.pdf"', "ab.pdf"),
            (b'"=?utf-8?q?r=C3=A9sum=C3=A9.pdf?="', "résumé.pdf"),
        ],
    )
    def test_a_name_is_a_name_and_no_way_to_a_folder(self, given_name: bytes, name: str) -> None:
        part = (
            b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="
            + given_name
            + b"\r\n\r\nx"
        )

        assert [each.name for each in read(mixed(part)).attachments] == [name]

    def test_a_mail_in_a_mail_is_an_attachment_and_not_read(self) -> None:
        inner = b"Subject: Forwarded\r\nFrom: b@x.example\r\n\r\nsecret words"

        found = read(mixed(b"Content-Type: message/rfc822\r\n\r\n" + inner))

        assert [each.name for each in found.attachments] == ["Forwarded.eml"]
        assert "secret words" not in found.text
        assert found.sender == "person@client.example"

    def test_calendar_and_signature_parts_are_attachments_with_a_name(self) -> None:
        found = read(
            mixed(
                b"Content-Type: text/plain\r\n\r\nHello",
                b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR",
                b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----",
            )
        )

        assert found.text == "Hello"
        assert [each.name for each in found.attachments] == [
            "text.calendar",
            "application.pgp-signature",
        ]

    def test_an_encrypted_mail_is_attachments_and_a_blank_text(self) -> None:
        raw = typed(
            "multipart/encrypted; boundary=f",
            b"--f\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
            b"--f\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n"
            b"--f--\r\n",
        )

        found = read(raw)

        assert (found.text, len(found.attachments)) == ("", 2)


class TestBounds:
    @pytest.mark.parametrize("depth", [DEEPEST + 5, 400, 20_000])
    def test_parts_in_parts_end_somewhere(self, depth: int) -> None:
        nested = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
            for level in range(depth)
        )

        found = read(FROM + nested + b"Content-Type: text/plain\n\nfar down")

        assert "too_deep" in found.faults
        assert found.sender == "person@client.example"

    def test_mails_in_mails_end_somewhere(self) -> None:
        found = read(FROM + b"Content-Type: message/rfc822\r\n\r\n" * 5_000)

        assert "too_deep" in found.faults

    def test_parts_beside_parts_end_somewhere(self) -> None:
        many = [b"Content-Type: text/plain\r\n\r\nx"] * (MOST_PARTS * 5)

        found = read(mixed(*many))

        assert "too_many_parts" in found.faults
        assert found.text.count("x") < MOST_PARTS

    def test_attachments_end_somewhere(self) -> None:
        many = [b"Content-Type: application/pdf; name=a.pdf\r\n\r\nx"] * (MOST_ATTACHMENTS + 20)

        assert len(read(mixed(*many)).attachments) == MOST_ATTACHMENTS

    @pytest.mark.parametrize(
        ("raw", "fault"),
        [
            (FROM + b"X-A: b\r\n" * 200_000 + b"\r\nwords", "header_too_large"),
            (FROM + b"X: " + b"y" * 5_000_000 + b"\r\n\r\nwords", "header_too_large"),
            (FROM + b"X-A: b\r\n" * 1_000 + b"\r\nwords", "too_many_headers"),
            (FROM + b"\r\nwords" + b"\n" * 3_000_000, "too_many_lines"),
            (FROM + b"\r\nwords" + b"\n--x\nA: b\n\n" * 100_000, "too_many_parts"),
        ],
    )
    def test_what_is_too_much_is_cut_and_named_and_the_rest_is_read(
        self, raw: bytes, fault: str
    ) -> None:
        found = read(raw)

        assert fault in found.faults
        assert found.text.startswith("words")

    def test_a_long_text_is_cut_where_an_enquiry_ends(self) -> None:
        found = read(typed("text/plain", b"x" * 3_000_000))

        assert len(found.text) == LONGEST_TEXT
        assert "text_too_long" in found.faults

    def test_more_than_is_kept_is_not_read(self) -> None:
        raw = typed("text/plain", b"x" * mail_bounds.LARGEST)

        assert "too_large" in read(raw).faults

    @pytest.mark.parametrize(
        "page", [b"<div>" * 100_000, b"<b><p>" * 80_000, b"<" * 400_000, b"<a><table>" * 50_000]
    )
    def test_a_page_of_nothing_but_tags_is_cut(self, page: bytes) -> None:
        found = read(typed("text/html", b"seen" + page * 5 + b"hidden"))

        assert "hidden" not in found.text
        assert "page_too_long" in found.faults

    @pytest.mark.parametrize(
        "sender",
        [
            b"",
            b"From:\r\n",
            b"From: nobody\r\n",
            b"From: " + b"(" * 50_000 + b"a@b.example\r\n",
            b"From: a@b@c\r\n",
            b'From: "a b"@client.example\r\n',
            b"From: undisclosed-recipients:;\r\n",
        ],
    )
    def test_without_a_sender_one_could_write_to_it_says_so(self, sender: bytes) -> None:
        found = read(sender + b"Subject: x\r\n\r\nwords")

        assert (found.sender, found.text) == ("", "words")
        assert "no_sender" in found.faults


class TestDeliveryReports:
    def test_name_the_mail_the_action_and_the_code(self) -> None:
        found = returned(bounces.report("<ours@centre.example>"))

        assert found is not None
        assert (found.message_id, found.action, found.code) == (
            "<ours@centre.example>",
            "failed",
            "5.1.1",
        )

    def test_that_carry_only_headers_name_it_too(self) -> None:
        found = returned(bounces.report("<ours@centre.example>", with_text=False))

        assert found is not None
        assert found.message_id == "<ours@centre.example>"

    def test_that_name_no_mail_are_none(self) -> None:
        assert returned(mail()) is None


headers = st.builds(
    lambda name, value: name + b": " + value,
    st.sampled_from(
        [
            b"From",
            b"To",
            b"Subject",
            b"Message-ID",
            b"References",
            b"Content-Type",
            b"Content-Disposition",
            b"Content-Transfer-Encoding",
            b"MIME-Version",
        ]
    ),
    st.one_of(
        st.binary(max_size=80),
        st.sampled_from(
            [
                b"multipart/mixed; boundary=x",
                b'multipart/mixed; boundary="x',
                b"multipart/digest; boundary=x",
                b"message/rfc822",
                b"message/delivery-status",
                b"message/partial; id=1; number=1",
                b"text/html; charset*=utf-8''%",
                b"text/plain; charset*0*=x; charset*2=y",
                b"attachment; filename*0*=utf-8'%F; filename*1=b",
                b"base64",
                b"x-uuencode",
                b"quoted-printable",
                b"=?utf-8?b?/w==?= =?x?q?=?=",
                b"a(b(c)d <x@y>, z@",
            ]
        ),
    ),
)
bodies = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from([b"--x", b"--x--", b"", b"text", b"Content-Type: text/html", b"\xff\x00"]),
        max_size=20,
    ).map(b"\n".join),
)
mails = st.builds(
    lambda lines, end, body: end.join(lines) + end + end + body,
    st.lists(headers, max_size=12),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
    bodies,
)


@given(st.one_of(st.binary(max_size=2_000), mails))
@example(b"")
@example(b"\n\n")
@example(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=\n\n--\n")
@example(b"Content-Type: message/rfc822\n\n")
@hypothesis_settings(max_examples=600)
def test_whatever_the_bytes_are_it_is_read(raw: bytes) -> None:
    found = read(raw)

    told = [found.text, found.subject, found.sender, found.sender_name, found.message_id]
    told += [each.name for each in found.attachments] + [found.date]
    for text in told:
        assert "\0" not in text
        text.encode("utf-8")  # a lone surrogate would not be
    assert len(found.attachments) <= MOST_PARTS
    returned(raw)


@given(st.data())
@hypothesis_settings(max_examples=300)
def test_a_good_mail_with_some_bytes_changed_is_read(data: st.DataObject) -> None:
    raw = bytearray(bounces.report("<ours@centre.example>"))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=30)):
        raw[place] = data.draw(st.integers(0, 255))

    assert read(bytes(raw)).faults is not None
    returned(bytes(raw))


@given(st.integers(1, MOST_CONTAINERS * 3), st.booleans())
@hypothesis_settings(max_examples=60)
def test_however_deep_it_is_nested_no_stack_is_used_up(depth: int, in_mails: bool) -> None:
    one = (
        b"Content-Type: message/rfc822\n\n"
        if in_mails
        else b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    )
    raw = FROM + b"".join(one if in_mails else one % (n, n) for n in range(depth)) + b"\nwords"

    assert read(raw).sender == "person@client.example"
