"""What a list changes: everything or nothing, and nothing the second time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptoir.audit.models import Event
from comptoir.people import permissions
from comptoir.people.actions import imports
from comptoir.people.importing import rows
from comptoir.people.importing.plans import Plan
from comptoir.people.models import District, Office, OfficeStatus, Province
from tests.people.factories import DistrictFactory, GrantFactory, OfficeFactory
from tests.people.importing.lists import (
    AVALON,
    DISTRICTS_HEADER,
    LABRADOR,
    REAL_DISTRICTS,
    SENATORS_HEADER,
    member,
    members_xml,
    text_file,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def run(path: Path, **changes: Any) -> Plan:
    return imports.import_list(path=path, by=None, **({"now": NOW} | changes))


@pytest.fixture
def districts(tmp_path: Path) -> None:
    run(text_file(tmp_path / "districts.csv", DISTRICTS_HEADER, AVALON, LABRADOR))


def in_labrador(**changes: Any) -> dict[str, Any]:
    return member(PersonId="110002", ConstituencyName="Labrador", **changes)


def import_members(tmp_path: Path, *members: dict[str, Any], **changes: Any) -> Plan:
    return run(members_xml(tmp_path / "members.xml", members), **changes)


def stored() -> list[dict[str, Any]]:
    found: list[Any] = list(District.objects.order_by("code").values())
    return found + list(Office.objects.order_by("pk").values())


def history() -> list[Any]:
    """Every version of every office that the database has kept."""
    return list(apps.get_model("people.OfficeEvent").objects.order_by("pk").values())


def test_the_real_districts_are_imported_once_and_never_twice() -> None:
    first = run(REAL_DISTRICTS)
    before = stored()

    second = run(REAL_DISTRICTS)

    assert (len(first.new_districts), District.objects.count()) == (343, 343)
    assert second.is_empty
    assert second.unchanged == 343
    assert stored() == before
    assert Event.objects.filter(action="people.list_imported").count() == 1


def test_a_corrected_district_is_changed_and_nothing_else(tmp_path: Path) -> None:
    run(text_file(tmp_path / "a.csv", DISTRICTS_HEADER, AVALON, LABRADOR))

    plan = run(text_file(tmp_path / "b.csv", DISTRICTS_HEADER, AVALON.replace("81735", "81736")))

    assert plan.counts()["districts changed"] == 1
    assert District.objects.get(code="10001").population == 81_736
    assert District.objects.count() == 2


@pytest.mark.usefixtures("districts")
def test_members_get_an_office_in_the_zone_and_language_of_their_district(tmp_path: Path) -> None:
    import_members(tmp_path, member(), in_labrador())

    avalon, labrador = Office.objects.order_by("reference")
    assert (avalon.reference, avalon.legislator) == ("10001-1", "Camille Exemple")
    assert (avalon.time_zone, labrador.time_zone) == ("America/St_Johns", "America/Goose_Bay")
    assert (avalon.language, avalon.status, avalon.status_at) == ("en", "active", NOW)
    assert (avalon.since, avalon.honorific) == (date(2025, 4, 28), "Hon.")


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize(
    ("number", "name", "is_theirs"),
    [
        ("110001", "Somebody Misspelled", True),
        ("", "CAMILLE EXEMPLE", True),
        ("", "Somebody Else", False),
        ("110009", "Camille Exemple", False),
    ],
)
def test_the_list_knows_an_office_opened_by_hand_by_its_number_else_by_the_name(
    tmp_path: Path, number: str, name: str, is_theirs: bool
) -> None:
    office = OfficeFactory.create(
        district=District.objects.get(code="10001"), source_id=number, legislator=name
    )

    plan = import_members(tmp_path, member())

    office.refresh_from_db()
    assert (len(plan.new_offices), len(plan.leaving)) == ((0, 0) if is_theirs else (1, 1))
    assert (office.status, office.source_id) == (
        ("active", "110001") if is_theirs else ("closed", number)
    )


@pytest.mark.usefixtures("districts")
def test_who_follows_is_named_on_record(tmp_path: Path) -> None:
    import_members(tmp_path, member())
    before = Office.objects.get()

    import_members(tmp_path, member(PersonId="110003", FromDateTime="2026-11-16T00:00:00"))

    before.refresh_from_db()
    assert before.successor is not None
    event = Event.objects.get(action="people.successor_named")
    assert (event.office_id, event.detail["successor"]) == (before.pk, before.successor.pk)


@pytest.mark.usefixtures("districts")
def test_the_party_is_stored_nowhere(tmp_path: Path) -> None:
    import_members(tmp_path, member(CaucusShortName="Unmistakable"))

    everything = str([*stored(), *history(), *Event.objects.values()])
    assert "Unmistakable" not in everything


@pytest.mark.usefixtures("districts")
def test_a_member_list_is_imported_once_and_never_twice(tmp_path: Path) -> None:
    members = [member(), in_labrador()]
    import_members(tmp_path, *members)
    before, versions = stored(), history()

    again = import_members(tmp_path, *members, now=NOW + timedelta(days=1))

    assert again.is_empty
    assert stored() == before
    assert history() == versions


@pytest.mark.usefixtures("districts")
def test_what_people_changed_on_an_office_survives_the_next_list(tmp_path: Path) -> None:
    import_members(tmp_path, member())
    Office.objects.update(time_zone="America/Goose_Bay", language="fr", remind_hour_before=False)

    plan = import_members(tmp_path, member())

    assert plan.is_empty
    office = Office.objects.get()
    assert (office.time_zone, office.language) == ("America/Goose_Bay", "fr")


@pytest.mark.usefixtures("districts")
def test_a_corrected_name_is_corrected_in_place_and_in_order(tmp_path: Path) -> None:
    import_members(tmp_path, member())

    import_members(tmp_path, member(PersonOfficialLastName="Évènement"))

    office = Office.objects.get()
    assert (office.legislator, office.sort_name) == ("Camille Évènement", "camille evenement")


@pytest.mark.usefixtures("districts")
def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    before = stored()

    plan = import_members(tmp_path, member(), dry_run=True)

    assert plan.lines() == ["+ 10001-1 Camille Exemple (Avalon)"]
    assert stored() == before
    assert import_members(tmp_path, member()).lines() == plan.lines()


@pytest.mark.usefixtures("districts")
def test_one_bad_row_and_nothing_is_imported(tmp_path: Path) -> None:
    before = stored()

    with pytest.raises(rows.BadRows) as refused:
        import_members(tmp_path, member(), in_labrador(FromDateTime="soon"))

    assert [(fault.line, fault.column) for fault in refused.value.faults] == [(14, "FromDateTime")]
    assert stored() == before


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"ConstituencyName": "Atlantis"}, "ConstituencyName", "no district we know"),
        ({"ConstituencyProvinceTerritoryName": "Ontario"}, "ConstituencyName", "no district"),
        ({"PersonId": "9"}, "ConstituencyName", "two sitting members (see line 3)"),
        ({"ConstituencyName": "Labrador"}, "PersonId", "the same as on line 3"),
    ],
)
def test_rows_that_contradict_us_or_each_other_are_refused(
    tmp_path: Path, changes: dict[str, Any], column: str, words: str
) -> None:
    with pytest.raises(rows.BadRows) as refused:
        import_members(tmp_path, member(), member(**changes))

    (fault,) = refused.value.faults
    assert (fault.line, fault.column) == (14, column)
    assert words in fault.message
    assert not Office.objects.exists()


def test_a_district_is_found_by_its_french_name_and_whatever_its_dashes(tmp_path: Path) -> None:
    DistrictFactory.create(
        name_en="Thunder Bay—Superior North", name_fr="Thunder Bay—Supérieur-Nord", province="ON"
    )

    import_members(
        tmp_path,
        member(
            ConstituencyName="THUNDER BAY - SUPERIEUR NORD",
            ConstituencyProvinceTerritoryName="Ontario",
        ),
    )

    assert Office.objects.count() == 1


@pytest.mark.usefixtures("districts")
def test_a_by_election_opens_a_new_office_and_closes_the_old_one(tmp_path: Path) -> None:
    import_members(tmp_path, member())
    grant = GrantFactory.create(office=Office.objects.get())

    import_members(
        tmp_path,
        member(ToDateTime="2026-06-30T00:00:00"),
        member(PersonId="200", FromDateTime="2026-11-09T00:00:00"),
    )

    old, new = Office.objects.order_by("reference")
    assert (old.status, old.status_reason, old.successor) == ("closed", "by_election", new)
    assert (old.until, new.since, new.reference) == (
        date(2026, 11, 9),
        date(2026, 11, 9),
        "10001-2",
    )
    assert (new.status, new.grants.count()) == ("active", 0)
    assert permissions.standing_of(grant.person, NOW).offices == ()


@pytest.mark.usefixtures("districts")
def test_a_vacated_seat_suspends_its_office_once(tmp_path: Path) -> None:
    import_members(tmp_path, member())
    grant = GrantFactory.create(office=Office.objects.get())
    vacated = member(ToDateTime="2026-11-20T00:00:00")

    import_members(tmp_path, vacated)
    again = import_members(tmp_path, vacated, now=NOW + timedelta(days=1))

    office = Office.objects.get()
    assert (office.status, office.status_reason) == ("suspended", "vacancy")
    assert permissions.standing_of(grant.person, NOW).offices == ()
    assert again.is_empty


@pytest.mark.usefixtures("districts")
def test_a_member_who_left_before_we_began_has_no_office(tmp_path: Path) -> None:
    plan = import_members(tmp_path, member(ToDateTime="2026-01-01T00:00:00"))

    assert plan.is_empty
    assert not Office.objects.exists()


@pytest.mark.usefixtures("districts")
def test_a_member_elected_again_has_the_suspended_office_reopened(tmp_path: Path) -> None:
    import_members(tmp_path, member())
    Office.objects.update(status="suspended", status_reason="dissolution", status_at=NOW)

    same_mandate = import_members(tmp_path, member(), now=NOW + timedelta(days=1))
    assert same_mandate.is_empty
    import_members(
        tmp_path, member(FromDateTime="2026-12-14T00:00:00"), now=NOW + timedelta(days=30)
    )

    office = Office.objects.get()
    assert (office.status, office.since) == ("active", date(2026, 12, 14))


@pytest.mark.usefixtures("districts")
def test_a_mandate_is_compared_with_the_day_of_the_suspension_where_the_centre_works(
    tmp_path: Path,
) -> None:
    """Nine in the evening of the 23rd in Montréal is the 24th in UTC."""
    import_members(tmp_path, member())
    late_on_the_23rd = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    Office.objects.update(
        status="suspended", status_reason="dissolution", status_at=late_on_the_23rd
    )

    import_members(
        tmp_path, member(FromDateTime="2026-11-24T00:00:00"), now=NOW + timedelta(days=30)
    )

    assert Office.objects.get().status == "active"


@pytest.mark.usefixtures("districts")
def test_two_members_may_swap_their_seats(tmp_path: Path) -> None:
    import_members(tmp_path, member(), in_labrador())

    swapped = [
        member(ConstituencyName="Labrador", FromDateTime="2026-11-02T00:00:00"),
        in_labrador() | {"ConstituencyName": "Avalon", "FromDateTime": "2026-11-02T00:00:00"},
    ]
    import_members(tmp_path, *swapped)

    open_offices = Office.objects.exclude(status=OfficeStatus.CLOSED).order_by("reference")
    assert [(o.reference, o.source_id) for o in open_offices] == [
        ("10001-2", "110002"),
        ("10004-2", "110001"),
    ]
    assert Office.objects.filter(status="closed", successor__isnull=False).count() == 2
    assert import_members(tmp_path, *swapped).is_empty


@pytest.mark.usefixtures("districts")
def test_a_member_who_changes_seats_leaves_an_empty_one_behind(tmp_path: Path) -> None:
    import_members(tmp_path, member())

    import_members(
        tmp_path, member(ConstituencyName="Labrador", FromDateTime="2026-11-02T00:00:00")
    )

    old = Office.objects.get(reference="10001-1")
    assert (old.status, old.successor) == ("closed", None)
    assert Office.objects.get(reference="10004-1").status == "active"


@pytest.mark.usefixtures("districts")
def test_offices_the_list_does_not_name_are_left_alone_unless_it_is_complete(
    tmp_path: Path,
) -> None:
    import_members(tmp_path, member(), in_labrador())

    partial = import_members(tmp_path, member())
    assert [office.reference for office in partial.missing] == ["10004-1"]
    assert Office.objects.active().count() == 2

    import_members(tmp_path, member(), suspend_missing=True)
    assert Office.objects.get(reference="10004-1").status == "suspended"
    assert import_members(tmp_path, member(), suspend_missing=True).is_empty


def senators(tmp_path: Path, *lines: str) -> Path:
    return text_file(tmp_path / "senators.csv", SENATORS_HEADER, *lines)


def test_senators_get_offices_without_a_district(tmp_path: Path) -> None:
    path = senators(
        tmp_path, "Noé Exemple,De la Vallière,Québec,2018-06-01", "Ada Example,,Yukon,2021-01-01"
    )

    run(path)

    ada, noe = Office.objects.order_by("sort_name")
    assert (noe.chamber, noe.district, noe.division) == ("senate", None, "De la Vallière")
    assert (noe.language, noe.time_zone, noe.province) == ("fr", "America/Montreal", Province.QC)
    assert (ada.language, ada.time_zone) == ("en", "America/Whitehorse")
    assert {noe.reference, ada.reference} == {"senate-0001", "senate-0002"}
    assert run(path).is_empty


def test_the_same_senator_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(rows.BadRows, match="the same as on line 2"):
        run(senators(tmp_path, "Noé Exemple,,QC,2018-06-01", "NOE EXEMPLE,,QC,2019-06-01"))


def test_references_go_on_from_offices_that_exist(tmp_path: Path) -> None:
    OfficeFactory.create(senate=True, closed=True, reference="senate-0001")

    run(senators(tmp_path, "Ada Example,,YT,2021-01-01"))

    assert Office.objects.get(legislator="Ada Example").reference == "senate-0002"


def test_a_list_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(rows.BadFile, match="no rows"):
        run(senators(tmp_path))


@pytest.mark.slow
def test_ten_thousand_members_take_a_number_of_queries_that_does_not_grow(
    tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    lines = (f"T{n:05},Place {n},Endroit {n},ON,1000,4.5" for n in range(10_000))
    members = (
        member(
            PersonId=n,
            ConstituencyName=f"Place {n}",
            ConstituencyProvinceTerritoryName="Ontario",
        )
        for n in range(10_000)
    )
    districts = text_file(tmp_path / "d.csv", DISTRICTS_HEADER, *lines)
    path = members_xml(tmp_path / "m.xml", members)

    with django_assert_max_num_queries(45):
        run(districts)
        run(path)

    assert Office.objects.count() == 10_000


NAMES = st.sampled_from(["Ada", "Noé", "Zoë", "Mary-Ann", "O’Neil"])
SEATS = ("Avalon", "Labrador", "Terra Nova")
LISTS = st.lists(
    st.tuples(st.sampled_from(SEATS), st.integers(1, 4), NAMES, st.integers(0, 600), st.booleans()),
    min_size=1,
    max_size=5,
    unique_by=(lambda row: row[0], lambda row: row[1]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lists=st.lists(LISTS, min_size=1, max_size=4))
def test_whatever_was_imported_before_a_list_twice_is_a_list_once(
    tmp_path: Path, lists: list[list[tuple[str, int, str, int, bool]]]
) -> None:
    with transaction.atomic():
        for name in SEATS:
            DistrictFactory.create(name_en=name, province=Province.NL)
        for number, rows_of_list in enumerate(lists):
            path = members_xml(tmp_path / "members.xml", map(_as_member, rows_of_list))
            now = NOW + timedelta(days=700 * number)
            run(path, now=now)
            once = stored()

            again = run(path, now=now + timedelta(days=1))

            assert again.is_empty
            assert stored() == once
            sitting = {str(row[1]) for row in rows_of_list if not row[4]}
            active = set(Office.objects.active().values_list("source_id", flat=True))
            assert sitting <= active | set(_suspended())
        transaction.set_rollback(True)


def _as_member(row: tuple[str, int, str, int, bool]) -> dict[str, Any]:
    seat, number, name, day, has_left = row
    since = date(2026, 1, 1) + timedelta(days=day)
    return member(
        PersonId=number,
        ConstituencyName=seat,
        PersonOfficialFirstName=name,
        FromDateTime=f"{since}T00:00:00",
        ToDateTime=f"{since + timedelta(days=30)}T00:00:00" if has_left else None,
    )


def _suspended() -> list[str]:
    """Offices suspended in a mandate that the list still names: only a new mandate opens them."""
    return list(Office.objects.filter(status="suspended").values_list("source_id", flat=True))
