"""What is on record of a case is not written over by who has not seen it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comptoir.liaison.actions import serving
from comptoir.liaison.models import Appointment, CaseLine, FollowUp, Outcome, Status
from tests.liaison import factories
from tests.liaison.factories import NOW, AppointmentFactory

pytestmark = pytest.mark.django_db


def case_of(appointment: Appointment) -> CaseLine:
    return appointment.case_lines.get(position=1)


@pytest.mark.parametrize("first", [Outcome.REFERRED, Outcome.ANSWERED])
def test_who_read_an_earlier_version_overwrites_nothing(first: Outcome) -> None:
    appointment = AppointmentFactory.create(status=Status.STARTED)
    read = case_of(appointment).version
    factories.record(appointment, first, answer="First")

    with pytest.raises(serving.Superseded):
        factories.record(appointment, Outcome.MORE_NEEDED, answer="Second", read=read)

    assert case_of(appointment).answer == "First"
    assert not FollowUp.objects.filter(withdrawn=True).exists()


def test_notes_are_not_written_over_notes_that_were_not_read() -> None:
    appointment = AppointmentFactory.create()
    case_line = case_of(appointment)
    by = appointment.professional.person
    serving.prepare_case(case_line=case_line, preparation="First", read="", by=by, now=NOW)

    with pytest.raises(serving.Superseded):
        serving.prepare_case(case_line=case_line, preparation="Second", read="", by=by, now=NOW)

    assert case_of(appointment).preparation == "First"


def test_a_case_about_which_nothing_is_written_has_no_version() -> None:
    assert case_of(AppointmentFactory.create()).version == ""


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": Outcome.ACTION_REQUESTED},
        {"answer": "Other words"},
        {"advice": "Wait."},
        {"task": "Ask somebody else"},
        {"due_on": date(2026, 12, 24)},
        {"urgent": True},
    ],
    ids=str,
)
def test_whatever_is_changed_makes_another_version_and_the_same_words_the_same(
    change: dict[str, Any],
) -> None:
    appointment = AppointmentFactory.create(status=Status.STARTED)
    common: dict[str, Any] = {"outcome": Outcome.REFERRED}
    first = factories.record(appointment, **common).version

    assert factories.record(appointment, **(common | change)).version != first
    assert factories.record(appointment, **common).version == first
    assert case_of(appointment).version == first
