"""Open follow-ups that a colleague takes over: a team lead's business."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import handing_over as actions
from comptoir.liaison.actions import seeing
from comptoir.liaison.forms.handing_over import HandOverForm
from comptoir.liaison.permissions import get_led_professional_for
from comptoir.liaison.queries import handing_over
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster.models import Professional
from comptoir.ui import clock

PER_PAGE = 25


@require_GET
@allow(Role.TEAM_LEAD)
def overview(request: SignedIn) -> HttpResponse:
    """Who has open follow-ups, and those of people who take no appointments any more."""
    today = clock.service_date(request.now)
    left = handing_over.left_behind(request.now)
    page = Paginator(left, PER_PAGE).get_page(request.GET.get("page"))
    seeing.note_follow_ups_seen(
        professional=None, follow_ups=list(page), by=request.user, now=request.now
    )
    context = {
        "owners": handing_over.owners(request.now, today),
        "page": page,
        "today": today,
    }
    return render(request, "liaison/hand_over.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def of_professional(request: SignedIn, pk: int) -> HttpResponse:
    """One professional's open follow-ups, and the form that gives them to a colleague."""
    whose = get_led_professional_for(request.standing, pk)
    everything = handing_over.open_of(whose)
    shown = list(everything[: handing_over.MOST_AT_ONCE])
    colleagues = list(handing_over.colleagues_of(whose, request.now))
    form = HandOverForm(request.POST or None, follow_ups=shown, colleagues=colleagues)
    if request.method == "POST" and form.is_valid() and _handed_over(request, form, whose):
        return redirect("liaison:hand-over")
    seeing.note_follow_ups_seen(
        professional=whose, follow_ups=shown, by=request.user, now=request.now
    )
    context = {
        "professional": whose,
        "form": form,
        "count": len(shown),
        "all": everything.count() if len(shown) == handing_over.MOST_AT_ONCE else len(shown),
        "colleagues": colleagues,
    }
    status = 422 if form.errors else 200
    return render(request, "liaison/hand_over_of.html", context, status=status)


def _handed_over(request: SignedIn, form: HandOverForm, whose: Professional) -> bool:
    chosen, colleague = form.chosen()
    try:
        done = actions.hand_over(
            follow_ups=chosen, whose=whose, to=colleague, by=request.user, now=request.now
        )
    except actions.NotServing:
        form.add_error("to", _("This colleague takes no appointments any more. Choose another."))
        return False
    except actions.NothingOpen:
        form.add_error(None, _("None of these is open any more. Look at the list again."))
        return False
    sentence = ngettext(
        "%(number)s follow-up is now on the list of %(name)s.",
        "%(number)s follow-ups are now on the list of %(name)s.",
        len(done),
    )
    messages.success(request, sentence % {"number": len(done), "name": colleague.person.name})
    return True
