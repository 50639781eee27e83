"""What is guaranteed to an office, taken with one press where more was refused; with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.liaison.models import Hold
from comptoir.people.models import Office, Role
from tests.browser import axe
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison.factories import (
    DAY,
    PolicyFactory,
    ProfessionalFactory,
    at,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory, person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(DAY - timedelta(days=1), 9), tick=True) as traveller:
        yield traveller


@pytest.fixture
def office(transactional_db: None) -> Office:
    """One of nine offices, each guaranteed a quarter hour of a day that has two hours."""
    PolicyFactory.create(
        minutes_per_day=600,
        minutes_per_week=3000,
        nested=True,
        miss_per_mille=0,
        weekly_floor_minutes=0,
    )
    made = OfficeFactory.create()
    OfficeFactory.create_batch(8)
    person_with(Role.DELEGATE, office=made, language="en")
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    return made


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_one_press_keeps_the_guaranteed_quarter_hour_and_opens_the_form(
    new_visitor: NewVisitor, office: Office, scripts: bool
) -> None:
    visitor: Visitor = new_visitor("en", java_script_enabled=scripts)
    visitor.comes_signed_in(delegate_of(office))
    page = visitor.page
    page.goto(visitor.address("liaison:times", office.reference) + "?minutes=45&language=en")
    button = page.get_by_role("button", name="Take 15 minutes").first
    expect(button).to_be_visible()
    if scripts:
        visitor.ready()
        assert axe.complaints(page) == []

    button.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your cases")
    hold = Hold.objects.get()
    assert (hold.office, hold.starts_at, hold.quanta) == (office, at(DAY, 10), 1)
