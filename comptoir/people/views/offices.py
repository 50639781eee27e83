"""Offices, as an administrator looks after them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from comptoir.people import commitments, permissions, searching
from comptoir.people.actions import offices
from comptoir.people.forms.offices import (
    BUSY,
    ClosingForm,
    DissolutionForm,
    OfficeSearchForm,
    OfficeSettingsForm,
    ReopeningForm,
    SuspensionForm,
)
from comptoir.people.forms.people import OfficeInvitationForm
from comptoir.people.models import Chamber, Language, Office, OfficeEnd, Role
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import offices as office_queries
from comptoir.people.queries import people
from comptoir.people.views import inviting

PAGE = 25


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def office_list(request: SignedIn) -> HttpResponse:
    """Every office, found by name, place, chamber or status."""
    if request.method == "POST":
        searching.note(request, "offices", OfficeSearchForm())
        return redirect("people:offices")
    asked = searching.noted(request, "offices")
    form = OfficeSearchForm(asked)
    values = form.cleaned_data if form.is_valid() else {}
    found = office_queries.search(
        values.get("q", ""), values.get("chamber", ""), values.get("status", "")
    )
    context = {
        "form": form,
        "is_filtered": bool(asked),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "counts": office_queries.counts(),
    }
    return render(request, "people/offices/list.html", context)


@permissions.allow(Role.ADMINISTRATOR)
@require_safe
def office(request: SignedIn, reference: str) -> HttpResponse:
    """One office: where it stands, its people, where it is and how it is called."""
    found = permissions.get_any_office_for(request.standing, reference)
    context = {
        "office": found,
        "grants": people.people_of(found, request.now),
        "invitations": people.open_invitations(found, request.now),
        "addresses": found.addresses.order_by("label", "pk"),
        "telephones": found.telephones.order_by("label", "pk"),
        "predecessors": found.predecessors.order_by("-until", "-pk")[:5],
    }
    return render(request, "people/offices/page.html", context)


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def invite(request: SignedIn, reference: str) -> HttpResponse:
    """Ask somebody to join an office, its first manager above all."""
    found = permissions.get_any_office_for(request.standing, reference)
    form = OfficeInvitationForm(
        request.POST or None,
        initial={"language": found.language, "role": Role.OFFICE_MANAGER},
    )
    if request.method == "POST" and form.is_valid() and inviting.invited(request, form, found):
        return redirect("people:office", found.reference)
    return render(request, "people/offices/invite.html", {"office": found, "form": form})


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def suspend(request: SignedIn, reference: str) -> HttpResponse:
    """Stop an office for the time being."""

    def step(found: Office, form: Form) -> None:
        reason = OfficeEnd(form.cleaned_data["reason"])
        offices.suspend(office=found, reason=reason, by=request.user, now=request.now)

    done = _("The office is suspended. Its people no longer have access; its records are kept.")
    return _step(request, reference, SuspensionForm(request.POST or None), step, done, "suspend")


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def reopen(request: SignedIn, reference: str) -> HttpResponse:
    """Let a suspended office book again."""

    def step(found: Office, form: Form) -> None:
        restore = form.cleaned_data["restore_access"]
        offices.reopen(office=found, restore_access=restore, by=request.user, now=request.now)

    done = _("The office is active again.")
    return _step(request, reference, ReopeningForm(request.POST or None), step, done, "reopen")


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def close(request: SignedIn, reference: str) -> HttpResponse:
    """End an office for good."""

    def step(found: Office, form: Form) -> None:
        offices.close(
            office=found,
            reason=OfficeEnd(form.cleaned_data["reason"]),
            until=form.cleaned_data["until"],
            by=request.user,
            now=request.now,
        )

    done = _("The office is closed. Its people no longer have access; its records are kept.")
    return _step(request, reference, ClosingForm(request.POST or None), step, done, "close")


def _step(
    request: SignedIn,
    reference: str,
    form: Form,
    step: Callable[[Office, Form], None],
    done: str,
    name: str,
) -> HttpResponse:
    """Ask once, then take a step in an office's life."""
    found = permissions.get_any_office_for(request.standing, reference)
    # A box left empty posts nothing but the token, and an empty form is valid.
    if request.method == "POST" and form.is_valid():
        try:
            step(found, form)
            messages.success(request, done)
        except offices.WrongStatus:
            messages.error(request, _("The office’s status does not allow that any more."))
        except offices.OfficeBusy:
            messages.error(request, str(BUSY))
        return redirect("people:office", found.reference)
    context = {
        "office": found,
        "form": form,
        "people": office_queries.people_count(found, request.now),
        "coming": commitments.coming([found], request.now),
    }
    return render(request, f"people/offices/{name}.html", context)


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def dissolve(request: SignedIn) -> HttpResponse:
    """Parliament is dissolved: suspend every active office of the House of Commons."""
    active = Office.objects.active().filter(chamber=Chamber.COMMONS)
    found = list(active.all())  # a copy of the query: it is counted anew below
    asked = request.POST if request.method == "POST" else None
    form = DissolutionForm(asked, active=len(found), today=_today(request))
    # Pressed again when all is done: nothing is asked any more, and it is said that none is left.
    if request.method == "POST" and (not found or form.is_valid()):
        count = _dissolved(request, form) if found else 0
        text = ngettext("%(n)s office was suspended.", "%(n)s offices were suspended.", count)
        if left := active.count():
            if count:
                messages.success(request, text % {"n": count})
            messages.warning(request, _left(left))
            return redirect("people:dissolve")
        ended = _("No office of the House of Commons is active any more.")
        messages.success(request, text % {"n": count} if count else ended)
        return redirect("people:offices")
    coming = commitments.coming(found, request.now)
    context = {"active": len(found), "coming": coming, "form": form}
    status = 422 if form.errors else 200
    return render(request, "people/offices/dissolve.html", context, status=status)


def _dissolved(request: SignedIn, form: DissolutionForm) -> int:
    day = form.cleaned_data["on"]
    return offices.dissolve(proclaimed_on=day, by=request.user, now=request.now)


def _today(request: SignedIn) -> date:
    return request.now.astimezone(ZoneInfo(request.user.time_zone)).date()


def _left(count: int) -> str:
    text = ngettext(
        "%(n)s office is still active: somebody was changing it at that moment. Suspend again.",
        "%(n)s offices are still active: somebody was changing them at that moment. Suspend again.",
        count,
    )
    return text % {"n": count}


@permissions.allow(Role.ADMINISTRATOR, Role.OFFICE_MANAGER)
@require_http_methods(["GET", "POST"])
def settings(request: SignedIn, reference: str) -> HttpResponse:
    """How an office is served: for its manager and for administrators."""
    found = permissions.get_kept_office_for(request.standing, reference)
    form = OfficeSettingsForm.of(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            offices.change_settings(
                office=found,
                language=Language(values["language"]),
                time_zone=values["time_zone"],
                remind_day_before=values["remind_day_before"],
                remind_hour_before=values["remind_hour_before"],
                by=request.user,
                now=request.now,
            )
        except offices.OfficeBusy:
            form.add_error(None, BUSY)
        else:
            messages.success(request, _("The settings were saved."))
            return redirect("people:office-settings", found.reference)
    context = {
        "office": found,
        "form": form,
        "addresses": found.addresses.order_by("label", "pk"),
        "telephones": found.telephones.order_by("label", "pk"),
    }
    return render(request, "people/offices/settings.html", context)
