"""Comptoir itself, served to the browser from a thread of the test, under the name passkeys need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import FileResponse, HttpRequest, HttpResponse
from django.test import override_settings
from django.test.testcases import LiveServerThread

from tests.notices.mail_server import MailServer


class KeptFiles(StaticFilesHandler):
    """Static files that a browser keeps, as an installation serves them.

    For ten years: the server's clock is the test's, which may lie far behind the browser's.
    """

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        response = super().serve(request)
        response["Cache-Control"] = "max-age=315360000, immutable"
        return response


@contextmanager
def served(mail: MailServer) -> Iterator[str]:
    """The address of a server that sends its mail to `mail`, until the block ends."""
    thread = LiveServerThread("localhost", KeptFiles)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error is not None:
        raise thread.error
    address = f"http://localhost:{thread.port}"
    with override_settings(
        ADDRESS=address,
        CSRF_TRUSTED_ORIGINS=[address],
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=mail.port,
    ):
        yield address
    thread.terminate()
