"""What the sharing rule decided and why: one decision told in full, and the list of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comptoir.liaison.forms.decisions import GRANTED, DecisionsForm
from comptoir.liaison.permissions import OVERSIGHT, get_decision_for, sees_who_asked
from comptoir.liaison.queries import decisions, explanations, waiting
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock
from comptoir.ui.paging import ShallowPaginator

PER_PAGE = 25


@require_GET
@allow(*OVERSIGHT)
def list_decisions(request: SignedIn) -> HttpResponse:
    """Every answer of the rule, the latest first."""
    form = DecisionsForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    answer = wanted.get("answer")
    found = decisions.listed(
        on=wanted.get("on"),
        office=wanted.get("office", ""),
        accepted=answer == GRANTED if answer else None,
    )
    paginator = ShallowPaginator(found, PER_PAGE)
    context = {
        "form": form,
        "is_filtered": any(wanted.values()) or bool(form.errors),
        "page": paginator.get_page(request.GET.get("page")),
        "is_cut": paginator.is_cut,
    }
    return render(request, "liaison/decisions.html", context)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER, *OVERSIGHT)
def show(request: SignedIn, pk: int) -> HttpResponse:
    """What was asked, what was decided and why, and everything that is needed to compute it again."""
    decision = get_decision_for(request.standing, pk)
    context = {
        "told": decisions.told(decision),
        "decision": decision,
        "office": decision.office,
        "is_own": decision.office in request.standing.offices,
        "oversees": bool(OVERSIGHT & request.standing.roles),
        "sees_who_asked": sees_who_asked(request.standing, decision),
        "numbers": decisions.numbers(decision),
        "appointment": decisions.appointment_of(decision),
        "place": waiting.place_of(decision.office, decision.on, request.now),
        "can_wait": explanations.can_be_waited_for(decision)
        and decision.on >= clock.service_date(request.now),
    }
    return render(request, "liaison/decision.html", context)
