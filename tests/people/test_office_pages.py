"""An office's people and particulars, as its manager sees and changes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from comptoir.notices.models import Notice
from comptoir.people import invitation_links
from comptoir.people.actions import invitations
from comptoir.people.models import Grant, Invitation, Office, Person, Role
from comptoir.ui import times
from tests.people import post
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeAddressFactory,
    OfficeFactory,
    OfficeTelephoneFactory,
    person_with,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

INVITED = {
    "name": "New Delegate",
    "email": "new@people.example",
    "role": "delegate",
    "language": "fr",
}


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory.create(time_zone="America/Moncton")
    return made


@pytest.fixture
def manager(office: Office) -> Person:
    return person_with(Role.OFFICE_MANAGER, office=office)


@pytest.fixture
def page(client: Client, manager: Person, office: Office) -> str:
    sign_in(client, manager)
    return f"/en/access/{office.reference}/"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_page_lists_who_has_access_in_the_order_of_names(
    client: Client, page: str, office: Office
) -> None:
    for name in ("Zoé Last", "Émile First", "Gone Already"):
        GrantFactory.create(office=office, person__name=name)
    Grant.objects.filter(person__name="Gone Already").update(
        ends_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    GrantFactory.create(person__name="Somebody Elsewhere")

    found = text(client, page)

    assert found.index("Émile First") < found.index("Zoé Last")
    assert "Gone Already" not in found
    assert "Somebody Elsewhere" not in found


def test_the_page_takes_no_more_queries_for_more_people(
    client: Client, page: str, office: Office, django_assert_num_queries: Any
) -> None:
    client.get(page)
    GrantFactory.create_batch(12, office=office)
    InvitationFactory.create_batch(5, office=office)

    # Session, person, roles; the people, the invitations.
    with django_assert_num_queries(5):
        client.get(page)


def test_an_invitation_is_sent_in_the_chosen_language(
    client: Client, page: str, office: Office, manager: Person
) -> None:
    response = client.post(page, INVITED)

    assert response["Location"] == page
    invitation = Invitation.objects.get()
    assert (invitation.office, invitation.invited_by) == (office, manager)
    notice = Notice.objects.get()
    assert (notice.address, notice.language) == ("new@people.example", "fr")
    assert "New Delegate" in text(client, page)


@pytest.mark.parametrize("address", ["new@people.example", "NEW@people.example"])
def test_the_same_address_is_not_invited_twice(client: Client, page: str, address: str) -> None:
    client.post(page, INVITED)

    response = client.post(page, INVITED | {"email": address})

    assert response.status_code == 200
    assert "open already" in response.content.decode()
    assert Invitation.objects.count() == 1


def test_somebody_with_access_is_not_invited(client: Client, page: str, office: Office) -> None:
    known = GrantFactory.create(office=office).person

    response = client.post(page, INVITED | {"email": known.email})

    assert "has this role already" in response.content.decode()


@pytest.mark.parametrize("role", ["administrator", "auditor", "professional", ""])
def test_a_manager_invites_to_roles_of_the_office_only(
    client: Client, page: str, role: str
) -> None:
    client.post(page, INVITED | {"role": role})

    assert not Invitation.objects.exists()


def test_an_invitation_is_withdrawn(client: Client, page: str, office: Office) -> None:
    invitation = InvitationFactory.create(
        office=office, expires_at=datetime(2099, 1, 1, tzinfo=UTC)
    )

    response = client.post(f"/en/access/invitations/{invitation.pk}/withdraw/")

    assert response["Location"] == page
    assert (
        "Invited"
        not in text(client, page).split("Invite somebody")[0].split("Open invitations")[-1]
    )
    assert Invitation.objects.get().withdrawn_at is not None


def test_access_is_ended_with_a_reason(client: Client, page: str, office: Office) -> None:
    grant = GrantFactory.create(office=office)
    address = f"/en/access/roles/{grant.pk}/end/"

    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 200
    response = client.post(address, {"reason": "left the office"})

    assert response["Location"] == page
    assert Grant.objects.get(pk=grant.pk).end_reason == "left the office"


def test_the_only_manager_cannot_leave_the_office_without_one(
    client: Client, page: str, manager: Person
) -> None:
    grant = manager.grants.get()

    response = client.post(f"/en/access/roles/{grant.pk}/end/", {"reason": "leaving"})

    assert "Nobody else manages the office" in response.content.decode()
    assert Grant.objects.get(pk=grant.pk).ends_at is None


def test_a_last_day_is_chosen_changed_and_cleared(
    client: Client, page: str, office: Office
) -> None:
    grant = GrantFactory.create(office=office)
    address = f"/en/access/roles/{grant.pk}/last-day/"

    assert client.post(address, {"last_day": "2098-12-18"}).status_code == 200
    wanted = (datetime.now(UTC) + timedelta(days=90)).date()
    assert client.post(address, {"last_day": wanted.isoformat()})["Location"] == page

    assert Grant.objects.get(pk=grant.pk).last_day == wanted
    assert f"until {times.plain_date(wanted, language='en')}" in text(client, page)
    assert wanted.isoformat() in text(client, address)
    client.post(address, {"last_day": ""})
    assert Grant.objects.get(pk=grant.pk).ends_at is None
    assert "until" not in text(client, page).split("Invite somebody")[0]


def test_a_last_day_that_cannot_be_meant_is_refused_in_words(
    client: Client, page: str, office: Office
) -> None:
    address = f"/en/access/roles/{GrantFactory.create(office=office).pk}/last-day/"

    for posted_to, values in ((address, {}), (page, INVITED)):
        response = client.post(posted_to, values | {"last_day": "2020-01-31"})
        assert "Choose today or a later day" in response.content.decode()
    assert not Invitation.objects.exists()
    assert "Enter a valid date" in client.post(address, {"last_day": "soon"}).content.decode()


def test_the_only_manager_does_not_set_an_end_to_it(
    client: Client, page: str, manager: Person
) -> None:
    wanted = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()

    response = client.post(
        f"/en/access/roles/{manager.grants.get().pk}/last-day/", {"last_day": wanted}
    )

    assert "Nobody else manages the office" in response.content.decode()
    assert manager.grants.get().ends_at is None


def test_somebody_is_invited_up_to_a_day_and_reads_it(
    client: Client, page: str, office: Office
) -> None:
    wanted = (datetime.now(UTC) + timedelta(days=90)).date()
    said = times.plain_date(wanted, language="en")

    client.post(page, INVITED | {"last_day": wanted.isoformat()})

    invitation = Invitation.objects.get()
    assert invitation.last_day == wanted
    assert f"until {said}" in text(client, page)
    link = f"/en/invitation/{invitation_links.token_of(invitation)}/"
    assert said in text(Client(), link)


def test_a_manager_of_two_offices_is_asked_which(
    client: Client, page: str, manager: Person
) -> None:
    assert client.get("/en/access/")["Location"] == page

    other = OfficeFactory.create()
    GrantFactory.create(person=manager, office_manager=True, office=other)

    found = text(client, "/en/access/")
    assert page in found
    assert f"/en/access/{other.reference}/" in found


def test_a_delegate_of_the_same_office_does_not_decide_who_has_access(
    client: Client, office: Office
) -> None:
    sign_in(client, person_with(Role.DELEGATE, office=office))

    assert client.get(f"/en/access/{office.reference}/").status_code == 403


def test_who_manages_one_office_and_works_in_another_decides_only_in_their_own(
    client: Client, page: str, manager: Person
) -> None:
    other = OfficeFactory.create()
    GrantFactory.create(person=manager, office=other)

    assert client.get(f"/en/access/{other.reference}/").status_code == 404
    assert client.get(f"/en/access/{other.reference}/settings/").status_code == 404
    assert client.get(page).status_code == 200


# Accepting


def accept(client: Client, invitation: Invitation, **changes: str) -> Any:
    address = f"/en/invitation/{invitation_links.token_of(invitation)}/"
    values = {"name": "Chosen Name", "language": "fr", "time_zone": "America/Moncton"}
    return client.post(address, values | changes)


@pytest.fixture
def invitation(office: Office) -> Invitation:
    made: Invitation = InvitationFactory.create(
        office=office, expires_at=datetime(2099, 1, 1, tzinfo=UTC)
    )
    return made


def test_the_link_in_the_message_opens_the_invitation(
    client: Client, invitation: Invitation, settings: Any
) -> None:
    link = invitation_links.link_to(invitation, "en")
    assert link.startswith(settings.ADDRESS)

    found = text(client, link.removeprefix(settings.ADDRESS))

    assert str(invitation.office) in found
    assert invitation.name in found
    assert 'value="America/Moncton"' in found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_language_of_the_page_is_the_one_suggested(
    client: Client, invitation: Invitation, language: str
) -> None:
    page = client.get(f"/{language}/invitation/{invitation_links.token_of(invitation)}/")

    assert page.context["form"]["language"].value() == language


def test_whoever_accepts_signs_in_afterwards_in_their_language(
    client: Client, invitation: Invitation
) -> None:
    response = accept(client, invitation)

    assert response["Location"].startswith("/fr/sign-in/?")
    person = Person.objects.get(email=invitation.email)
    assert (person.name, person.time_zone) == ("Chosen Name", "America/Moncton")
    assert "_auth_user_id" not in client.session


def test_whoever_joins_a_second_office_is_told_which_and_arrives_there(
    client: Client, invitation: Invitation, office: Office
) -> None:
    first = OfficeFactory.create(legislator="Aaron First", sort_name="aaron first")
    person = person_with(Role.DELEGATE, office=first, email=invitation.email)

    sign_in_page = accept(client, invitation)["Location"]
    said = text(client, sign_in_page)
    code_page = client.post(sign_in_page, {"email": person.email})["Location"]
    arrived = client.post(code_page, {"code": post.code_sent()})

    assert f"You have joined the office of {office.legislator} ({office.place})." in said
    assert arrived["Location"] == f"/en/offices/{office.reference}/"


def test_whoever_is_signed_in_already_goes_straight_to_the_office(
    client: Client, invitation: Invitation, office: Office
) -> None:
    sign_in(client, person_with(Role.DELEGATE, email=invitation.email))

    arrived = accept(client, invitation)["Location"]

    assert arrived == f"/en/offices/{office.reference}/"
    found = text(client, arrived)
    assert f"You have joined the office of {office.legislator}" in found
    assert "Sign in with" not in found


def test_whoever_is_signed_in_as_somebody_else_is_told_to_sign_out_first(
    client: Client, page: str, invitation: Invitation
) -> None:
    arrived = accept(client, invitation, language="en")["Location"]

    assert arrived == "/en/sign-out/"
    assert "sign out first" in text(client, arrived)
    assert Person.objects.filter(email=invitation.email).exists()


def test_whoever_joins_the_centre_signs_in_and_begins_at_home(client: Client) -> None:
    joined = InvitationFactory.create(
        role=Role.AUDITOR, office=None, expires_at=datetime(2099, 1, 1, tzinfo=UTC)
    )

    response = accept(client, joined, language="en")

    assert response["Location"] == "/en/sign-in/"
    assert "You have joined the centre. Sign in" in text(client, "/en/sign-in/")


def test_a_link_opens_nothing_twice(client: Client, invitation: Invitation) -> None:
    accept(client, invitation)

    assert accept(client, invitation).status_code == 410
    assert client.get(f"/en/invitation/{invitation_links.token_of(invitation)}/").status_code == 410


def test_a_withdrawn_link_opens_nothing(client: Client, invitation: Invitation) -> None:
    invitations.withdraw(invitation=invitation, by=None, now=datetime.now(UTC))

    assert accept(client, invitation).status_code == 410


def test_a_name_is_needed_to_join(client: Client, invitation: Invitation) -> None:
    response = accept(client, invitation, name="")

    assert "Enter a name." in response.content.decode()
    assert not Person.objects.filter(email=invitation.email).exists()


# Particulars


def test_a_manager_keeps_the_offices_settings(client: Client, page: str, office: Office) -> None:
    address = f"{page}settings/"

    client.post(
        address,
        {"language": "fr", "time_zone": "America/Halifax", "remind_hour_before": "on"},
    )

    office.refresh_from_db()
    assert (office.language, office.time_zone) == ("fr", "America/Halifax")
    assert (office.remind_day_before, office.remind_hour_before) == (False, True)


def test_an_address_has_a_zone_of_its_own(client: Client, page: str, office: Office) -> None:
    values = {
        "label": "Islands",
        "street": "1 Shore Road",
        "city": "Cap-aux-Meules",
        "province": "QC",
        "postal_code": "g4t1a1",
        "time_zone": "America/Halifax",
    }

    client.post(f"{page}addresses/new/", values)

    address = office.addresses.get()
    assert (address.postal_code, address.time_zone) == ("G4T 1A1", "America/Halifax")
    assert "Halifax time" in text(client, f"{page}settings/")


def test_a_postal_code_is_explained_when_wrong(client: Client, page: str, office: Office) -> None:
    response = client.post(f"{page}addresses/new/", {"postal_code": "90210"})

    assert "looks like K1A 0A6" in response.content.decode()
    assert not office.addresses.exists()


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("613-555-0100", True),
        ("(613) 555-0100 ext. 12", True),
        ("613 555 0100, poste 4", True),
        ("+33 1 23 45 67 89", True),
        ("555-0100", False),
        ("call me", False),
    ],
)
def test_a_telephone_number_has_its_area_code(
    client: Client, page: str, office: Office, number: str, is_right: bool
) -> None:
    client.post(f"{page}telephones/new/", {"label": "Reception", "number": number})

    assert office.telephones.filter(number=number).exists() is is_right


def test_addresses_and_numbers_are_changed_and_removed(
    client: Client, page: str, office: Office
) -> None:
    address = OfficeAddressFactory.create(office=office)
    telephone = OfficeTelephoneFactory.create(office=office)

    client.post(f"{page}addresses/{address.pk}/remove/")
    client.post(f"{page}telephones/{telephone.pk}/", {"label": "Desk", "number": "506-555-0100"})

    assert not office.addresses.exists()
    assert office.telephones.get().label == "Desk"
