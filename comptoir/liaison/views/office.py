"""An office's home and lists: what is booked, what was answered, what is left and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import seeing
from comptoir.liaison.forms.searching import SearchForm
from comptoir.liaison.models import WaitingEntry
from comptoir.liaison.queries import (
    confirming,
    costs,
    days,
    explanations,
    horizon,
    offices,
    waiting,
)
from comptoir.people import ask_page, searching
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow, get_office_for
from comptoir.ui import clock

PER_PAGE = 25


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def my_office(request: SignedIn) -> HttpResponseBase:
    """The first office the person acts for."""
    if not request.standing.offices:
        raise Http404
    return redirect("liaison:office", office_ref=request.standing.offices[0].reference)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def office_home(request: SignedIn, office_ref: str) -> HttpResponse:
    """What the office needs to know at a glance."""
    office = get_office_for(request.standing, office_ref)
    rules = days.load_rules().of(office.pk)
    bookable = days.bookable_dates(rules, request.now)
    opens = horizon.opens_today(rules.policy(clock.service_date(request.now)), request.now)
    shares = offices.shares_on(office, days.open_dates(rules, request.now), rules, request.now)
    waits = list(waiting.live_entries(office))
    answered = list(offices.recent_answers(office, request.now)[: offices.SHOWN])
    seeing.note_cases_seen(office=office, cases=answered, by=request.user, now=request.now)
    context = {
        "office": office,
        "offices": request.standing.offices,
        "manages": request.standing.manages(office),
        "upcoming": costs.of_each(
            offices.upcoming(office, request.now)[: offices.SHOWN], rules, request.now
        ),
        "answers": answered,
        "shares": shares,
        "next_week": offices.shares_after(office, shares, bookable, rules, request.now),
        "asked": confirming.asked_of(office, request.now),
        "refusals": explanations.with_words(offices.recent_refusals(office, request.now)[:5]),
        "feeds": offices.live_feeds(office),
        "opens": opens if opens is not None and opens.takes_wishes(request.now) else None,
        "offers": waiting.pending_offers(office, request.now),
        "waits": len(waits),
        "place": _place(waits, bookable, request.now),
        "refunded": offices.refunded(office, request.now),
        "ask_page": ask_page.address(),
    }
    return render(request, "liaison/office_home.html", context)


def _place(
    waits: Sequence[WaitingEntry], bookable: Iterable[date], now: datetime
) -> waiting.DayPlace | None:
    """The first day that the office waits for, and its best place there: no other day is loaded."""
    first = next((on for on in bookable if any(e.first_on <= on <= e.last_on for e in waits)), None)
    if first is None:
        return None
    places = waiting.places(waits, [first], now)
    return min((place for found in places.values() for place in found), default=None)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def coming_appointments(request: SignedIn, office_ref: str) -> HttpResponse:
    """Everything that is booked, soonest first."""
    office = get_office_for(request.standing, office_ref)
    found = offices.upcoming(office, request.now)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = costs.of_each(page.object_list, days.load_rules(), request.now)
    context = {
        "office": office,
        "page": page,
        "rows": rows,
        "asked": confirming.asked_of(office, request.now),
    }
    return render(request, "liaison/office_coming.html", context)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def past_appointments(request: SignedIn, office_ref: str) -> HttpResponse:
    """Everything that is over, latest first."""
    office = get_office_for(request.standing, office_ref)
    page = Paginator(offices.past(office, request.now), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "liaison/office_past.html", {"office": office, "page": page})


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def answers(request: SignedIn, office_ref: str) -> HttpResponse:
    """The outcomes of the office's cases, latest first, or those found by words kept in the session."""
    office = get_office_for(request.standing, office_ref)
    of_this_office = f"answers:{office.reference}"
    if request.method == "POST":
        searching.note(request, of_this_office, SearchForm())
        return redirect("liaison:answers", office_ref=office.reference)
    form = SearchForm(searching.noted(request, of_this_office) or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    page = Paginator(offices.all_answers(office, words), PER_PAGE).get_page(request.GET.get("page"))
    seeing.note_cases_seen(office=office, cases=page.object_list, by=request.user, now=request.now)
    context = {"office": office, "page": page, "words": words}
    return render(request, "liaison/office_answers.html", context)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def refusals(request: SignedIn, office_ref: str) -> HttpResponse:
    """What the sharing rule refused and why, latest first."""
    office = get_office_for(request.standing, office_ref)
    page = Paginator(offices.recent_refusals(office, request.now), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "office": office,
        "page": page,
        "refusals": explanations.with_words(page.object_list),
    }
    return render(request, "liaison/office_refusals.html", context)
