"""People, offices and grants for tests: real rows, clearly fictional."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from comptoir.people.models import (
    Chamber,
    District,
    Grant,
    Invitation,
    Language,
    Office,
    OfficeAddress,
    OfficeEnd,
    OfficeStatus,
    OfficeTelephone,
    Person,
    Province,
    Role,
    person_named,
    sort_key,
)

LONG_AGO = datetime(2022, 1, 3, 14, 0, tzinfo=UTC)
"""When everything that a test does not date began."""


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n:04}")
    email = factory.Sequence(lambda n: f"person{n:04}@people.example")
    language = Language.ENGLISH
    time_zone = "America/Toronto"
    created_at = LONG_AGO

    class Params:
        french = factory.Trait(language=Language.FRENCH, time_zone="America/Montreal")

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        person = person_named(**kwargs)
        person.save()
        return person


class DistrictFactory(DjangoModelFactory[District]):
    class Meta:
        model = District

    code = factory.Sequence(lambda n: f"T{n:05}")
    name_en = factory.Sequence(lambda n: f"Testing Centre {n:04}")
    name_fr = factory.Sequence(lambda n: f"Essais-Centre {n:04}")
    province = Province.ON
    population = 100_000
    french_share = Decimal("4.5")


class OfficeFactory(DjangoModelFactory[Office]):
    """A member's office with a district of its own; `senate=True` for a senator's."""

    class Meta:
        model = Office

    reference = factory.Sequence(lambda n: f"office-{n:04}")
    chamber = Chamber.COMMONS
    district = factory.SubFactory(DistrictFactory)
    province = factory.LazyAttribute(
        lambda office: office.district.province if office.district else Province.ON
    )
    source_id = factory.Sequence(lambda n: f"test-{n:04}")
    legislator = factory.Sequence(lambda n: f"Legislator {n:04}")
    sort_name = factory.LazyAttribute(lambda office: sort_key(office.legislator))
    language = Language.ENGLISH
    time_zone = "America/Toronto"
    since = date(2021, 9, 20)
    status_at = LONG_AGO

    class Params:
        senate = factory.Trait(chamber=Chamber.SENATE, district=None)
        french = factory.Trait(language=Language.FRENCH)
        suspended = factory.Trait(
            status=OfficeStatus.SUSPENDED, status_reason=OfficeEnd.DISSOLUTION
        )
        closed = factory.Trait(
            status=OfficeStatus.CLOSED,
            status_reason=OfficeEnd.RESIGNATION,
            until=date(2026, 1, 5),
        )


class OfficeAddressFactory(DjangoModelFactory[OfficeAddress]):
    class Meta:
        model = OfficeAddress

    office = factory.SubFactory(OfficeFactory)
    label = "Main office"
    street = "1 Test Street"
    city = "Ottawa"
    province = Province.ON
    postal_code = "K1A 0A1"
    time_zone = "America/Toronto"


class OfficeTelephoneFactory(DjangoModelFactory[OfficeTelephone]):
    class Meta:
        model = OfficeTelephone

    office = factory.SubFactory(OfficeFactory)
    label = "Reception"
    number = "613-555-0100"


class GrantFactory(DjangoModelFactory[Grant]):
    """A delegate of an office; `GrantFactory(auditor=True)` and so on for the other roles."""

    class Meta:
        model = Grant

    person = factory.SubFactory(PersonFactory)
    role = Role.DELEGATE
    office = factory.SubFactory(OfficeFactory)
    starts_at = LONG_AGO

    class Params:
        office_manager = factory.Trait(role=Role.OFFICE_MANAGER)
        professional = factory.Trait(role=Role.PROFESSIONAL, office=None)
        team_lead = factory.Trait(role=Role.TEAM_LEAD, office=None)
        policy_owner = factory.Trait(role=Role.POLICY_OWNER, office=None)
        auditor = factory.Trait(role=Role.AUDITOR, office=None)
        administrator = factory.Trait(role=Role.ADMINISTRATOR, office=None)


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n:04}@people.example")
    name = factory.Sequence(lambda n: f"Invited {n:04}")
    language = Language.ENGLISH
    role = Role.DELEGATE
    office = factory.SubFactory(OfficeFactory)
    invited_by = factory.SubFactory(PersonFactory)
    invited_at = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
    expires_at = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


def person_with(role: Role, *, office: Office | None = None, **person: Any) -> Person:
    """A person who holds one role; an office is made for a role that needs one."""
    holder = PersonFactory.create(**person)
    if role in (Role.DELEGATE, Role.OFFICE_MANAGER):
        GrantFactory.create(person=holder, role=role, office=office or OfficeFactory.create())
    else:
        GrantFactory.create(person=holder, role=role, office=None)
    return holder
