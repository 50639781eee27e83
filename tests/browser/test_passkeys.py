"""Passkeys, with the browser's own virtual authenticator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def holder(new_visitor: NewVisitor) -> Iterator[Visitor]:
    """Somebody with a fingerprint reader."""
    visitor = new_visitor()
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield visitor
    session.detach()


def test_a_passkey_is_set_up_signs_in_and_unlocks(
    holder: Visitor, clock: time_machine.Traveller
) -> None:
    person = person_with(Role.AUDITOR)
    holder.go("account_login")
    holder.type("E-mail address", person.email)
    holder.press("Send me a code")
    holder.type("Code", holder.post.code(person.email))
    holder.press("Sign in")
    holder.sees("Your role needs a second factor")

    holder.follow("Set up a passkey")
    holder.type("Name of this passkey", "Work laptop")
    holder.press("Set it up")
    holder.heading("Recovery codes")
    holder.go("mfa_index")
    expect(holder.page.get_by_role("table")).to_contain_text("Work laptop")

    holder.go("account_logout")
    holder.press("Sign out")
    holder.go("account_login")
    holder.press("Use a passkey")
    holder.heading("Audit trail")

    clock.shift(timedelta(minutes=16))
    holder.go("people:trail")
    holder.heading("Your session is locked")
    holder.press("Unlock with a passkey")
    holder.heading("Audit trail")


def test_somebody_without_a_passkey_for_us_is_told_so(holder: Visitor) -> None:
    holder.go("account_login")

    holder.press("Use a passkey")

    holder.sees("The passkey was not read. Try again, or ask for a code.")
