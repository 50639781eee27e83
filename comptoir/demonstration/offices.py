"""The offices: the real federal districts and seats of the Senate, with legislators who do not exist."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from random import Random

from comptoir.demonstration.names import Namer
from comptoir.demonstration.scale import Scale
from comptoir.people import district_defaults
from comptoir.people.models import (
    Chamber,
    District,
    Language,
    Office,
    OfficeAddress,
    OfficeEnd,
    OfficeStatus,
    OfficeTelephone,
    Province,
    sort_key,
)

SENATE_SEATS = {
    Province.ON: 24,
    Province.QC: 24,
    Province.NS: 10,
    Province.NB: 10,
    Province.MB: 6,
    Province.SK: 6,
    Province.AB: 6,
    Province.BC: 6,
    Province.NL: 6,
    Province.PE: 4,
    Province.YT: 1,
    Province.NT: 1,
    Province.NU: 1,
}
"""Constitution Act, 1867, s. 22, as amended: 105 seats."""

QUEBEC_DIVISIONS = (
    "Alma",
    "Bedford",
    "De la Durantaye",
    "De la Vallière",
    "De Lanaudière",
    "De Lorimier",
    "De Salaberry",
    "Grandville",
    "Gulf",
    "Inkerman",
    "Kennebec",
    "La Salle",
    "Lauzon",
    "Les Laurentides",
    "Mille Isles",
    "Montarville",
    "Repentigny",
    "Rigaud",
    "Rougemont",
    "Saurel",
    "Shawinegan",
    "Stadacona",
    "Victoria",
    "Wellington",
)
"""The twenty-four of Lower Canada, for which Quebec's senators are appointed."""

AREA_CODES = {
    Province.NL: "709",
    Province.PE: "902",
    Province.NS: "902",
    Province.NB: "506",
    Province.QC: "514",
    Province.ON: "416",
    Province.MB: "204",
    Province.SK: "306",
    Province.AB: "780",
    Province.BC: "604",
    Province.YT: "867",
    Province.NT: "867",
    Province.NU: "867",
}
POSTAL_LETTERS = {
    Province.NL: "A",
    Province.PE: "C",
    Province.NS: "B",
    Province.NB: "E",
    Province.QC: "H",
    Province.ON: "K",
    Province.MB: "R",
    Province.SK: "S",
    Province.AB: "T",
    Province.BC: "V",
    Province.YT: "Y",
    Province.NT: "X",
    Province.NU: "X",
}
ENGLISH_OFFICE, FRENCH_OFFICE = "mp-35109", "mp-24037"
"""Toronto Centre and Laurier—Sainte-Marie: where the people who can sign in work."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How much an office asks for, relative to others, and whether it has the habit of giving up late."""

    weight: float
    gives_up_late: bool = False


def make(
    scale: Scale, namer: Namer, rng: Random, *, opened_at: datetime
) -> tuple[list[Office], list[Demand]]:
    """Write districts, offices, addresses and telephones; the offices and what each asks for."""
    districts = District.objects.bulk_create(_districts(scale.members))
    offices = [_member(district, namer, opened_at) for district in districts]
    offices += [
        _senator(province, number, namer, opened_at) for province, number in _seats(scale.senators)
    ]
    vacant = offices[len(districts) // 2]
    vacant.status, vacant.status_reason = OfficeStatus.SUSPENDED, OfficeEnd.VACANCY
    Office.objects.bulk_create(offices)
    OfficeAddress.objects.bulk_create(
        [address for office in offices for address in _addresses(office, rng)]
    )
    OfficeTelephone.objects.bulk_create(
        [
            OfficeTelephone(office=office, label=label, number=telephone(office, line))
            for number, office in enumerate(offices)
            for line, label in enumerate(_labels(office)["telephones"], start=2 * number)
        ]
    )
    return offices, _demands(offices, rng)


def telephone(office: Office, line: int) -> str:
    """A number of the block 555-0100 to 555-0199, which is kept for fiction."""
    return f"{AREA_CODES[Province(office.province)]}-555-01{line % 100:02}"


def _districts(count: int) -> list[District]:
    """All districts, or `count` of them spread over the country, those of the cast among them."""
    source = resources.files("comptoir.people") / "data" / "federal-electoral-districts.csv"
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    if count < len(rows):
        cast = [row for row in rows if f"mp-{row['code']}" in (ENGLISH_OFFICE, FRENCH_OFFICE)]
        others = [row for row in rows if row not in cast]
        step = len(others) // (count - len(cast))
        rows = sorted(cast + others[::step][: count - len(cast)], key=lambda row: row["code"])
    return [
        District(
            code=row["code"],
            name_en=row["name_en"],
            name_fr=row["name_fr"],
            province=row["province"],
            population=int(row["population"]),
            french_share=row["french_first_language_pct"],
        )
        for row in rows
    ]


def _seats(count: int) -> list[tuple[Province, int]]:
    """The seats of the Senate by province, or the first `count` taken from each in turn."""
    seats = [
        (province, number)
        for province, seats in SENATE_SEATS.items()
        for number in range(1, seats + 1)
    ]
    return seats if count >= len(seats) else sorted(seats, key=lambda seat: seat[1])[:count]


def _member(district: District, namer: Namer, opened_at: datetime) -> Office:
    province = Province(district.province)
    language = district_defaults.language_of_district(Decimal(district.french_share))
    return _office(
        f"mp-{district.code}",
        province,
        language,
        namer,
        opened_at,
        chamber=Chamber.COMMONS,
        district=district,
        time_zone=district_defaults.zone_of(province, district.code),
        since=date(2025, 4, 28),
    )


def _senator(province: Province, number: int, namer: Namer, opened_at: datetime) -> Office:
    french = province == Province.NB and number % 3 == 0
    return _office(
        f"sen-{province.lower()}-{number:02}",
        province,
        Language.FRENCH if french else district_defaults.language_of_province(province),
        namer,
        opened_at,
        chamber=Chamber.SENATE,
        division=QUEBEC_DIVISIONS[number - 1] if province == Province.QC else "",
        time_zone=district_defaults.zone_of(province),
        since=date(2008 + number % 17, 1 + number % 12, 3),
    )


def _office(
    reference: str,
    province: Province,
    language: Language,
    namer: Namer,
    opened_at: datetime,
    **values: object,
) -> Office:
    name = namer.name(language)
    return Office(
        reference=reference,
        source_id=f"demo-{reference}",
        province=province,
        legislator=name,
        sort_name=sort_key(" ".join(reversed(name.split(" ", 1)))),
        language=language,
        status_at=opened_at,
        **values,
    )


def _labels(office: Office) -> dict[str, list[str]]:
    if office.language == Language.FRENCH:
        return {
            "telephones": ["Bureau principal", "Adjointe ou adjoint"],
            "addresses": ["Bureau principal", "Bureau de la colline du Parlement"],
        }
    return {
        "telephones": ["Main office", "Assistant"],
        "addresses": ["Main office", "Parliament Hill office"],
    }


def _addresses(office: Office, rng: Random) -> list[OfficeAddress]:
    """The office at home and the one on the Hill, which keeps Ottawa's time."""
    home, hill = _labels(office)["addresses"]
    french = office.language == Language.FRENCH
    number = rng.randrange(10, 990)
    letter = POSTAL_LETTERS[Province(office.province)]
    return [
        OfficeAddress(
            office=office,
            label=home,
            street=f"{number}, rue de l’Exemple" if french else f"{number} Example Street",
            city=_town(office),
            province=office.province,
            postal_code=f"{letter}{rng.randrange(10)}{rng.choice('ABCEGHJK')} 0A0",
            time_zone=office.time_zone,
        ),
        OfficeAddress(
            office=office,
            label=hill,
            street="111, rue Wellington" if french else "111 Wellington Street",
            city="Ottawa",
            province=Province.ON,
            postal_code="K1A 0A6",
            time_zone="America/Toronto",
        ),
    ]


def _town(office: Office) -> str:
    name = office.district.name_en if office.district else str(office.province)
    return name.split("—", 1)[0]


def _demands(offices: list[Office], rng: Random) -> list[Demand]:
    """Many ask for little, some for a great deal, more where more people live; senators ask rarely.

    Four offices in a hundred book several times at once and give up late, as the seeds report.
    """
    demands = []
    for office in offices:
        if office.status != OfficeStatus.ACTIVE:
            demands.append(Demand(0.0))
            continue
        size = office.district.population / 110_000 if office.district else 0.35
        weight = size * rng.lognormvariate(0, 0.6)
        late = office.district is not None and rng.random() < 0.04
        demands.append(Demand(weight * (1.8 if late else 1.0), late))
    return demands
