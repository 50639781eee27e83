"""Two views: a booking in the fewest statements that are still fair, and a page with one row."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

PAGE = "<!doctype html><html lang='en'><title>One row</title><p>{{ row.0 }}: {{ row.1 }} taken</p>"
MOST = 12
"""Quarter hours an office may take in all."""


@csrf_exempt
def book(request: HttpRequest) -> HttpResponse:
    """One transaction: lock the office, check its cap, take two consecutive free units of anybody."""
    office, day, unit = (int(request.GET[name]) for name in ("office", "day", "unit"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT taken FROM bare_office WHERE id = %s FOR UPDATE", [office])
        (taken,) = cursor.fetchone()
        if taken + 2 > MOST:
            return HttpResponse("cap", status=409)
        cursor.execute(
            "SELECT a.agent FROM bare_unit a JOIN bare_unit b"
            " ON b.day = a.day AND b.agent = a.agent AND b.unit = a.unit + 1"
            " WHERE a.day = %s AND a.unit = %s AND a.appointment IS NULL AND b.appointment IS NULL"
            " ORDER BY a.agent LIMIT 1 FOR UPDATE SKIP LOCKED",
            [day, unit],
        )
        found = cursor.fetchone()
        if found is None:
            return HttpResponse("taken", status=409)
        cursor.execute(
            "INSERT INTO bare_appointment (office, day, agent, unit) VALUES (%s, %s, %s, %s)"
            " RETURNING id",
            [office, day, found[0], unit],
        )
        (appointment,) = cursor.fetchone()
        cursor.execute(
            "UPDATE bare_unit SET appointment = %s WHERE day = %s AND agent = %s"
            " AND unit IN (%s, %s) AND appointment IS NULL",
            [appointment, day, found[0], unit, unit + 1],
        )
        assert cursor.rowcount == 2, "both units were locked"
        cursor.execute("UPDATE bare_office SET taken = taken + 2 WHERE id = %s", [office])
    return HttpResponse("booked", status=201)


def page(request: HttpRequest) -> HttpResponse:
    """A page with one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, taken FROM bare_office WHERE id = %s", [request.GET["office"]])
        row = cursor.fetchone()
    return HttpResponse(engines["django"].from_string(PAGE).render({"row": row}))


urlpatterns = [path("book", book), path("page", page)]
