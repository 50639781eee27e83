"""What every office is allotted of a week: published with its inputs, computed anew by the rule's owner."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.actions import apportioning
from comptoir.liaison.forms.apportioning import MondayForm, OfficesForm
from comptoir.liaison.models import Apportionment
from comptoir.liaison.permissions import OVERSIGHT
from comptoir.liaison.queries import allowances, days, needs
from comptoir.people import searching
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock

PER_PAGE = 50

OFFICES = "allowances"
"""Under which name the words are noted by which offices are looked for."""


@require_GET
@allow(*OVERSIGHT)
def published(request: SignedIn) -> HttpResponse:
    """The allowances in force, office by office, and those that follow."""
    every = allowances.listed_from(clock.service_date(request.now))
    shown = _chosen(request, every)
    rows = allowances.listed(shown) if shown is not None else None
    quanta = dict(rows.values_list("office_id", "quanta")) if rows is not None else {}
    context = {
        "shown": shown,
        "begun": shown is not None and shown.valid_from <= clock.service_date(request.now),
        "others": [one for one in every if one != shown],
        "summary": allowances.summary(quanta, shown.capacity if shown is not None else 0),
        "page": Paginator(rows or [], PER_PAGE).get_page(request.GET.get("page")),
        "may_change": Role.POLICY_OWNER in request.standing.roles,
    }
    return render(request, "liaison/allowances.html", context)


@require_GET
@allow(*OVERSIGHT)
def as_table(request: SignedIn) -> HttpResponse:
    """The same as a file: reference, need in hours, allowance in minutes, how often the office comes."""
    shown = _chosen(request, allowances.listed_from(clock.service_date(request.now)))
    if shown is None:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="allowances-{shown.valid_from}.csv"'
    table = csv.writer(answer)
    table.writerow(["valid_from", "office", "need_hours", "allowance_minutes", "chance"])
    for row in allowances.listed(shown):
        hours = f"{row.need * QUANTUM_MINUTES / 60:.2f}"
        minutes = row.quanta * QUANTUM_MINUTES
        table.writerow(
            [shown.valid_from, row.office.reference, hours, minutes, f"{row.chance:.3f}"]
        )
    return answer


def _chosen(request: SignedIn, every: list[Apportionment]) -> Apportionment | None:
    """The publication of the day that was asked for; else the first: the one in force, if any is."""
    wanted = request.GET.get("from", "")
    return next((one for one in every if f"{one.valid_from}" == wanted), next(iter(every), None))


@require_http_methods(["GET", "POST"])
@allow(Role.POLICY_OWNER)
def propose(request: SignedIn) -> HttpResponse:
    """Compute the allowances from a Monday on, show what they change, and publish them."""
    if "words" in request.POST:
        searching.note(request, OFFICES, OfficesForm())
        kept = urlencode({"valid_from": request.GET.get("valid_from", "")})
        return redirect(f"{request.path}?{kept}")
    given = request.POST or request.GET
    asked = "valid_from" in given
    form = MondayForm(given if asked else None, today=clock.service_date(request.now))
    proposal = None
    if asked and form.is_valid():
        try:
            proposal = apportioning.propose(
                valid_from=form.cleaned_data["valid_from"], now=request.now
            )
            if request.method == "POST":
                return _publish(request, proposal)
        except apportioning.CannotApportion as reason:
            proposal = None
            form.refuse(reason)
    context: dict[str, Any] = {"form": form, "proposal": proposal}
    if proposal is not None:
        context |= _proposed(request, proposal)
    status = 422 if asked and proposal is None else 200
    return render(request, "liaison/allowances_new.html", context, status=status)


def _publish(request: SignedIn, proposal: apportioning.Proposal) -> HttpResponse:
    """Publish it. Raises CannotApportion."""
    apportioning.publish(proposal=proposal, by=request.user, now=request.now)
    messages.success(request, _("The allowances are published."))
    return redirect(f"{reverse('liaison:allowances')}?from={proposal.valid_from}")


def _proposed(request: SignedIn, proposal: apportioning.Proposal) -> dict[str, Any]:
    """A page of what is proposed, or of those offices that were looked for."""
    words = searching.noted(request, OFFICES).get("words", "")
    found = allowances.lines(
        proposal.needs,
        proposal.quanta,
        proposal.chances,
        needs.in_force(proposal.valid_from).quanta,
        _floor(proposal.valid_from - timedelta(days=1)),
    )
    lines = [line for line in found if line.is_about(words)]
    return {
        "summary": allowances.summary(proposal.quanta, proposal.capacity),
        "words": words,
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
    }


def _floor(on: date) -> int | None:
    """What every office is allotted of the week of a day at least, in quanta; None if nothing is."""
    policy = days.load_rules().policy(on)
    if policy is None or not policy.nested:
        return None
    return policy.weekly_floor_minutes // QUANTUM_MINUTES
