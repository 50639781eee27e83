"""Files nobody has checked: read row by row, or refused in one line."""

from __future__ import annotations

import os
import tracemalloc
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.people.importing import formats, rows
from comptoir.people.models import Province
from comptoir.people.place_names import matching_key
from tests.people.importing.lists import (
    AVALON,
    DISTRICTS_HEADER,
    REAL_DISTRICTS,
    SENATORS_HEADER,
    member,
    members_xml,
    text_file,
)


def read(path: Path, kind: formats.Kind | None = None) -> list[rows.Row]:
    return rows.collect(formats.read(path, kind)[1])


def refusal(path: Path, kind: formats.Kind | None = None) -> str:
    with pytest.raises(rows.BadFile) as refused:
        read(path, kind)
    message = str(refused.value)
    assert "\n" not in message
    return message


def faults(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(rows.BadRows) as refused:
        read(path)
    return [(fault.line, fault.column) for fault in refused.value.faults]


def test_the_real_list_has_343_districts_in_both_languages() -> None:
    found = read(REAL_DISTRICTS)

    assert len(found) == 343
    first = found[0]
    assert isinstance(first, rows.DistrictRow)
    assert (first.code, first.province, first.population) == ("10001", Province.NL, 81_735)
    assert first.french_share == Decimal("0.2")
    assert {row.province for row in found} == set(Province)


def test_a_member_is_read_without_the_party(tmp_path: Path) -> None:
    (row,) = read(members_xml(tmp_path / "members.xml", [member()]))

    assert row == rows.MemberRow(
        line=3,
        source_id="110001",
        honorific="Hon.",
        name="Camille Exemple",
        constituency="Avalon",
        province=Province.NL,
        since=date(2025, 4, 28),
        until=None,
    )
    assert "Caucus" not in repr(row)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_xml_says_its_own_encoding(tmp_path: Path, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    path = members_xml(
        tmp_path / "members.xml", [member(PersonOfficialFirstName="Zoé")], encoding=declared
    )
    if encoding == "utf-8-sig":
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    if encoding == "utf-16":
        # Not what the House publishes: refused with what to do.
        assert "UTF-16" in refusal(path)
        return

    (row,) = read(path)

    assert isinstance(row, rows.MemberRow)
    assert row.name == "Zoé Exemple"


def test_a_vacated_seat_has_an_end(tmp_path: Path) -> None:
    (row,) = read(members_xml(tmp_path / "members.xml", [member(ToDateTime="2026-03-02T00:00:00")]))

    assert isinstance(row, rows.MemberRow)
    assert row.until == date(2026, 3, 2)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_may_be_separated_as_either_languages_spreadsheet_does(
    tmp_path: Path, separator: str
) -> None:
    path = text_file(
        tmp_path / "senators.csv",
        SENATORS_HEADER.replace(",", separator),
        separator.join(["Noé Exemple", "De la Vallière", "Québec", "2018-06-01"]),
    )

    assert read(path) == [
        rows.SenatorRow(2, "Noé Exemple", "De la Vallière", Province.QC, date(2018, 6, 1))
    ]


def test_every_bad_row_is_named_with_its_line_and_column(tmp_path: Path) -> None:
    path = text_file(
        tmp_path / "districts.csv",
        DISTRICTS_HEADER,
        AVALON,
        "10002,Cape Spear,Cape Spear,Atlantis,85165,0.4",
        "",
        "10003,,Central Newfoundland,NL,74120,0.2",
        "10004,Labrador,Labrador,NL,many,1.5",
        "10005,Terra Nova,Terra Nova,NL,76000,101",
        "10006,St. John's East,NL,85165,0.4",
    )

    assert faults(path) == [
        (3, "province"),
        (5, "name_en"),
        (6, "population"),
        (7, "french_first_language_pct"),
        (8, "columns"),
    ]


def test_a_bad_member_is_named_with_the_line_of_the_record_and_the_element(tmp_path: Path) -> None:
    path = members_xml(
        tmp_path / "members.xml",
        [
            member(),
            member(PersonId="none"),
            member(FromDateTime="28/04/2025"),
            member(PersonId="7"),
        ],
    )

    assert faults(path) == [(14, "PersonId"), (25, "FromDateTime")]


def test_a_member_does_not_leave_before_arriving(tmp_path: Path) -> None:
    path = members_xml(tmp_path / "members.xml", [member(ToDateTime="2020-01-01T00:00:00")])

    assert faults(path) == [(3, "ToDateTime")]


def test_a_file_full_of_mistakes_is_not_listed_to_the_end(tmp_path: Path) -> None:
    path = text_file(tmp_path / "d.csv", DISTRICTS_HEADER, *["1,a,b,XX,1,1"] * 500)

    with pytest.raises(rows.BadRows) as refused:
        read(path)
    assert (len(refused.value.faults), refused.value.more) == (rows.MAX_BAD_ROWS, True)


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    lines = ['<?xml version="1.0"?>', "<!DOCTYPE bomb [", '<!ENTITY a0 "boom">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    lines += ["]>", "<ArrayOfMemberOfParliament>&a11;</ArrayOfMemberOfParliament>"]

    assert "entities" in refusal(text_file(tmp_path / "bomb.xml", *lines))


def test_a_file_on_this_machine_cannot_be_read_through_an_entity(tmp_path: Path) -> None:
    secret = text_file(tmp_path / "secret.txt", "secret")
    path = text_file(
        tmp_path / "members.xml",
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>',
        "<ArrayOfMemberOfParliament><MemberOfParliament><PersonId>&e;</PersonId>"
        "</MemberOfParliament></ArrayOfMemberOfParliament>",
    )

    assert "entities" in refusal(path)


def test_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1024**3)

    assert "1,024 MB" in refusal(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"<!DOCTYPE html><html><body>Members</body></html>", "web page"),
        (b"<?xml version='1.0'?><html xmlns='x'></html>", "web page"),
        (b"<rss><channel/></rss>", "first element"),
        (b"<ArrayOfMemberOfParliament><Senator/></ArrayOfMemberOfParliament>", "Senator"),
        (b"<ArrayOfMemberOfParliament><MemberOfParliament>", "not well-formed"),
        (b"<ArrayOfMemberOfParliament>" + b"<MemberOfParliament><a><b><c>", "nested too deep"),
        (
            b"<ArrayOfMemberOfParliament><MemberOfParliament><PersonId>" + b"1" * 5_000,
            "more than 1000 characters",
        ),
        (b"<?xml version='1.0' encoding='x-none'?><a/>", "encoding"),
        (b"<?xml version='1.0' encoding='zlib_codec'?><a/>", "encoding"),
        ("nom,prénom\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest of a spreadsheet", "spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (b"name,division\0,province,since\n", "binary"),
        (b"colour,shape\nred,round\n", "columns"),
        (
            "name,division,province,since\nZoé,,QC,2018-06-01\n".encode("latin-1"),
            "line 2 is not UTF-8",
        ),
        (b"name,division,province,since\n" + b"x" * 20_000, "line 2 has more than"),
        (b'name,division,province,since\n"open,,QC,2018-06-01\n', "line 3 cannot be read"),
        (b"name,name,division,province,since\n", "twice"),
    ],
)
def test_what_is_not_a_list_gets_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    assert words in refusal(path)


def test_what_is_not_a_file_gets_one_clear_line(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert refusal(tmp_path) == "this is not a file."
    assert refusal(pipe) == "this is not a file."
    assert "No such file" in refusal(tmp_path / "absent.csv")


def test_the_kind_may_be_insisted_on(tmp_path: Path) -> None:
    senators = text_file(tmp_path / "s.csv", SENATORS_HEADER, "Noé,,QC,2018-06-01")
    members = members_xml(tmp_path / "m.xml", [member()])

    assert "of districts" in refusal(senators, formats.Kind.DISTRICTS)
    assert "XML" in refusal(senators, formats.Kind.MEMBERS)
    assert "CSV" in refusal(members, formats.Kind.SENATORS)
    assert len(read(members, formats.Kind.MEMBERS)) == 1


def test_reading_xml_takes_little_memory_however_long_the_list(tmp_path: Path) -> None:
    path = members_xml(tmp_path / "m.xml", (member(PersonId=n) for n in range(20_000)))
    assert path.stat().st_size > 8_000_000

    tracemalloc.start()
    count = sum(1 for _ in formats.read(path)[1])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 20_000
    assert peak < 3_000_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Abitibi—Témiscamingue", "Abitibi - Temiscamingue"),
        ("St. John's East", "ST. JOHN’S EAST"),
        (
            "Gaspésie–Les Îles-de-la-Madeleine–Listuguj",
            "Gaspesie Les Iles de la Madeleine Listuguj",
        ),
    ],
)
def test_names_match_whatever_their_dashes_and_accents(one: str, other: str) -> None:
    assert matching_key(one) == matching_key(other)


@given(st.binary(max_size=4_000))
def test_no_bytes_end_in_anything_but_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)

    with suppress(rows.BadFile, rows.BadRows):
        read(path)


@given(st.lists(st.text(max_size=12), max_size=40))
def test_no_values_of_a_table_end_in_anything_but_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "file.csv"
    path.write_bytes(
        "\n".join([DISTRICTS_HEADER, ",".join(values)]).encode("utf-8", "surrogatepass")
    )

    with suppress(rows.BadFile, rows.BadRows):
        read(path)
