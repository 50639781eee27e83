"""Offices as they are opened, from a row of a list or by hand: unsaved, with what their seat gives them."""

from __future__ import annotations

import hashlib
from datetime import date
from zoneinfo import ZoneInfo

from comptoir.people import district_defaults
from comptoir.people.models import Chamber, District, Office, Province, sort_key
from comptoir.people.place_names import matching_key


class Numbering:
    """References for a chamber's new offices: running numbers, and nothing about the person."""

    def __init__(self, chamber: Chamber) -> None:
        self._opened: dict[int | None, int] = {}
        offices = Office.objects.filter(chamber=chamber)
        for district_id in offices.values_list("district_id", flat=True):
            self._opened[district_id] = self._opened.get(district_id, 0) + 1

    def next_in(self, district: District | None) -> str:
        """The district's code and how many offices it has had; a senator's is counted alone."""
        key = district.pk if district is not None else None
        self._opened[key] = number = self._opened.get(key, 0) + 1
        return f"senate-{number:04}" if district is None else f"{district.code}-{number}".lower()


def commons_office(
    district: District,
    *,
    reference: str,
    legislator: str,
    honorific: str,
    source_id: str,
    since: date,
) -> Office:
    """The office of a member, in the language and the zone of the district."""
    return Office(
        reference=reference,
        chamber=Chamber.COMMONS,
        district=district,
        province=district.province,
        source_id=source_id,
        honorific=honorific,
        legislator=legislator,
        sort_name=sort_key(legislator),
        language=district_defaults.language_of_district(district.french_share),
        time_zone=_zone(district_defaults.zone_of(Province(district.province), district.code)),
        since=since,
    )


def senate_office(
    *, reference: str, legislator: str, division: str, province: Province, since: date
) -> Office:
    """The office of a senator, in the language and the zone of the province."""
    return Office(
        reference=reference,
        chamber=Chamber.SENATE,
        division=division,
        province=province,
        source_id=senator_id(legislator),
        legislator=legislator,
        sort_name=sort_key(legislator),
        language=district_defaults.language_of_province(province),
        time_zone=_zone(district_defaults.zone_of(province)),
        since=since,
    )


def in_the_seat_of(
    office: Office, *, legislator: str, honorific: str, source_id: str, since: date
) -> Office:
    """The office of whoever follows in the seat of this one; it is numbered when it is opened."""
    if office.district is None:
        return senate_office(
            reference="",
            legislator=legislator,
            division=office.division,
            province=Province(office.province),
            since=since,
        )
    return commons_office(
        office.district,
        reference="",
        legislator=legislator,
        honorific=honorific,
        source_id=source_id,
        since=since,
    )


def senator_id(name: str) -> str:
    """What stands for a senator's missing number."""
    return hashlib.sha256(matching_key(name).encode()).hexdigest()[:16]


def _zone(name: str) -> str:
    """The name, once the zone is known to exist in the data we ship."""
    return ZoneInfo(name).key
