"""An enquiry goes elsewhere: to another line, into another enquiry, or a second one comes out of it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.enquiries.actions import changing, copying, handing, joining
from comptoir.enquiries.forms.working import CopyForm, JoinForm, TransferForm, version_of
from comptoir.enquiries.models import WORKS, Enquiry
from comptoir.enquiries.permissions import enquiries_for, get_enquiry_for
from comptoir.enquiries.views.enquiry import changed, draft_of
from comptoir.people.permissions import SignedIn, allow


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def transfer(request: SignedIn, reference: str) -> HttpResponseBase:
    """To another line, with a word for who takes it there."""
    found = get_enquiry_for(request.standing, reference)
    form = TransferForm(request.POST or None, enquiry=found, now=request.now)
    if request.method == "POST" and form.is_valid():
        try:
            handing.transfer(
                enquiry=found,
                version=version_of(request.POST),
                to=form.cleaned_data["to"],
                note=form.cleaned_data["note"],
                by=request.user,
                now=request.now,
            )
        except changing.CannotChange as refused:
            return changed(request, found, refused)
        said = _("Enquiry %(reference)s waits on the other line. Its due dates stay.")
        messages.success(request, said % {"reference": reference}, extra_tags=draft_of(found))
        return redirect("enquiries:work")
    return _asked(request, "transfer", found, form)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def copy(request: SignedIn, reference: str) -> HttpResponseBase:
    """A second enquiry of the same asker, for another piece of work."""
    found = get_enquiry_for(request.standing, reference)
    form = CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = copying.copy(
                enquiry=found,
                version=version_of(request.POST),
                note=form.cleaned_data["note"],
                by=request.user,
                now=request.now,
            )
        except changing.CannotChange as refused:
            return changed(request, found, refused)
        said = _("Enquiry %(reference)s was made. It waits for an agent.")
        messages.success(request, said % {"reference": made.reference})
        return redirect("enquiries:enquiry", reference)
    return _asked(request, "copy", found, form)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def join(request: SignedIn, reference: str) -> HttpResponseBase:
    """Make it part of another of the same asker."""
    found = get_enquiry_for(request.standing, reference)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["reference"]
        main = enquiries_for(request.standing).filter(reference=wanted).first()
        if main is None:
            form.add_error("reference", _no_such())
        elif (response := _joined(request, found, main, form)) is not None:
            return response
    return _asked(request, "join", found, form)


def _joined(
    request: SignedIn, found: Enquiry, main: Enquiry, form: JoinForm
) -> HttpResponseBase | None:
    """Where it goes on; None with the reason beside the field."""
    try:
        joining.join(
            enquiry=found,
            version=version_of(request.POST),
            into=main,
            by=request.user,
            now=request.now,
        )
    except joining.WithItself:
        form.add_error(
            "reference", _("It cannot be part of itself, nor a main one part of another.")
        )
        return None
    except joining.Restricted:
        form.add_error("reference", _no_such())
        return None
    except joining.OfAnother:
        form.add_error(
            "reference",
            _("Somebody else asked that one, and its answer goes to them: answer the two apart."),
        )
        return None
    except changing.OfADrill:
        form.add_error("reference", _("One of the two belongs to a drill: answer the two apart."))
        return None
    except joining.NotOpen:
        form.add_error(
            "reference",
            _("That one is not open any more: choose one that still has to be answered."),
        )
        return None
    except changing.CannotChange as refused:
        return changed(request, found, refused)
    messages.success(request, _("The two are one now: this is the main enquiry."))
    return redirect("enquiries:enquiry", main.reference)


def _no_such() -> str:
    return _("There is no enquiry with this reference.")


@require_POST
@allow(*WORKS)
def part(request: SignedIn, reference: str) -> HttpResponseBase:
    """Take it out of the main one again."""
    found = get_enquiry_for(request.standing, reference)
    try:
        joining.part(
            enquiry=found, version=version_of(request.POST), by=request.user, now=request.now
        )
    except changing.CannotChange as refused:
        return changed(request, found, refused)
    messages.success(request, _("The enquiry stands on its own again."))
    return redirect("enquiries:enquiry", reference)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def split(request: SignedIn, reference: str, key: int) -> HttpResponseBase:
    """Give one of its texts an enquiry of its own."""
    found = get_enquiry_for(request.standing, reference)
    text = found.messages.filter(pk=key).first()
    if text is None:
        raise Http404
    if request.method == "POST":
        try:
            made = copying.split(
                enquiry=found,
                version=version_of(request.POST),
                message=text,
                by=request.user,
                now=request.now,
            )
        except copying.NoSuchText:
            messages.warning(request, _("This text cannot be split off: it stands alone already."))
            return redirect("enquiries:enquiry", reference)
        except changing.CannotChange as refused:
            return changed(request, found, refused)
        said = _("Enquiry %(reference)s was made of it. It waits for an agent.")
        messages.success(request, said % {"reference": made.reference})
        return redirect("enquiries:enquiry", reference)
    return _asked(request, "split", found, forms.Form(), text=text)


def _asked(
    request: SignedIn, what: str, found: Enquiry, form: forms.Form, **more: object
) -> HttpResponse:
    context = {"enquiry": found, "form": form, "version": found.version, **more}
    status = 422 if request.method == "POST" else 200
    return render(request, f"enquiries/{what}.html", context, status=status)
