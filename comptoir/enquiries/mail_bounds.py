"""Bounds of reading a mail: where it is cut before it is read, and which characters of a text are kept.

within(raw) -> bytes, faults     the mail up to the first bound it goes beyond, found by plain search
plain(text) -> str               what a table and a page may hold of it
one_line(text) -> str            the same of a name or subject: in one line, in the order it is written
"""

from __future__ import annotations

import re
import unicodedata

LARGEST = 25_000_000
"""Bytes of a mail that are kept and read: what most servers take at the most (ours)."""

MOST_PARTS = 200
DEEPEST = 20
MOST_CONTAINERS = 50
MOST_DASHED_LINES = 2_000
MOST_COLON_LINES = 20_000
MOST_LINES = 500_000
LARGEST_HEADER = 100_000
MOST_HEADERS = 500
LONGEST_VALUE = 20_000
LONGEST_HTML = 500_000
MOST_TAGS = 10_000
LONGEST_TEXT = 100_000
LONGEST_SUBJECT = 200
LONGEST_NAME = 200
MOST_ATTACHMENTS = 100
"""Ours, each far beyond what people write."""

DASHED = re.compile(rb"^--", re.MULTILINE)
COLON = re.compile(rb"^[!-9;-~]{1,80}[ \t]*:", re.MULTILINE)
CONTAINER = re.compile(rb"^content-type[ \t]*:\s{0,100}(?:multipart|message)\b", re.I | re.M)
LINE = re.compile(rb"\n")
END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


def plain(text: str) -> str:
    """The text without what no table and no page may hold: nulls, lone surrogates, control characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        letter for letter in whole if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    )


TURNED = dict.fromkeys(
    map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""Marks that turn the order of letters, by which "fdp.exe" is shown as "exe.pdf"."""


def one_line(text: str) -> str:
    """A name or a subject: plain, in one line, and shown as it is spelled."""
    return " ".join(plain(text).translate(TURNED).split())


class Faults:
    """Codes of faults, each once."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = list(codes)

    def add(self, code: str) -> None:
        if code not in self.codes:
            self.codes.append(code)


def within(raw: bytes) -> tuple[bytes, list[str]]:
    """The mail up to the first bound that it goes beyond."""
    faults = []
    if len(raw) > LARGEST:
        raw, faults = raw[:LARGEST], ["too_large"]
    raw = _with_small_header(raw, faults)
    for pattern, most, code in (
        (LINE, MOST_LINES, "too_many_lines"),
        (COLON, MOST_COLON_LINES, "too_many_headers"),
        (DASHED, MOST_DASHED_LINES, "too_many_parts"),
        (CONTAINER, MOST_CONTAINERS, "too_deep"),
    ):
        for number, found in enumerate(pattern.finditer(raw)):
            if number == most:
                raw = raw[: found.start()]
                faults.append(code)
                break
    return raw, faults


def _with_small_header(raw: bytes, faults: list[str]) -> bytes:
    end = END_OF_HEADERS.search(raw)
    size = end.start() if end else len(raw)
    if size <= LARGEST_HEADER:
        return raw
    faults.append("header_too_large")
    return raw[:LARGEST_HEADER].rpartition(b"\n")[0] + (raw[end.start() :] if end else b"")
