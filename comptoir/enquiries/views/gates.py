"""Opening the gates of an enquiry, and the second person's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.enquiries.actions import gating
from comptoir.enquiries.forms.gates import (
    AuthorizationForm,
    OverrideForm,
    PiecesForm,
    ends_before,
    needs_an_end,
)
from comptoir.enquiries.models import WORKS, Enquiry, acts_for_office
from comptoir.enquiries.permissions import (
    get_authorization_for,
    get_override_for,
    get_readable_for,
    overrides_for,
)
from comptoir.enquiries.queries import gate_page, gates
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock
from comptoir.ui.forms import without_errors

PAGE = 25

SENTENCES: dict[type[gating.CannotOpen], str | LazyText] = {
    gating.NoApplicant: gettext_lazy(
        "Nothing was recorded: the enquiry does not say whose case it is about. Ask the client first."
    ),
    gating.NotGiven: gettext_lazy(
        "Nothing was recorded: the enquiry does not hold all of these. Say how they were given."
    ),
    gating.NobodyToAuthorize: gettext_lazy(
        "Nothing was recorded: the asker left no e-mail address, so they could not be told from "
        "others. Ask for it first, or ask a second person to open the gates."
    ),
    gating.NotTheApplicant: gettext_lazy(
        "Nothing was recorded: confirm first who asks. If somebody asks for another, record an "
        "authorization."
    ),
    gating.NeedsAnEnd: needs_an_end(),
    gating.EndsBeforeItStarts: ends_before(),
    gating.WithdrawnAlready: gettext_lazy("It was withdrawn already: nothing is told on it."),
    gating.AskedAlready: gettext_lazy(
        "A second person has been asked already: wait for their answer."
    ),
    gating.AnsweredAlready: gettext_lazy("A colleague has answered this already."),
    gating.OwnRequest: gettext_lazy(
        "You asked for this yourself: a colleague has to be the second person."
    ),
}


def on_page(request: SignedIn, found: Enquiry) -> dict[str, Any]:
    """What an enquiry's page needs for parts/gates.html; `case`: what it shows of the case; and whether
    who asked is known to act for the office.
    """
    shown = gate_page.shown(found, request.now)
    return {
        "gates": shown,
        "case": gates.facts(found, shown.verdict),
        "pieces_form": PiecesForm(enquiry=found),
        "acts_for_office": acts_for_office(found, request.now),
    }


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def gate_confirm(request: SignedIn, reference: str) -> HttpResponse:
    """What the asker gave agrees with the record."""
    found = get_readable_for(request.standing, reference, request.now)
    form = PiecesForm(request.POST or None, enquiry=found)

    def act() -> None:
        gating.confirm(enquiry=found, by=request.user, now=request.now, **form.cleaned_data)

    return _asked(request, found, "gate_confirm", form, act, _("What agrees was recorded."))


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def gate_authorize(request: SignedIn, reference: str) -> HttpResponse:
    """Record what the asker may be told about the applicant."""
    found = get_readable_for(request.standing, reference, request.now)
    today = clock.service_date(request.now)
    form = AuthorizationForm(request.POST or None, enquiry=found, today=today)

    def act() -> None:
        gating.authorize(enquiry=found, by=request.user, now=request.now, **form.recorded())

    return _asked(request, found, "gate_authorize", form, act, _("The authorization was recorded."))


@require_POST
@allow(*WORKS)
def gate_applicant(request: SignedIn, reference: str) -> HttpResponse:
    """The asker is the applicant: recorded at once, as who asks is confirmed."""
    found = get_readable_for(request.standing, reference, request.now)
    try:
        made = gating.authorize_applicant(enquiry=found, by=request.user, now=request.now)
    except gating.CannotOpen as refused:
        messages.warning(request, str(SENTENCES[type(refused)]))
    else:
        if made is None:
            messages.info(request, _("Both gates were open already: nothing was recorded."))
        else:
            messages.success(request, _("Both gates are open: the asker is the applicant."))
    return redirect("enquiries:enquiry", reference)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def gate_withdraw(request: SignedIn, reference: str, key: int) -> HttpResponse:
    """From now on nothing is told on an authorization; asked once."""
    found = get_readable_for(request.standing, reference, request.now)
    authorization = get_authorization_for(request.standing, reference, key, request.now)

    def act() -> None:
        gating.withdraw(authorization=authorization, by=request.user, now=request.now)

    return _asked(
        request,
        found,
        "gate_withdraw",
        forms.Form(request.POST if request.method == "POST" else None),
        act,
        _("The authorization was withdrawn: nothing is told on it from now on."),
        authorization=authorization,
    )


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def gate_override(request: SignedIn, reference: str) -> HttpResponse:
    """Ask a second person to open the gates of this enquiry."""
    found = get_readable_for(request.standing, reference, request.now)
    form = OverrideForm(request.POST or None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        gating.ask_override(enquiry=found, reason=reason, by=request.user, now=request.now)

    said = _("It was asked. The gates open once a colleague agrees.")
    return _asked(request, found, "gate_override", form, act, said)


@require_GET
@allow(*WORKS)
def overrides(request: SignedIn) -> HttpResponse:
    """What waits for a second person, the longest first."""
    waiting = overrides_for(request.standing, request.now)
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    return render(request, "enquiries/overrides.html", {"page": page})


@require_POST
@allow(*WORKS)
def override_answer(request: SignedIn, key: int) -> HttpResponse:
    """Agree or refuse, as the second person."""
    override = get_override_for(request.standing, key, request.now)
    answer = request.POST.get("answer")
    back = redirect("enquiries:overrides")
    if "beside" in request.POST:  # pressed on the page of the enquiry
        back = redirect("enquiries:enquiry", override.enquiry.reference)
    if answer not in ("agree", "refuse"):
        messages.warning(request, _("Nothing was recorded: press one of the two buttons."))
        return back
    is_agreed = answer == "agree"
    try:
        gating.answer_override(
            override=override, is_agreed=is_agreed, by=request.user, now=request.now
        )
    except gating.CannotOpen as refused:
        messages.warning(request, str(SENTENCES[type(refused)]))
    else:
        reference = {"reference": override.enquiry.reference}
        if is_agreed:
            said = _("You agreed: the gates of enquiry %(reference)s are open.") % reference
        else:
            said = _("You refused: the gates of enquiry %(reference)s stay closed.") % reference
        messages.success(request, said)
    return back


def _asked(
    request: SignedIn,
    found: Enquiry,
    name: str,
    form: forms.Form,
    act: Callable[[], None],
    said: str,
    **more: object,
) -> HttpResponse:
    """A page that records something and goes back to the enquiry; what is refused is said on it."""
    if request.method != "POST":
        form = without_errors(form)  # after the session was locked, nothing is judged yet
    elif form.is_valid():
        try:
            act()
        except gating.CannotOpen as refused:
            form.add_error(None, str(SENTENCES[type(refused)]))
        else:
            messages.success(request, said)
            return redirect("enquiries:enquiry", found.reference)
    context = {"form": form, "enquiry": found, **more}
    status = 422 if request.method == "POST" else 200
    return render(request, f"enquiries/{name}.html", context, status=status)
