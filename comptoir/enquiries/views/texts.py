"""The texts that agents send and the articles they quote: found, read, written, approved, retired."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.enquiries.actions import texting
from comptoir.enquiries.forms.texts import (
    FilterForm,
    NewTextForm,
    SearchForm,
    WordsForm,
    code_taken,
)
from comptoir.enquiries.models import WORKS, Text, TextKind, TextVersion
from comptoir.enquiries.permissions import enquiries_for, get_text_for, get_text_version_for
from comptoir.enquiries.queries import library, quoting, texts
from comptoir.people import searching
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import languages
from comptoir.ui.forms import without_errors

PAGE = 25
SEARCH = "texts"


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def texts_list(request: SignedIn) -> HttpResponse:
    """Every text that is not retired, or what a search and a choice find."""
    if request.method == "POST":
        searching.note(request, SEARCH, SearchForm())
        return redirect("enquiries:texts")
    words = searching.noted(request, SEARCH).get("q", "")
    form = FilterForm(request.GET)
    fits = form.chosen()
    standing = fits.pop("state", "")
    found = library.found(words, fits, standing, request.now)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "search": SearchForm(initial={"q": words}),
        "words": words,
        "filters": form,
        "is_filtered": bool(words or fits or standing),
        "page": page,
        "rows": library.listed(list(page)),
    }
    return render(request, "enquiries/texts.html", context)


@require_GET
@allow(*WORKS)
def text(request: SignedIn, code: str) -> HttpResponse:
    """A text by the version in use, or its newest if none is."""
    return _text_page(request, get_text_for(request.standing, code), None)


@require_GET
@allow(*WORKS)
def text_version(request: SignedIn, code: str, number: int) -> HttpResponse:
    """One of its versions."""
    version = get_text_version_for(request.standing, code, number)
    return _text_page(request, version.text, version)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def text_new(request: SignedIn) -> HttpResponse:
    """Begin a text, or with the button for it only look at it."""
    form = NewTextForm(request.POST or None, initial={"kind": TextKind.REPLY})
    is_looked_at = request.POST.get("do") == "look"
    if request.method == "POST" and form.is_valid() and not is_looked_at:
        try:
            version = texting.start(
                words=form.words(), by=request.user, now=request.now, **form.fits()
            )
        except texting.CodeTaken:
            form.add_error("code", code_taken())
        else:
            messages.success(request, _written())
            return redirect("enquiries:text", version.text.code)
    return _writing_page(request, "text_new", form)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def text_write(request: SignedIn, code: str) -> HttpResponse:
    """Write its next version, from the words in use."""
    found = get_text_for(request.standing, code)
    versions = library.versions_of(found)
    begun = library.in_use_of(versions, request.now) or versions[0]
    names = ("title_en", "title_fr", "body_en", "body_fr")
    form = WordsForm(request.POST or None, initial={name: getattr(begun, name) for name in names})
    is_looked_at = request.POST.get("do") == "look"
    if request.method == "POST" and form.is_valid() and not is_looked_at:
        try:
            texting.write(text=found, words=form.words(), by=request.user, now=request.now)
        except texting.RetiredAlready:
            form.add_error(None, _("This text is retired. Begin a new one instead."))
        else:
            messages.success(request, _written())
            return redirect("enquiries:text", code)
    return _writing_page(request, "text_write", form, text=found, begun=begun)


@require_POST
@allow(Role.TEAM_LEAD)
def text_approve(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Put a version to use, as somebody who did not write it."""
    version = get_text_version_for(request.standing, code, number)
    try:
        texting.approve(version=version, by=request.user, now=request.now)
    except texting.OwnWords:
        messages.warning(
            request, _("Nothing was approved: you wrote this version. Ask another team lead.")
        )
    except texting.ApprovedAlready:
        messages.info(request, _("A colleague has approved this version already."))
    else:
        messages.success(request, _("The version is approved: agents use it from now on."))
    return redirect("enquiries:text", code)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def text_retire(request: SignedIn, code: str) -> HttpResponse:
    """Take a text out of use; asked once."""
    found = get_text_for(request.standing, code)
    if request.method == "POST":
        texting.retire(text=found, by=request.user, now=request.now)
        messages.success(request, _("The text is retired: it is offered no more."))
        return redirect("enquiries:text", code)
    return render(request, "enquiries/text_retire.html", {"text": found, "form": None})


def _written() -> str:
    return _("It was written. Agents use it once a team lead who did not write it approves it.")


def _text_page(request: SignedIn, found: Text, version: TextVersion | None) -> HttpResponse:
    versions = library.versions_of(found)
    in_use = library.in_use_of(versions, request.now)
    shown = version or in_use or versions[0]
    newest = versions[0]
    leads = Role.TEAM_LEAD in request.standing.roles
    waits = newest.approved_at is None and found.retired_at is None
    is_offered = shown == in_use and found.retired_at is None
    mine = quoting.in_hands_of(request.user, enquiries_for(request.standing)) if is_offered else []
    context = {
        "text": found,
        "shown": shown,
        "in_use": in_use,
        "waiting": newest if waits else None,
        "is_own": newest.written_by_id == request.user.pk,
        "leads": leads,
        "versions": versions,
        "uses": texts.uses(found),
        "history": library.history(found),
        "sample_en": library.sampled(shown.body_en, "en"),
        "sample_fr": library.sampled(shown.body_fr, "fr"),
        "mine": mine,
    }
    return render(request, "enquiries/text.html", context)


def _writing_page(request: SignedIn, name: str, form: WordsForm, **more: object) -> HttpResponse:
    if request.method != "POST":
        form = without_errors(form)  # after the session was locked, nothing is judged yet
    context: dict[str, Any] = {"form": form, "variables": _variables(), **more}
    if request.method == "POST" and not form.errors:
        words = form.words()
        context |= {
            "looked_at": words,
            "sample_en": library.sampled(words.body_en, "en"),
            "sample_fr": library.sampled(words.body_fr, "fr"),
        }
    status = 422 if form.errors else 200
    return render(request, f"enquiries/{name}.html", context, status=status)


def _variables() -> list[tuple[str, Any, str]]:
    """Each variable as it is written, what it stands for, and an example."""
    samples = library.samples(languages.in_this("en", "fr"))
    return [(f"{{{name}}}", library.MEANINGS[name], samples[name]) for name in texts.VARIABLES]
