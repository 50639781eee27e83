"""People, as an administrator looks after them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.people import commitments, permissions, searching
from comptoir.people.actions import grants, persons
from comptoir.people.actions.last_days import LastDayOutOfRange
from comptoir.people.forms.people import (
    GrantForm,
    NewAddressForm,
    ReasonForm,
    SearchForm,
    StaffInvitationForm,
)
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import people
from comptoir.people.views import inviting

PAGE = 25


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def directory(request: SignedIn) -> HttpResponse:
    """Everybody, found by name, address or role."""
    if request.method == "POST":
        searching.note(request, "people", SearchForm())
        return redirect("people:people")
    asked = searching.noted(request, "people")
    form = SearchForm(initial=asked)
    role = request.GET.get("role", "")
    found = people.search(asked.get("q", ""), role, request.now)
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "roles": Role,
        "role": role,
    }
    return render(request, "people/directory/list.html", context)


@permissions.allow(Role.ADMINISTRATOR)
@require_safe
def person(request: SignedIn, key: int) -> HttpResponse:
    """One person: every role they ever held, their sessions, what can be done."""
    found = permissions.get_person_for(request.standing, key)
    context = {
        "person": found,
        "history": people.history_of(found, request.now),
        "session_count": len(people.sessions_of(found, request.now)),
    }
    return render(request, "people/directory/person.html", context)


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def give_role(request: SignedIn, key: int) -> HttpResponse:
    """Give a person a role."""
    found = permissions.get_person_for(request.standing, key)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            grants.grant_role(
                person=found,
                role=Role(values["role"]),
                office=values["found"],
                last_day=values["last_day"],
                by=request.user,
                now=request.now,
            )
            messages.success(request, _("The role was given."))
            return redirect("people:person", found.pk)
        except grants.AlreadyGranted:
            form.add_error("role", _("The person holds this role already."))
        except LastDayOutOfRange:
            form.add_error("last_day", inviting.out_of_range())
        except grants.OfficeNotActive:
            form.add_error("office", _("This office is not active, so nobody can join it."))
    return render(request, "people/directory/give_role.html", {"person": found, "form": form})


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_address(request: SignedIn, key: int) -> HttpResponse:
    """Change the address a person signs in with."""
    found = permissions.get_person_for(request.standing, key)
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            persons.change_address(
                person=found, email=form.cleaned_data["email"], by=request.user, now=request.now
            )
            messages.success(request, _("The address was changed."))
            return redirect("people:person", found.pk)
        except persons.AddressTaken:
            form.add_error("email", _("Somebody else signs in with this address."))
    return render(request, "people/directory/change_address.html", {"person": found, "form": form})


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def deactivate(request: SignedIn, key: int) -> HttpResponse:
    """Shut a person out."""
    found = permissions.get_person_for(request.standing, key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            persons.deactivate(
                person=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
            messages.success(request, _("The person can no longer sign in."))
            return redirect("people:person", found.pk)
        except persons.LastAdministrator:
            form.add_error(
                None, _("The service needs an administrator. Give somebody else the role first.")
            )
    context = {"person": found, "form": form, "duties": commitments.duties(found)}
    return render(request, "people/directory/deactivate.html", context)


@permissions.allow(Role.ADMINISTRATOR)
@require_POST
def reactivate(request: SignedIn, key: int) -> HttpResponse:
    """Let a person sign in again."""
    found = permissions.get_person_for(request.standing, key)
    persons.reactivate(person=found, by=request.user, now=request.now)
    messages.success(request, _("The person can sign in again. Roles have to be given anew."))
    return redirect("people:person", found.pk)


@permissions.allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def invite_staff(request: SignedIn) -> HttpResponse:
    """Ask somebody to join the centre; open invitations below."""
    form = StaffInvitationForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid() and inviting.invited(request, form):
        return redirect("people:invite-staff")
    waiting = people.staff_invitations(request.now)
    context = {
        "form": form,
        "page": Paginator(waiting, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "people/directory/invite.html", context)
