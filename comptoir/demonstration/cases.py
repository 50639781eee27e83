"""The cases brought to appointments: identifiers, legal bases, outcomes and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date, time, timedelta
from random import Random

from comptoir.demonstration import centre, phrases
from comptoir.demonstration.bookings import Booking
from comptoir.demonstration.centre import Dates
from comptoir.demonstration.names import Namer
from comptoir.domain import business_days
from comptoir.liaison.models import (
    FOLLOWED_OUTCOMES,
    Appointment,
    CaseLine,
    FollowUp,
    LegalBasis,
    Outcome,
    Status,
)
from comptoir.people.models import Chamber
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import clock

LINES = (
    tuple(LineOfBusiness),
    (18, 10, 17, 15, 12, 8, 9, 8, 3),
)
"""Lines of business and how often, in a hundred."""


def lines_of(
    appointment: Appointment, booking: Booking, signers: Namer, soon: Set[date], rng: Random
) -> Iterator[CaseLine]:
    """The case lines of an appointment, with outcomes once it is finished.

    Half of those of the days that come `soon` are prepared.
    """
    count = booking.wish.cases or _how_many(booking.quanta, rng)
    for position in range(1, count + 1):
        line = rng.choices(*LINES)[0]
        case = CaseLine(
            appointment=appointment,
            position=position,
            line_of_business=line,
            question=rng.choice(phrases.QUESTIONS[appointment.language][line]),
            uci=f"11{rng.randrange(10**8):08}" if rng.random() < 0.6 else "",
            application_number=_application_number(rng) if rng.random() < 0.7 else "",
        )
        _give_basis(case, signers, rng)
        if booking.on in soon and rng.random() < 0.5:
            case.preparation = phrases.PREPARATION[appointment.language]
        if booking.status == Status.FINISHED:
            _give_outcome(case, booking, rng)
        yield case


def follow_up_of(case: CaseLine, dates: Dates, rng: Random) -> FollowUp | None:
    """What an outcome left to do; most of what was due is done, a little is late."""
    if case.outcome not in FOLLOWED_OUTCOMES or case.recorded_at is None:
        return None
    language = case.appointment.language
    on = clock.service_date(case.recorded_at)
    urgent = case.outcome == Outcome.REFERRED and rng.random() < 0.4
    due_on = business_days.add(on, 2 if urgent else 10, dates.closed)
    made = FollowUp(
        case_line=case,
        professional_id=case.appointment.professional_id,
        task=phrases.TASKS[language][Outcome(case.outcome)],
        due_on=due_on,
        created_at=case.recorded_at,
    )
    last = min(due_on, dates.today - timedelta(days=1))
    later = business_days.between(on + timedelta(days=1), last, dates.closed)
    if later and rng.random() < (0.97 if due_on < dates.today else 0.6):
        made.done_at = centre.at(rng.choice(later), time(15, 20))
        made.done_by = case.recorded_by
        made.result = phrases.RESULTS[language]
    return made


def _how_many(quanta: int, rng: Random) -> int:
    return min(1 + sum(rng.random() < 0.62 for _ in range(2 * quanta - 1)), 12)


def _application_number(rng: Random) -> str:
    return f"{rng.choice('EFSUVWX')}{rng.randrange(10**9):09}"


def _give_basis(case: CaseLine, signers: Namer, rng: Random) -> None:
    """Consent always for senators; for members now and then the provision made for them."""
    appointment = case.appointment
    if appointment.office.chamber == Chamber.COMMONS and rng.random() < 0.12:
        case.legal_basis = LegalBasis.MEMBER
        return
    booked_on = clock.service_date(appointment.booked_at)
    signed_on = booked_on - timedelta(days=rng.randrange(0, 60))
    case.legal_basis = LegalBasis.CONSENT
    case.consent_signer = signers.any_name(appointment.language)
    case.consent_signed_on = signed_on
    case.consent_scope = phrases.SCOPE[appointment.language]
    case.consent_expires_on = signed_on + timedelta(days=365) if rng.random() < 0.7 else None


def _give_outcome(case: CaseLine, booking: Booking, rng: Random) -> None:
    outcome = rng.choices(*phrases.OUTCOMES)[0]
    language = case.appointment.language
    case.outcome = outcome
    case.answer = rng.choice(phrases.ANSWERS[language][outcome])
    case.advice = phrases.ADVICE[language] if rng.random() < 0.3 else ""
    case.recorded_by = case.appointment.professional.person
    case.recorded_at = booking.finished_at
