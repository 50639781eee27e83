"""The malware scanner, seen from here: ClamAV's daemon, or none.

A file is streamed to the daemon (INSTREAM, see `man clamd`); it never lies on a disk for it. What the
daemon could not look into or through is no virus, and not clean either.

Ours rather than the `clamd` package, which connects without a time limit and does not notice when only
a part of a piece was sent, so that the daemon would be asked about another file.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from django.conf import settings

Endpoint = tuple[str, int] | Path

SECONDS = 30.0
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
LONGEST_NAME = 200


class Unreachable(Exception):
    """The scanner cannot be asked now, or said nothing that can be understood: ask again later."""


class NoAnswer(Unreachable):
    """It is there, and said nothing of this file that can be understood, or nothing in time."""


class Verdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    LIMITS = "limits"
    LOCKED = "locked"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict, and the name of what was found."""

    verdict: Verdict
    signature: str = ""


class Scanner(Protocol):
    """Whoever scans."""

    def scan(self, content: bytes) -> Answer:
        """What it says of the file; raises Unreachable."""


class NoScanner:
    """There is none, and nobody pretends otherwise."""

    def scan(self, content: bytes) -> Answer:
        return Answer(Verdict.OFF)


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon at a host and port, or at a socket's path."""

    at: Endpoint
    seconds: float = SECONDS

    def scan(self, content: bytes) -> Answer:
        try:
            with self._connected() as line:
                return _asked(line, content)
        except OSError as error:
            raise Unreachable(type(error).__name__) from error

    def version(self) -> str:
        """What the daemon calls itself and its signatures; raises Unreachable."""
        try:
            with self._connected() as line:
                line.sendall(b"zVERSION\0")
                return _heard(line)
        except OSError as error:
            raise Unreachable(type(error).__name__) from error

    def _connected(self) -> socket.socket:
        if not isinstance(self.at, Path):
            return socket.create_connection(self.at, timeout=self.seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(self.seconds)
            line.connect(str(self.at))
        except OSError:
            line.close()
            raise
        return line


def _asked(line: socket.socket, content: bytes) -> Answer:
    try:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        return _understood(_heard(line))
    except TimeoutError as error:
        raise NoAnswer("TimeoutError") from error


def _heard(line: socket.socket) -> str:
    """What the daemon says up to the end of its answer."""
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        more = line.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n").decode(errors="replace")


def _understood(said: str) -> Answer:
    if said == "stream: OK":
        return Answer(Verdict.CLEAN)
    if said.startswith("INSTREAM size limit exceeded"):
        return Answer(Verdict.LIMITS)
    name = said.removeprefix("stream: ").removesuffix(" FOUND")
    if said != f"stream: {name} FOUND":
        raise NoAnswer("no answer")
    if name.startswith("Heuristics.Limits.Exceeded"):
        return Answer(Verdict.LIMITS)
    if name.startswith("Heuristics.Encrypted"):
        return Answer(Verdict.LOCKED)
    return Answer(Verdict.INFECTED, name[:LONGEST_NAME])


def scanner() -> Scanner:
    """The scanner that the settings name (COMPTOIR_CLAMD), or none."""
    return NoScanner() if settings.CLAMD is None else Clamd(settings.CLAMD)
