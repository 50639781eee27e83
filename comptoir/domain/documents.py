"""What a file that somebody gives is, and whether it may be taken: by its bytes, never by its name.

    recognised(content)        what it is; raises Unwelcome
    clean_name(name, kind)     its name as it may be shown and saved again, with the ending of its kind

Four kinds are taken. A file is what it is from its first byte on; one that is something else besides,
such as a picture with an archive at its end, is none of them. A word-processor file is an archive: its
list of contents is read and believed only as far as it makes the file less welcome; nothing of it is
unpacked but the part that says what it is, and of that no more than `MOST_UNPACKED`.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from enum import StrEnum

MOST_BYTES = 5 * 1024 * 1024
MOST_NAME = 100
MOST_PARTS = 1_000
MOST_UNPACKED = 1024 * 1024
MOST_UNPACKED_IN_ALL = 60 * 1024 * 1024
MOST_SQUEEZED = 150
"""How many times larger than packed a part may be: text comes to some 20, a bomb to 1,000."""

PNG_START = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
PDF_END = b"%%EOF"
PDF_END_WITHIN = 1024
CONTENTS = "[Content_Types].xml"
TEXT = "word/document.xml"
TEXT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RUNS = re.compile(r"(vbaproject\.bin|vbadata\.xml|activex)", re.IGNORECASE)
"""Parts of a word-processor file that hold a program."""

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Characters that are not seen and change how a name reads, such as those that turn a line around."""


class FileType(StrEnum):
    """What is taken."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return {"jpeg": "jpg"}.get(self.name.lower(), self.name.lower())


class Unwelcome(Exception):
    """The file is not taken."""


class Empty(Unwelcome):
    """There is nothing in it."""


class TooLarge(Unwelcome):
    """It is larger than a file may be."""


class UnknownType(Unwelcome):
    """It is none of the kinds that are taken, whatever its name says."""


class TwoInOne(Unwelcome):
    """It is one of them and something else besides."""


class Bomb(Unwelcome):
    """Unpacked it would be out of all proportion."""


class Program(Unwelcome):
    """It holds a program."""


def recognised(content: bytes) -> FileType:
    """What the file is; raises Unwelcome."""
    if not content:
        raise Empty
    if len(content) > MOST_BYTES:
        raise TooLarge
    if content.startswith(b"PK\x03\x04"):
        return _text_of_an_office(content)
    found = _by_its_first_bytes(content)
    if found is None:
        raise UnknownType
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise TwoInOne
    return found


def _by_its_first_bytes(content: bytes) -> FileType | None:
    if content.startswith((b"%PDF-1.", b"%PDF-2.")):
        return FileType.PDF if PDF_END in content[-PDF_END_WITHIN:] else None
    if content.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if content.startswith(PNG_START):
        return FileType.PNG if content.endswith(PNG_END) else None
    return None


def _text_of_an_office(content: bytes) -> FileType:
    """A word-processor file, and no other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive.infolist())
            with archive.open(CONTENTS) as part:
                said = part.read(MOST_UNPACKED + 1)
    except Unwelcome:
        raise
    except Exception as error:  # an archive that is broken breaks in many ways
        raise UnknownType from error
    if len(said) > MOST_UNPACKED:
        raise Bomb
    if TEXT_TYPE not in said:
        raise UnknownType
    return FileType.DOCX


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_IN_ALL:
        raise Bomb
    if any(part.file_size > MOST_SQUEEZED * max(part.compress_size, 100) for part in parts):
        raise Bomb
    if any(RUNS.search(name) for name in names):
        raise Program
    leads_out = any(name.startswith("/") or ".." in name.split("/") for name in names)
    if leads_out or len(set(names)) < len(names) or not {CONTENTS, TEXT} <= set(names):
        raise UnknownType


def clean_name(name: str, kind: FileType) -> str:
    """The last part of a path, without what is not seen, no longer than `MOST_NAME`.

    The ending is that of the kind, so that no program on anybody's computer takes it for another.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c if unicodedata.category(c) not in HIDDEN else " " for c in last)
    plain = " ".join(re.sub(r'[<>:"|?*]', " ", seen).split())
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", plain).strip(". ") or "document"
    return f"{stem[: MOST_NAME - 5].rstrip('. ')}.{kind.ending}"
