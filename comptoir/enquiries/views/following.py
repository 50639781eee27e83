"""Following an enquiry without an account. What is known and what is not look the same from outside."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import cast

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.enquiries import follow_sessions
from comptoir.enquiries.actions import documents, following
from comptoir.enquiries.forms import files
from comptoir.enquiries.forms.following import CodeForm, FollowForm, LostForm, ReplyForm
from comptoir.enquiries.models import State
from comptoir.enquiries.queries import followed as followed_queries
from comptoir.people import permissions
from comptoir.people.permissions import SignedIn

View = Callable[[HttpRequest], HttpResponse]


def _page(view: View) -> View:
    """A page for anybody, that no cache keeps and no report of an error repeats the fields of."""
    guarded = require_http_methods(["GET", "POST"])(view)
    return permissions.public(never_cache(sensitive_post_parameters()(wraps(view)(guarded))))


@_page
def follow(request: HttpRequest) -> HttpResponse:
    """Reference and address; the answer is the same whether they belong together or not."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "enquiries/follow.html", {"form": form})
    status = _judged(request, form, "enquiry_code")
    if status is not None:
        return render(request, "enquiries/follow.html", {"form": form}, status=status)
    now = cast(SignedIn, request).now
    key = following.ask_for_code(
        reference=form.cleaned_data["reference"],
        email=form.cleaned_data["email"],
        language=_language(),
        now=now,
    )
    follow_sessions.note_code(request, key=key, now=now)
    return redirect("enquiries:follow-code")


@_page
def enter_code(request: HttpRequest) -> HttpResponse:
    """The code from the mail."""
    now = cast(SignedIn, request).now
    key = follow_sessions.code(request.session, now)
    if key is None:
        return redirect("enquiries:follow")
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="enquiry_tried"):
            form.add_error("code", _too_many())
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif enquiry := following.try_code(key=key, code=form.cleaned_data["code"], now=now):
            follow_sessions.open_for(request, enquiry=enquiry.pk, now=now)
            return redirect("enquiries:followed")
        else:
            form.add_error(
                "code",
                _(
                    "That is not the code, or it is no longer valid. Check it, or ask for a new one."
                ),
            )
    if form.errors and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "form": form,
        "minutes": int(following.VALID_FOR.total_seconds() // 60),
        "is_demonstration": not settings.PRODUCTION,
    }
    return render(request, "enquiries/follow_code.html", context, status=status)


@_page
def lost(request: HttpRequest) -> HttpResponse:
    """An address; its references are mailed to it, and the answer is the same if there are none."""
    form = LostForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "enquiries/follow_lost.html", {"form": form})
    status = _judged(request, form, "enquiry_lost")
    if status is not None:
        return render(request, "enquiries/follow_lost.html", {"form": form}, status=status)
    following.ask_for_references(
        email=form.cleaned_data["email"], language=_language(), now=cast(SignedIn, request).now
    )
    messages.info(
        request,
        _(
            "If there are enquiries of this address from the last 60 days, a message with their references is on its way."
        ),
    )
    return redirect("enquiries:follow")


@_page
def followed(request: HttpRequest) -> HttpResponse:
    """Where the enquiry stands, every text that went to and fro, and room for one more."""
    now = cast(SignedIn, request).now
    key = follow_sessions.opened(request, now)
    enquiry = None if key is None else followed_queries.leading(key)
    if enquiry is None:
        messages.info(request, _("To read your enquiry, ask for a code again."))
        return redirect("enquiries:follow")
    is_asked = enquiry.state == State.ON_HOLD
    form = ReplyForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        is_asked=is_asked,
        initial={"attempt": uuid.uuid4()},
    )
    status: int | None = HTTPStatus.OK
    if request.method == "POST":
        files.judge_size(form, request)
        status = _judged(request, form, "enquiry_replied", key=enquiry.reference)
        if status is None and (done := _replied(request, form, enquiry.pk)):
            return done
    context = {"form": form, "followed": followed_queries.view_of(enquiry), "is_asked": is_asked}
    context["minutes"] = settings.IDLE_MINUTES
    return render(request, "enquiries/followed.html", context, status=status)


def _replied(request: HttpRequest, form: ReplyForm, key: int) -> HttpResponse | None:
    """Add it; None with the reason on the form if it takes no more files."""
    enquiry = followed_queries.leading(key)
    assert enquiry is not None
    try:
        following.reply(
            enquiry=enquiry,
            body=form.cleaned_data["body"],
            attempt=form.cleaned_data["attempt"],
            now=cast(SignedIn, request).now,
            files=form.cleaned_data["attached"],
        )
    except documents.TooMany:
        form.add_error("attached", files.TOO_MANY)
        return None
    except following.CannotReply:
        messages.warning(
            request, _("Nothing can be added to this enquiry any more. Ask a new question.")
        )
    else:
        messages.success(request, _("We have received your text."))
    return redirect("enquiries:followed")


@permissions.public
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """This browser reads nothing any more."""
    follow_sessions.close(request.session)
    messages.success(request, _("The enquiry is closed in this browser."))
    return redirect("enquiries:follow")


def _judged(request: HttpRequest, form: forms.Form, action: str, *, key: str = "") -> int | None:
    """The status with which a form is shown again; None if it may go on."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    if ratelimit.consume(request, action=action, key=key or form.cleaned_data["email"].casefold()):
        return None
    form.add_error(None, _too_many())
    return HTTPStatus.TOO_MANY_REQUESTS


def _too_many() -> str:
    return _("There were too many attempts. Wait an hour, then try again.")


def _language() -> str:
    return (get_language() or "en")[:2]
