"""Pages of no room: errors, the health address, what robots are told, the style guide."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comptoir.ui import languages
from comptoir.ui.access import public


def error_page(
    request: HttpRequest | None,
    status: int,
    *,
    title: str = "",
    detail: str = "",
    bare: bool = False,
) -> HttpResponse:
    """The page that says what went wrong and what to do next, in the language of the address.

    With `bare` nothing but the template is used, no session, no person, no menu: those may be what
    failed.
    """
    template = loader.get_template("ui/errors/error.html")
    with override(language_of(request)):
        usual_title, advice = wording(status)
        context = {"status": status, "title": title or usual_title, "advice": detail or advice}
        if bare:
            text = template.render(context | {"request": request})
        else:
            text = template.render(context, request)
    return HttpResponse(text, status=status)


def language_of(request: HttpRequest | None) -> str:
    """The language in the address; what the locale middleware chose if the address has none."""
    first = request.path.split("/")[1] if request is not None else ""
    if first in (languages.ENGLISH.code, languages.FRENCH.code):
        return first
    return str(getattr(request, "LANGUAGE_CODE", languages.ENGLISH.code))


def wording(status: int) -> tuple[str, str]:
    """Title and advice of each error; an unknown one reads like our own failure."""
    known: dict[int, tuple[str, str]] = {
        400: (
            _("We could not read that request"),
            _("Go back to the page you came from and try again."),
        ),
        403: (
            _("You do not have access to this page"),
            _("If you think you should, ask the manager of your office or the centre’s team lead."),
        ),
        404: (
            _("We could not find that page"),
            _("Check the address, or start again from the front page."),
        ),
        405: (
            _("This address does not answer that kind of request"),
            _("Go back to the page you came from and use its buttons."),
        ),
        423: (
            _("Your session is locked"),
            _("Unlock it to go on. What you typed has been kept."),
        ),
        429: (
            _("Too many attempts"),
            _("Wait a few minutes, then try again. Nothing you entered earlier is lost."),
        ),
    }
    ours = (
        _("Something failed on our side"),
        _("The failure has been recorded. Wait a minute and try again; nothing was half done."),
    )
    return known.get(status, ours)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler for 400."""
    return error_page(request, HTTPStatus.BAD_REQUEST, bare=True)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler for 403; the sentence given to `PermissionDenied` is shown."""
    detail = str(exception) if isinstance(exception, PermissionDenied) else ""
    return error_page(request, HTTPStatus.FORBIDDEN, detail=detail)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler for 404. It never says whether something exists that one may not see."""
    return error_page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler for 500."""
    return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, bare=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent from a page that was too old, or not from one of ours (`CSRF_FAILURE_VIEW`)."""
    title = _("That page was open for too long")
    detail = _("Nothing was sent. Go back, reload the page and send it again.")
    return error_page(request, HTTPStatus.FORBIDDEN, title=title, detail=detail, bare=True)


@public
@never_cache
@require_safe
def healthy(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing of the database: `comptoir doctor` does."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@public
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address whatever the page says."""
    return redirect(staticfiles_storage.url("ui/favicon.ico"), permanent=False)
