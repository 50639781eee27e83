"""The day that opens: what an office wishes for, in its order, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.liaison.actions import locking, opening, waiting
from comptoir.liaison.models import WaitingEntry
from comptoir.liaison.permissions import get_entry_for
from comptoir.liaison.queries import days, explanations, horizon
from comptoir.liaison.queries import waiting as queries
from comptoir.liaison.views import entering
from comptoir.people.models import Office, Role
from comptoir.people.permissions import SignedIn, allow, get_office_for
from comptoir.ui import clock

MOST_ANSWERED = 30
"""How many answered wishes are shown: three a day for a week are 15."""


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def wishes(request: SignedIn, office_ref: str) -> HttpResponse:
    """Which day opens and until when it can be wished for; the wishes in order; earlier answers."""
    office = get_office_for(request.standing, office_ref)
    opens = _opens(request, office)
    context = {
        "office": office,
        "opens": opens,
        "collecting": opens is not None and opens.takes_wishes(request.now),
        "wishes": _with_windows(queries.wishes_of(office)),
        "answered": [
            (wish, queries.window(wish, wish.first_on), _why(wish))
            for wish in queries.answered_wishes(office, request.now)[:MOST_ANSWERED]
        ],
    }
    return render(request, "liaison/opening.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def new_wish(request: SignedIn, office_ref: str) -> HttpResponse:
    """One more wish for the day that opens."""
    office = get_office_for(request.standing, office_ref)
    opens = _opens(request, office)
    if opens is None or not opens.takes_wishes(request.now):
        messages.warning(request, _("Wishes for that day are not collected at this moment."))
        return redirect("liaison:opening", office_ref=office.reference)
    page = entering.page(request, office, [opens.on])
    entry = page.submitted(request, opening.wish)
    if entry is None:
        return page.shown(request, "liaison/opening_new.html", opens=opens)
    messages.success(request, _("Your wish is noted. It is drawn with all the others."))
    return redirect("liaison:opening", office_ref=office.reference)


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def prefer(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Put a wish before the one above it."""
    office = get_office_for(request.standing, office_ref)
    try:
        opening.prefer(entry=get_entry_for(office, pk), by=request.user, now=request.now)
    except (opening.NotNow, waiting.EntryOver):
        messages.warning(request, _("This wish has been answered already."))
    except locking.DayBusy:
        messages.warning(request, entering.busy())
    return redirect("liaison:opening", office_ref=office.reference)


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def drop_wish(request: SignedIn, office_ref: str, pk: int) -> HttpResponse:
    """Wish for this no longer."""
    office: Office = get_office_for(request.standing, office_ref)
    try:
        waiting.withdraw(entry=get_entry_for(office, pk), by=request.user, now=request.now)
    except waiting.EntryOver:
        messages.warning(request, _("This wish has been answered already."))
    except locking.DayBusy:
        messages.warning(request, entering.busy())
    else:
        messages.success(request, _("Your wish is withdrawn."))
    return redirect("liaison:opening", office_ref=office.reference)


def _opens(request: SignedIn, office: Office) -> horizon.Opens | None:
    policy = days.load_rules().of(office.pk).policy(clock.service_date(request.now))
    return horizon.opens_today(policy, request.now)


def _with_windows(found: Any) -> list[tuple[WaitingEntry, Any]]:
    return [(wish, queries.window(wish, wish.first_on)) for wish in found]


def _why(wish: WaitingEntry) -> explanations.Explanation | None:
    """Why it was not granted; None if it was."""
    if wish.decision is None or wish.decision.accepted:
        return None
    return explanations.of(wish.decision)
