"""The time zone and language a new office starts with, by its district. Ours; an office may differ.

| where | zone | why |
|---|---|---|
| Newfoundland and Labrador | St. John's | |
| Labrador (10004) | Goose Bay | Labrador keeps Atlantic time, but for its south-east coast |
| Prince Edward Island, Nova Scotia | Halifax | |
| New Brunswick | Moncton | |
| Quebec | Montréal | the Magdalen Islands (24024) and the Lower North Shore keep Atlantic time: \
their addresses carry a zone of their own |
| Ontario | Toronto | |
| Kenora-Kiiwetinoong (35045) | Winnipeg | north-western Ontario west of 90 degrees keeps Central \
time; the two Thunder Bay districts live by Thunder Bay, on Eastern time |
| Manitoba | Winnipeg | |
| Saskatchewan | Regina | the city of Lloydminster keeps Alberta's time, its district does not |
| Alberta | Edmonton | |
| British Columbia | Vancouver | the Peace River country has kept Vancouver's present time for long |
| Columbia-Kootenay-Southern Rockies (59007) | Edmonton | the East Kootenay lives by Alberta's time |
| Yukon | Whitehorse | |
| Northwest Territories | Yellowknife | |
| Nunavut | Iqaluit | its west keeps Central and Mountain time: addresses carry a zone of their own |
"""

from __future__ import annotations

from decimal import Decimal

from comptoir.people.models import Language, Province

ZONES = {
    Province.NL: "America/St_Johns",
    Province.PE: "America/Halifax",
    Province.NS: "America/Halifax",
    Province.NB: "America/Moncton",
    Province.QC: "America/Montreal",
    Province.ON: "America/Toronto",
    Province.MB: "America/Winnipeg",
    Province.SK: "America/Regina",
    Province.AB: "America/Edmonton",
    Province.BC: "America/Vancouver",
    Province.YT: "America/Whitehorse",
    Province.NT: "America/Yellowknife",
    Province.NU: "America/Iqaluit",
}

EXCEPTIONS = {
    "10004": "America/Goose_Bay",
    "35045": "America/Winnipeg",
    "59007": "America/Edmonton",
}
"""By district code (2023 representation order)."""

FRENCH_FROM = Decimal(40)
"""Per cent. In Montréal's districts French is the first language of 40 to 50 % and the common one."""


def zone_of(province: Province, district_code: str = "") -> str:
    """The zone most of the district lives by."""
    return EXCEPTIONS.get(district_code) or ZONES[province]


def language_of_district(french_share: Decimal) -> Language:
    """French where French is the common language."""
    return Language.FRENCH if french_share >= FRENCH_FROM else Language.ENGLISH


def language_of_province(province: Province) -> Language:
    """For a senator, who has no district."""
    return Language.FRENCH if province is Province.QC else Language.ENGLISH
