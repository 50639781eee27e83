"""Working through an appointment with scripts: one case at a time, and nothing typed is lost."""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import Locator, expect

from comptoir.liaison.models import Appointment, FollowUp, FollowUpTarget, Outcome, Status
from comptoir.liaison.queries import rebooking
from comptoir.liaison.views import lead
from comptoir.people.models import Role
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    at,
    consent_case,
    member_case,
    open_day,
)
from tests.people.factories import person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TEXTS = ["What the office reads", "Advice given", "What is to be done, and by whom"]


@pytest.fixture
def running(clock: time_machine.Traveller) -> Appointment:
    """An appointment with two cases that goes on."""
    clock.move_to(at(DAY, 10))
    PolicyFactory.create(generous=True)
    FollowUpTarget.objects.get_or_create(
        valid_from="2024-04-01",
        defaults={
            "business_days": 10,
            "urgent_hours": 48,
            "source": "Test",
            "created_at": at(DAY, 9),
        },
    )
    return AppointmentFactory.create(cases=[consent_case(), member_case()], status=Status.STARTED)


@pytest.fixture
def professional(running: Appointment, new_visitor: NewVisitor) -> Visitor:
    visitor = new_visitor("en")
    visitor.comes_signed_in(running.professional.person)
    visitor.go("liaison:served", running.reference)
    return visitor


def case(visitor: Visitor, position: int) -> Locator:
    return visitor.page.locator(f"#case-{position}")


def shown(section: Locator) -> list[str]:
    """Which of the fields below the outcome are to be seen."""
    return [label for label in TEXTS if section.get_by_label(label).first.is_visible()]


def test_only_the_fields_of_the_outcome_are_there(professional: Visitor) -> None:
    first = case(professional, 1)
    assert shown(first) == []

    professional.tick("Answered", first)
    expect(first.get_by_label(TEXTS[1])).to_be_visible()
    assert shown(first) == TEXTS[:2]

    professional.tick("Referred", first)
    expect(first.get_by_label(TEXTS[2])).to_be_visible()
    assert shown(first) == TEXTS
    expect(first.get_by_role("group", name="Due date")).to_be_hidden()
    professional.tick("On another date", first)
    expect(first.get_by_role("group", name="Due date")).to_be_visible()

    professional.tick("Not discussed", first)
    expect(first.get_by_label(TEXTS[1])).to_be_hidden()
    assert shown(first) == TEXTS[:1]


def test_saving_one_case_leaves_what_is_typed_in_another_and_says_so_aloud(
    professional: Visitor, running: Appointment
) -> None:
    first, second = case(professional, 1), case(professional, 2)
    professional.tick("Answered", second)
    professional.type(TEXTS[0], "Half a sentence", second)
    professional.tick("Referred", first)
    professional.type(TEXTS[2], "Ask the visa office", first)

    professional.press("Save case 1", first)

    expect(professional.page.locator("#announcer")).to_have_text("Case 1 is saved.")
    expect(second.get_by_label(TEXTS[0])).to_have_value("Half a sentence")
    expect(professional.page.locator("#finish")).to_contain_text("One case has no outcome yet")
    assert professional.page.evaluate("document.activeElement.id") == "save-1"
    assert running.case_lines.get(position=1).outcome == Outcome.REFERRED
    assert FollowUp.objects.get().task == "Ask the visa office"


def test_an_error_takes_the_focus_to_the_case_and_keeps_what_was_typed(
    professional: Visitor,
) -> None:
    first = case(professional, 1)
    professional.tick("Referred", first)
    professional.type(TEXTS[0], "It was passed on.", first)
    professional.watch.expect(422)

    professional.press("Save case 1", first)

    summary = first.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Write what is to be done.")
    expect(first.get_by_label(TEXTS[0])).to_have_value("It was passed on.")


def test_what_is_on_record_is_sent_again_untouched_and_changes_nothing(
    professional: Visitor, running: Appointment
) -> None:
    first = case(professional, 1)
    professional.tick("Referred", first)
    professional.type(TEXTS[0], "One line\nand another", first)
    professional.type(TEXTS[2], "Ask the visa office", first)
    professional.press("Save case 1", first)
    expect(professional.page.locator("#announcer")).to_have_text("Case 1 is saved.")
    recorded = running.case_lines.get(position=1)

    professional.go("liaison:served", running.reference)
    assert shown(first) == TEXTS
    professional.press("Save case 1", first)
    professional.page.wait_for_load_state("networkidle")

    again = running.case_lines.get(position=1)
    assert (again.answer, again.recorded_at) == (recorded.answer, recorded.recorded_at)
    assert again.answer == "One line\nand another"


def test_finishing_saves_what_is_typed_and_ends(
    professional: Visitor, running: Appointment
) -> None:
    for position in (1, 2):
        professional.tick("Answered", case(professional, position))
        professional.type(TEXTS[0], "Approved.", case(professional, position))

    professional.press("Finish the appointment")

    professional.sees("The appointment is finished. The office can read every outcome.")
    running.refresh_from_db()
    assert running.status == Status.FINISHED


def test_without_scripts_every_field_is_there_and_nothing_typed_is_lost(
    running: Appointment, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor("en", java_script_enabled=False)
    visitor.comes_signed_in(running.professional.person)
    visitor.page.goto(visitor.address("liaison:served", running.reference))
    page = visitor.page
    page.locator("[name=case-1-outcome][value=answered]").check()
    page.locator("[name=case-1-answer]").last.fill("Approved.")
    page.locator("[name=case-2-answer]").last.fill("Half a sentence")

    page.locator("#save-1").click()

    expect(page.locator("[name=case-2-answer]").last).to_have_value("Half a sentence")
    assert running.case_lines.get(position=1).answer == "Approved."


def test_rebooking_everything_goes_on_by_itself_to_the_end(
    new_visitor: NewVisitor, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead, "BATCH", 1)
    PolicyFactory.create(generous=True)
    away = ProfessionalFactory.create()
    open_day(DAY, [away])
    for hour in (9, 11, 14):
        AppointmentFactory.create(starts_at=at(DAY, hour))
    open_day(DAY, [ProfessionalFactory.create()])
    absence = absent(away)
    visitor = new_visitor("en")
    visitor.comes_signed_in(person_with(Role.TEAM_LEAD))
    visitor.go("liaison:affected", absence.pk)

    visitor.page.get_by_role("button", name="Rebook 3 appointments").click()

    visitor.heading("Every appointment was tried")
    expect(visitor.page.locator("#announcer")).to_have_text("3 of 3 tried")
    assert not rebooking.affected_by(absence).exists()
