"""The House of Commons' open-data XML list of members, read as it streams by.

Read with a locator, so that a wrong value is reported with its line, and with defusedxml: a file
that declares a document type is refused before any entity in it can grow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from comptoir.people.importing.rows import BadFile, BadRow, Fields, MemberRow, Row

ROOT = "ArrayOfMemberOfParliament"
RECORD = "MemberOfParliament"
LONGEST_VALUE = 1_000
CHUNK = 64 * 1024


def read(path: Path) -> Iterator[Row]:
    """The members, one by one. Raises BadFile, and BadRow for a row one can go on after."""
    return _Members(path)


class _Members(Iterator[Row]):
    """Feeds the parser a piece at a time and hands out what came of it."""

    def __init__(self, path: Path) -> None:
        self.pieces = _pieces(path)
        self.parser = create_parser(forbid_dtd=True)
        # Fed in pieces, the parser announces no locator: it is its own.
        self.handler = _Handler(self.parser)
        self.parser.setContentHandler(self.handler)

    def __next__(self) -> Row:
        while not self.handler.records:
            try:
                piece = next(self.pieces, None)
                if piece is None:
                    self.parser.close()
                    break
                self.parser.feed(piece)
            except DefusedXmlException as error:
                raise BadFile(
                    "it declares a document type or entities, which a list of members never does."
                ) from error
            except SAXParseException as error:
                where = f"line {error.getLineNumber()}"
                raise BadFile(f"{where} is not well-formed XML: {error.getMessage()}.") from error
            except (LookupError, ValueError) as error:
                raise BadFile("it declares an encoding that cannot be read.") from error
        if not self.handler.records:
            raise StopIteration
        line, values = self.handler.records.popleft()
        return _member(Fields(line, values))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


class _Handler(ContentHandler):
    """Collects the texts of each record's elements, with the line on which the record began."""

    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator
        self.records: deque[tuple[int, dict[str, str]]] = deque()
        self.depth = 0
        self.line = 0
        self.values: dict[str, str] = {}
        self.text: list[str] = []
        self.length = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self.depth += 1
        if self.depth == 1 and name != ROOT:
            raise BadFile(
                f"its first element is {name[:60]!r}; a list of members begins with {ROOT}."
            )
        if self.depth == 2:
            if name != RECORD:
                raise BadFile(
                    f"line {self._line()}: {name[:60]!r} stands where {RECORD} is expected."
                )
            self.line, self.values = self._line(), {}
        if self.depth > 4:
            raise BadFile(f"line {self._line()}: elements are nested too deep.")
        self.text, self.length = [], 0

    def characters(self, content: str) -> None:
        self.length += len(content)
        if self.length > LONGEST_VALUE:
            raise BadFile(f"line {self._line()}: a value has more than {LONGEST_VALUE} characters.")
        self.text.append(content)

    def endElement(self, name: str) -> None:
        if self.depth == 3:
            self.values[name] = "".join(self.text)
        if self.depth == 2:
            self.records.append((self.line, self.values))
        self.depth -= 1
        self.text, self.length = [], 0

    def _line(self) -> int:
        return int(self.locator.getLineNumber() or 0)


def _member(fields: Fields) -> MemberRow:
    first = fields.text("PersonOfficialFirstName", longest=90)
    last = fields.text("PersonOfficialLastName", longest=90)
    since = fields.day("FromDateTime")
    # Empty for xsi:nil, which is how the list says "still sitting".
    vacated = fields.text("ToDateTime", longest=40, required=False)
    until = fields.day("ToDateTime") if vacated else None
    if until is not None and until < since:
        raise BadRow(fields.line, "ToDateTime", f"{until} is before FromDateTime, {since}")
    return MemberRow(
        line=fields.line,
        source_id=str(fields.whole("PersonId")),
        honorific=fields.text("PersonShortHonorific", longest=40, required=False),
        name=f"{first} {last}",
        constituency=fields.text("ConstituencyName"),
        province=fields.province("ConstituencyProvinceTerritoryName"),
        since=since,
        until=until,
    )
