"""Reading a mail that anybody may have written: within bounds, and never by raising.

    read(raw) -> Read        what it says and what hangs on it, and which bounds it went beyond
    returned(raw) -> Returned | None   what a delivery report reports on (RFC 3464)

The library's reader makes an object of every part and calls itself for every part in a part. So a
mail is cut at the bound before it is read, not after: `mail_bounds.within` finds by plain search where that is.
Headers are read by the library's older rules: its newer ones call themselves for a comment in a
comment and raise on some that are broken. Whatever was cut stays in the original, which is kept.
"""

from __future__ import annotations

import codecs
import email
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses
from typing import TypeVar

import nh3

from comptoir.domain import threading
from comptoir.domain.mail_signs import MOST_COMMENTS
from comptoir.enquiries.mail_bounds import (
    DEEPEST,
    LONGEST_HTML,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    LONGEST_VALUE,
    MOST_ATTACHMENTS,
    MOST_HEADERS,
    MOST_PARTS,
    MOST_TAGS,
    Faults,
    one_line,
    plain,
    within,
)

SLOW_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"}
"""Codecs of the library that are no charset of mail, or take the square of the length, by the one
name that all their other names lead to."""

BREAKS = ("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre")
_BREAK = re.compile(rf"<\s*/?\s*(?:{'|'.join(BREAKS)})\s*/?>", re.IGNORECASE)
_OPENING = re.compile(r"<[a-zA-Z]")
_TAG = re.compile(r"<[^<>]{0,200}>")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[^\S\n]+")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&#39;": "'", "&amp;": "&"}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What hangs on a mail: the name it gives itself, cleaned; its type; its size in bytes; what it holds.

    A mail in a mail has a size and no content of its own.
    """

    name: str
    type: str
    size: int
    content: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A mail as it was read. `faults` are codes of what could not be, or not wholly."""

    headers: dict[str, list[str]] = field(default_factory=dict)
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    date: str = ""
    subject: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """What a delivery report reports on: our mail's id, what became of it, and the code."""

    message_id: str
    action: str
    code: str


def read(raw: bytes) -> Read:
    """The mail. Whatever the bytes are, it returns; what is too much or broken is among the faults."""
    cut, faults = within(raw)
    try:
        message = _parsed(cut)
    except (
        Exception
    ):  # the library's reader is old and its input hostile: a mail is never lost by it
        return Read(
            text=plain(cut[:LONGEST_TEXT].decode("utf-8", "replace")), faults=("unreadable",)
        )
    found = Faults(faults)
    headers = _headers(message, found)
    bodies, attachments = _walked(message, found)
    name, sender = _sender(headers)
    if not sender:
        found.add("no_sender")
    return Read(
        headers=headers,
        message_id=_first_id(headers),
        sender=sender,
        sender_name=name,
        recipients=_recipients(headers),
        date=plain(" ".join(headers.get("date", ())))[:LONGEST_NAME],
        subject=_subject(headers),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        text=_text(bodies, found),
        attachments=tuple(attachments[:MOST_ATTACHMENTS]),
        faults=tuple(found.codes),
    )


def returned(raw: bytes) -> Returned | None:
    """What a delivery report is about; None if it does not name a mail."""
    try:
        parts = list(_parts(_parsed(within(raw)[0]), Faults([]), into_messages=True))
    except Exception:  # as in `read`
        return None
    action = code = message_id = ""
    for part in parts:
        action = action or _field(part, "action").casefold()[:20]
        code = code or _field(part, "status")[:20]
    for part in parts[1:]:
        own = threading.message_ids(_field(part, "message-id"))
        if not own and part.get_content_type() == "text/rfc822-headers":
            named = re.search(r"^message-id:\s*(<[^<>\s]{1,290}>)", _decoded(part)[0], re.I | re.M)
            own = (named[1],) if named else ()
        message_id = message_id or next(iter(own), "")
    return Returned(message_id, action, code) if message_id else None


def _parsed(raw: bytes) -> Message:
    return email.message_from_bytes(raw, policy=compat32)


# --- Headers ---


def _headers(message: Message, faults: Faults) -> dict[str, list[str]]:
    """All headers by name in small letters, as they stand."""
    found: dict[str, list[str]] = {}
    for number, (name, value) in enumerate(message.raw_items()):
        if number == MOST_HEADERS:
            faults.add("too_many_headers")
            break
        found.setdefault(plain(name).lower(), []).append(plain(str(value))[:LONGEST_VALUE])
    return found


def _unworded(value: str) -> str:
    """A header with its encoded words read (RFC 2047)."""
    value = " ".join(value.split())
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value[:2000])
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        _in_charset(each, charset) if isinstance(each, bytes) else each for each, charset in parts
    )


def _subject(headers: dict[str, list[str]]) -> str:
    value = _unworded(next(iter(headers.get("subject", ())), ""))
    return one_line(value)[:LONGEST_SUBJECT]


def _addresses(headers: dict[str, list[str]], *names: str) -> list[tuple[str, str]]:
    values = [value for name in names for value in headers.get(name, ())[:20]]
    values = [
        value[:2000] if value.count("(") <= MOST_COMMENTS else re.sub(r"[()]", " ", value[:2000])
        for value in values
    ]
    return [
        (_unworded(name), plain(address).strip().casefold())
        for name, address in getaddresses(values)
        if "@" in address
    ]


def _sender(headers: dict[str, list[str]]) -> tuple[str, str]:
    """Name and address; nothing for an address that nobody could be written to at."""
    for name, address in _addresses(headers, "from")[:1]:
        if re.fullmatch(r"[^\s@<>,;:\"\\]{1,64}@[^\s@<>,;:\"\\]{1,189}", address):
            return one_line(name)[:LONGEST_NAME], address
    return "", ""


def _recipients(headers: dict[str, list[str]]) -> tuple[str, ...]:
    """Whom it was sent and delivered to; where it was delivered first, since a server wrote that."""
    names = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
    return tuple(address for _, address in _addresses(headers, *names))


def _ids(headers: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return threading.message_ids(" ".join(headers.get(name, ())))


def _first_id(headers: dict[str, list[str]]) -> str:
    value = " ".join(headers.get("message-id", ()))
    return next(iter(threading.message_ids(value)), value.strip())[:300]


def _field(part: Message, name: str) -> str:
    return plain(" ".join(str(part.get(name, "")).split()))[:1000]


# --- Parts ---


def _parts(message: Message, faults: Faults, *, into_messages: bool = False) -> Iterator[Message]:
    """The parts in order, containers too, without calling itself; mails in a mail only if asked for."""
    waiting, count = [(message, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            faults.add("too_many_parts")
            return
        yield part
        inner = _inner(part)
        if not inner or (_is_message(part) and not into_messages):
            continue
        if depth == DEEPEST:
            faults.add("too_deep")
            continue
        waiting += [(each, depth + 1) for each in reversed(inner)]


def _inner(part: Message) -> list[Message]:
    """The parts of a part. Of a part that has none `get_payload` would decode the text, by any codec."""
    inner = part.get_payload() if part.is_multipart() else []
    return [each for each in inner if isinstance(each, Message)]


def _content(part: Message) -> bytes:
    """What a part holds, without what it was wrapped in to travel."""
    raw: object = _or(lambda: part.get_payload(decode=True), None)
    return raw if isinstance(raw, bytes) else b""


def _is_message(part: Message) -> bool:
    return part.get_content_maintype() == "message"


def _walked(message: Message, faults: Faults) -> tuple[list[tuple[str, str]], list[Attachment]]:
    """Bodies as (type, text), and what hangs on it."""
    bodies: list[tuple[str, str]] = []
    attachments = []
    for part in _parts(message, faults):
        kind = _kind(part)
        if part.is_multipart() and not _is_message(part):
            continue
        name = _name(part)
        if kind in ("text/plain", "text/html") and not name and not _is_attached(part):
            text, fault = _decoded(part)
            if fault:
                faults.add(fault)
            bodies.append((kind, text))
        elif part is not message or part.is_multipart() or _content(part):
            called = name or _nameless(part, kind)
            attachments.append(Attachment(called, kind[:100], _size(part), _content(part)))
    return bodies, attachments


def _kind(part: Message) -> str:
    """Its type. What says that it has parts and has none, as with no boundary, is a text."""
    kind = one_line(part.get_content_type())
    is_empty = kind.startswith("multipart/") and not part.is_multipart()
    return "text/plain" if is_empty else kind


def _is_attached(part: Message) -> bool:
    return _or(part.get_content_disposition, None) == "attachment"


def _name(part: Message) -> str:
    """The last part of the name it gives itself: no folders, nor what only leads to one."""
    name = re.split(r"[\\/]", one_line(_unworded(_or(part.get_filename, None) or "")))[-1]
    return name[:LONGEST_NAME] if name.strip(". ") else ""


def _nameless(part: Message, kind: str) -> str:
    if kind == "message/rfc822":
        inner = _inner(part)
        subject = _unworded(_field(inner[0], "subject")) if inner else ""
        return f"{one_line(subject)[:100] or 'mail'}.eml"
    return kind.replace("/", ".")[:100]


def _size(part: Message) -> int:
    """Bytes of what it holds, mails in a mail part by part."""
    size, waiting = 0, [part]
    while waiting:
        each = waiting.pop()
        size += len(_content(each))
        waiting += _inner(each)
    return size


def _or(ask: Callable[[], Value], otherwise: Value) -> Value:
    """What a header's reader says; broken parameters make some of them raise."""
    try:
        return ask()
    except Exception:
        return otherwise


def _decoded(part: Message) -> tuple[str, str]:
    """A text part, and a fault if it is not in the charset that it names."""
    charset = _or(part.get_content_charset, None)
    said = _in_charset(_content(part)[: 4 * LONGEST_HTML], charset)
    return plain(
        said.replace("\r\n", "\n").replace("\r", "\n")
    ), "undecodable" if "\ufffd" in said else ""


def _in_charset(raw: bytes, charset: str | None) -> str:
    """By the charset it names, else UTF-8, else what Windows writes; at the very last with gaps."""
    for each in (charset or "ascii", "utf-8", "cp1252"):
        try:
            if codecs.lookup(each).name not in SLOW_CHARSETS:
                return raw.decode(each)
        except (LookupError, ValueError):
            continue
    return raw.decode("utf-8", "replace")


# --- Text ---


def _text(bodies: list[tuple[str, str]], faults: Faults) -> str:
    """What was written: the plain text if there is any, else what the page says."""
    texts = [text.strip() for kind, text in bodies if kind == "text/plain"]
    if not any(texts):
        pages = [text for kind, text in bodies if kind == "text/html"]
        texts = [said_by(page) for page in pages]
        if any(len(_cut(page)) < len(page) for page in pages):
            faults.add("page_too_long")
    whole = "\n\n".join(filter(None, texts))
    if not whole:
        faults.add("blank")
    if len(whole) > LONGEST_TEXT:
        faults.add("text_too_long")
    return whole[:LONGEST_TEXT]


def said_by(html: str) -> str:
    """What a page says, in lines: no tag, script, style or picture of it is left."""
    clean = nh3.clean(_cut(html), tags=set(BREAKS), attributes={}, strip_comments=True)
    text = _TAG.sub("", _BREAK.sub("\n", _SPACES.sub(" ", clean.replace("\n", " "))))
    for entity, letter in _ENTITIES.items():
        text = text.replace(entity, letter)
    lines = "\n".join(line.strip() for line in plain(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()


def _cut(html: str) -> str:
    """The page up to its bounds: tags in tags take the square of their number."""
    html = html[:LONGEST_HTML]
    for number, tag in enumerate(_OPENING.finditer(html)):
        if number == MOST_TAGS:
            return html[: tag.start()]
    return html
