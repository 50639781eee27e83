"""Crisis lines: their tiles, opening one, its page with figures and timeline, extending, closing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.enquiries import permissions
from comptoir.enquiries.actions import changing, crisis, crisis_rest, lending
from comptoir.enquiries.forms.crisis import (
    CloseDrillForm,
    CloseForm,
    ExtendForm,
    LendForm,
    OpenForm,
    UnrelatedForm,
    from_template,
    refuse,
    template_choices,
)
from comptoir.enquiries.models import WORKS, CrisisLine, CrisisTemplate, Rest
from comptoir.enquiries.queries import after_action
from comptoir.enquiries.queries import crisis as lines
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock
from comptoir.ui.forms import without_errors

A_PAGE = 20
DONE = (crisis.CannotOpen, crisis.CannotExtend, crisis_rest.CannotClose, lending.CannotLend)


@require_GET
@allow(*permissions.KEEPERS)
def tiles(request: SignedIn) -> HttpResponse:
    """Every open crisis line with its figures, and those that are closed."""
    context = {
        "tiles": lines.tiles(request.now),
        "page": Paginator(lines.closed(), A_PAGE).get_page(request.GET.get("page")),
        "templates": template_choices(),
        "may_open": Role.TEAM_LEAD in request.standing.roles,
    }
    return render(request, "enquiries/crisis.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def open_line(request: SignedIn) -> HttpResponse:
    """Open a line, beginning from a template: a drill at once, a real one after it was shown once more."""
    template = CrisisTemplate.objects.filter(code=request.GET.get("template", "")[:30]).first()
    today = clock.service_date(request.now)
    initial = from_template(template, today) if template else {}
    form = OpenForm(request.POST or None, initial=initial, now=request.now)
    if "change" in request.POST:
        without_errors(form)
    elif request.method == "POST" and form.is_valid():
        try:
            return _opened(request, form, form.wish(template))
        except crisis.CannotOpen as reason:
            refuse(form, reason)
    context = {"form": form, "template": template}
    status = 422 if form.errors else 200
    return render(request, "enquiries/crisis_open.html", context, status=status)


def _opened(request: SignedIn, form: OpenForm, wish: crisis.Wish) -> HttpResponse:
    """The open line, or what will happen once it is opened. Raises CannotOpen."""
    if not wish.is_drill and "open" not in request.POST:
        crisis.check(wish=wish, now=request.now)
        context = {"form": form, "wish": wish, "staff": form.lent()}
        context["texts"] = form.titles_of(wish.texts)
        return render(request, "enquiries/crisis_confirm.html", context)
    made = crisis.open_line(
        wish=wish,
        staff=form.lent(),
        home_team=form.cleaned_data.get("home_team", ""),
        by=request.user,
        now=request.now,
    )
    messages.success(request, _("The line is open."))
    return redirect("enquiries:crisis-line", made.line.code)


@require_GET
@allow(*permissions.KEEPERS)
def line(request: SignedIn, code: str) -> HttpResponse:
    """One line: figures, staff on loan, timeline; once it is closed, its after-action report."""
    found = permissions.get_crisis_line_for(request.standing, code)
    context = {
        "tile": lines.tile(found, request.now),
        "crisis": found,
        "timeline": lines.timeline(found),
        "loans": lines.loans(found),
        "may_change": found.closed_at is None and Role.TEAM_LEAD in request.standing.roles,
    }
    return render(request, "enquiries/crisis_line.html", context)


@require_GET
@allow(*permissions.KEEPERS)
def report_file(request: SignedIn, code: str) -> HttpResponse:
    """The figures and the timeline as a file."""
    found = permissions.get_crisis_line_for(request.standing, code)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.line.code}.csv"'
    response.write("\ufeff")  # else a spreadsheet takes the accents for something else
    csv.writer(response).writerows(after_action.rows(found, request.now))
    return response


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def extend(request: SignedIn, code: str) -> HttpResponse:
    """Let a line be open longer."""
    form = ExtendForm(request.POST or None)

    def act(found: CrisisLine, data: dict[str, Any]) -> None:
        crisis.extend(crisis=found, **data, by=request.user, now=request.now)

    return _changed(request, code, form, act, "extend", _("The line stays open longer."))


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def close(request: SignedIn, code: str) -> HttpResponse:
    """Close a line and say what becomes of what is open."""
    found = permissions.get_crisis_line_for(request.standing, code)
    kind = CloseDrillForm if found.line.is_drill else CloseForm

    def act(found: CrisisLine, data: dict[str, Any]) -> None:
        rest = Rest(data.get("rest", Rest.ENDED))
        crisis.close(
            crisis=found, rest=rest, reason=data["reason"], by=request.user, now=request.now
        )

    form = kind(request.POST or None)
    return _changed(request, code, form, act, "close", _("The line is closed."))


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def lend(request: SignedIn, code: str) -> HttpResponse:
    """Lend somebody to a line."""
    found = permissions.get_crisis_line_for(request.standing, code)
    form = LendForm(request.POST or None, initial={"until": found.sunset_on}, now=request.now)

    def act(found: CrisisLine, data: dict[str, Any]) -> None:
        lending.lend(crisis=found, **data, by=request.user, now=request.now)

    return _changed(request, code, form, act, "lend", _("They answer on the line now."))


def _changed(
    request: SignedIn,
    code: str,
    form: forms.Form,
    act: Callable[[CrisisLine, dict[str, Any]], None],
    what: str,
    done: str,
) -> HttpResponse:
    """Do it and go to the line's page, or show the form with what is wrong."""
    found = permissions.get_crisis_line_for(request.standing, code)
    if request.method == "POST" and form.is_valid():
        try:
            act(found, form.cleaned_data)
        except DONE as reason:
            refuse(form, reason)
        else:
            messages.success(request, done)
            return redirect("enquiries:crisis-line", code)
    context = {"form": form, "crisis": found, "figures": lines.figures(found, request.now)}
    status = 422 if form.errors else 200
    return render(request, f"enquiries/crisis_{what}.html", context, status=status)


@require_POST
@allow(Role.TEAM_LEAD)
def give_back(request: SignedIn, code: str, key: int) -> HttpResponse:
    """Somebody on loan goes home before their last day."""
    found = permissions.get_crisis_line_for(request.standing, code)
    loan = permissions.get_loan_for(request.standing, found, key)
    lending.give_back(loan=loan, by=request.user, now=request.now)
    messages.success(request, _("They answer on this line no more."))
    return redirect("enquiries:crisis-line", code)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def unrelated(request: SignedIn, reference: str) -> HttpResponse:
    """Send on what has nothing to do with the crisis."""
    enquiry = permissions.get_enquiry_for(request.standing, reference)
    form = UnrelatedForm(request.POST or None, initial={"version": enquiry.version})
    if request.method == "POST" and form.is_valid():
        try:
            crisis_rest.send_on(
                enquiry=enquiry, **form.cleaned_data, by=request.user, now=request.now
            )
        except crisis_rest.NotOfACrisis:
            form.add_error(None, _("It lies on no crisis line. Move it to another line instead."))
        except crisis_rest.NoPublicLine:
            form.add_error(None, _("No public line is open. Answer it here."))
        except changing.CannotChange:
            form.add_error(
                None, _("You do not have it in hand as you saw it. Open it again and look.")
            )
        else:
            messages.success(request, _("It is no longer on the crisis line."))
            return redirect("enquiries:overrule", reference)
    context = {"form": form, "enquiry": enquiry}
    status = 422 if form.errors else 200
    return render(request, "enquiries/unrelated.html", context, status=status)
