"""An office on the waiting list: what it waits for, its place, what it is offered."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.liaison.actions import booking, bringing, locking, waiting
from comptoir.liaison.models import Answer, WaitingEntry
from comptoir.liaison.permissions import get_entry_for, get_offer_for
from comptoir.liaison.queries import days, explanations, missed
from comptoir.liaison.queries import waiting as queries
from comptoir.liaison.views import entering
from comptoir.people import lock
from comptoir.people.models import Office, OfficeStatus, Role
from comptoir.people.permissions import SignedIn, allow, get_office_for, while_locked
from comptoir.ui import clock
from comptoir.ui.seeds import new_seed

ENDED_PER_PAGE = 10

GONE = {
    Answer.ACCEPTED: gettext_lazy("You have accepted it already. Wait for the draw."),
    Answer.BOOKED: gettext_lazy("It is booked for your office already."),
    Answer.DECLINED: gettext_lazy("It was declined already, and went to the next office."),
    Answer.EXPIRED: gettext_lazy(
        "It was not answered in time. You are still on the list, and will be offered another."
    ),
    Answer.LOST: gettext_lazy("Another office has it now. You are still on the list."),
    Answer.WITHDRAWN: gettext_lazy("Your office is no longer on the list for it."),
}


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def waiting_list(request: SignedIn, office_ref: str) -> HttpResponse:
    """What is offered, what the office waits for and its place, what became of earlier entries."""
    office = get_office_for(request.standing, office_ref)
    rules = days.load_rules().of(office.pk)
    bookable = days.bookable_dates(rules, request.now)
    entries = list(queries.live_entries(office))
    policy = rules.policy(clock.service_date(request.now))
    most = policy.most_waiting if policy is not None else 0
    places = queries.places(entries, bookable, request.now)
    ended = Paginator(queries.ended_entries(office, request.now), ENDED_PER_PAGE)
    context = {
        "office": office,
        "offers": queries.pending_offers(office, request.now),
        "entries": [
            (entry, queries.window(entry, entry.first_on), places[entry.pk]) for entry in entries
        ],
        "page": ended.get_page(request.GET.get("page")),
        "most": most,
        "may_wait": len(entries) < most and office.status == OfficeStatus.ACTIVE,
        "first_place": queries.is_owed_first_place(office, rules, request.now),
        "made_good": missed.days_made_good(office, rules, request.now),
    }
    return render(request, "liaison/waiting.html", context)


@while_locked
@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def offers(request: SignedIn, office_ref: str) -> HttpResponse:
    """What is offered now; an open page asks by itself, which is no sign of life."""
    office = get_office_for(request.standing, office_ref)
    if lock.is_locked(request.session, request.now):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    found = queries.pending_offers(office, request.now)
    return render(request, "liaison/parts/offers.html", {"office": office, "offers": found})


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def new_entry(request: SignedIn, office_ref: str) -> HttpResponse:
    """Put the office on the list with all that a booking needs."""
    office = get_office_for(request.standing, office_ref)
    dates = days.open_dates(days.load_rules().of(office.pk), request.now)
    if not dates:
        messages.warning(request, _("There is no day to wait for: no hours are on offer."))
        return redirect("liaison:waiting", office_ref=office.reference)
    page = entering.page(request, office, dates)
    entry = page.submitted(request, waiting.wait)
    if entry is None:
        return page.shown(request, "liaison/waiting_new.html")
    return _filed(request, office, entry)


def _filed(request: SignedIn, office: Office, entry: WaitingEntry) -> HttpResponse:
    """Where the office goes: to its appointment if it is booked at once, else to the list."""
    offer = entry.offers.filter(answer=Answer.OPEN).first()
    if offer is not None and offer.automatic:
        return _accepted(request, office, offer.pk)
    if offer is not None:
        messages.success(request, _("There is time for you now. It is kept while you answer."))
    else:
        messages.success(
            request, _("Your office is on the waiting list. You are told when time comes free.")
        )
    return redirect("liaison:waiting", office_ref=office.reference)


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def accept(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Book what is offered, or take part in the draw for it."""
    return _accepted(request, get_office_for(request.standing, office_ref), pk)


REFUSALS = (
    waiting.OfferGone,
    waiting.EntryOver,
    booking.NotAdmitted,
    bringing.BadCases,
    locking.DayBusy,
)


def _accepted(request: SignedIn, office: Office, pk: int) -> HttpResponse:
    offer, seed = get_offer_for(office, pk), new_seed()
    try:
        booked = waiting.accept(offer=offer, by=request.user, now=request.now, seed=seed)
    except REFUSALS as refused:
        messages.warning(request, _why_not(refused))
        return redirect("liaison:waiting", office_ref=office.reference)
    if booked is None:
        drawn = _("You take part in the draw. The list says shortly who has the time.")
        messages.success(request, drawn)
        return redirect("liaison:waiting", office_ref=office.reference)
    messages.success(request, _("Your appointment is booked."))
    return redirect("liaison:appointment", reference=booked.reference)


def _why_not(refused: Exception) -> str:
    """Why an offer could not be answered, and what the office can do."""
    if isinstance(refused, waiting.OfferGone):
        return str(GONE[refused.answer])
    if isinstance(refused, booking.NotAdmitted):
        words = explanations.of(refused.decision)
        return f"{words.sentence} {words.next_step}"
    if isinstance(refused, bringing.BadCases):
        return _(
            "A consent that you gave no longer holds on that day. Wait anew with one that does."
        )
    return (
        str(GONE[Answer.WITHDRAWN]) if isinstance(refused, waiting.EntryOver) else entering.busy()
    )


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def decline(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Leave what is offered to the next office."""
    office = get_office_for(request.standing, office_ref)
    try:
        waiting.decline(offer=get_offer_for(office, pk), by=request.user, now=request.now)
    except REFUSALS as refused:
        messages.warning(request, _why_not(refused))
    else:
        messages.success(request, _("It goes to the next office. You are still on the list."))
    return redirect("liaison:waiting", office_ref=office.reference)


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def withdraw(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Wait no longer."""
    office = get_office_for(request.standing, office_ref)
    entry = get_entry_for(office, pk)
    try:
        waiting.withdraw(entry=entry, by=request.user, now=request.now)
    except waiting.EntryOver:
        messages.warning(request, _("It has ended already."))
    except locking.DayBusy:
        messages.warning(request, entering.busy())
    else:
        messages.success(request, _("Your office no longer waits for this."))
    return redirect("liaison:waiting", office_ref=office.reference)
