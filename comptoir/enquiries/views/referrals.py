"""Matters handed on: the register, one of them, and the forms that hand one on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.enquiries.actions import referring
from comptoir.enquiries.forms.referrals import (
    BreachForm,
    CloseForm,
    CompleteForm,
    FilterForm,
    HandOnForm,
    MaterialForm,
    TakeBackForm,
    at_first,
    known_of,
)
from comptoir.enquiries.models import (
    READS,
    WORKS,
    Breach,
    Enquiry,
    Referral,
    ReferralKind,
    ReferralOutcome,
)
from comptoir.enquiries.permissions import (
    answers_for,
    get_document_for,
    get_readable_for,
    get_referral_for,
    has_opened,
    referrals_for,
)
from comptoir.enquiries.queries import gates
from comptoir.enquiries.queries import referrals as queries
from comptoir.enquiries.queries.referrals import Show
from comptoir.enquiries.views import paging
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import values
from comptoir.ui.forms import without_errors

SHOWN = {
    Show.OPEN: gettext_lazy("Open"),
    Show.LATE: gettext_lazy("Late"),
    Show.MINE: gettext_lazy("Mine"),
    Show.CLOSED: gettext_lazy("Closed"),
}

REFUSALS: dict[type[referring.CannotRefer], str | Promise] = {
    referring.CannotAnswer: gettext_lazy(
        "This person has no role in which they could deal with it. Choose somebody else."
    ),
    referring.NotComplete: gettext_lazy(
        "Complete first what is known of the breach. Once you have opened the enquiry, this page says what is missing."
    ),
    referring.NotOpened: gettext_lazy("Say first why you open the enquiry, then complete it."),
    referring.CompletedMeanwhile: gettext_lazy(
        "More was written down meanwhile. Compare yours with what stands above, put it right, then write it down again."
    ),
    referring.ReferredAlready: gettext_lazy(
        "This enquiry was handed on for the same reason and is not closed yet. Look at its referrals."
    ),
    referring.ClosedAlready: gettext_lazy("It was closed meanwhile: read what became of it."),
    referring.NotAcknowledged: gettext_lazy("Say first that you have it."),
    referring.NotTheOwner: gettext_lazy(
        "Somebody else answers for it. Ask them, or hand the enquiry on anew."
    ),
    referring.DeterminedAlready: gettext_lazy(
        "Whether it is material was decided. See it to its end."
    ),
    referring.NotDetermined: gettext_lazy("Decide first whether the breach is material."),
    referring.NotMaterial: gettext_lazy("It is not material: there is nothing to report."),
    referring.NotReported: gettext_lazy(
        "Say first that the Commissioner and the Secretariat were told."
    ),
    referring.NotABreach: gettext_lazy("It is no breach of privacy: there is nothing to decide."),
}


@require_GET
@allow(*READS)
def register(request: SignedIn) -> HttpResponse:
    """Every referral the person may see, the soonest due first."""
    form = FilterForm(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    asked = request.GET.get("show", "")
    show = Show(asked) if asked in list(Show) else Show.OPEN
    everything = referrals_for(request.standing, request.now)
    found = queries.shown(everything, show, person=request.user, now=request.now, kind=kind)
    page, after = queries.page(found, show, request.GET.get("after", ""))
    counts = queries.counts(everything, person=request.user, now=request.now, kind=kind)
    context = {
        "rows": [(row, queries.is_late(row, request.now)) for row in page],
        "show": show,
        "kind": kind,
        "kinds": ReferralKind.choices,
        "tabs": [
            {
                "label": SHOWN[each],
                "count": paging.counted(counts[each]),
                "url": f"?show={each.value}" + (f"&kind={kind}" if kind else ""),
                "current": each is show,
            }
            for each in Show
        ],
        **paging.ways_on(request, after),
    }
    return render(request, "enquiries/referrals.html", context)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def hand_on(request: SignedIn, reference: str) -> HttpResponseBase:
    """Hand a matter on that is no breach."""
    found = get_readable_for(request.standing, reference, request.now)
    form = HandOnForm(request.POST or None, people=queries.offered(request.now))
    if request.method == "POST" and form.is_valid():
        kind = ReferralKind(form.cleaned_data["kind"])
        response = _hand_on(request, found, form, kind, None)
        if response is not None:
            return response
    return _form_page(request, "enquiries/hand_on.html", found, form)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def report_breach(request: SignedIn, reference: str) -> HttpResponseBase:
    """Report a breach of privacy; what is known of it goes to the privacy officers."""
    found = get_readable_for(request.standing, reference, request.now)
    people = queries.offered(request.now, Role.PRIVACY_OFFICER)
    initial = at_first(request.now, people) | _of_document(request, found)
    form = BreachForm(request.POST or None, people=people, now=request.now, initial=initial)
    if request.method == "POST" and form.is_valid():
        intake = form.intake(form.cleaned_data["found"])
        response = _hand_on(request, found, form, ReferralKind.BREACH, intake)
        if response is not None:
            return response
    return _form_page(request, "enquiries/breach.html", found, form)


def _of_document(request: SignedIn, found: Enquiry) -> dict[str, Any]:
    """What is known already when a document of somebody else was taken back."""
    key = values.number(request.GET.get("document", ""))
    if key is None:
        return {}
    document = get_document_for(request.standing, key, request.now)
    if document.enquiry_id != found.pk or document.undone_at is None:
        return {}
    return queries.breach_of_document(document)


def _hand_on(
    request: SignedIn,
    found: Enquiry,
    form: HandOnForm | BreachForm,
    kind: ReferralKind,
    breach: referring.Intake | None,
) -> HttpResponseBase | None:
    """Where it goes on; None with the reason in the form."""
    try:
        made = referring.refer(
            enquiry=found,
            kind=kind,
            unit=form.cleaned_data["unit"],
            owner=form.cleaned_data["owner"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=request.now,
            breach=breach,
        )
    except referring.CannotRefer as refused:
        form.add_error(None, str(REFUSALS[type(refused)]))
        return None
    said = _("The matter was handed on. %(name)s was told.") % {"name": made.owner.name}
    messages.success(request, said)
    return redirect("enquiries:referral", made.pk)


def _form_page(request: SignedIn, template: str, found: Enquiry, form: forms.Form) -> HttpResponse:
    posted = request.method == "POST"
    shown = form if posted else without_errors(form)
    context = {"enquiry": found, "form": shown}
    return render(request, template, context, status=422 if posted else 200)


@require_http_methods(["GET", "POST"])
@allow(*READS)
def referral(request: SignedIn, pk: int) -> HttpResponseBase:
    """One referral; who answers for it acts on it here."""
    found = get_referral_for(request.standing, pk, request.now)
    if request.method != "POST":
        return _referral_page(request, found)
    do = request.POST.get("do", "")
    form = _form(request, found, do)
    if not form.is_valid():
        return _referral_page(request, found, {do: form})
    try:
        said = _act(request, found, do, form)
    except referring.CannotRefer as refused:
        return _refused(request, pk, do, form, refused)
    messages.success(request, said)
    return redirect("enquiries:referral", pk)


def _refused(
    request: SignedIn, pk: int, do: str, form: forms.Form, refused: referring.CannotRefer
) -> HttpResponseBase:
    """The page as it is now: with what was typed and the sentence, so that no words are lost."""
    sentence = str(REFUSALS[type(refused)])
    if do not in WRITTEN:
        messages.warning(request, sentence)
        return redirect("enquiries:referral", pk)
    form.add_error(None, sentence)
    found = get_referral_for(request.standing, pk, request.now)
    if isinstance(refused, referring.CompletedMeanwhile) and isinstance(form, CompleteForm):
        form.shows(found.breach)
    return _referral_page(request, found, {do: form})


FORMS: dict[str, type[forms.Form]] = {
    "close": CloseForm,
    "take-back": TakeBackForm,
    "determine": MaterialForm,
}
WRITTEN = ("complete", "close", "take-back")
"""The deeds for which somebody writes something: refused, it is shown once more, whatever else may be done."""


def _form(request: SignedIn, found: Referral, do: str) -> forms.Form:
    """What was typed for this deed."""
    breach = getattr(found, "breach", None)
    if do == "complete" and breach is not None:
        reads = _can_read(request, found)
        return CompleteForm(request.POST, found=breach.discovered_at if reads else None)
    return FORMS.get(do, forms.Form)(request.POST)


def _act(request: SignedIn, found: Referral, do: str, form: forms.Form) -> str:
    """Do it; the sentence that says so. Raises CannotRefer."""
    who: dict[str, Any] = {"referral": found, "by": request.user, "now": request.now}
    typed = form.cleaned_data
    if isinstance(form, CompleteForm):
        referring.complete(
            intake=form.intake(found.breach.discovered_at), seen=typed["seen"], **who
        )
        return _("What is known of the breach was written down.")
    if do == "acknowledge":
        referring.acknowledge(**who)
        return _("You have it. Please close it once it is dealt with.")
    if do == "determine":
        referring.determine(is_material=typed["material"], **who)
        return _("The decision is on record.")
    if do in ("commissioner", "secretariat"):
        referring.report(to_commissioner=do == "commissioner", **who)
        return _("The report is on record.")
    if do == "take-back":
        referring.close(outcome=ReferralOutcome.WITHDRAWN, result=typed["why"], **who)
        return _("It was taken back.")
    if do == "close":
        referring.close(outcome=ReferralOutcome(typed["outcome"]), result=typed["result"], **who)
        return _("It is closed.")
    return ""


def _referral_page(
    request: SignedIn, found: Referral, typed: dict[str, forms.Form] | None = None
) -> HttpResponse:
    typed = typed or {}
    can_read = _can_read(request, found)
    is_open = found.closed_at is None
    answers = is_open and answers_for(request.standing, found)
    breach = getattr(found, "breach", None)
    restricted = found.enquiry.is_restricted
    works = bool(request.standing.roles & set(WORKS))
    context = {
        "works": works,
        **({} if works or restricted else _exchange(request, found.enquiry)),
        "referral": found,
        "breach": breach,
        "enquiry": found.enquiry,
        "can_read": can_read,
        "is_late": queries.is_late(found, request.now),
        "days_left": queries.days_left(found, request.now),
        "answers": answers,
        **_closing(request, found, typed),
        **_completing(found, typed.get("complete"), can_read=can_read),
        "material_form": typed.get("determine", MaterialForm()),
        "may_report": answers and breach is not None and breach.is_material,
    }
    return render(request, "enquiries/referral.html", context, status=422 if typed else 200)


def _can_read(request: SignedIn, found: Referral) -> bool:
    """Whether the page may say what it is about."""
    enquiry = found.enquiry
    return not enquiry.is_restricted or has_opened(request.standing, enquiry, request.now)


def _exchange(request: SignedIn, enquiry: Enquiry) -> dict[str, Any]:
    """What was written to and fro, for who reads it here alone; the gates hold as on its own page."""
    case = gates.facts(enquiry, gates.verdict(enquiry, request.now))
    return {"exchange": queries.exchange(enquiry), "case": case}


def _closing(
    request: SignedIn, found: Referral, typed: dict[str, forms.Form]
) -> dict[str, forms.Form | bool]:
    """The forms that end it, as far as they may be used or hold something typed; else what they wait for."""
    breach = getattr(found, "breach", None)
    decided = breach is not None and breach.determined_at is not None
    is_open = found.closed_at is None
    ends = is_open and answers_for(request.standing, found) and found.acknowledged_at is not None
    waits = breach is not None and decided and bool(queries.unknown(breach))
    takes_back = is_open and found.referred_by_id == request.user.pk and not decided
    shown: dict[str, forms.Form | bool] = {"waits": ends and waits}
    if "close" in typed or (ends and not waits and not _to_report(breach)):
        shown["close_form"] = typed.get("close", CloseForm())
    if "take-back" in typed or takes_back:
        shown["take_back_form"] = typed.get("take-back", TakeBackForm())
    return shown


def _completing(found: Referral, typed: forms.Form | None, *, can_read: bool) -> dict[str, Any]:
    """The form that completes a breach, and what is missing, by the labels of the form. Who may not read
    it now sees what they typed themselves and nothing else.
    """
    breach = getattr(found, "breach", None)
    if breach is None or found.closed_at is not None or not can_read:
        return {"known_form": typed}
    form = typed or CompleteForm(initial=known_of(breach))
    names = {"data": "information"}
    missing = [form.fields[names.get(name, name)].label for name in queries.unknown(breach)]
    return {"known_form": form, "missing": missing}


def _to_report(breach: Breach | None) -> bool:
    """Whether somebody is still to be told of a material breach."""
    if breach is None or not breach.is_material:
        return False
    return breach.commissioner_told_at is None or breach.secretariat_told_at is None
