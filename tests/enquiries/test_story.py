"""What was done to an enquiry, in words: no code and no key of a database, and the zone once for all lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.enquiries.actions import gating, handing, joining, tagging, taking
from comptoir.enquiries.models import Agent, Enquiry, Means, Piece, Tag, Topic
from comptoir.enquiries.queries import story
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, person
from tests.enquiries.test_referring import refer
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> Agent:
    return agent()


def facts(found: Enquiry) -> list[str]:
    return [f"{name} {value}" for each in story.history(found) for name, value in each.facts]


def test_a_line_stands_by_its_name(by: Agent) -> None:
    found = in_hand(by, enquiry())
    other = line_of("visas")
    other.name_en = "Visa desk"
    other.save()
    taking.transfer(enquiry=found, version=found.version, to=other, by=by.person, now=NOW)

    said = facts(found)

    assert "line Client support" in said
    assert "from Client support" in said
    assert "to Visa desk" in said


def test_a_person_and_a_tag_stand_by_their_names(by: Agent) -> None:
    found = enquiry()
    tag = Tag.objects.create(code="fee", name_en="About a fee", name_fr="Frais")
    handing.assign(enquiry=found, version=found.version, to=by, by=person(Role.TEAM_LEAD), now=NOW)
    tagging.put(enquiry=found, tag=tag, by=by.person, now=NOW)

    assert f"person {by.person.name}" in facts(found)
    assert "tag About a fee" in facts(found)


def test_pieces_and_how_they_were_given_stand_in_words(by: Agent) -> None:
    found = enquiry(application_number="C000111222")
    pieces = [Piece.FULL_NAME, Piece.DATE_OF_BIRTH]
    gating.confirm(enquiry=found, pieces=pieces, means=Means.CALL, by=by.person, now=NOW)

    assert "fields Date of birth, Full name" in facts(found)
    assert "given By telephone: they called us" in facts(found)


def test_a_kind_of_referral_stands_in_words() -> None:
    made = refer(enquiry=enquiry())

    (event,) = story.all_in_words(Event.objects.filter(action="referral.made"))

    assert ("kind", made.get_kind_display()) in event.facts


class TestAnotherEnquiry:
    def joined(self, by: Agent) -> tuple[Enquiry, Enquiry]:
        email = "one@clients.example"
        main = in_hand(by, enquiry(email=email))
        part = in_hand(by, enquiry(email=email, topic=Topic.TECHNICAL))
        joining.join(enquiry=part, version=part.version, into=main, by=by.person, now=NOW)
        return main, part

    def test_stands_by_its_reference(self, by: Agent) -> None:
        main, part = self.joined(by)

        assert f"to {main.reference}" in facts(part)

    def test_is_not_named_once_it_is_restricted(self, by: Agent) -> None:
        main, part = self.joined(by)
        Enquiry.objects.filter(pk=main.pk).update(is_restricted=True)

        said = facts(part)

        assert not [each for each in said if each.startswith("to ")]
        assert f"from {part.reference}" in said


class TestThePage:
    def read(self, reader: Person, name: str, found: Enquiry) -> str:
        address = reverse(f"enquiries:{name}", args=[found.reference])
        html: str = sign_in(Client(), reader).get(address).content.decode()
        return html

    def test_names_the_zone_once_for_each_list(self, by: Agent) -> None:
        found = in_hand(by, enquiry())
        for _ in range(3):
            tag = Tag.objects.create(code=f"t{_}", name_en=f"T{_}", name_fr=f"É{_}")
            tagging.put(enquiry=found, tag=tag, by=by.person, now=NOW)

        html = self.read(by.person, "enquiry", found)

        # The conversation, the due dates, what was done; and one moment that stands alone.
        assert html.count("Times are in ") == 3
        assert html.count("time)") == 1

    @pytest.mark.parametrize("name", ["documents", "hand-on", "report-breach"])
    def test_of_what_is_done_to_it_leads_back_through_it(self, by: Agent, name: str) -> None:
        found = in_hand(by, enquiry())

        html = self.read(by.person, name, found)

        trail = html[html.index("breadcrumbs") : html.index("<h1")]
        assert reverse("enquiries:work") in trail
        assert reverse("enquiries:enquiry", args=[found.reference]) in trail
