"""What a file is, by its bytes: never by its name, never two things at once, never a bomb."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comptoir.domain import documents as rule
from comptoir.domain.documents import FileType, recognised
from tests.enquiries.files import DOCX, JPEG, PARTS, PDF, PNG, WORDS, archive

GOOD = {FileType.PDF: PDF, FileType.JPEG: JPEG, FileType.PNG: PNG, FileType.DOCX: DOCX}


@pytest.mark.parametrize("kind", FileType)
def test_each_kind_is_known_by_its_bytes(kind: FileType) -> None:
    assert recognised(GOOD[kind]) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"#!/bin/sh\n",
        b"GIF89a",
        b"II*\x00",
        b"plain words",
        b"<html>" + PDF,
        b" " + PDF,
        b"%PDF-1.4 cut short",
        b"%PDF-9.9\n%%EOF",
        PNG[:-1],
        PNG + b"<script>alert(1)</script>",
        archive({"letter.txt": b"words"}),
        archive({"[Content_Types].xml": WORDS}),
        archive({"word/document.xml": b"<document/>"}),
        archive({**PARTS, "[Content_Types].xml": b"<Types/>"}),
        archive({**PARTS, "../outside.xml": b"x"}),
        archive({**PARTS, "/etc/passwd": b"x"}),
        DOCX[:-10],
        DOCX[: len(DOCX) // 2],
        b"PK\x03\x04" + b"\0" * 100,
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(rule.UnknownType):
        recognised(content)


def test_nothing_is_refused() -> None:
    with pytest.raises(rule.Empty):
        recognised(b"")


def test_a_file_of_five_megabytes_is_taken_and_one_byte_more_is_not() -> None:
    padding = b"%" * (rule.MOST_BYTES - len(PDF))
    largest = PDF[:9] + padding + PDF[9:]

    assert recognised(largest) is FileType.PDF
    with pytest.raises(rule.TooLarge):
        recognised(largest + b"\n")


@pytest.mark.parametrize("content", [PDF, JPEG, PNG[:-12]])
def test_one_with_an_archive_at_its_end_is_refused(content: bytes) -> None:
    end = rule.PNG_END if content.startswith(b"\x89") else b""
    with pytest.raises(rule.TwoInOne):
        recognised(content + archive({"run.js": b"alert(1)"}) + end)


def test_an_archive_that_unpacks_to_far_too_much_is_refused() -> None:
    with pytest.raises(rule.Bomb):
        recognised(archive({**PARTS, "word/media/a.bin": b"\0" * 5_000_000}))


def test_so_is_one_of_thousands_of_parts() -> None:
    with pytest.raises(rule.Bomb):
        recognised(archive({**PARTS, **{f"word/{n}.xml": b"" for n in range(rule.MOST_PARTS)}}))


def test_so_is_one_that_lies_about_the_size_of_what_we_unpack() -> None:
    """The directory says that the list of contents is short; it is not, and no more is read than that."""
    long = archive({**PARTS, "[Content_Types].xml": WORDS + b" " * (rule.MOST_UNPACKED * 3)})
    lies = bytearray(long)
    at = lies.index(b"PK\x01\x02")
    struct.pack_into("<L", lies, at + 24, 100)

    with pytest.raises(rule.Unwelcome):
        recognised(bytes(lies))


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/activeX/activeX1.xml"])
def test_one_that_holds_a_program_is_refused(name: str) -> None:
    with pytest.raises(rule.Program):
        recognised(archive({**PARTS, name: b"x"}))


def test_one_with_a_part_twice_is_refused() -> None:
    twice = DOCX.replace(b"word/document.xml", b"[Content_Types].x"[:17])

    with pytest.raises(rule.UnknownType):
        recognised(twice)


@given(st.binary(max_size=2_000), st.sampled_from([b"", *GOOD.values()]), st.booleans())
def test_whatever_comes_is_a_kind_or_is_refused(noise: bytes, good: bytes, first: bool) -> None:
    content = noise + good if first else good + noise
    try:
        found = recognised(content)
    except rule.Unwelcome:
        return
    assert content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"PK\x03\x04"))
    assert found in FileType


@given(st.binary(min_size=1, max_size=30), st.integers(0, len(DOCX) - 1))
def test_a_broken_archive_breaks_nothing(noise: bytes, at: int) -> None:
    try:
        recognised(DOCX[:at] + noise + DOCX[at + len(noise) :])
    except rule.Unwelcome:
        return


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("passport.pdf", "passport.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\scan.JPG", "scan.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ("evil\u202efdp.exe", "evil fdp.pdf"),
        ("a\0b\nc.pdf", "a b c.pdf"),
        ("résumé de l’été.pdf", "résumé de l’été.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ('a"b<c>.pdf', "a b c.pdf"),
    ],
)
def test_a_name_is_its_last_part_with_the_ending_of_its_kind(given_name: str, kept: str) -> None:
    assert rule.clean_name(given_name, FileType.PDF) == kept


@given(st.text(max_size=300), st.sampled_from(FileType))
@example("\u202e\u2066../x", FileType.DOCX)
def test_no_name_leads_anywhere_or_hides_anything(name: str, kind: FileType) -> None:
    kept = rule.clean_name(name, kind)

    assert len(kept) <= rule.MOST_NAME
    assert kept.endswith(f".{kind.ending}")
    assert not set(kept) & set('/\\\0\r\n"<>:|?*\u202e\u2066')
    assert not kept.startswith(".")
    assert rule.clean_name(kept, kind) == kept
