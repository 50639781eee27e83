"""The board of a day on paper: no hour overprints another, and every bar carries its own times."""

from __future__ import annotations

from datetime import time

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    open_day,
)
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MARGIN = 0.5
"""Pixels that rounding may take; a letter is some ten times as wide."""

SHEET = {"width": 800, "height": 700}
"""What ten hours get of a letter sheet on its side, less its margins, when a day has twelve."""

WIDER_THAN_ITS_PLACE = """(elements) => elements.filter((e) => {
  const range = document.createRange();
  range.selectNodeContents(e);
  return range.getBoundingClientRect().width > e.getBoundingClientRect().width + MARGIN;
}).map((e) => e.textContent)""".replace("MARGIN", str(MARGIN))

OUTSIDE_ITS_BAR = """(faces) => faces.filter((face) => {
  const bar = face.closest("td").getBoundingClientRect();
  return [...face.children].some((time) => {
    const box = time.getBoundingClientRect();
    return box.width && (box.left < bar.left - MARGIN || box.right > bar.right + MARGIN
      || box.top < bar.top - MARGIN || box.bottom > bar.bottom + MARGIN);
  });
}).map((face) => face.textContent)""".replace("MARGIN", str(MARGIN))


TIMES = {
    "en": {("10:15",), ("11:15", "11:45"), ("12:15", "1:00"), ("1:15", "2:15")},
    "fr": {("10 h 15",), ("11 h 15", "11 h 45"), ("12 h 15", "13 h"), ("13 h 15", "14 h 15")},
}
"""When each appointment begins and ends; a quarter hour says only when it begins."""


def said(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def lead(language: str, new_visitor: NewVisitor, clock: time_machine.Traveller) -> Visitor:
    """A team lead before a day from eight to seven with appointments of every length."""
    PolicyFactory.create(generous=True)
    open_day(DAY, [ProfessionalFactory.create(person__name="Anna Longname-Example")])
    open_day(DAY, [ProfessionalFactory.create()], first=time(8), last=time(18))
    for hour, minutes in ((10, 15), (11, 30), (12, 45), (13, 60)):
        AppointmentFactory.create(starts_at=at(DAY, hour, 15), minutes=minutes)
    visitor = new_visitor(language, viewport=SHEET)
    visitor.comes_signed_in(person_with(Role.TEAM_LEAD))
    visitor.go("liaison:board-day", DAY)
    visitor.page.emulate_media(media="print")
    return visitor


def test_no_hour_overprints_the_next(lead: Visitor) -> None:
    heads = lead.page.locator(".day-board thead th")

    assert heads.count() == 1 + 10
    assert heads.evaluate_all(WIDER_THAN_ITS_PLACE) == []


def test_every_bar_carries_its_times_within_itself(lead: Visitor, language: str) -> None:
    faces = lead.page.locator(".slot__face")

    booked = lead.page.locator(".slot--booked .slot__face")
    expect(booked).to_have_count(4)
    shown = {
        tuple(said(text) for text in face.locator("span:visible").all_inner_texts())
        for face in booked.all()
    }
    assert shown == TIMES[language]
    assert faces.evaluate_all(OUTSIDE_ITS_BAR) == []


def test_on_the_screen_the_bars_are_plain(lead: Visitor) -> None:
    lead.page.emulate_media(media="screen")

    expect(lead.page.locator(".slot__face span:visible")).to_have_count(0)
