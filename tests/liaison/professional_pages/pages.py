"""How the tests of a professional's pages find their way: addresses, words, what a browser sends."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.urls import reverse

from comptoir.liaison.actions import serving
from comptoir.liaison.models import (
    Appointment,
    CaseLine,
    FollowUp,
    FollowUpTarget,
)
from comptoir.people.models import Person
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    at,
)

TEN = at(DAY, 10)
"""When the appointment of most tests begins, and the clock of the page stands."""


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)


def said(response: Any) -> str:
    """The words of a page: no markup, no noscript twin, plain spaces."""
    text = re.sub(r"<noscript>.*?</noscript>", "", response.content.decode(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
    return " ".join(text.split()).replace(" ,", ",")


def markup(response: Any) -> str:
    return str(response.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def sent(position: int = 1, **values: object) -> dict[str, object]:
    """What a browser posts about one case."""
    return {f"case-{position}-{name}": value for name, value in values.items()}


def line(appointment: Appointment, position: int = 1) -> CaseLine:
    return appointment.case_lines.get(position=position)


def prepare(case_line: CaseLine) -> None:
    serving.prepare_case(
        case_line=case_line,
        preparation="Ready.",
        read=case_line.version,
        by=case_line.appointment.professional.person,
        now=NOW,
    )


def complete(follow_up: FollowUp, result: str) -> None:
    by: Person = follow_up.professional.person
    serving.complete_follow_up(follow_up=follow_up, result=result, by=by, now=NOW)


def left(task: str, due_on: date, hour: int) -> FollowUp:
    appointment = AppointmentFactory.create(starts_at=at(DAY, hour))
    made: FollowUp = factories.follow_up(appointment=appointment, task=task, due_on=due_on)
    return made


def target(business_days: int = 10, urgent_hours: int = 48) -> FollowUpTarget:
    return FollowUpTarget.objects.create(
        valid_from=date(2024, 4, 1),
        business_days=business_days,
        urgent_hours=urgent_hours,
        source="Test",
        created_at=NOW,
    )


def untouched(appointment: Appointment) -> dict[str, object]:
    """What a browser posts of the cases that nobody touched."""
    values: dict[str, object] = {}
    for case_line in appointment.case_lines.all():
        if case_line.outcome:
            values |= sent(
                case_line.position,
                read=case_line.version,
                outcome=case_line.outcome,
                answer=case_line.answer,
                advice=case_line.advice,
            )
    return values
