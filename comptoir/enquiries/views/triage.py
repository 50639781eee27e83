"""The rules of triage: in force in plain words, tried on a text, written anew, approved; overruled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.domain import triage as rule
from comptoir.enquiries.actions import changing, triaging
from comptoir.enquiries.forms.triage import (
    OverruleForm,
    RuleForms,
    TryForm,
    VersionForm,
    initial_rules,
    refuse,
    written,
)
from comptoir.enquiries.models import WORKS, Enquiry, TriageVersion
from comptoir.enquiries.permissions import get_enquiry_for, get_triage_version_for
from comptoir.enquiries.queries import lines, rule_words, trying
from comptoir.enquiries.queries import triage as rules
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock
from comptoir.ui.forms import RowsFormSet

KEEPERS = (Role.TEAM_LEAD, Role.POLICY_OWNER)
A_PAGE = 20


@require_GET
@allow(*KEEPERS)
def in_force(request: SignedIn) -> HttpResponse:
    """The rules that hold now, in words, and every other version."""
    current = rules.in_force(request.now)
    others = TriageVersion.objects.select_related("created_by", "approved_by").order_by("-number")
    page = Paginator(others, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "current": current,
        "rules": rule_words.version_in_words(current) if current else [],
        "page": page,
        "to_approve": rules.to_approve(),
        "now": request.now,
    }
    return render(request, "enquiries/triage.html", context)


@require_GET
@allow(*KEEPERS)
def version(request: SignedIn, number: int) -> HttpResponse:
    """One version in words; who may approve it finds the button there."""
    found = get_triage_version_for(request.standing, number)
    context = {
        "version": found,
        "rules": rule_words.version_in_words(found),
        "is_current": rules.in_force(request.now) == found,
        "may_approve": found.approved_at is None and found.created_by_id != request.user.pk,
    }
    return render(request, "enquiries/triage_version.html", context)


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def new(request: SignedIn) -> HttpResponse:
    """Write the next version, beginning from the rules in force."""
    data = request.POST if request.method == "POST" else None
    form = VersionForm(data, initial={"valid_from": clock.service_date(request.now)})
    offered = {"lines": list(lines.every())}
    rows = RuleForms(data, prefix="rules", initial=_initial(request), form_kwargs=offered)
    if data is not None and not rows.rows_changed and form.is_valid() and rows.is_valid():
        made = _write(request, form, rows)
        if made is not None:
            messages.success(
                request, _("The rules are written. They wait for a second person’s approval.")
            )
            return redirect("enquiries:triage-version", made.number)
    wrong = data is not None and not rows.rows_changed
    context = {"form": form, "rows": rows}
    return render(request, "enquiries/triage_new.html", context, status=422 if wrong else 200)


def _initial(request: SignedIn) -> list[dict[str, Any]]:
    current = rules.in_force(request.now)
    return initial_rules(current.rules) if current else []


def _write(request: SignedIn, form: VersionForm, rows: RowsFormSet) -> TriageVersion | None:
    """The version; None when the forms say what is wrong."""
    data = form.cleaned_data
    try:
        return triaging.write(
            name_en=data["name_en"],
            name_fr=data["name_fr"],
            valid_from=_begins(data["valid_from"], request.now),
            written=written(rows),
            by=request.user,
            now=request.now,
        )
    except triaging.BeginsInThePast:
        form.add_error("valid_from", _("Choose today or a later day."))
    except triaging.Faulty as refused:
        refuse(rows, refused.faults)
    except triaging.WrittenMeanwhile:
        said = _("Somebody wrote a version at the same moment. Read it, then save yours again.")
        form.add_error(None, said)
    return None


def _begins(on: Any, now: datetime) -> datetime:
    """A day begins at midnight; today begins now."""
    if on == clock.service_date(now):
        return now
    return clock.midnight(on, clock.service_zone())


@require_POST
@allow(*KEEPERS)
def approve(request: SignedIn, number: int) -> HttpResponse:
    """A second person lets a version come into force."""
    found = get_triage_version_for(request.standing, number)
    try:
        triaging.approve(version=found, by=request.user, now=request.now)
    except triaging.OwnWork:
        messages.error(request, _("You wrote these rules. Ask a colleague to approve them."))
    else:
        messages.success(request, _("The rules are approved and hold from their day on."))
    return redirect("enquiries:triage-version", number)


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def try_out(request: SignedIn) -> HttpResponse:
    """Which rules would fire for a text. Nothing of it is kept."""
    form = TryForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context["found"] = trying.tried(_item(form.cleaned_data), request.now)
    status = 422 if form.errors else 200
    return render(request, "enquiries/triage_try.html", context, status=status)


def _item(data: dict[str, Any]) -> rule.Item:
    return rule.Item(
        channel=data["channel"],
        line=data["line"],
        language=data["language"],
        text=data["text"],
        topic=data["topic"],
        line_of_business=data["line_of_business"],
        asker=data["asker"],
        has_identifiers=data["has_identifiers"],
    )


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def overrule(request: SignedIn, reference: str) -> HttpResponse:
    """Put an enquiry where a person thinks it belongs."""
    enquiry = get_enquiry_for(request.standing, reference)
    form = OverruleForm(request.POST or None, initial=_as_it_is(enquiry))
    if request.method == "POST" and form.is_valid() and _overruled(request, enquiry, form):
        messages.success(request, _("It is where you put it, and no rule changes that."))
        return redirect("enquiries:overrule", reference)
    context = {"form": form, "enquiry": enquiry}
    status = 422 if form.errors else 200
    return render(request, "enquiries/overrule.html", context, status=status)


def _as_it_is(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "version": enquiry.version,
        "line": enquiry.line,
        "priority": enquiry.priority,
        "skills": ", ".join(enquiry.skills),
    }


def _overruled(request: SignedIn, enquiry: Enquiry, form: OverruleForm) -> bool:
    try:
        triaging.overrule(enquiry=enquiry, **form.cleaned_data, by=request.user, now=request.now)
    except changing.OfADrill:
        form.add_error("line", _("Nothing leaves a drill for a real line, or the other way."))
    except changing.CannotChange:
        form.add_error(
            None, _("Somebody changed this enquiry while you read it. Open it again and look.")
        )
    else:
        return True
    return False
