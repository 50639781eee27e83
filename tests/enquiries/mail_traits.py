"""The traits of mail that have broken such services before: each with a mail of ours that has it, and its fate."""

from __future__ import annotations

from dataclasses import dataclass

from comptoir.enquiries.models import Decision
from tests.enquiries import bounces
from tests.enquiries.mail_writing import ASKER, QUESTIONS, mail
from tests.servers.scanner import EICAR

HEAD = f"From: {ASKER}\r\nTo: {QUESTIONS}\r\nSubject: My application\r\n".encode()
FIRST = "<first@mail.client.example>"
"""The id of a mail of the asker that became an enquiry before any of these comes."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A mail with the trait, what must be decided about it and why, and what its text must be."""

    raw: bytes
    decision: Decision = Decision.NEW
    reason: str = "acknowledged"
    text: str | None = None
    files: tuple[str, ...] = ()


def _plain(body: bytes, *headers: str) -> bytes:
    return HEAD + "".join(f"{each}\r\n" for each in headers).encode() + b"\r\n" + body


def _parts(*parts: bytes, kind: str = "mixed") -> bytes:
    framed = b"".join(b"--f\r\n" + part + b"\r\n" for part in parts)
    return _plain(framed + b"--f--\r\n", f"Content-Type: multipart/{kind}; boundary=f")


def _report(**how: str) -> bytes:
    return bounces.report("<unknown@centre.example>", **how)  # type: ignore[arg-type]  # all of them are texts


SAID = b"Content-Type: text/plain\r\n\r\nHello."
_JAPANESE = "ビザはいつ届きますか"

TRAITS = {
    # Of other services' fixtures, written anew.
    "delivery report": Trait(
        _report(),
        Decision.BOUNCE,
        "report_delivery_status:unknown_mail",
        files=("message.delivery-status", "About your enquiry.eml"),
    ),
    "delivery report, delayed": Trait(
        _report(action="delayed", code="4.4.1"),
        Decision.BOUNCE,
        "report_delivery_status:unknown_mail",
        files=("message.delivery-status", "About your enquiry.eml"),
    ),
    "signed by PGP": Trait(
        _parts(
            SAID,
            b"Content-Type: application/pgp-signature; name=s.asc\r\n\r\n-----BEGIN",
            kind="signed",
        ),
        text="Hello.",
        files=("s.asc",),
    ),
    "encrypted by PGP": Trait(
        _parts(
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
            b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----",
            kind="encrypted",
        ),
        text="",
        files=("application.pgp-encrypted", "application.octet-stream"),
    ),
    "invitation": Trait(
        _parts(SAID, b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"),
        text="Hello.",
        files=("text.calendar",),
    ),
    "inline part without a name": Trait(
        _parts(SAID, b"Content-Type: image/png\r\nContent-Disposition: inline\r\n\r\n\x89PNG"),
        text="Hello.",
        files=("image.png",),
    ),
    "undecodable": Trait(
        _plain(b"a \x81\x8d\x8f b", "Content-Type: text/plain; charset=utf-8"),
        text="a \ufffd\ufffd\ufffd b",
    ),
    "forwarded as a mail": Trait(
        _parts(
            SAID, b"Content-Type: message/rfc822\r\n\r\nSubject: An old one\r\n\r\nsecret words"
        ),
        text="Hello.",
        files=("An old one.eml",),
    ),
    "blank body": Trait(_plain(b" \r\n"), text=""),
    "nulls": Trait(_plain(b"a\0b"), text="ab"),
    "ISO-2022-JP": Trait(
        _plain(_JAPANESE.encode("iso-2022-jp"), "Content-Type: text/plain; charset=iso-2022-jp"),
        text=_JAPANESE,
    ),
    "page only": Trait(_plain(b"<p>Hello.</p>", "Content-Type: text/html"), text="Hello."),
    "plain and page": Trait(
        _parts(SAID, b"Content-Type: text/html\r\n\r\n<p>Other.</p>", kind="alternative"),
        text="Hello.",
    ),
    # Of the standards.
    "no id (RFC 5322)": Trait(_plain(b"Hello."), text="Hello."),
    "folded header (RFC 5322)": Trait(_plain(b"Hello.", "X-Long: a\r\n b\r\n c"), text="Hello."),
    "no end to its parts (RFC 2046)": Trait(
        _plain(b"--f\r\n" + SAID, "Content-Type: multipart/mixed; boundary=f"), text="Hello."
    ),
    "no boundary (RFC 2046)": Trait(
        _plain(b"Hello.", "Content-Type: multipart/mixed"), text="Hello."
    ),
    "name in pieces (RFC 2231)": Trait(
        _parts(
            SAID,
            b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
            b" filename*0*=utf-8''r%C3%A9;\r\n filename*1=sume.pdf\r\n\r\nx",
        ),
        files=("résume.pdf",),
    ),
    "encoded words (RFC 2047)": Trait(
        b"From: =?utf-8?b?Wm/DqQ==?= <" + ASKER.encode() + b">\r\nSubject: x\r\n\r\nHello."
    ),
    "null return path (RFC 3834)": Trait(
        mail(Return_Path="<>"), Decision.AUTO_REPLY, "null_return_path"
    ),
    "says it is automatic (RFC 3834)": Trait(
        mail(Auto_Submitted="auto-replied"), Decision.AUTO_REPLY, "auto_submitted"
    ),
    "out of office, as Outlook has it": Trait(
        mail(X_Auto_Response_Suppress="All"), Decision.AUTO_REPLY, "auto_response_suppress"
    ),
    "mailing list (RFC 2369)": Trait(
        mail(List_Id="<news.client.example>"), Decision.LIST, "list_header"
    ),
    "reply (RFC 5256)": Trait(
        mail("More.", In_Reply_To=FIRST), Decision.JOINED, "by_references", "More."
    ),
    "reply of a stranger": Trait(
        mail("More.", sender="other@elsewhere.example", References=FIRST),
        Decision.QUARANTINED,
        "stranger_by_references",
    ),
    "base subject of another, no id (RFC 5256)": Trait(mail(subject="Re: Fwd: My application")),
    "EICAR file": Trait(
        _parts(SAID, b"Content-Type: application/octet-stream; name=e.com\r\n\r\n" + EICAR),
        text="Hello.",
        files=("e.com",),
    ),
    "our own, come back": Trait(mail(X_Comptoir_Loop="1"), Decision.LOOP, "loop_header"),
    "from a mailbox of ours": Trait(mail(sender=QUESTIONS), Decision.OWN, "own_address"),
    "no sender": Trait(b"Subject: x\r\n\r\nwords", Decision.BROKEN, "no_sender"),
    "no mail": Trait(b"\xff\xfe\0\0", Decision.BROKEN, "no_sender"),
}
