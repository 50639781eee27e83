"""One view around `book_appointment`."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from comptoir.liaison.actions import booking, bringing, locking
from comptoir.people.models import Office, Person
from comptoir.ui import clock, statements

CASE = bringing.Case(
    line_of_business="study",
    question="Classes begin in January. Can a decision be expected by then?",
    legal_basis="consent",
    application_number="S123456789",
    consent_signer="Benchmark",
    consent_signed_on=date(2026, 1, 5),
    consent_scope="The application",
)

# As a page has them by the time it books: read in one go, with the session and the access.
KNOWN = f"""
SELECT {statements.columns(Office, "office")}, {statements.columns(Person, "person")}
  FROM people_office office, people_person person
 WHERE office.id = %s::bigint AND person.id = %s::bigint
"""


@csrf_exempt
def book(request: HttpRequest) -> HttpResponse:
    """Half an hour for an office, with one case."""
    asked = request.GET
    (known,) = statements.rows(KNOWN, [asked["office"], asked["person"]])
    office, person = statements.instances((Office, Person), known)
    wish = booking.Wish(
        starts_at=datetime.fromisoformat(asked["start"]),
        minutes=30,
        language=asked["language"],
        mode="telephone",
        telephone="613-555-0100",
    )
    try:
        booking.book_appointment(
            office=office,
            wish=wish,
            cases=[CASE],
            by=person,
            now=clock.now(),
            seed=int(asked["seed"]),
        )
    except booking.NotAdmitted as refused:
        return HttpResponse(refused.decision.reason, status=409)
    except locking.DayBusy:
        return HttpResponse("busy", status=503)
    return HttpResponse("booked", status=201)


urlpatterns = [path("book", book)]
