"""A mailbox on a server, as seen from here: look what lies there, read it unmarked, put it away.

Nothing is put away before it is on record: `MailboxOnServer.put_away` is called last. A mail that is
read twice because something ended in between lies at the same place, and is known by that.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from comptoir.enquiries.mail_bounds import LARGEST

INBOX = "INBOX"
KEPT_OF_HUGE = 1_000_000
"""Bytes that are read of a mail beyond what is kept: header and first part."""

TIMEOUT = 30
_RECEIVED = re.compile(rb'INTERNALDATE "([^"]+)"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Unreachable(Exception):
    """The server is away, does not let us in, or breaks off; the text is what it said."""


class Withheld(Exception):
    """The server does not hand out this one mail now; others it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A mailbox and how it opens. `security` is tls, starttls or none."""

    mailbox: str
    user: str
    password: str
    host: str
    port: int
    security: str
    processed: str


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail in a mailbox: its place, when the server received it, its size, and its bytes or the first."""

    place: str
    received_at: datetime | None
    size: int
    raw: bytes


class MailboxOnServer:
    """A mailbox that is open."""

    def __init__(self, box: BaseMailBox, processed: str) -> None:
        self._box = box
        self._processed = processed
        self._validity = box.folder.status(INBOX, ["UIDVALIDITY"])["UIDVALIDITY"]

    def places(self) -> list[str]:
        """Where mails lie, the oldest first. A place is never used for another mail."""
        return [f"{self._validity}.{uid}" for uid in self._box.uids("ALL")]

    def read(self, place: str) -> Lying | None:
        """The mail at this place, marked in no way; None if somebody took it away. Raises Withheld."""
        uid = _uid(place)
        facts = b" ".join(_lines(self._fetch(uid, "(INTERNALDATE RFC822.SIZE)")))
        found = _SIZE.search(facts)
        if found is None:
            return None
        size = int(found[1])
        part = "(BODY.PEEK[])" if size <= LARGEST else f"(BODY.PEEK[]<0.{KEPT_OF_HUGE}>)"
        bodies = [line[1] for line in self._fetch(uid, part) if isinstance(line, tuple)]
        if not bodies:
            return None
        return Lying(place, _moment(_RECEIVED.search(facts)), size, bodies[0])

    def put_away(self, places: Sequence[str]) -> None:
        """Move what is on record into the folder of what was processed."""
        if not places:
            return
        if not self._box.folder.exists(self._processed):
            self._box.folder.create(self._processed)
        self._box.move([_uid(place) for place in places], self._processed, chunks=100)

    def _fetch(self, uid: str, what: str) -> list[bytes | tuple[bytes, bytes]]:
        status, data = self._box.client.uid("FETCH", uid, what)
        if status != "OK":
            raise Withheld(f"{status} to FETCH {uid} {what}")
        return [line for line in data if line is not None]


@contextmanager
def opened(account: Account) -> Iterator[MailboxOnServer]:
    """The mailbox, open until the block ends. Raises Unreachable, also for what breaks inside."""
    try:
        box = _connected(account)
        try:
            box.login(account.user, account.password, initial_folder=INBOX)
            yield MailboxOnServer(box, account.processed)
        finally:
            with suppress(imaplib.IMAP4.error, ImapToolsError, OSError):
                box.logout()
    except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error


def _connected(account: Account) -> BaseMailBox:
    kinds = {"tls": MailBox, "starttls": MailBoxStartTls, "none": MailBoxUnencrypted}
    made: BaseMailBox = kinds[account.security](account.host, account.port, timeout=TIMEOUT)
    return made


def _uid(place: str) -> str:
    return place.rpartition(".")[2]


def _lines(data: list[bytes | tuple[bytes, bytes]]) -> Iterator[bytes]:
    for line in data:
        yield line if isinstance(line, bytes) else line[0]


def _moment(found: re.Match[bytes] | None) -> datetime | None:
    """When the server received it; None if it says so in no way that is known."""
    if found is None:
        return None
    with suppress(ValueError, OverflowError):
        return datetime.strptime(
            found[1].decode("ascii", "replace").strip(), "%d-%b-%Y %H:%M:%S %z"
        ).astimezone(UTC)
    return None
