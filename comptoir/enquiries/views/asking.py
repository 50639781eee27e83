"""Asking a question: the form, what was typed shown once more, and the receipt. For anybody."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from comptoir.enquiries import follow_sessions, guarding
from comptoir.enquiries.actions import documents, receiving
from comptoir.enquiries.forms import files
from comptoir.enquiries.forms.asking import AskForm
from comptoir.enquiries.guarding import Problem
from comptoir.enquiries.models import AskerKind, Channel, Message
from comptoir.enquiries.queries import dates_told, lines, promises
from comptoir.people import permissions
from comptoir.people.forms.identifiers import IDENTIFIER_FAULTS
from comptoir.people.permissions import SignedIn
from comptoir.ui import clock
from comptoir.ui.forms import without_errors

REVIEW = "enquiries/ask_review.html"

UNJUDGED = ("find", "change")
"""Buttons that send nothing: look for an office, go back from what was shown once more."""


@permissions.public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; with a POST what was typed, shown once more; with the button `send`, on to the receipt."""
    now = cast(SignedIn, request).now
    is_posted = request.method == "POST"
    form = AskForm(request.POST if is_posted else None, today=clock.service_date(now))
    if not is_posted or any(button in request.POST for button in UNJUDGED):
        return _form(request, without_errors(form) if is_posted else form)
    if not form.is_valid():
        return _form(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if "send" not in request.POST:
        return _page(request, form, REVIEW, files=files.FilesForm())
    sent = files.FilesForm(request.POST, request.FILES)
    files.judge_size(sent, request)
    if not sent.is_valid():
        return _page(request, form, REVIEW, HTTPStatus.UNPROCESSABLE_ENTITY, files=sent)
    status = _refused(request, form) or _sent(request, form, sent)
    if status is not None:
        return _form(request, form, status)
    return redirect("enquiries:asked")


def _form(request: HttpRequest, form: AskForm, status: int = HTTPStatus.OK) -> HttpResponse:
    return _page(request, form, "enquiries/ask.html", status)


def _page(
    request: HttpRequest,
    form: AskForm,
    template: str,
    status: int = HTTPStatus.OK,
    **context: object,
) -> HttpResponse:
    now = cast(SignedIn, request).now
    token = guarding.token_for(request.POST.get("token", ""), now)
    is_same = token == request.POST.get("token")
    context |= {
        "form": form,
        "token": token,
        "work": request.POST.get("work", "") if is_same else "",
        "work_bits": settings.SERVICE_WORK_BITS,
        "faults": {str(fault): str(text) for fault, text in IDENTIFIER_FAULTS.items()},
    }
    if template == REVIEW:
        context["review"] = form.review()
    return render(request, template, context, status=status)


def _refused(request: HttpRequest, form: AskForm) -> int | None:
    """The status with which the form is shown again, if it looks like a robot's or there are too many."""
    problem = guarding.problem_with(request.POST, cast(SignedIn, request).now)
    if problem is not None:
        form.add_error(None, _words(problem))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    worked = guarding.is_worked_out(request.POST)
    action = "enquiry_asked" if worked else "enquiry_asked_without_work"
    if ratelimit.consume(request, action=action, key=form.cleaned_data["email"]):
        return None
    form.add_error(None, _too_many())
    return HTTPStatus.TOO_MANY_REQUESTS


def _words(problem: Problem) -> str:
    return {
        Problem.FILLED_IN: _(
            "Something filled in a field that people do not see. It is empty again: please send once more."
        ),
        Problem.TOO_FAST: _("That was very fast. Check what you typed, then send it once more."),
        Problem.TOO_OLD: _(
            "This page was open for more than a day. Check what you typed, then send it once more."
        ),
    }[problem]


def _too_many() -> str:
    return _(
        "Too many enquiries came from here in the last hour. Wait an hour, then send it once more: what you typed stays on this page."
    )


def _sent(request: HttpRequest, form: AskForm, sent: files.FilesForm) -> int | None:
    """Receive the enquiry; the status with which the form is shown again if it was not received."""
    now = cast(SignedIn, request).now
    page = guarding.page_of(request.POST["token"])
    try:
        received = receiving.receive(
            line=lines.line_for(AskerKind(form.cleaned_data["asker_kind"]), now),
            channel=Channel.WEB_FORM,
            asker=form.asker(),
            about=form.about(),
            body=form.cleaned_data["body"],
            received_at=now,
            now=now,
            attempt=page.attempt if page is not None else None,
            files=sent.cleaned_data["attached"],
        )
    except documents.TooMany:
        form.add_error(None, files.TOO_MANY)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except (lines.NoLine, promises.NothingPromised):
        form.add_error(
            None, _("Nothing is received by this form at present. Try again tomorrow, or call us.")
        )
        return HTTPStatus.SERVICE_UNAVAILABLE
    follow_sessions.note_asked(
        request, message=received.message.pk, is_duplicate=received.is_duplicate, now=now
    )
    return None


@permissions.public
@never_cache
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """The receipt of what this browser sent within the hour."""
    noted = follow_sessions.asked(request.session, cast(SignedIn, request).now)
    if noted is None:
        return redirect("enquiries:follow")
    message = Message.objects.select_related("enquiry__line").get(pk=noted["message"])
    context = {
        "enquiry": message.enquiry,
        "is_duplicate": noted["is_duplicate"],
        "dates": dates_told.told(message.enquiry),
    }
    return render(request, "enquiries/asked.html", context)
