"""What is restricted stands nowhere for who is not named: no page, list, count or query tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.http import Http404
from django.test import Client
from django.urls import reverse

from comptoir.enquiries import permissions
from comptoir.enquiries.actions import answering, referring, restricting
from comptoir.enquiries.models import Enquiry, ReferralKind, Scan
from comptoir.enquiries.queries import referrals, waiting
from comptoir.people.models import STAFF_ROLES, Person, Role
from comptoir.people.permissions import Standing, standing_of
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, kept_and, person, received
from tests.people.signing_in import sign_in
from tests.repository import describing
from tests.repository.describing import Address

pytestmark = pytest.mark.django_db

NAME, EMAIL, APPLICANT = "Zyxwolf Quibblethorn", "zyxwolf@clients.example", "Ambrose Fizzlewick"
FILE, WORDS = "fizzlewick-passport.pdf", "Gorblimey happened"
READERS = [role for role in Role if role in STAFF_ROLES]
ADDRESSES = [address for address in describing.table() if isinstance(address.allowed, frozenset)]
CHANGING = re.compile(r"[A-Za-z0-9+/]{22}==|[A-Za-z0-9]{64}")
"""What is another for each answer: the nonce of a page, the token of a form."""


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def matter(by: Person | None = None, **values: Any) -> Enquiry:
    """An enquiry with everything that could tell of it."""
    by = by or person()
    found = received(
        email=EMAIL, body=WORDS, applicant_name=APPLICANT, application_number="C000111222", **values
    ).enquiry
    found.asker_name = NAME
    found.save()
    kept_and(Scan.CLEAN, of=found, name=FILE, by=by)
    answering.note(enquiry=found, body=WORDS, by=by, now=NOW)
    return found


def restricted(found: Enquiry, kind: ReferralKind = ReferralKind.SENSITIVE) -> Enquiry:
    """The same, handed on so that nobody who reads here may open it."""
    lead = person(Role.TEAM_LEAD)  # no agent: a list of those would be longer by it
    breach = referring.Intake(
        happened_at=None,
        discovered_at=NOW,
        place=WORDS,
        data=WORDS,
        people_affected=1,
        containment=WORDS,
    )
    referring.refer(
        enquiry=found,
        kind=kind,
        unit=WORDS,
        owner=lead,
        reason=WORDS,
        by=lead,
        now=NOW,
        breach=breach if kind == ReferralKind.BREACH else None,
    )
    return Enquiry.objects.get(pk=found.pk)


def tells(found: Enquiry) -> tuple[str, ...]:
    return (found.reference, NAME, EMAIL, APPLICANT, FILE, WORDS)


def somebody(role: Role) -> tuple[Client, Person]:
    who = agent(person=person(role)).person if role == Role.AGENT else person(role)
    return sign_in(Client(), who), who


def pages(client: Client, role: Role) -> dict[str, str]:
    """What every page without arguments says to this role, but for what changes each time."""
    said = {}
    for address in ADDRESSES:
        if address.is_for(role) and not address.arguments:
            response = client.get(reverse(address.name))
            if response.headers.get("Content-Type", "").startswith("text/html"):
                said[address.name] = CHANGING.sub("", response.content.decode())
    return said


def arguments_of(address: Address, found: Enquiry) -> dict[str, Any] | None:
    """What leads to this enquiry, its referral, its document or its text."""
    if address.arguments.keys() == {"reference"}:
        return {"reference": found.reference}
    if address.arguments.keys() == {"reference", "key"}:
        return {"reference": found.reference, "key": found.messages.earliest("pk").pk}
    if address.name == "enquiries:referral":
        return {"pk": found.referrals.get().pk}
    if address.name.startswith("enquiries:document-"):
        return {"pk": found.documents.get().pk}
    return None


def test_the_walk_meets_pages_and_objects() -> None:
    found = restricted(matter())
    client, _ = somebody(Role.TEAM_LEAD)

    assert len(pages(client, Role.TEAM_LEAD)) > 5
    leading = [
        address
        for address in ADDRESSES
        if address.name.startswith("enquiries:") and arguments_of(address, found)
    ]
    assert len(leading) >= 9


def test_an_open_one_is_told_where_a_restricted_one_is_not() -> None:
    """The control: the same walk finds it as long as everybody may see it."""
    found = matter()
    restricted(found, ReferralKind.URGENT)
    client, _ = somebody(Role.TEAM_LEAD)

    said = "".join(pages(client, Role.TEAM_LEAD).values())

    assert found.reference in said


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        *((role, ReferralKind.SENSITIVE) for role in READERS),
        *((role, ReferralKind.BREACH) for role in READERS if role != Role.PRIVACY_OFFICER),
    ],
)
def test_no_page_tells_of_it_or_counts_it(role: Role, kind: ReferralKind) -> None:
    crisis, writer = open_crisis(), person()
    client, _ = somebody(role)
    before = pages(client, role)  # without it: a count of enquiries would be one more after

    found = restricted(matter(line=crisis.line, by=writer), kind)

    after = pages(client, role)
    for name, page in after.items():
        assert not [each for each in tells(found) if each in page], name
        if name.startswith("enquiries:"):
            assert page == before[name], name


def test_a_privacy_officer_sees_that_there_is_a_breach_and_nothing_of_it() -> None:
    client, _ = somebody(Role.PRIVACY_OFFICER)

    found = restricted(matter(), ReferralKind.BREACH)
    referral = reverse("enquiries:referral", args=[found.referrals.get().pk])
    said = "".join(pages(client, Role.PRIVACY_OFFICER).values())
    said += client.get(referral).content.decode()

    assert found.reference in said
    assert not [each for each in (NAME, EMAIL, APPLICANT, FILE) if each in said]


@pytest.mark.parametrize("role", READERS)
def test_no_address_leads_to_it(role: Role) -> None:
    found = restricted(matter())
    client, _ = somebody(role)

    reached = []
    for address in ADDRESSES:
        arguments = arguments_of(address, found)
        if address.name.startswith("enquiries:") and arguments and address.is_for(role):
            url = reverse(address.name, kwargs=arguments)
            answers = {client.get(url).status_code, client.post(url).status_code} - {405}
            if answers != {404}:
                reached.append((address.name, answers))

    assert reached == []


@pytest.mark.parametrize("role", READERS)
def test_no_query_gives_it(role: Role) -> None:
    found = restricted(matter())
    who = person(role)
    standing = standing_of(who, NOW)

    assert not permissions.enquiries_for(standing).exists()
    assert not permissions.referrals_for(standing, NOW).exists()
    assert referrals.counts(
        permissions.referrals_for(standing, NOW), person=who, now=NOW
    ) == dict.fromkeys(referrals.Show, 0)
    assert not Enquiry.objects.unrestricted().exists()
    assert not Enquiry.objects.readable_by(who, NOW).exists()
    assert not Enquiry.objects.openable_by(who, NOW).exists()
    assert not permissions.may_open(standing, found, NOW)


def test_nothing_of_it_is_given_to_work_on() -> None:
    restricted(matter())

    assert not waiting.for_agent(agent(), NOW).exists()


class TestWhoIsNamed:
    def standing(self, found: Enquiry) -> tuple[Standing, Person]:
        owner = found.referrals.get().owner
        return standing_of(owner, NOW), owner

    def test_lists_it_nowhere_but_among_the_referrals(self) -> None:
        found = restricted(matter())
        standing, _owner = self.standing(found)

        assert not permissions.enquiries_for(standing).exists()
        assert permissions.referrals_for(standing, NOW).get().enquiry == found

    def test_is_told_no_name_before_a_reason_is_given(self) -> None:
        found = restricted(matter())
        _standing, owner = self.standing(found)
        client = sign_in(Client(), owner)

        said = "".join(pages(client, Role.AGENT).values())
        for name, arguments in (
            ("enquiries:referral", [found.referrals.get().pk]),
            ("enquiries:restricted", [found.reference]),
            ("enquiries:named", [found.reference]),
        ):
            said += client.get(reverse(name, args=arguments)).content.decode()

        assert not [each for each in (NAME, EMAIL, APPLICANT, FILE) if each in said]
        assert (
            WORDS
            not in client.get(
                reverse("enquiries:restricted", args=[found.reference])
            ).content.decode()
        )

    def test_reads_it_and_its_documents_for_half_an_hour_after_that(self) -> None:
        found = restricted(matter())
        standing, owner = self.standing(found)
        document = found.documents.get()
        restricting.open_to_read(enquiry=found, reason="My duty", by=owner, now=NOW)

        def reads(now: datetime) -> list[bool]:
            return [
                permissions.has_opened(standing, found, now),
                _exists(permissions.get_readable_for, standing, found.reference, now),
                _exists(permissions.get_document_for, standing, document.pk, now),
            ]

        assert reads(NOW) == [True, True, True]
        assert reads(NOW + restricting.READ_FOR) == [False, False, False]


def _exists(get: Any, *what: Any) -> bool:
    try:
        get(*what)
    except Http404:
        return False
    return True


def test_the_trail_has_its_number_and_not_its_reference() -> None:
    open_one, found = enquiry(), restricted(matter())
    auditor = sign_in(Client(), person(Role.AUDITOR))

    page = auditor.get(reverse("people:trail")).content.decode()

    assert open_one.reference in page
    assert found.reference not in page
