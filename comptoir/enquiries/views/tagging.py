"""Tags on an enquiry."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comptoir.enquiries.actions import tagging
from comptoir.enquiries.forms.working import TagForm
from comptoir.enquiries.models import WORKS
from comptoir.enquiries.permissions import get_enquiry_for
from comptoir.people.permissions import SignedIn, allow


@require_POST
@allow(*WORKS)
def tag(request: SignedIn, reference: str) -> HttpResponse:
    """Put one on."""
    found = get_enquiry_for(request.standing, reference)
    form = TagForm(request.POST)
    if form.is_valid():
        tagging.put(enquiry=found, tag=form.cleaned_data["tag"], by=request.user, now=request.now)
    return redirect("enquiries:enquiry", reference)


@require_POST
@allow(*WORKS)
def untag(request: SignedIn, reference: str, code: str) -> HttpResponse:
    """Take one off."""
    found = get_enquiry_for(request.standing, reference)
    worn = found.tags.filter(code=code).first()
    if worn is None:
        raise Http404
    tagging.remove(enquiry=found, tag=worn, by=request.user, now=request.now)
    return redirect("enquiries:enquiry", reference)
