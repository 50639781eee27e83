"""The list of tags that agents choose from: added, called otherwise, retired."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from comptoir.enquiries.actions import tagging
from comptoir.enquiries.forms.tags import REFUSED, TagNamesForm
from comptoir.enquiries.models import Tag
from comptoir.enquiries.permissions import KEEPERS, get_tag_for
from comptoir.enquiries.queries import tags as queries
from comptoir.people.permissions import SignedIn, allow

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def tags(request: SignedIn) -> HttpResponseBase:
    """Every tag, and the form that adds one."""
    form = TagNamesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tagging.add(**form.cleaned_data, by=request.user, now=request.now)
        except tagging.CannotKeepTag as refused:
            form.add_error(None, REFUSED[type(refused)])
        else:
            messages.success(request, _("The tag is on the list."))
            return redirect("enquiries:tags")
    page = Paginator(queries.listed(), PER_PAGE).get_page(request.GET.get("page"))
    status = 422 if form.errors else 200
    return render(request, "enquiries/tags.html", {"page": page, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def change(request: SignedIn, code: str) -> HttpResponseBase:
    """Call a tag otherwise, retire it, or put it on the list again."""
    found = get_tag_for(request.standing, code)
    do = request.POST.get("do", "")
    if request.method == "POST" and do in ("retire", "give"):
        return _listed(request, found, is_given=do == "give")
    initial = {"name_en": found.name_en, "name_fr": found.name_fr}
    form = TagNamesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            tagging.rename(tag=found, **form.cleaned_data, by=request.user, now=request.now)
        except tagging.CannotKeepTag as refused:
            form.add_error(None, REFUSED[type(refused)])
        else:
            messages.success(request, _("The tag has its new name wherever it was put on."))
            return redirect("enquiries:tags")
    status = 422 if form.errors else 200
    return render(request, "enquiries/tag.html", {"tag": found, "form": form}, status=status)


def _listed(request: SignedIn, found: Tag, *, is_given: bool) -> HttpResponse:
    """On the list again, or off it."""
    try:
        if is_given:
            tagging.give_again(tag=found, by=request.user, now=request.now)
            messages.success(request, _("The tag is on the list."))
        else:
            tagging.retire(tag=found, by=request.user, now=request.now)
            messages.success(request, _("The tag was retired. It stays where it was put on."))
    except tagging.CannotKeepTag as refused:
        messages.warning(request, str(REFUSED[type(refused)]))
    return redirect("enquiries:tags")
