"""The menu of every role: no longer than one takes in at a glance, and nothing of it out of reach."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from comptoir.people.models import Role
from comptoir.ui import navigation
from tests.people.factories import person_with
from tests.people.signing_in import sign_in


def menu(*roles: Role, at: str = "/en/") -> list[dict[str, Any]]:
    request = RequestFactory().get(at)
    request.standing = SimpleNamespace(roles=frozenset(roles))  # type: ignore[attr-defined]  # what the middleware adds
    found: list[dict[str, Any]] = navigation.menu(request)["navigation"]
    return found


def led_to(places: list[dict[str, Any]]) -> list[str]:
    """Where the places lead, and what lies inside them."""
    return [item["url"] for place in places for item in place.get("inside", [place])]


@pytest.mark.parametrize("role", Role)
def test_nobody_has_more_places_than_they_take_in_at_a_glance(role: Role) -> None:
    places = menu(role)

    assert len(places) <= navigation.MOST
    assert sorted(led_to(places)) == sorted(
        reverse(entry.url_name) for entry in navigation.entries_for([role])
    )


def test_a_short_menu_has_no_groups() -> None:
    assert not [place for place in menu(Role.POLICY_OWNER) if "inside" in place]


def test_a_group_leads_to_the_first_of_its_pages() -> None:
    groups = [place for place in menu(Role.TEAM_LEAD) if "inside" in place]

    assert [(group["url"], len(group["inside"])) for group in groups][:2] == [
        (reverse("liaison:board"), 3),
        (reverse("enquiries:work"), 3),
    ]
    assert all(len(group["inside"]) > 1 for group in groups)


@pytest.mark.parametrize("name", ["enquiries:work", "enquiries:mails", "enquiries:referrals"])
def test_a_group_is_current_with_each_of_its_pages(name: str) -> None:
    places = menu(Role.TEAM_LEAD, at=reverse(name))

    [group] = [place for place in places if place["current"]]
    [page] = [item for item in group["inside"] if item["current"]]
    assert page["url"] == reverse(name)


@pytest.mark.django_db
def test_the_pages_of_the_group_stand_below_the_menu_while_one_is_read(client: Client) -> None:
    sign_in(client, person_with(Role.TEAM_LEAD))
    mails = reverse("enquiries:mails")

    inside = client.get(reverse("enquiries:work")).content.decode()
    outside = client.get(reverse("roster:professionals")).content.decode()

    assert f'<a href="{mails}">Mail set aside</a>' in inside
    assert f'<a href="{mails}">' not in outside
