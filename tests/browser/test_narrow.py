"""Tables on the narrowest phones: the labels of their cards break between words, never inside one."""

from __future__ import annotations

import pytest
import time_machine

from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison import factories
from tests.liaison.factories import DAY, PolicyFactory, ProfessionalFactory, at, open_day
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAGES = ["liaison:board", "liaison:follow-ups", "roster:professionals"]

LABELS_WITH_A_WORD_TOO_LONG = """(cells) => cells.filter((cell) => {
  const label = getComputedStyle(cell, "::before");
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${label.fontWeight} ${label.fontSize} ${label.fontFamily}`;
  const words = cell.dataset.label.split(/[ -]/).map((word) => pen.measureText(word).width);
  const column = parseFloat(getComputedStyle(cell).gridTemplateColumns);
  return Math.max(...words) > column;
}).map((cell) => cell.dataset.label)"""


@pytest.fixture
def lead(language: str, new_visitor: NewVisitor, clock: time_machine.Traveller) -> Visitor:
    """A team lead with a telephone, a day on which something is booked and a follow-up that is late."""
    clock.move_to(at(DAY, 10))
    PolicyFactory.create(generous=True)
    open_day(DAY, [ProfessionalFactory.create()])
    factories.follow_up()
    visitor = new_visitor(language, viewport={"width": 320, "height": 640})
    visitor.comes_signed_in(person_with(Role.TEAM_LEAD))
    return visitor


@pytest.mark.parametrize("name", PAGES)
def test_no_label_of_a_card_breaks_inside_a_word(lead: Visitor, name: str) -> None:
    lead.go(name)
    labelled = lead.page.locator(".table--cards tbody [data-label]")

    assert labelled.count() > 0
    assert labelled.evaluate_all(LABELS_WITH_A_WORD_TOO_LONG) == []
