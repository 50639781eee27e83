"""Every refusal gives its true reason, in a sentence with a next step."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import translation

from comptoir.domain.service_day import Reason
from comptoir.liaison.actions import booking
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import Appointment, Mode
from comptoir.liaison.queries import explanations
from comptoir.roster.models import ClosedDay, OfferedHours
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    consent_case,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        (at(date(2026, 11, 14), 10), "past"),
        (at(date(2026, 11, 13), 10), "past"),
        (at(date(2026, 11, 16), 8), "past"),
        (at(date(2026, 11, 21), 10), "closed"),
        (at(date(2026, 12, 25), 10), "closed"),
        (at(date(2027, 3, 3), 10), "beyond_horizon"),
        (at(date(2027, 3, 6), 10), "closed"),
        (at(date(2026, 11, 19), 10), "not_published"),
        (at(DAY, 14, 7), "off_quarter"),
        (at(DAY, 3), "not_worked"),
    ],
)
def test_a_time_that_cannot_be_had_is_refused_for_its_true_reason(
    starts_at: datetime, reason: str
) -> None:
    """Around Monday the 16th: days before it, its own morning, a weekend, Christmas, next March."""
    for on in (date(2026, 11, 13), date(2026, 11, 16), DAY):
        open_day(on)

    PolicyFactory.create()
    office = OfficeFactory.create()
    wish = Wish(starts_at, 30, "en", Mode.TELEPHONE, telephone="613-555-0100")

    with pytest.raises(NotAdmitted) as refused:
        booking.book_appointment(
            office=office,
            wish=wish,
            cases=[consent_case()],
            by=delegate_of(office),
            now=NOW,
            seed=1,
        )

    assert refused.value.decision.reason == reason
    assert not Appointment.objects.exists()


def test_a_day_that_was_published_and_then_closed_is_told_as_closed() -> None:
    """Its rows stay and offer nothing."""
    open_day()
    OfferedHours.objects.update(mask=0)
    ClosedDay.objects.create(
        on=DAY,
        name_en="Storm",
        name_fr="Tempête",
        reason="Storm",
        entered_by=PersonFactory.create(),
        entered_at=NOW,
    )

    with pytest.raises(NotAdmitted) as refused:
        AppointmentFactory.create()

    assert refused.value.decision.reason == "closed"


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_has_a_sentence_and_a_next_step(reason: Reason, language: str) -> None:
    counters = {
        "asked": 2,
        "day_used": 3,
        "day_limit": 4,
        "week_used": 5,
        "week_limit": 12,
        "free": 4,
    }

    with translation.override(language):
        words = explanations.explain(reason, counters)

    assert words.sentence.endswith(".")
    assert words.next_step.endswith(".")


@pytest.mark.parametrize(
    "reason",
    [
        Reason.HOLDS_TOO_MUCH, Reason.KEPT, Reason.WOULD_SPLIT,
        Reason.NO_TIME, Reason.TIME_TAKEN, Reason.DAY_LIMIT, Reason.WEEK_LIMIT,
    ],
)  # fmt: skip
def test_where_its_own_share_is_there_for_it_that_is_the_next_step(reason: Reason) -> None:
    counters = {
        "asked": 2, "day_used": 1, "day_limit": 2, "week_used": 5, "week_limit": 6,
        "left": 1, "kept": 1, "held": 1, "holding_cap": 2, "instead": 1,
    }  # fmt: skip

    words = explanations.explain(reason, counters)

    assert words.next_step == (
        "Your own share of that day, 15\N{NO-BREAK SPACE}minutes, is yours now if you take it."
    )


@pytest.mark.parametrize(
    ("week_used", "advice"),
    [
        (4, "Ask for 30 minutes or less on that day, or choose another day."),
        (11, "Ask for 15 minutes or less on that day, or choose another day."),
        (12, "Choose a day of another week: the count begins again on Monday."),
    ],
)
def test_no_advice_leads_to_the_next_refusal(week_used: int, advice: str) -> None:
    """Half an hour is left of the day; of the week more, less, or nothing."""
    counters = {"asked": 3, "day_used": 2, "day_limit": 4, "week_limit": 12, "week_used": week_used}

    said = explanations.explain("day_limit", counters).next_step

    assert said.replace("\N{NO-BREAK SPACE}", " ") == advice
