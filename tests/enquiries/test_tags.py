"""The centre's list of tags: who keeps it, what it refuses, and that nothing is lost by retiring one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.enquiries.actions import tagging
from comptoir.enquiries.actions.tagging import NameTaken, TooManyTags
from comptoir.enquiries.forms.working import TagForm
from comptoir.enquiries.models import Tag
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, enquiry, person
from tests.liaison.professional_pages.pages import said
from tests.people.signing_in import sign_in
from tests.rivals import Rival

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Person:
    return person(Role.TEAM_LEAD)


@pytest.fixture
def desk(client: Client, lead: Person) -> Client:
    return sign_in(client, lead)


def url(name: str, *arguments: object) -> str:
    return reverse(f"enquiries:{name}", args=arguments)


def added(by: Person, name_en: str = "Fee", name_fr: str = "Frais") -> Tag:
    return tagging.add(name_en=name_en, name_fr=name_fr, by=by, now=NOW)


def offered() -> list[str]:
    """What an agent can choose."""
    field: Any = TagForm().fields["tag"]
    return [tag.code for tag in field.queryset]


def trail(tag: Tag) -> list[str]:
    found = Event.objects.filter(object_type=Tag._meta.label, object_id=str(tag.pk))
    return list(found.order_by("pk").values_list("action", flat=True))


class TestAdding:
    def test_lets_agents_choose_it(self, desk: Client) -> None:
        response = desk.post(url("tags"), {"name_en": "Lost card", "name_fr": "Carte perdue"})

        assert response["Location"] == url("tags")
        tag = Tag.objects.get()
        assert (tag.code, tag.name_en, tag.name_fr) == ("lost-card", "Lost card", "Carte perdue")
        assert offered() == ["lost-card"]
        assert trail(tag) == ["tag.added"]

    @pytest.mark.parametrize(
        "names",
        [("fee", "Autre"), ("Other", "FRAIS"), ("Fee", "Frais")],
        ids=["in English", "in French", "in both"],
    )
    def test_refuses_a_name_that_another_has_even_a_retired_one(
        self, desk: Client, lead: Person, names: tuple[str, str]
    ) -> None:
        tagging.retire(tag=added(lead), by=lead, now=NOW)

        response = desk.post(url("tags"), dict(zip(("name_en", "name_fr"), names, strict=True)))

        assert response.status_code == 422
        assert "Another tag is called so" in said(response)
        assert f'value="{names[0]}"' in response.content.decode()
        assert Tag.objects.count() == 1

    def test_needs_both_languages(self, desk: Client) -> None:
        assert desk.post(url("tags"), {"name_en": "Fee", "name_fr": " "}).status_code == 422
        assert not Tag.objects.exists()

    def test_gives_each_an_address_of_its_own(self, lead: Person) -> None:
        long = "A very long name that an address cannot hold "

        codes = [added(lead, f"{long}{n}", f"Nom {n}").code for n in range(3)]

        assert codes == [f"a-very-long-name-that-an{end}" for end in ("", "-2", "-3")]
        assert added(lead, "…", "…").code == "tag"

    def test_ends_where_nobody_reads_through_the_list_any_more(
        self, desk: Client, lead: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tagging, "MOST", 1)
        first = added(lead)

        response = desk.post(url("tags"), {"name_en": "Two", "name_fr": "Deux"})
        assert "The list is full." in said(response)

        tagging.retire(tag=first, by=lead, now=NOW)
        added(lead, "Two", "Deux")
        with pytest.raises(TooManyTags):
            tagging.give_again(tag=first, by=lead, now=NOW)
        refused = desk.post(url("change-tag", first.code), {"do": "give"}, follow=True)
        assert "The list is full." in said(refused)
        assert offered() == ["two"]


class TestRenaming:
    def test_changes_its_words_wherever_it_was_put_on_and_never_its_address(
        self, desk: Client, lead: Person
    ) -> None:
        tag, worn = added(lead), enquiry()
        worn.tags.add(tag)

        desk.post(url("change-tag", tag.code), {"name_en": "Payment", "name_fr": "Paiement"})

        found = worn.tags.get()
        assert (found.code, found.name_en, found.name_fr) == ("fee", "Payment", "Paiement")
        assert trail(tag) == ["tag.added", "tag.renamed"]

    def test_to_what_it_is_called_changes_nothing(self, lead: Person) -> None:
        tag = added(lead)

        tagging.rename(tag=tag, name_en="Fee", name_fr="Frais", by=lead, now=NOW)

        assert trail(tag) == ["tag.added"]

    def test_to_the_name_of_another_is_refused(self, desk: Client, lead: Person) -> None:
        added(lead)
        other = added(lead, "Travel", "Voyage")

        response = desk.post(url("change-tag", other.code), {"name_en": "FEE", "name_fr": "Prix"})

        assert response.status_code == 422
        assert "Another tag is called so" in said(response)
        other.refresh_from_db()
        assert other.name_en == "Travel"

    def test_of_its_letters_alone_is_no_name_of_another(self, lead: Person) -> None:
        tag = added(lead)

        assert tagging.rename(tag=tag, name_en="FEE", name_fr="Frais", by=lead, now=NOW)


class TestRetiring:
    def test_takes_it_off_the_list_and_off_no_enquiry(self, desk: Client, lead: Person) -> None:
        tag, worn = added(lead), enquiry()
        worn.tags.add(tag)

        response = desk.post(url("change-tag", tag.code), {"do": "retire"}, follow=True)

        assert "It stays where it was put on." in said(response)
        assert offered() == []
        assert list(worn.tags.all()) == [tag]

    def test_is_taken_back_by_one_button(self, desk: Client, lead: Person) -> None:
        tag = added(lead)
        tagging.retire(tag=tag, by=lead, now=NOW)
        assert "Put it back on the list" in said(desk.get(url("change-tag", tag.code)))

        desk.post(url("change-tag", tag.code), {"do": "give"})

        assert offered() == ["fee"]
        assert trail(tag) == ["tag.added", "tag.retired", "tag.added"]

    def test_twice_is_once(self, lead: Person) -> None:
        tag = added(lead)
        for _ in range(2):
            tagging.retire(tag=tag, by=lead, now=NOW)
        for _ in range(2):
            tagging.give_again(tag=tag, by=lead, now=NOW)

        assert trail(tag) == ["tag.added", "tag.retired", "tag.added"]


class TestTheList:
    def test_shows_both_languages_and_how_often_each_was_put_on(
        self, desk: Client, lead: Person
    ) -> None:
        tag, hidden = added(lead), enquiry()
        hidden.is_restricted = True
        hidden.save()
        tag.enquiries.set([enquiry(), enquiry(), hidden])
        tagging.retire(tag=added(lead, "Old", "Vieux"), by=lead, now=NOW)

        words = said(desk.get(url("tags")))

        assert "Fee Frais 2 Yes" in words
        assert "Old Vieux 0 Off the list" in words

    def test_says_what_to_do_while_it_is_empty(self, desk: Client) -> None:
        assert "There are no tags yet" in said(desk.get(url("tags")))

    def test_a_button_that_is_none_changes_nothing(self, desk: Client, lead: Person) -> None:
        tag = added(lead)

        assert desk.post(url("change-tag", tag.code), {"do": "what"}).status_code == 422
        assert trail(tag) == ["tag.added"]

    def test_costs_the_same_however_many_there_are(
        self, desk: Client, lead: Person, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for number in range(5):
            added(lead, f"Fee {number}", f"Frais {number}")
        desk.get(url("tags"))

        # Session, person, grants; number of tags, tags.
        with django_assert_num_queries(3 + 2):
            desk.get(url("tags"))

    def test_is_not_for_agents(self, client: Client, lead: Person) -> None:
        tag = added(lead)
        sign_in(client, person(Role.AGENT))

        assert client.get(url("tags")).status_code == 403
        assert client.post(url("change-tag", tag.code), {"do": "retire"}).status_code == 403
        assert offered() == ["fee"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_at_once_one_is_refused() -> None:
    lead = person(Role.TEAM_LEAD)
    rivals = [Rival(partial(added, lead)) for _ in range(2)]

    results = [rival.result() for rival in rivals]

    assert {type(result) for result in results} == {NameTaken, Tag}
    assert Tag.objects.count() == 1
