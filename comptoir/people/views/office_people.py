"""Who has access to an office, as its manager sees and decides it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptoir.people import commitments, permissions
from comptoir.people.actions import grants, invitations
from comptoir.people.actions.last_days import LastDayOutOfRange
from comptoir.people.forms.people import LastDayForm, OfficeInvitationForm, ReasonForm
from comptoir.people.models import Office, Role
from comptoir.people.permissions import SignedIn
from comptoir.people.queries import people
from comptoir.people.views import inviting


@permissions.allow(Role.OFFICE_MANAGER)
@require_safe
def my_offices(request: SignedIn) -> HttpResponse:
    """The one office a manager manages, or a choice between several."""
    managed = [o for o in request.standing.offices if request.standing.manages(o)]
    if len(managed) == 1:
        return redirect("people:office-people", managed[0].reference)
    return render(request, "people/office_people/choice.html", {"offices": managed})


@permissions.allow(Role.OFFICE_MANAGER)
@require_http_methods(["GET", "POST"])
def office_people(request: SignedIn, reference: str) -> HttpResponse:
    """Everybody with access, open invitations, and a form to invite somebody."""
    office = permissions.get_managed_office_for(request.standing, reference)
    form = OfficeInvitationForm(request.POST or None, initial={"language": office.language})
    if request.method == "POST" and form.is_valid() and inviting.invited(request, form, office):
        return redirect("people:office-people", office.reference)
    context = {
        "office": office,
        "grants": people.people_of(office, request.now),
        "invitations": people.open_invitations(office, request.now),
        "form": form,
        "valid_days": invitations.VALID_FOR.days,
    }
    return render(request, "people/office_people/page.html", context)


@permissions.allow(Role.OFFICE_MANAGER, Role.ADMINISTRATOR)
@require_POST
def withdraw_invitation(request: SignedIn, key: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = permissions.get_invitation_for(request.standing, key)
    try:
        invitations.withdraw(invitation=invitation, by=request.user, now=request.now)
        messages.success(
            request, _("The invitation was withdrawn. Its link opens nothing any more.")
        )
    except invitations.InvitationClosed:
        messages.warning(request, _("This invitation was no longer open."))
    return _back(request, invitation.office)


@permissions.allow(Role.OFFICE_MANAGER, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def end_access(request: SignedIn, key: int) -> HttpResponse:
    """Ask once, then end somebody's role."""
    grant = permissions.get_grant_for(request.standing, key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            grants.end_grant(
                grant=grant,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
                may_be_last=Role.ADMINISTRATOR in request.standing.roles,
            )
            messages.success(
                request, _("%(name)s no longer has this access.") % {"name": grant.person.name}
            )
            return _back(request, grant.office)
        except grants.AlreadyEnded:
            messages.warning(request, _("This access had ended already."))
            return _back(request, grant.office)
        except grants.LastOfItsKind:
            form.add_error(None, _last_of_its_kind(Role(grant.role)))
    serves = grant.role == Role.PROFESSIONAL
    context = {
        "grant": grant,
        "form": form,
        "duties": commitments.duties(grant.person) if serves else 0,
    }
    return render(request, "people/office_people/end_access.html", context)


@permissions.allow(Role.OFFICE_MANAGER, Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def last_day(request: SignedIn, key: int) -> HttpResponse:
    """Choose, change or clear the last day of somebody's role."""
    grant = permissions.get_grant_for(request.standing, key)
    form = LastDayForm(request.POST or None, initial={"last_day": grant.last_day})
    # A day that is cleared posts an empty field, and an empty form is valid.
    if request.method == "POST" and form.is_valid():
        try:
            grants.set_last_day(
                grant=grant,
                last_day=form.cleaned_data["last_day"],
                by=request.user,
                now=request.now,
                may_be_last=Role.ADMINISTRATOR in request.standing.roles,
            )
            messages.success(request, _("The last day was saved."))
            return _back(request, grant.office)
        except grants.AlreadyEnded:
            messages.warning(request, _("This access had ended already."))
            return _back(request, grant.office)
        except LastDayOutOfRange:
            form.add_error("last_day", inviting.out_of_range())
        except grants.LastOfItsKind:
            form.add_error(None, _last_of_its_kind(Role(grant.role)))
    return render(request, "people/office_people/last_day.html", {"grant": grant, "form": form})


def _last_of_its_kind(role: Role) -> str:
    if role == Role.ADMINISTRATOR:
        return _(
            "The service needs an administrator, and nobody else holds the role for as long. Give somebody else the role first."
        )
    return _(
        "Nobody else manages the office for as long. Invite another manager first, or ask the centre."
    )


def _back(request: SignedIn, office: Office | None) -> HttpResponse:
    """To the page of the office that the person looks after, else to the administrator's."""
    if office is not None and request.standing.manages(office):
        return redirect("people:office-people", office.reference)
    if Role.ADMINISTRATOR not in request.standing.roles:
        return redirect("people:home")
    return redirect("people:office", office.reference) if office else redirect("people:people")
