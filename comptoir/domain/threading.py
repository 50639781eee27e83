"""Which item a mail belongs to: a signed address, then the mails it refers to; never its subject.

    make_token(reference, mailbox, key) -> str          what a Reply-To address carries
    check_token(token, mailbox, keys) -> str | None     the reference, if one of the keys signed it
    reply_address(mailbox, token), token_of(address)    in and out of an address
    asked_for(mail, keys) -> Asked                      what to load before the next question
    belongs(mail, keys, known) -> Item | Stranger | New
    identity_of(...) -> MailIdentity                    when two mails are the same mail
    message_ids(header)                                 the ids that a header names

A mail joins an item only when its sender takes part in it: neither a token, which is passed on with
a forwarded mail, nor a reference is enough alone. A known item and an unknown sender is a Stranger:
into quarantine, without side effects. A reference that is not known, because it never was or was
disposed of, is as if it were not there, so that nobody learns which exist.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from comptoir.domain.mail_signs import person_of

TOKEN_VERSION = "1"
SIGNATURE_BYTES = 10
SHORTEST_KEY = 16
LONGEST_REFERENCE = 20
LONGEST_LOCAL_PART = 64
"""RFC 5321, 4.5.3.1.1."""
MOST_IDS = 100
MOST_CHARACTERS = 20_000
"""How much of a header is looked at; ours."""

_SIGNATURE_CHARACTERS = SIGNATURE_BYTES * 8 // 5
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")


class WeakKey(ValueError):
    """A key that signs has at least 16 bytes."""


class BadReference(ValueError):
    """A reference in a token has 1 to 20 bytes."""


class AddressTooLong(ValueError):
    """Mailbox and token do not fit into the local part of an address."""


class By(StrEnum):
    """What led from a mail to an item."""

    TOKEN = "token"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class Mail:
    """What counts of a mail. `recipients` are all addresses it was sent or delivered to."""

    mailbox: str
    sender: str
    recipients: tuple[str, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail names: references that are signed, and message ids, the nearest first."""

    signed: tuple[str, ...]
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What was found of it: items by message id (of one mail or of several), and who takes part in them."""

    items: Mapping[str, Collection[str]] = field(default_factory=dict)
    participants: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """The mail belongs to this item."""

    reference: str
    by: By


@dataclass(frozen=True, slots=True)
class Stranger:
    """The mail names this item, in which its sender takes no part."""

    reference: str
    by: By


@dataclass(frozen=True, slots=True)
class New:
    """The mail names no known item."""


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """A mail is the same when all three are: an id alone may be used again for another text."""

    mailbox: str
    message_id: str
    content: str


def make_token(reference: str, mailbox: str, key: bytes) -> str:
    """Version, reference and signature in small base32 letters; good for this mailbox only."""
    if len(key) < SHORTEST_KEY:
        raise WeakKey(f"{len(key)} bytes")
    named = reference.encode()
    if not 1 <= len(named) <= LONGEST_REFERENCE:
        raise BadReference(f"{len(named)} bytes")
    signed = f"comptoir reply {TOKEN_VERSION}\0{mailbox.strip().casefold()}\0".encode() + named
    signature = hmac.digest(key, signed, "sha256")[:SIGNATURE_BYTES]
    return TOKEN_VERSION + _base32(named) + _base32(signature)


def check_token(token: str, mailbox: str, keys: Iterable[bytes]) -> str | None:
    """The reference that one of the keys signed for this mailbox, in whatever case it came back."""
    reference = _reference_in(token)
    if reference is None:
        return None
    # All keys are tried, each compared in constant time.
    agreed = [_is_same(token.lower(), make_token(reference, mailbox, key)) for key in keys]
    return reference if any(agreed) else None


def reply_address(mailbox: str, token: str) -> str:
    """The mailbox's address with the token behind a plus."""
    local, _at, domain = mailbox.rpartition("@")
    if len(local) + 1 + len(token) > LONGEST_LOCAL_PART:
        raise AddressTooLong(f"{len(local)} + 1 + {len(token)}")
    return f"{local}+{token}@{domain}"


def token_of(address: str) -> str | None:
    """What stands behind the last plus of the local part; None without one."""
    local, _at, _domain = address.strip().rpartition("@")
    return local.rpartition("+")[2] if "+" in local else None


def asked_for(mail: Mail, keys: Iterable[bytes]) -> Asked:
    """What has to be known to say where the mail belongs."""
    keys = tuple(keys)
    tokens = filter(None, map(token_of, mail.recipients[:MOST_IDS]))
    signed = (check_token(token, mail.mailbox, keys) for token in tokens)
    # The last reference is the mail that was answered, the first is where it all began.
    nearest = (*mail.in_reply_to, *reversed(mail.references))
    return Asked(tuple(dict.fromkeys(filter(None, signed))), tuple(dict.fromkeys(nearest)))


def belongs(mail: Mail, keys: Iterable[bytes], known: Known) -> Item | Stranger | New:
    """Where the mail belongs: by its token, else by the nearest mail known that names one item only."""
    asked = asked_for(mail, keys)
    named = [(reference, By.TOKEN) for reference in asked.signed]
    for message_id in asked.message_ids:
        items = set(known.items.get(message_id, ()))
        named += [(reference, By.REFERENCES) for reference in items if len(items) == 1]
    for reference, by in named:
        if reference in known.participants:
            people = {person_of(each) for each in known.participants[reference]}
            return (Item if person_of(mail.sender) in people else Stranger)(reference, by)
    return New()


def message_ids(header: str) -> tuple[str, ...]:
    """The ids of a References or In-Reply-To header in order, angle brackets included.

    Of a long one the first is kept and the last ones, which are the nearest.
    """
    found = _MESSAGE_ID.findall(header[:MOST_CHARACTERS])
    found += _MESSAGE_ID.findall(header[MOST_CHARACTERS:][-MOST_CHARACTERS:])
    found = list(dict.fromkeys(found))
    return tuple(found if len(found) <= MOST_IDS else [found[0], *found[1 - MOST_IDS :]])


def identity_of(
    *, mailbox: str, message_id: str, sender: str, date: str, subject: str, body: str
) -> MailIdentity:
    """Whose copy it is, what it calls itself, and a hash of what it says, who says so and when.

    Line ends, spaces at the end of lines and of the body, and folded headers make no difference.
    """
    lines = unicodedata.normalize("NFC", body).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(line.rstrip() for line in lines).rstrip("\n")
    parts = [sender.strip().casefold(), " ".join(date.split()), " ".join(subject.split()), text]
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return MailIdentity(mailbox.strip().casefold(), message_id.strip(), digest.hexdigest())


def _reference_in(token: str) -> str | None:
    """What a token says its reference is, before anything is checked."""
    body = token[1:-_SIGNATURE_CHARACTERS]
    if not token.isascii() or len(body) > LONGEST_LOCAL_PART:
        return None
    try:
        named = base64.b32decode(body.upper() + "=" * (-len(body) % 8)).decode()
    except (binascii.Error, ValueError):
        return None
    return named if 1 <= len(named.encode()) <= LONGEST_REFERENCE else None


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
