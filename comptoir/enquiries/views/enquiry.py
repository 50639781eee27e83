"""An enquiry's own page: the conversation, the facts, the answer that is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.enquiries.actions import answering, changing, taking
from comptoir.enquiries.forms.texts import quoted_keys
from comptoir.enquiries.forms.working import (
    AnswerForm,
    NoteForm,
    QuestionForm,
    TagForm,
    seen_of,
    version_of,
)
from comptoir.enquiries.models import (
    LINE_OF_BUSINESS_DIGITS,
    OPEN_STATES,
    READS,
    WORKS,
    Descent,
    Enquiry,
    InboundMail,
    Message,
    State,
    Tag,
)
from comptoir.enquiries.permissions import (
    enquiries_for,
    get_readable_for,
    get_restricted_for,
    may_take,
)
from comptoir.enquiries.queries import (
    asked_before,
    bundles,
    documents,
    gates,
    presence,
    quoting,
    referrals,
    story,
    undelivered,
    work,
)
from comptoir.enquiries.views.composing import composing
from comptoir.enquiries.views.gates import on_page
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui.forms import without_errors

MOST_TEXTS = 200
"""Of one conversation the newest so many are shown, as to who asked."""

HELD = (State.IN_HAND, State.ON_HOLD)


@require_http_methods(["GET", "POST"])
@allow(*READS)
def enquiry(request: SignedIn, reference: str) -> HttpResponseBase:
    """Read it; post an answer, a question to the client or a note."""
    found = _to_read(request, reference)
    if found is None:
        return redirect("enquiries:restricted", reference)
    going_on = composing(request, found)
    if going_on is not None:
        composed = without_errors(AnswerForm(going_on.posted, now=request.now))
        return _page(request, found, composed, NoteForm(), beside=going_on.context)
    answer = _answer_form(request, found)
    note = NoteForm(_typed_in(request, "note", "note"))
    if request.method != "POST":
        # After the session was locked, what was typed is shown and nothing is judged yet.
        return _page(request, found, without_errors(answer), without_errors(note))
    form, act = {
        "note": (note, _write_note),
        "ask": (QuestionForm(request.POST, now=request.now), _ask),
    }.get(request.POST.get("do", ""), (answer, _answer))
    if not form.is_valid():
        shown = without_errors(answer) if form is note else form
        return _page(request, found, shown, note if form is note else NoteForm(), status=422)
    try:
        return act(request, found, form.cleaned_data)
    except changing.CannotChange as refused:
        found = get_readable_for(request.standing, reference, request.now)
        return _page(
            request, found, without_errors(answer), NoteForm(), refused=refused, status=422
        )


def _to_read(request: SignedIn, reference: str) -> Enquiry | None:
    """What the person may read here; None for what they may open once they have said why.

    Raises Http404 for anything else: to everybody who is not named, it does not exist.
    """
    if request.standing.roles & set(WORKS):
        try:
            return get_readable_for(request.standing, reference, request.now)
        except Http404:
            pass
    get_restricted_for(request.standing, reference, request.now)
    if request.method == "POST":
        messages.warning(request, _("Nothing was sent: the enquiry is restricted."))
    return None


def _answer(request: SignedIn, found: Enquiry, typed: dict[str, Any]) -> HttpResponse:
    answering.answer(
        enquiry=found,
        version=version_of(request.POST),
        body=typed["body"],
        language=typed["language"],
        tier=typed["tier"],
        line_of_business=typed["line_of_business"],
        is_case_specific=typed["is_case_specific"],
        texts=typed["texts"],
        by=request.user,
        now=request.now,
    )
    said = _("Enquiry %(reference)s was answered.") % {"reference": found.reference}
    messages.success(request, said, extra_tags=draft_of(found))
    goes_on = request.POST.get("do") == "next"
    following = work.next_in_hand(request.user) if goes_on else None
    if following is not None:
        return redirect("enquiries:enquiry", following.reference)
    return redirect("enquiries:work")


def _ask(request: SignedIn, found: Enquiry, typed: dict[str, Any]) -> HttpResponse:
    answering.ask_back(
        enquiry=found,
        version=version_of(request.POST),
        body=typed["body"],
        language=typed["language"],
        is_case_specific=typed["is_case_specific"],
        texts=typed["texts"],
        by=request.user,
        now=request.now,
    )
    said = _("Your question was sent. The due date waits until the client answers.")
    messages.success(request, said, extra_tags=draft_of(found))
    return redirect("enquiries:enquiry", found.reference)


def draft_of(found: Enquiry) -> str:
    """What was kept in the browser of its answer, and goes with the page that says it was sent or put back."""
    return f"answer.{found.reference}"


def _write_note(request: SignedIn, found: Enquiry, typed: dict[str, Any]) -> HttpResponse:
    note = answering.note(
        enquiry=found,
        body=typed["note"],
        is_case_specific=not typed["is_general"],
        by=request.user,
        now=request.now,
    )
    said = _("Your note was added.")
    if gates.facts(found, gates.verdict(found, request.now)).keeps_back(note):
        said = _("Your note was added. It is shown once both gates are open.")
    messages.success(request, said)
    return redirect("enquiries:enquiry", found.reference)


@require_POST
@allow(*WORKS)
def take(request: SignedIn, reference: str) -> HttpResponseBase:
    """Take this one; a team lead also from a colleague."""
    found = get_readable_for(request.standing, reference, request.now)
    if not may_take(request.standing, found):
        messages.warning(
            request, _("A colleague has it in hand: only a team lead can take it over.")
        )
        return redirect("enquiries:enquiry", reference)
    try:
        taking.take_one(
            enquiry=found, version=version_of(request.POST), by=request.user, now=request.now
        )
    except changing.CannotChange as refused:
        return changed(request, found, refused)
    return redirect("enquiries:enquiry", reference)


@require_POST
@allow(*WORKS)
def put_back(request: SignedIn, reference: str) -> HttpResponseBase:
    """Let it wait for somebody else again."""
    found = get_readable_for(request.standing, reference, request.now)
    try:
        taking.put_back(
            enquiry=found, version=version_of(request.POST), by=request.user, now=request.now
        )
    except changing.CannotChange as refused:
        return changed(request, found, refused)
    said = _("Enquiry %(reference)s waits again, at the place it had.")
    messages.success(request, said % {"reference": reference}, extra_tags=draft_of(found))
    return redirect("enquiries:work")


def changed(request: SignedIn, found: Enquiry, refused: changing.CannotChange) -> HttpResponseBase:
    """The page as it stands now, with what happened meanwhile and all that was typed.

    Raises Http404 if it was restricted meanwhile.
    """
    found = get_readable_for(request.standing, found.reference, request.now)
    answer = without_errors(_answer_form(request, found))
    return _page(request, found, answer, NoteForm(), refused=refused, status=422)


def _page(
    request: SignedIn,
    found: Enquiry,
    answer: forms.Form,
    note: forms.Form,
    *,
    refused: changing.CannotChange | None = None,
    beside: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    history = story.history(found)
    is_mine = found.state in HELD and found.assignee_id == request.user.pk
    context: dict[str, Any] = {
        "enquiry": found,
        "clocks": story.clocks(found),
        "history": history,
        "seen": history[0].event.pk if history else 0,
        "others": presence.others(found, request.user, request.now),
        "is_mine": is_mine,
        "may_take": may_take(request.standing, found),
        "may_put_elsewhere": not found.is_restricted and found.state in OPEN_STATES,
        "leads": Role.TEAM_LEAD in request.standing.roles,
        "form": answer,
        "note_form": note,
        "digits": {line.value: two for line, two in LINE_OF_BUSINESS_DIGITS.items()},
        "tags": list(found.tags.order_by("code")),
        "tag_form": None if found.is_restricted else _tag_form(),
        "not_saved": "" if is_mine else _typed(request),
        "quoted": quoting.quoted(quoted_keys(request.POST), request.now),
        **_beside(request, found),
        **_refusal(request, found, refused),
        **(beside or {}),
    }
    return render(request, "enquiries/enquiry.html", context, status=status)


def _tag_form() -> TagForm | None:
    """To put a tag on; None as long as the centre has none."""
    return TagForm() if Tag.objects.filter(is_given=True).exists() else None


def _refusal(
    request: SignedIn, found: Enquiry, refused: changing.CannotChange | None
) -> dict[str, Any]:
    """Why nothing was done, and what happened meanwhile."""
    if refused is None:
        return {}
    return {
        "refused": refused,
        "gates_closed": isinstance(refused, answering.GatesClosed),
        "changes": story.since(found, seen_of(request.POST)),
    }


def _beside(request: SignedIn, found: Enquiry) -> dict[str, Any]:
    """All texts of it and of what was joined to it, and which did not arrive; its gates, referrals and
    documents; and every other enquiry that has to do with it.
    """
    parts = [
        each
        for each in found.joined.order_by("received_at", "pk")
        if each.is_restricted <= found.is_restricted
    ]
    gates_of_it = on_page(request, found)
    return {
        "parts": parts,
        "texts": _texts([found, *parts]),
        "referrals": referrals.of_enquiry(found),
        "documents": documents.of_enquiry(found),
        "not_arrived": undelivered.of_enquiries([found, *parts]),
        **_kin(found),
        **_of_the_asker(request, found, parts, gates_of_it["case"]),
        **gates_of_it,
    }


def _kin(found: Enquiry) -> dict[str, Any]:
    """What it was made from, what was made from it; nothing that is restricted beside what is not."""
    kin = Descent.objects.filter(Q(child=found) | Q(parent=found)).select_related("child", "parent")
    told = [
        each
        for each in kin.order_by("pk")
        if _beyond(each, found).is_restricted <= found.is_restricted
    ]
    return {
        "descent": next((each for each in told if each.child_id == found.pk), None),
        "offspring": [each for each in told if each.parent_id == found.pk],
    }


def _of_the_asker(
    request: SignedIn, found: Enquiry, parts: list[Enquiry], case: gates.CaseFacts
) -> dict[str, Any]:
    """What else the asker waits for, and what was asked otherwise: nothing that the person may not list."""
    everything = enquiries_for(request.standing)
    also = bundles.others(everything, found)
    beside = [each.pk for each in parts] + [each.enquiry.pk for each in also]
    return {
        "also": also,
        "barred": bundles.gets_no_action([found, *(each.enquiry for each in also)]),
        "bundled": not found.is_restricted and any(each.why is None for each in also),
        "before": asked_before.asked_before(everything, found, case, beside),
    }


def _beyond(descent: Descent, found: Enquiry) -> Enquiry:
    """The enquiry at the other end."""
    return descent.parent if descent.child_id == found.pk else descent.child


def _texts(enquiries: list[Enquiry]) -> list[Message]:
    """The newest texts of these with what was sent with them, the oldest first: three queries."""
    mails = InboundMail.objects.select_related("enquiry")
    mails = mails.only("attachments", "enquiry__reference", "enquiry__is_restricted")
    found = Message.objects.filter(enquiry__in=enquiries)
    found = found.select_related("by", "enquiry", "split_off__child")
    found = found.prefetch_related("documents", Prefetch("mails", mails))
    return list(reversed(found.order_by("-at", "-pk")[:MOST_TEXTS]))


def _typed(request: SignedIn) -> str:
    """What somebody wrote who cannot send it any more."""
    texts = (request.POST.get(name, "") for name in ("body", "note"))
    return "\n\n".join(filter(None, texts))


def _answer_form(request: SignedIn, found: Enquiry) -> AnswerForm:
    """With what was typed, if an answer was; else as the enquiry suggests."""
    initial = {"language": found.language, "line_of_business": found.line_of_business}
    return AnswerForm(
        _typed_in(request, "body", "answer", "next", "ask"), now=request.now, initial=initial
    )


def _typed_in(request: SignedIn, field: str, *buttons: str) -> QueryDict | None:
    """What was sent, if it came from the form with this field or by one of its buttons."""
    sent = request.POST
    return sent if field in sent or sent.get("do") in buttons else None
