"""Logs: one line an event, JSON in production, readable otherwise, and nothing in them about anybody.

Code of ours and of the libraries logs through Python's own `logging`; what is set up here decides
how a line looks and what is taken out of it, so that no call has to remember. Who did what is told
by the audit trail, not by logs: a line carries the number of its request, which the error page shows
too, never a name, an address, a path with a secret in it or what somebody typed.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger("comptoir.request")

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
"""What a proxy of ours may have numbered the request with."""

FIELDS = ("method", "page", "status", "ms")
"""What a line may say beside its sentence, besides the number of its request."""

Line = MutableMapping[str, Any]

TAKEN_OUT: tuple[tuple[re.Pattern[str], str], ...] = (
    # What PostgreSQL adds to a violated constraint: the row, or the value that is there already.
    (re.compile(r"^\s*DETAIL:.*\n?", re.MULTILINE), ""),
    (re.compile(r"[^\s@<>\"'=(\[,;:]+@[\w-]+(?:\.[\w-]+)+"), "[address]"),
    # What a template could not find, followed by all that it was given.
    (re.compile(r"(Failed lookup for key \[[^\]]*\]) in .*"), r"\1"),
    # Identifiers of persons and files, and telephone numbers.
    (re.compile(r"\b[A-Za-z]\d{9}\b"), "[number]"),
    (re.compile(r"(?<![\w-])(?:\d{2}-?\d{4}-?\d{4}|\d{4}-?\d{4})(?![\w-])"), "[number]"),
    (re.compile(r"(?<!\w)(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\w)"), "[number]"),
)
"""Patterns, and what stands in their place: the last resort, after what is left out by kind."""

ARGUMENTS_OF_A_JOB = re.compile(r"([\w.]+\[\w+\])\(.*\)", re.DOTALL)
"""A job's name and number, then everything it was given: `people.send_code[12](address='…')`."""


def configuration(*, as_json: bool, level: str) -> dict[str, Any]:
    """The LOGGING of the settings: what is of this level or graver, to the standard error stream."""
    stream = {"class": "logging.StreamHandler", "formatter": "lines", "level": level.upper()}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter, "as_json": as_json}},
        "handlers": {"stream": stream},
        "root": {"handlers": ["stream"], "level": level.upper()},
        "loggers": {
            # Django's own handlers would print a second time, or write mail. Never below this level:
            # there it writes out what pages and statements were given.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Says in every process which jobs there are; `comptoir doctor` says it when asked. What
            # became of each is worth a line.
            "procrastinate": {"level": "WARNING"},
            "procrastinate.worker": {"level": "INFO"},
        },
    }


def formatter(*, as_json: bool) -> logging.Formatter:
    """What makes a line of an event."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.stdlib.ProcessorFormatter(
        pass_foreign_args=True,
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            name_the_page,
            leave_refusals_short,
            leave_arguments_out,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            take_out,
            renderer,
        ],
    )


def name_the_page(_logger: Any, _method: str, line: Line) -> Line:
    """Django's lines about a request end with its path; a path may hold the secret of a link."""
    record: logging.LogRecord = line["_record"]
    values = line.pop("positional_args", ())
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        line.setdefault("request_id", getattr(request, "number", ""))
        if isinstance(values, tuple) and values:
            line["event"] = str(record.msg) % (*values[:-1], page_of(request))
    return line


def leave_refusals_short(_logger: Any, _method: str, line: Line) -> Line:
    """That somebody was refused a page is no failure of ours: a line, without the way it went."""
    record: logging.LogRecord = line["_record"]
    if record.name == "django.request" and record.levelno < logging.ERROR:
        line.pop("exc_info", None)
    return line


def leave_arguments_out(_logger: Any, _method: str, line: Line) -> Line:
    """A job is known by its name and number; what it was given may be an address."""
    record: logging.LogRecord = line["_record"]
    if record.name.partition(".")[0] == "procrastinate":
        line["event"] = ARGUMENTS_OF_A_JOB.sub(r"\1", str(line["event"]))
    return line


def take_out(_logger: Any, _method: str, line: Line) -> Line:
    """Take out of every text what looks like somebody's own."""
    for key, value in line.items():
        if isinstance(value, str) and key not in ("timestamp", "request_id"):
            for pattern, instead in TAKEN_OUT:
                value = pattern.sub(instead, value)
            line[key] = value
    return line


def page_of(request: HttpRequest) -> str:
    """The page by its name in the table of addresses, which holds nobody's reference or secret."""
    return request.resolver_match.view_name if request.resolver_match else "no such page"


class RequestLog:
    """Numbers each request, says so in every line that comes of it, and logs how it ended.

    It stands before every other middleware. What no page answered, such as the browser files, is
    not logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = _number(request)
        request.number = number  # type: ignore[attr-defined]  # ours, read by error pages
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = self.get_response(request)
            response.headers[HEADER] = number
            if request.resolver_match is not None and logger.isEnabledFor(logging.INFO):
                fields = {
                    "method": request.method,
                    "page": page_of(request),
                    "status": response.status_code,
                    "ms": round((time.monotonic() - began) * 1000),
                }
                logger.info("Answered", extra=fields)
        return response


def _number(request: HttpRequest) -> str:
    """The number a proxy of ours gave, else a new one; a stranger's is not believed."""
    given = request.headers.get(HEADER, "")
    behind_proxy = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0) > 0
    return given if behind_proxy and GIVEN.fullmatch(given) else uuid.uuid4().hex
