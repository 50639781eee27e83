"""What people type in words travels in the body: addresses end up in histories, logs and referrers."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from comptoir.people.models import Role
from tests.repository.test_hostile_values import looked_at_by, one_of, own_arguments

TYPED = {"text", "search", "email", "tel", "url", "password"}
ALLOWED = {("people:notices", "office"), ("liaison:decisions", "office")}
"""The reference of an office is a public code, as in the address of its own page."""


class GetForms(HTMLParser):
    """The names of the free-text fields in forms that are sent by address."""

    def __init__(self) -> None:
        super().__init__()
        self.by_address = False
        self.forms = 0
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.by_address = given.get("method", "get").lower() == "get"
            self.forms += self.by_address
        typed = tag in ("textarea", "gcds-textarea") or (
            tag in ("input", "gcds-input") and given.get("type", "text") in TYPED
        )
        if self.by_address and typed:
            self.found.add(given.get("name", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.by_address = False


def test_a_free_text_field_is_found() -> None:
    page = GetForms()
    page.feed('<form><input name="q"></form><form method="post"><input name="p"></form>')

    assert page.found == {"q"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_no_form_that_is_sent_by_address_has_a_field_for_words(role: Role) -> None:
    client, person = one_of(role)

    found = []
    for address in looked_at_by(role):
        response = client.get(reverse(address.name, kwargs=own_arguments(address, role, person)))
        if response.headers.get("Content-Type", "").startswith("text/html"):
            page = GetForms()
            page.feed(response.content.decode())
            found += [(address.name, name) for name in page.found]

    assert set(found) <= ALLOWED
