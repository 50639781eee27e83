"""Three states: something was found, nothing was found, and it was not scanned."""

from __future__ import annotations

import gzip
import io
import zipfile

import clamd
import pytest

from tests.servers.scanner import EICAR, INVENTED, MEGABYTE, Scanner


def scanned(scanner: Scanner, content: bytes) -> tuple[str, str | None]:
    """The daemon's word and what it found, as a gateway asks for them."""
    client = clamd.ClamdNetworkSocket(scanner.host, scanner.port, timeout=30)
    word, found = client.instream(io.BytesIO(content))["stream"]
    return word, found


def zipped(*contents: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number, content in enumerate(contents):
            file.writestr(str(number), content)
    return archive.getvalue()


def locked(archive: bytes) -> bytes:
    """The same archive, which says of its only file that it is encrypted."""
    changed = bytearray(archive)
    changed[6] |= 1  # the flags of the file's own header, then of the directory's
    changed[changed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (EICAR, "Eicar-Test.UNOFFICIAL"),
        (EICAR + b"\r\n", "Eicar-Test.UNOFFICIAL"),
        (b"before " + INVENTED + b" after", "Comptoir-Invented.UNOFFICIAL"),
        (zipped(EICAR), "Eicar-Test.UNOFFICIAL"),
        (zipped(zipped(INVENTED)), "Comptoir-Invented.UNOFFICIAL"),
    ],
)
def test_what_a_signature_knows_is_found(scanner: Scanner, content: bytes, name: str) -> None:
    assert scanned(scanner, content) == ("FOUND", name)


@pytest.mark.parametrize(
    "content",
    [b"", b"A letter.", b"%PDF-1.4\n%%EOF\n", zipped(b"A letter."), b"x" * 5 * MEGABYTE],
    ids=["nothing", "text", "pdf", "archive", "as large as a file may be"],
)
def test_what_no_signature_knows_is_clean(scanner: Scanner, content: bytes) -> None:
    assert scanned(scanner, content) == ("OK", None)


@pytest.mark.parametrize(
    "archive",
    [
        zipped(bytes(60 * MEGABYTE)),
        zipped(bytes(60 * MEGABYTE) + EICAR),
        gzip.compress(bytes(60 * MEGABYTE)),
        zipped(*[b"many " * MEGABYTE] * 10),
        zipped(*[b"small"] * 600),
    ],
    ids=["zip", "zip with something at its end", "gzip", "many large files", "many files"],
)
def test_an_archive_too_large_to_be_looked_through_is_not_clean(
    scanner: Scanner, archive: bytes
) -> None:
    assert len(archive) < MEGABYTE

    word, found = scanned(scanner, archive)

    assert word == "FOUND"
    assert str(found).startswith("Heuristics.Limits.Exceeded")


def test_something_far_inside_an_archive_is_found(scanner: Scanner) -> None:
    """Also behind as much as the scanner takes of a file that comes by itself."""
    found = scanned(scanner, zipped(bytes(7 * MEGABYTE) + INVENTED))

    assert found == ("FOUND", "Comptoir-Invented.UNOFFICIAL")


def test_an_archive_in_archives_too_deep_is_not_clean(scanner: Scanner) -> None:
    nested = EICAR
    for _ in range(12):
        nested = zipped(nested)

    word, found = scanned(scanner, nested)

    assert word == "FOUND"
    assert str(found).startswith("Heuristics.Limits.Exceeded")


def test_an_archive_that_cannot_be_looked_into_is_not_clean(scanner: Scanner) -> None:
    word, found = scanned(scanner, locked(zipped(b"A letter.")))

    assert (word, found) == ("FOUND", "Heuristics.Encrypted.Zip")


def test_what_is_larger_than_the_scanner_takes_is_an_error(scanner: Scanner) -> None:
    """It hangs up on the sender, who may hear why or only that."""
    with pytest.raises((clamd.ClamdError, OSError)):
        scanned(scanner, b"x" * 9 * MEGABYTE)


def test_a_scanner_that_is_down_is_an_error_and_not_clean(scanner: Scanner) -> None:
    port = scanner.port
    scanner.stop()

    with pytest.raises(clamd.ConnectionError, match="Connection refused"):
        scanned(scanner, b"A letter.")

    scanner.start()
    assert scanner.port == port
    assert scanned(scanner, b"A letter.") == ("OK", None)


def test_a_scanner_is_started_once_however_often_it_is_asked_to(scanner: Scanner) -> None:
    first = scanner.server.pid
    scanner.stop()

    scanner.start()
    scanner.start()

    assert scanner.is_up()
    assert scanner.server.pid != first
    assert len(scanner.server.members()) == 1
