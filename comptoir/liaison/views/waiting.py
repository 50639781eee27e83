"""An office on the waiting list: what it waits for, its place, what it is offered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.liaison.actions import booking, bringing, locking, waiting
from comptoir.liaison.forms.booking import CaseRows
from comptoir.liaison.forms.waiting import WaitForm
from comptoir.liaison.models import Answer, Mode, WaitingEntry
from comptoir.liaison.permissions import get_entry_for, get_offer_for
from comptoir.liaison.queries import days, explanations
from comptoir.liaison.queries import waiting as queries
from comptoir.liaison.views.booking import SEED_BITS
from comptoir.people import lock
from comptoir.people.models import Office, Role
from comptoir.people.permissions import SignedIn, allow, get_office_for, while_locked
from comptoir.ui import clock

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
    bookable = days.bookable_dates(days.load_rules(), request.now)
    entries = list(queries.live_entries(office))
    places = queries.places(entries, bookable, request.now)
    ended = Paginator(queries.ended_entries(office, request.now), ENDED_PER_PAGE)
    context = {
        "office": office,
        "offers": queries.pending_offers(office, request.now),
        "entries": [
            (entry, queries.window(entry, entry.first_on), places[entry.pk]) for entry in entries
        ],
        "page": ended.get_page(request.GET.get("page")),
        "first_place": queries.is_owed_first_place(office, request.now),
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
    page = _page(request, office)
    if page is None:
        messages.warning(request, _("There is no day to wait for: no hours are on offer."))
        return redirect("liaison:waiting", office_ref=office.reference)
    if request.method == "GET" or not page.is_complete():
        unfinished = request.method == "GET" or page.cases.rows_changed
        return page.shown(request, 200 if unfinished else 422)
    try:
        entry = waiting.wait(
            office=office,
            waits=page.form.waits(),
            cases=page.cases.cases(),
            by=request.user,
            now=request.now,
        )
    except waiting.CannotWait as refused:
        page.form.add_error(None, _why(refused))
        return page.shown(request, 422)
    except locking.DayBusy:
        page.form.add_error(None, _busy())
        return page.shown(request, 503)
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
    offer, seed = get_offer_for(office, pk), secrets.randbits(SEED_BITS)
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
    return str(GONE[Answer.WITHDRAWN]) if isinstance(refused, waiting.EntryOver) else _busy()


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
    else:
        messages.success(request, _("Your office no longer waits for this."))
    return redirect("liaison:waiting", office_ref=office.reference)


# --- The form ----------------------------------------------------------------------------------


@dataclass
class _WaitPage:
    """The form as it stands: what was typed and what is wrong with it."""

    office: Office
    form: WaitForm
    cases: CaseRows

    def is_complete(self) -> bool:
        """Whether it was submitted (not just a row added) and everything is in order."""
        if self.cases.rows_changed:
            self.form.errors.clear()
            return False
        # Both are asked, so that every error shows at once.
        return all([self.cases.is_valid(), self.form.is_valid()])

    def shown(self, request: SignedIn, status: int) -> HttpResponse:
        context = {"office": self.office, "form": self.form, "cases": self.cases}
        return render(request, "liaison/waiting_new.html", context, status=status)


def _page(request: SignedIn, office: Office) -> _WaitPage | None:
    """The page; None if no day can be waited for."""
    rules, today = days.load_rules(), clock.service_date(request.now)
    policy, rule = rules.policy(today), rules.on(today)
    dates = days.bookable_dates(rules, request.now)
    if policy is None or rule is None or not dates:
        return None
    data = request.POST or None
    form = WaitForm(
        data, rule=rule, dates=dates, office=office, initial=_initial(request, office, dates)
    )
    cases = CaseRows(
        data,
        most=policy.most_case_lines,
        prefix="cases",
        form_kwargs={"office": office, "meeting_on": _last_day(data, dates), "today": today},
    )
    return _WaitPage(office, form, cases)


def _initial(request: SignedIn, office: Office, dates: list[date]) -> dict[str, Any]:
    """What the page that led here knows already: the day, the length, the language."""
    telephone = office.telephones.order_by("pk").first()
    known = {
        "mode": Mode.TELEPHONE,
        "telephone": telephone.number if telephone else "",
    }
    for name, source in (
        ("first_on", "on"),
        ("last_on", "on"),
        ("most_minutes", "minutes"),
        ("language", "language"),
    ):
        if given := request.GET.get(source):
            known[name] = given
    return known


def _last_day(data: Any, dates: list[date]) -> date:
    """Until when a consent must hold: the last day that was chosen."""
    listed = {on.isoformat(): on for on in dates}
    return listed.get(data["last_on"] if data and "last_on" in data else "", dates[-1])


def _why(refused: waiting.CannotWait) -> str:
    if isinstance(refused, waiting.TooManyWait) and not refused.most:
        return _("The sharing rule of today has no waiting list.")
    if isinstance(refused, waiting.TooManyWait):
        return _(
            "Your office waits for %(most)s things already. Withdraw one of them to wait for another."
        ) % {"most": refused.most}
    if isinstance(refused, waiting.TooManyFiled):
        return _("You have put too many requests on the list since yesterday. Try again tomorrow.")
    return _("None of these days has hours on offer. Choose other days.")


def _busy() -> str:
    return _(
        "Many offices are booking that day at this moment. Press the button again in a moment."
    )
