"""The scanner as it is asked: what a real daemon says, and what only a broken one does."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path
from typing import Any

import pytest

from comptoir.enquiries.gateway import scanning as gateway
from comptoir.enquiries.gateway.scanning import (
    Answer,
    Clamd,
    NoScanner,
    Unreachable,
    Verdict,
)
from tests.enquiries.daemon import answering
from tests.enquiries.files import DOCX, PDF, archive

LARGE = PDF + b"x" * (5 * 1024 * 1024 - len(PDF))
SERVERS = importlib.util.find_spec("tests.servers")
real = pytest.mark.skipif(SERVERS is None, reason="the servers for tests are not part of this tree")


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        (b"stream: OK\0", Answer(Verdict.CLEAN)),
        (b"stream: Eicar FOUND\0", Answer(Verdict.INFECTED, "Eicar")),
        (b"stream: A B: OK FOUND\0", Answer(Verdict.INFECTED, "A B: OK")),
        (b"stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0", Answer(Verdict.LIMITS)),
        (b"stream: Heuristics.Encrypted.PDF FOUND\0", Answer(Verdict.LOCKED)),
        (b"INSTREAM size limit exceeded. ERROR\0", Answer(Verdict.LIMITS)),
    ],
)
def test_what_it_says_is_understood(said: bytes, understood: Answer) -> None:
    with answering(said) as (scanner, daemon):
        assert scanner.scan(PDF) == understood
    assert daemon.heard == [PDF]


def test_a_large_file_arrives_whole() -> None:
    with answering(b"stream: OK\0") as (scanner, daemon):
        scanner.scan(LARGE)
    assert daemon.heard == [LARGE]


@pytest.mark.parametrize(
    "said",
    [b"\0", b"stream: ", b"OK\0", b"UNKNOWN COMMAND\0", b"stream: x ERROR\0", b"\xff" * 9000],
)
def test_what_cannot_be_understood_is_no_verdict(said: bytes) -> None:
    with answering(said) as (scanner, _), pytest.raises(Unreachable):
        scanner.scan(PDF)


def test_one_that_hangs_up_is_unreachable() -> None:
    with answering(None) as (scanner, _), pytest.raises(Unreachable):
        scanner.scan(LARGE)


def test_one_that_is_silent_is_unreachable_after_a_while() -> None:
    with answering(b"", seconds=0.2) as (scanner, _), pytest.raises(Unreachable):
        scanner.scan(PDF)


def test_one_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        gone = line.getsockname()[:2]

    for at in (gone, tmp_path / "no.socket"):
        with pytest.raises(Unreachable):
            Clamd(at).scan(PDF)


def test_without_one_nothing_is_said_to_be_clean(settings: Any) -> None:
    settings.CLAMD = None

    assert gateway.scanner().scan(PDF) == Answer(Verdict.OFF)
    assert isinstance(gateway.scanner(), NoScanner)


def test_the_one_that_the_settings_name_is_asked(settings: Any) -> None:
    settings.CLAMD = ("scanner.example", 3310)

    assert gateway.scanner() == Clamd(("scanner.example", 3310))


@real
def test_a_real_daemon_says_what_we_understand(request: pytest.FixtureRequest) -> None:
    daemon = request.getfixturevalue("scanner")
    from tests.servers.scanner import EICAR, INVENTED

    client = Clamd((daemon.host, daemon.port))
    bomb = archive({"bomb": bytes(60_000_000)})

    assert client.scan(PDF) == client.scan(DOCX) == client.scan(LARGE) == Answer(Verdict.CLEAN)
    assert client.scan(EICAR).verdict is Verdict.INFECTED
    assert client.scan(PDF + INVENTED).signature.startswith("Comptoir-Invented")
    assert client.scan(bomb) == Answer(Verdict.LIMITS)
    assert client.version().startswith("ClamAV")
    daemon.stop()
    with pytest.raises(Unreachable):
        client.scan(PDF)
