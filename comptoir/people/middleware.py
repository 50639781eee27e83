"""Who is there, on every request: their roles, whether their session is locked, their second factor."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from comptoir.people import lock, permissions, returning, second_factor
from comptoir.people.permissions import SignedIn

View = Callable[..., HttpResponseBase]


class PresenceMiddleware:
    """Stands after the session, the person, the clock (`ui`) and allauth's own middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            known = cast(SignedIn, request)
            known.standing = permissions.standing_of(known.user, known.now)
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = _back_to_the_form(request) or response
        if request.user.is_authenticated:
            # Going back must not walk past the lock, nor show a page after its person signed out.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse or redirect before the view runs, or let it run."""
        if getattr(view, "allowed", None) == "public":
            return None
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        known = cast(SignedIn, request)
        if not getattr(view, "while_locked", False):
            if lock.is_locked(known.session, known.now):
                return _ask_to_unlock(known)
            lock.note_activity(known.session, known.now)
            _serve_kept(known)
        if _owes_second_factor(known, view):
            return _ask_for_second_factor(known)
        return None


def is_fragment(request: HttpRequest) -> bool:
    """Whether a script of the page asked, which can do nothing with a redirect to another page."""
    if getattr(request, "htmx", False) or "X-Requested-With" in request.headers:
        return True
    return request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase | None:
    """Nobody is signed in, or not any more; the view's own guard leads to the sign-in page."""
    if is_fragment(request):
        return HttpResponse(_("You were signed out."), status=HTTPStatus.UNAUTHORIZED)
    person_id = returning.expected(request)
    if request.method == "POST" and person_id is not None:
        request.session.set_expiry(returning.KEPT_FOR)
        if _keep(request, person_id):
            text = _("You were signed out. Sign in: what you typed is kept for an hour.")
            messages.info(request, text)
    return None


def _ask_to_unlock(request: SignedIn) -> HttpResponseBase:
    if is_fragment(request):
        return HttpResponse(_("Your session is locked."), status=HTTPStatus.LOCKED)
    if request.method == "POST":
        _keep(request, request.user.pk)
    return _with_next("people:unlock", request.get_full_path())


def _keep(request: HttpRequest, person_id: int) -> bool:
    """Keep what was posted, or say that not all of it could be."""
    now = request.now  # type: ignore[attr-defined]  # set by ui.middleware
    kept = lock.keep(request, person_id, now)
    if not kept:
        messages.warning(
            request, _("A file, or a very long text, could not be kept. Please add it again.")
        )
    return kept


def _serve_kept(request: SignedIn) -> None:
    """After unlocking, or signing in again, the page shows what was typed; nothing is executed.

    A view binds its form to `request.POST or None` and acts only when `request.method` is POST.
    """
    kept = lock.kept_for(request, request.user.pk, request.now)
    if kept is None:
        return
    if request.method == "POST":
        lock.forget(request)
    elif request.method == "GET":
        request.POST = kept.data()  # type: ignore[assignment]  # a QueryDict, as for any POST
        messages.info(
            request, _("What you typed was kept. Nothing has been sent yet: check it and send it.")
        )


def _back_to_the_form(request: HttpRequest) -> HttpResponseBase | None:
    """What was kept was for an address that has no page of its own: go to where its form stands."""
    if request.method != "GET" or not request.user.is_authenticated:
        return None
    known = cast(SignedIn, request)
    kept = lock.kept_for(known, known.user.pk, known.now)
    if kept is None:
        return None
    lock.forget(known)
    # The sentence that the form was filled in again would not be true here.
    list(messages.get_messages(known))
    text = _("Your session was locked or had ended, so nothing was done. Please do it again.")
    messages.warning(known, text)
    return HttpResponseRedirect(kept.came_from or reverse("people:home"))


def _owes_second_factor(request: SignedIn, view: View) -> bool:
    if not request.standing.is_staff or getattr(view, "before_second_factor", False):
        return False
    return not second_factor.shown_in(request, request.user)


def _ask_for_second_factor(request: SignedIn) -> HttpResponseBase:
    if is_fragment(request):
        return HttpResponse(_("Your role needs a second factor."), status=HTTPStatus.FORBIDDEN)
    if second_factor.strong(request.user).exists():
        return _with_next("mfa_reauthenticate", request.get_full_path())
    return redirect("mfa_index")


def _with_next(name: str, path: str) -> HttpResponseBase:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': path})}")
