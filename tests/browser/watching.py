"""What a page of ours must never do, seen from outside the page: a test that watches fails on any of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

LOUD = ("warning", "error")
INSIDE = ("data", "blob", "about")
"""Schemes of addresses that lead nowhere."""

SAID_BY_STATUS = "Failed to load resource: the server responded with a status of"
"""Chromium says in its console what the answer's status says already."""

LEFT = "net::ERR_ABORTED"
"""The page was left, or the file kept, before the answer was whole."""


class Watch:
    """Listens to every page of a browser context and keeps what went wrong.

    Wrong are: a warning or error in the console (a violation of the Content-Security-Policy is one),
    a script that fails, an answer of 400 or more that the test did not announce by `expect`, a
    request that fails, and a request to any host but our own.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self._hosts = {urlsplit(address).netloc}
        self._problems: list[str] = []
        self._expected: Counter[int] = Counter()
        self._expected_words: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failed)

    def expect(self, status: int, *, times: int = 1, saying: Iterable[str] = ()) -> None:
        """Announce refusals that the test provokes, and what scripts then write in the console."""
        self._expected[status] += times
        self._expected_words += saying

    def lets_visit(self, address: str) -> None:
        """Another host belongs to this test, such as the sign-in of an organization."""
        self._hosts.add(urlsplit(address).netloc)

    def problems(self) -> list[str]:
        """All that went wrong, announced refusals that did not come included."""
        missing = [f"no answer {status}" for status in self._expected.elements()]
        return [*self._problems, *missing]

    def forget(self) -> None:
        """What happened so far was wanted."""
        self._problems.clear()

    def _on_console(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type not in LOUD or text.startswith(SAID_BY_STATUS):
            return
        if not any(words in text for words in self._expected_words):
            self._problems.append(f"console {message.type}: {text} ({message.location['url']})")

    def _on_error(self, error: WebError) -> None:
        self._problems.append(f"a script failed: {error.error}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in INSIDE and parts.netloc not in self._hosts:
            self._problems.append(f"a request to another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status < 400:
            return
        if self._expected[response.status]:
            self._expected[response.status] -= 1
        else:
            self._problems.append(
                f"answer {response.status} to {response.request.method} {response.url}"
            )

    def _on_failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self._problems.append(f"{request.failure} on {request.method} {request.url}")
