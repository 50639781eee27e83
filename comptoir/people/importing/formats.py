"""What a file is, before anything in it is believed."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from comptoir.people.importing import members, tables
from comptoir.people.importing.rows import BadFile, Row

MAX_BYTES = 32 * 1024 * 1024
"""A list of ten thousand legislators has about five megabytes; what is far larger is something else."""

_OTHER_ENCODINGS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK": "a spreadsheet or an archive",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a compressed file",
}


class Kind(StrEnum):
    """The lists that can be imported."""

    MEMBERS = "members"
    DISTRICTS = "districts"
    SENATORS = "senators"


def read(path: Path, kind: Kind | None = None) -> tuple[Kind, Iterator[Row]]:
    """The kind of the file, found out or as told, and its rows; raises BadFile.

    The rows come one by one; a bad one raises BadRow and the next may still be read.
    """
    start = beginning(path)
    if start.startswith(b"<"):
        if kind not in (None, Kind.MEMBERS):
            raise BadFile(f"this is XML, and a list of {kind} is a CSV file.")
        if looks_like_html(start):
            raise BadFile("this is a web page, not the list itself. Download the XML or CSV file.")
        return Kind.MEMBERS, members.read(path)
    if kind is Kind.MEMBERS:
        raise BadFile("a list of members is the XML file of the House of Commons; this is not XML.")
    found, rows = tables.read(path, tables.KINDS)
    if kind is not None and kind != found:
        raise BadFile(f"the columns are those of a list of {found}, not of {kind}.")
    return Kind(found), rows


def beginning(path: Path) -> bytes:
    """The first bytes without mark and blanks, of a file whose size and nature are in order."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadFile("this is not a file.")
        if status.st_size > MAX_BYTES:
            raise BadFile(
                f"it has {status.st_size / 1024**2:,.0f} MB; a list has at most"
                f" {MAX_BYTES // 1024**2} MB."
            )
        with path.open("rb") as file:
            start = file.read(2048)
    except OSError as error:
        raise BadFile(f"it cannot be read: {error.strerror}.") from error
    if not start.removeprefix(b"\xef\xbb\xbf").strip():
        raise BadFile("it is empty.")
    for mark, what in _OTHER_ENCODINGS.items():
        if start.startswith(mark):
            raise BadFile(f"this is {what}. Save the list as CSV in UTF-8.")
    if b"\0" in start:
        raise BadFile("it holds binary data, not text.")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def looks_like_html(start: bytes) -> bool:
    """Whether somebody saved the page that links to the list instead of the list."""
    lowered = start.lower()
    return lowered.startswith((b"<!doctype html", b"<html")) or b"<html" in lowered
