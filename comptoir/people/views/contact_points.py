"""An office's addresses and telephone numbers: for its manager and for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.people import permissions
from comptoir.people.actions import contact_points
from comptoir.people.forms.offices import AddressForm, TelephoneForm
from comptoir.people.models import Office, OfficeAddress, OfficeTelephone, Role
from comptoir.people.permissions import Point, SignedIn

KEEPERS = (Role.ADMINISTRATOR, Role.OFFICE_MANAGER)


@permissions.allow(*KEEPERS)
@require_http_methods(["GET", "POST"])
def add_address(request: SignedIn, reference: str) -> HttpResponse:
    """A further place."""
    office = permissions.get_kept_office_for(request.standing, reference)
    fresh = OfficeAddress(office=office, province=office.province, time_zone=office.time_zone)
    form = AddressForm(request.POST or None, instance=fresh)
    return _edit(request, office, form, _("Add an address"))


@permissions.allow(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_address(request: SignedIn, reference: str, key: int) -> HttpResponse:
    """A place that has moved."""
    office = permissions.get_kept_office_for(request.standing, reference)
    address = permissions.get_contact_point_for(request.standing, office, OfficeAddress, key)
    form = AddressForm(request.POST or None, instance=address)
    return _edit(request, office, form, _("Change an address"))


@permissions.allow(*KEEPERS)
@require_POST
def remove_address(request: SignedIn, reference: str, key: int) -> HttpResponse:
    """A place that is no more."""
    return _remove(request, reference, OfficeAddress, key)


@permissions.allow(*KEEPERS)
@require_http_methods(["GET", "POST"])
def add_telephone(request: SignedIn, reference: str) -> HttpResponse:
    """A further number."""
    office = permissions.get_kept_office_for(request.standing, reference)
    form = TelephoneForm(request.POST or None, instance=OfficeTelephone(office=office))
    return _edit(request, office, form, _("Add a telephone number"))


@permissions.allow(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_telephone(request: SignedIn, reference: str, key: int) -> HttpResponse:
    """A number that has changed."""
    office = permissions.get_kept_office_for(request.standing, reference)
    telephone = permissions.get_contact_point_for(request.standing, office, OfficeTelephone, key)
    form = TelephoneForm(request.POST or None, instance=telephone)
    return _edit(request, office, form, _("Change a telephone number"))


@permissions.allow(*KEEPERS)
@require_POST
def remove_telephone(request: SignedIn, reference: str, key: int) -> HttpResponse:
    """A number that is no more."""
    return _remove(request, reference, OfficeTelephone, key)


def _edit(request: SignedIn, office: Office, form: ModelForm[Point], title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        contact_points.save(point=form.save(commit=False), by=request.user, now=request.now)
        messages.success(request, _("Saved."))
        return redirect("people:office-settings", office.reference)
    context = {"office": office, "form": form, "title": title}
    return render(request, "people/offices/contact_point.html", context)


def _remove(request: SignedIn, reference: str, model: type[Point], key: int) -> HttpResponse:
    office = permissions.get_kept_office_for(request.standing, reference)
    point = permissions.get_contact_point_for(request.standing, office, model, key)
    contact_points.remove(point=point, by=request.user, now=request.now)
    messages.success(request, _("Removed."))
    return redirect("people:office-settings", office.reference)
