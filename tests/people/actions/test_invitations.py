"""Asking somebody to join, taking it back, and joining."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.notices.models import Notice
from comptoir.people import invitation_links, permissions
from comptoir.people.actions import grants, invitations, offices
from comptoir.people.models import Invitation, Language, OfficeEnd, Person, Role
from comptoir.people.queries import notices
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeFactory,
    PersonFactory,
    person_with,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def invite(**changes: Any) -> Invitation:
    """An invitation of a new delegate by the manager of the office."""
    wanted: dict[str, Any] = {
        "email": "New.Delegate@people.example",
        "name": "New Delegate",
        "language": Language.ENGLISH,
        "role": Role.DELEGATE,
        "time_zone": "America/Toronto",
        "by": None,
        "now": NOW,
    }
    if "office" not in changes:
        wanted["office"] = OfficeFactory.create()
    return invitations.invite(**(wanted | changes))


def accept(invitation: Invitation, now: datetime = NOW) -> Person:
    return invitations.accept(
        invitation=invitation,
        name="Chosen Name",
        language=Language.FRENCH,
        time_zone="America/Moncton",
        now=now,
    )


def test_an_invitation_queues_its_message_in_the_language_of_the_invited() -> None:
    invitation = invite(language=Language.FRENCH)

    notice = Notice.objects.get(kind="people.invitation")
    assert (notice.address, notice.language) == ("new.delegate@people.example", "fr")
    assert (notice.subject_id, notice.useless_after) == (invitation.pk, invitation.expires_at)


def test_somebody_we_know_is_written_to_in_their_own_language_and_on_their_own_clock() -> None:
    PersonFactory.create(email="new.delegate@people.example", french=True)

    invitation = invite(language=Language.ENGLISH)

    notice = Notice.objects.get(kind="people.invitation")
    assert (notice.language, notice.time_zone) == ("fr", "America/Montreal")
    said = notices.invitation(notice)
    assert said is not None
    assert "/fr/invitation/" in said["link"]
    # Whoever invites does not learn from it that the address is known.
    assert invitation.language == "en"


def test_nothing_in_the_database_opens_the_account() -> None:
    invitation = invite()
    token = invitation_links.token_of(invitation)

    stored = [
        str(value)
        for model in (Invitation, Notice, Event)
        for row in model._default_manager.values()
        for value in row.values()
    ]

    signature = token.partition(".")[2]
    assert signature
    assert not any(signature in value for value in stored)


def test_a_link_that_we_did_not_write_leads_nowhere() -> None:
    invitation = invite()
    token = invitation_links.token_of(invitation)

    assert invitation_links.invitation_from(token) == invitation
    assert invitation_links.invitation_from(f"{invitation.pk}.forged") is None
    assert invitation_links.invitation_from(f"9{token}") is None


def test_accepting_makes_a_person_with_the_role_and_no_password() -> None:
    invitation = invite()

    person = accept(invitation)

    assert (person.email, person.name) == ("new.delegate@people.example", "Chosen Name")
    assert (person.language, person.time_zone) == ("fr", "America/Moncton")
    assert not person.has_usable_password()
    assert invitation.office is not None
    assert permissions.standing_of(person, NOW).offices == (invitation.office,)


def test_the_grantor_of_an_accepted_invitation_is_who_invited() -> None:
    manager = GrantFactory.create(office_manager=True)

    person = accept(invite(office=manager.office, by=manager.person))

    assert person.grants.get().granted_by == manager.person


def test_somebody_we_know_keeps_their_own_name_and_gains_the_role() -> None:
    known = person_with(Role.AUDITOR, email="new.delegate@people.example")

    person = accept(invite())

    assert (person.pk, person.name) == (known.pk, known.name)
    assert permissions.standing_of(person, NOW).roles == {Role.AUDITOR, Role.DELEGATE}


def test_an_invitation_is_accepted_once() -> None:
    invitation = invite()
    accept(invitation)

    with pytest.raises(invitations.InvitationClosed):
        accept(invitation)


def test_a_withdrawn_invitation_opens_nothing() -> None:
    invitation = invite()
    invitations.withdraw(invitation=invitation, by=None, now=NOW)

    with pytest.raises(invitations.InvitationClosed):
        accept(invitation)
    assert not Person.objects.exists()


def test_an_accepted_invitation_cannot_be_withdrawn() -> None:
    invitation = invite()
    accept(invitation)

    with pytest.raises(invitations.InvitationClosed):
        invitations.withdraw(invitation=invitation, by=None, now=NOW)


def test_an_invitation_holds_until_the_instant_before_its_end() -> None:
    first, second = invite(), invite(email="second@people.example")

    accept(first, first.expires_at - timedelta(microseconds=1))
    with pytest.raises(invitations.InvitationClosed):
        accept(second, second.expires_at)


def test_an_invitation_dies_with_the_suspension_of_its_office() -> None:
    invitation = invite()
    assert invitation.office is not None
    offices.suspend(office=invitation.office, reason=OfficeEnd.VACANCY, by=None, now=NOW)

    with pytest.raises(invitations.InvitationClosed):
        accept(invitation)


def test_an_invitation_of_somebody_who_was_shut_out_opens_nothing() -> None:
    PersonFactory.create(email="new.delegate@people.example", is_active=False)

    with pytest.raises(invitations.InvitationClosed):
        accept(invite())


def test_the_same_address_is_invited_once_per_role_and_office() -> None:
    invitation = invite()

    with pytest.raises(invitations.AlreadyInvited):
        invite(office=invitation.office, email="NEW.delegate@people.example")
    invite(office=invitation.office, role=Role.OFFICE_MANAGER)
    invite()


def test_somebody_who_has_access_is_not_invited_again() -> None:
    grant = GrantFactory.create()

    with pytest.raises(invitations.AlreadyHasAccess):
        invite(email=grant.person.email.upper(), office=grant.office)


def test_an_address_may_be_invited_again_after_a_withdrawal_or_the_end() -> None:
    withdrawn, late = invite(), invite()
    invitations.withdraw(invitation=withdrawn, by=None, now=NOW)

    invite(office=withdrawn.office)
    invite(office=late.office, now=late.expires_at)

    assert Invitation.objects.count() == 4


def test_nobody_is_invited_to_an_office_that_is_closed() -> None:
    with pytest.raises(invitations.OfficeNotActive):
        invite(office=OfficeFactory.create(closed=True))


def test_staff_are_invited_without_an_office_and_delegates_with_one() -> None:
    invite(role=Role.AUDITOR, office=None)

    with pytest.raises(grants.RoleNeedsOffice):
        invite(role=Role.DELEGATE, office=None)
    with pytest.raises(grants.RoleNeedsOffice):
        invite(role=Role.AUDITOR)


def test_a_role_given_by_hand_meanwhile_does_not_spoil_the_link() -> None:
    invitation = invite()
    person = PersonFactory.create(email=invitation.email)
    grants.grant_role(person=person, role=Role.DELEGATE, office=invitation.office, by=None, now=NOW)

    assert accept(invitation) == person
    assert person.grants.count() == 1


def test_invitations_leave_a_trail() -> None:
    accept(InvitationFactory.create())

    actions = set(Event.objects.values_list("action", flat=True))
    assert {"people.invitation_accepted", "people.role_granted", "people.person_added"} <= actions
