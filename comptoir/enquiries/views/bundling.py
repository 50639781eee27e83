"""One answer for what one asker wants to know about one case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from comptoir.enquiries.actions import bundling as actions
from comptoir.enquiries.actions import changing
from comptoir.enquiries.forms.bundling import BundleForm, CodeForm, code_forms
from comptoir.enquiries.models import WORKS
from comptoir.enquiries.permissions import enquiries_for, get_enquiry_for
from comptoir.enquiries.queries import bundles
from comptoir.enquiries.views.enquiry import draft_of
from comptoir.people.permissions import SignedIn, allow


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def bundle(request: SignedIn, reference: str) -> HttpResponse:
    """What belongs to the bundle and what does not, and the answer to all of it."""
    found = get_enquiry_for(request.standing, reference)
    also = bundles.others(enquiries_for(request.standing), found)
    together = [found, *(each.enquiry for each in also if each.why is None)]
    form = BundleForm(request.POST or None, initial={"language": found.language})
    codes = code_forms(request.POST or None, together)
    barred = bundles.gets_no_action([found, *(each.enquiry for each in also)])
    if request.method == "POST" and not barred and form.is_valid() and _all_valid(codes):
        try:
            return _answered(request, form, codes)
        except actions.NoBundle:
            form.add_error(None, _("These are no bundle any more: answer them apart."))
        except changing.CannotChange:
            form.add_error(
                None,
                _("Nothing was sent: one of them changed or is with a colleague. Read them again."),
            )
    context = {
        "enquiry": found,
        "form": form,
        "codes": codes,
        "apart": [each for each in also if each.why is not None],
        "barred": barred,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "enquiries/bundle.html", context, status=status)


def _all_valid(codes: list[CodeForm]) -> bool:
    """Every one is judged, so that all that is missing is said at once."""
    return not [code for code in codes if not code.is_valid()]


def _answered(request: SignedIn, form: BundleForm, codes: list[CodeForm]) -> HttpResponse:
    parts = [
        actions.Part(
            enquiry=code.enquiry,
            version=code.cleaned_data["version"],
            tier=code.cleaned_data["tier"],
            line_of_business=code.cleaned_data["line_of_business"],
        )
        for code in codes
        if code.cleaned_data["together"] or code is codes[0]
    ]
    sent = actions.answer(parts=parts, by=request.user, now=request.now, **form.cleaned_data)
    said = ngettext(
        "%(count)d enquiry was answered.", "%(count)d enquiries were answered.", len(sent)
    )
    drafts = " ".join(draft_of(part.enquiry) for part in parts)
    messages.success(request, said % {"count": len(sent)}, extra_tags=drafts)
    return redirect("enquiries:work")
