"""Looking for an enquiry: by name, within the filters of the lists, and what is said of nothing found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import tagging
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.models import AskerKind, Enquiry, State, Tag
from comptoir.enquiries.models.names import MOST_WORDS, words
from comptoir.enquiries.queries import listing
from comptoir.people.models import Person, Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)

numbers = itertools.count()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Person:
    return person_with(Role.TEAM_LEAD)


@pytest.fixture
def client(lead: Person) -> Client:
    return sign_in(Client(), lead)


def url(name: str) -> str:
    return reverse(f"enquiries:{name}")


def found(response: Any) -> list[Enquiry]:
    return [row.enquiry for row in response.context["rows"]]


def search(client: Client, words: str, query: str = "") -> list[Enquiry]:
    return found(client.post(url("all") + query, {"q": words}, follow=True))


def asked_by(name: str, **about: Any) -> Enquiry:
    email = f"asker{next(numbers)}@clients.example"
    asker = Asker(kind=AskerKind.CLIENT, email=email, language="en", name=name)
    return enquiry(asker=asker, **about)


def tagged(found: Enquiry, code: str) -> Enquiry:
    tag = Tag.objects.create(code=code, name_en=code, name_fr=f"{code} (fr)")
    tagging.put(enquiry=found, tag=tag, by=agent().person, now=NOW)
    return found


class TestByName:
    @pytest.mark.parametrize(
        "typed",
        ["Hélène Brûlé-Tremblay", "BRULE TREMBLAY helene", "helene tremb", "  tremblay  ", "brûlé"],
    )
    def test_finds_whatever_the_accents_the_case_the_order_and_the_hyphens(
        self, client: Client, typed: str
    ) -> None:
        enquiry()
        wanted = asked_by("Hélène Brûlé-Tremblay")

        assert search(client, typed) == [wanted]

    @pytest.mark.parametrize(
        "typed", ["Oconnor", "remblay", "Hélène Smith", "---", "tre", "tremb hélène"]
    )
    def test_finds_nobody_without_each_word_or_its_beginning(
        self, client: Client, typed: str
    ) -> None:
        asked_by("Hélène Tremblay")
        asked_by("Sean O’Connor")  # two words to us

        assert search(client, typed) == []

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("Łukasz Wróbel", "lukasz wrobel"),
            ("Đặng Thị Hoa", "dang thi"),
            ("Søren Kjærgård", "soren"),
            ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
            ("Işık Yıldız", "isik yildiz"),
        ],
    )
    def test_finds_letters_that_have_no_accent_to_take_off(
        self, client: Client, name: str, typed: str
    ) -> None:
        wanted = asked_by(name)

        assert search(client, typed) == search(client, name) == [wanted]

    def test_finds_a_name_that_has_the_shape_of_a_reference_and_a_reference_of_letters(
        self, client: Client
    ) -> None:
        named, other = asked_by("Ann Etheredge"), enquiry()
        assert search(client, "etheredge") == [named]

        Enquiry.objects.filter(pk=other.pk).update(reference="EABCD-FGHJ")
        assert search(client, "eabcdfghj") == [other]

    def test_finds_the_applicant_too(self, client: Client) -> None:
        wanted = asked_by("A Lawyer", applicant_name="Ngô Văn D’Amours")

        assert search(client, "ngo d’amours") == [wanted]
        assert search(client, "lawyer amours") == [wanted]

    def test_never_finds_what_is_restricted(self, client: Client) -> None:
        asked_by("Hélène Tremblay")
        Enquiry.objects.update(is_restricted=True)

        assert search(client, "tremblay") == []

    def test_goes_on_where_a_page_ended(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "PAGE", 1)
        older, newer = asked_by("Ann One", now=NOW - DAY), asked_by("Ann Two")

        first = client.post(url("all"), {"q": "ann"}, follow=True)
        second = client.get(url("all") + first.context["next"])

        assert (found(first), found(second)) == ([newer], [older])

    def test_asks_for_no_more_words_than_a_name_has(self) -> None:
        assert words("a b c d e f g h i") == ["a", "b", "c", "d", "e", "f"]
        assert len(words("x " * 100)) == MOST_WORDS

    def test_follows_an_index_however_many_there_are(self) -> None:
        first = asked_by("Ordinary Person")
        values = {field.attname: getattr(first, field.attname) for field in first._meta.fields[1:]}
        Enquiry.objects.bulk_create(
            Enquiry(**values | {"reference": f"T{number:07}", "asker_name": f"Somebody N{number}"})
            for number in range(2_000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE enquiries_enquiry")

        plan = Enquiry.objects.named("ordinary").order_by("-received_at", "-pk")[:50].explain()

        assert "enquiry_by_name" in plan


class TestTheWords:
    def test_stay_in_the_box_until_everything_is_shown_again(self, client: Client) -> None:
        made = enquiry()
        page = client.post(url("all"), {"q": "nobody at all"}, follow=True)
        assert page.context["search"].initial == {"q": "nobody at all"}
        assert 'value="nobody at all"' in page.content.decode()

        assert found(client.post(url("all"), {"clear": "yes"}, follow=True)) == [made]

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("nobody@clients.example", "this e-mail address of an asker"),
            ("EABCD-2345", "this reference"),
            ("1111-2222", "this client or application number"),
            ("Nobody", "each of these words in the name"),
        ],
    )
    def test_are_said_where_nothing_was_found_with_what_was_looked_for(
        self, client: Client, typed: str, said: str
    ) -> None:
        page = client.post(url("all"), {"q": typed}, follow=True).content.decode()

        assert f"No enquiry was found for “{typed}”" in page
        assert said in page

    def test_never_stand_in_an_address(self, client: Client) -> None:
        response = client.post(url("all") + "?state=waiting&after=9.9", {"q": "Tremblay"})

        assert response["Location"] == url("all") + "?state=waiting"


class TestTheFilters:
    def test_show_what_one_agent_has_or_had(self, client: Client) -> None:
        enquiry()
        by = agent()
        wanted = in_hand(by, enquiry())
        query = {"assignee": by.person.pk}

        assert found(client.get(url("all"), query)) == [wanted]
        assert by.person.name in client.get(url("all")).content.decode()

    def test_show_what_has_a_tag_once(self, client: Client) -> None:
        enquiry()
        wanted = tagged(tagged(enquiry(), "fee"), "visa")

        assert found(client.get(url("all"), {"tags": "fee"})) == [wanted]

    def test_show_what_came_on_the_days_both_included(self, client: Client) -> None:
        days = [NOW - n * DAY for n in (3, 2, 1, 0)]
        made = [enquiry(now=at) for at in days]
        query = {"first_on": "2026-11-14", "last_on": "2026-11-15"}

        assert found(client.get(url("all"), query)) == [made[2], made[1]]

    def test_know_the_days_of_the_service_and_not_of_utc(self, client: Client) -> None:
        late = enquiry(now=NOW.replace(day=15, hour=4))  # 23:00 of the 14th in Montréal

        assert found(client.get(url("all"), {"last_on": "2026-11-14"})) == [late]
        assert found(client.get(url("all"), {"first_on": "2026-11-15"})) == []

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "yesterday"])
    def test_say_what_is_wrong_with_a_day_and_show_the_rest(self, client: Client, day: str) -> None:
        made = enquiry()
        response = client.get(url("all"), {"first_on": day, "last_on": day})

        assert response.context["form"].errors.keys() == {"first_on", "last_on"}
        assert found(response) == [made]

    def test_narrow_a_search(self, client: Client) -> None:
        asked_by("Ann Old", now=NOW - 9 * DAY)
        wanted = asked_by("Ann New")

        assert search(client, "ann", "?first_on=2026-11-16") == [wanted]

    def test_narrow_what_is_late(self, lead: Person) -> None:
        by = agent()
        held = tagged(in_hand(by, enquiry()), "fee")
        enquiry()
        with time_machine.travel(NOW + 30 * DAY, tick=False):
            client = sign_in(Client(), lead)
            for query in ({"assignee": by.person.pk}, {"tags": "fee"}):
                assert found(client.get(url("late"), query)) == [held]
            assert found(client.get(url("late"), {"first_on": "2026-11-17"})) == []

    def test_of_an_agent_follow_an_index(self, lead: Person) -> None:
        one = in_hand(agent(), enquiry())
        values = {field.attname: getattr(one, field.attname) for field in one._meta.fields[1:]}
        values |= {"state": State.WAITING, "assignee_id": None, "taken_at": None}
        Enquiry.objects.bulk_create(
            Enquiry(**values | {"reference": f"T{number:07}"}) for number in range(2_000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE enquiries_enquiry")
        rows = Enquiry.objects.filter(assignee=one.assignee).order_by("-received_at", "-pk")

        assert "enquiry_newest_of_agent" in rows[:50].explain()
