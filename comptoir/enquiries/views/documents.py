"""Documents of an enquiry: added for a client, handed out as files that no browser runs, filed, taken back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents as actions
from comptoir.enquiries.forms.documents import REFUSALS as FILE_REFUSALS
from comptoir.enquiries.forms.documents import DocumentForm, UndoForm, UnscannedForm
from comptoir.enquiries.models import READS, WORKS, Document, DocumentKind, Enquiry, Scan, UndoWhy
from comptoir.enquiries.permissions import get_document_for, get_readable_for
from comptoir.enquiries.queries import documents as queries
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock
from comptoir.ui.forms import without_errors

REFUSALS: dict[type[actions.CannotKeep], str | Promise] = {
    actions.KeyMissing: gettext_lazy(
        "The key that opens this document is missing. It was not shown: ask the administrator to give back "
        "the key that was in use."
    ),
    actions.NotReadable: gettext_lazy(
        "Nobody can open this document: it is being scanned, it is infected, or it was taken back."
    ),
    actions.NotScanned: gettext_lazy(
        "This document was not scanned. A team lead can open it and say why."
    ),
    actions.FiledAlready: gettext_lazy(
        "It is in the case’s file already. If it belongs to somebody else, report a privacy breach."
    ),
    actions.UndoneAlready: gettext_lazy("It was taken back before."),
    actions.NotTheUploader: gettext_lazy(
        "Only who added it can take it back. If it belongs to somebody else, report a privacy breach."
    ),
    actions.TooLateToUndo: gettext_lazy(
        "It can be taken back on the day it was added only. If it belongs to somebody else, report a "
        "privacy breach."
    ),
}


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def documents(request: SignedIn, reference: str) -> HttpResponseBase:
    """The documents of an enquiry, and the form that adds one."""
    found = get_readable_for(request.standing, reference, request.now)
    form = DocumentForm(
        request.POST or None, request.FILES or None, today=clock.service_date(request.now)
    )
    if request.method == "POST" and form.is_valid():
        document = _kept(request, found, form)
        if document is not None:
            said = _("The document was received. It is to be filed by the day shown below.")
            messages.success(request, said)
            return redirect("enquiries:documents", reference)
    posted = request.method == "POST"
    context = {
        "enquiry": found,
        "documents": queries.of_enquiry(found),
        "form": form if posted else without_errors(form),
        "most": actions.MOST,
        "now": request.now,
        "may_open_unscanned": Role.TEAM_LEAD in request.standing.roles,
    }
    return render(request, "enquiries/documents.html", context, status=422 if posted else 200)


def _kept(request: SignedIn, found: Enquiry, form: DocumentForm) -> Document | None:
    """The document; None with the reason beside the field."""
    name, content = form.content()
    try:
        return actions.keep(
            enquiry=found,
            kind=DocumentKind(form.cleaned_data["kind"]),
            name=name,
            content=content,
            by=request.user,
            now=request.now,
            consent=form.consent(),
            identifiers=form.cleaned_data["identifiers"],
        )
    except (rule.Unwelcome, actions.CannotKeep) as refused:
        form.add_error("file", str(FILE_REFUSALS[type(refused)]))
        return None


@require_GET
@allow(*READS)
def document_file(request: SignedIn, pk: int) -> HttpResponseBase:
    """The file itself; who saw it is on record."""
    found = get_document_for(request.standing, pk, request.now)
    try:
        content = actions.hand_out(document=found, by=request.user, now=request.now)
    except actions.CannotKeep as refused:
        return _refused(request, found, refused)
    return _as_file(found, content)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def unscanned(request: SignedIn, pk: int) -> HttpResponseBase:
    """The file of one that could not be scanned, for a reason that stays on record."""
    found = get_document_for(request.standing, pk, request.now)
    form = UnscannedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = actions.hand_out_unscanned(
                document=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
        except actions.CannotKeep as refused:
            return _refused(request, found, refused)
        return _as_file(found, content)
    if found.scan != Scan.NOT_SCANNED:
        return _refused(request, found, actions.NotReadable())
    return _form_page(request, "enquiries/document_unscanned.html", found, form)


@require_POST
@allow(*WORKS)
def document_filed(request: SignedIn, pk: int) -> HttpResponseBase:
    """Say that it is in the case's file."""
    found = get_document_for(request.standing, pk, request.now)
    try:
        actions.mark_filed(document=found, by=request.user, now=request.now)
    except actions.CannotKeep as refused:
        return _refused(request, found, refused)
    messages.success(request, _("The document is in the case’s file."))
    return redirect("enquiries:documents", found.enquiry.reference)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def document_undo(request: SignedIn, pk: int) -> HttpResponseBase:
    """Take it back; one that belongs to somebody else leads on to the report of a breach."""
    found = get_document_for(request.standing, pk, request.now)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = UndoWhy(form.cleaned_data["why"])
        try:
            actions.undo(
                document=found,
                why=why,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
        except actions.CannotKeep as refused:
            return _refused(request, found, refused)
        messages.success(request, _("The document was taken back. Nobody can open it any more."))
        if why == UndoWhy.WRONG_PERSON:
            address = reverse("enquiries:report-breach", args=[found.enquiry.reference])
            return redirect(f"{address}?document={found.pk}")
        return redirect("enquiries:documents", found.enquiry.reference)
    return _form_page(request, "enquiries/document_undo.html", found, form)


def _form_page(request: SignedIn, template: str, found: Document, form: forms.Form) -> HttpResponse:
    posted = request.method == "POST"
    context = {
        "document": found,
        "enquiry": found.enquiry,
        "form": form if posted else without_errors(form),
    }
    return render(request, template, context, status=422 if posted else 200)


def _refused(request: SignedIn, found: Document, refused: actions.CannotKeep) -> HttpResponseBase:
    messages.warning(request, str(REFUSALS[type(refused)]))
    if Role.PRIVACY_OFFICER in request.standing.roles and found.enquiry.is_restricted:
        return redirect("enquiries:restricted", found.enquiry.reference)
    return redirect("enquiries:documents", found.enquiry.reference)


def _as_file(document: Document, content: bytes) -> HttpResponse:
    """Saved, never shown: whatever it is, it runs nothing here and reaches nothing of ours."""
    response = HttpResponse(content, content_type=document.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(True, document.name) or "attachment"
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
