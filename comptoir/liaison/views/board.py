"""The team lead's board: what is on offer, what is booked, what is thin."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comptoir.liaison.queries import booked, pilots, unfinished, waiting
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster.queries import boards, hours
from comptoir.ui import clock

FORTNIGHT = timedelta(days=14)
PER_PAGE = 50


@require_GET
@allow(Role.TEAM_LEAD)
def fortnight(request: SignedIn, on: date | None = None) -> HttpResponse:
    """Two weeks from today, or from another date."""
    today = clock.service_date(request.now)
    first, last = hours.fortnight_from(on or today)
    board = boards.fortnight(first, last, booked_of=booked.masks, now=request.now)
    context = {
        "board": board,
        "today": today,
        "pilots": pilots.going_on(today),
        "unfinished": unfinished.by_professional(today),
        "earlier": first - FORTNIGHT,
        "later": first + FORTNIGHT,
        "languages": boards.LANGUAGES,
    }
    return render(request, "liaison/board_fortnight.html", context)


@require_GET
@allow(Role.TEAM_LEAD)
def day(request: SignedIn, on: date) -> HttpResponse:
    """One day, professional by professional, quarter hour by quarter hour."""
    board = boards.day_board(
        on, booked_of=booked.masks, bookings=booked.of_day(on), now=request.now
    )
    context = {
        "board": board,
        "today": clock.service_date(request.now),
        "previous": boards.open_day_beside(on, -1),
        "next": boards.open_day_beside(on, 1),
    }
    return render(request, "liaison/board_day.html", context)


@require_GET
@allow(Role.TEAM_LEAD)
def waits(request: SignedIn, on: date) -> HttpResponse:
    """Who waits for time on a day, in their order, and what is offered to them at this moment."""
    context = {
        "on": on,
        "page": Paginator(waiting.standings(on, request.now), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "previous": boards.open_day_beside(on, -1),
        "next": boards.open_day_beside(on, 1),
    }
    return render(request, "liaison/board_waiting.html", context)
