"""Lines of the log: what they say, in which shape, and what must never stand in one."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.template.base import VariableDoesNotExist
from django.test import Client

from comptoir.ui import logs


class Log:
    """A handler that lines go through, as the configuration makes it."""

    def __init__(self, *, as_json: bool) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(logs.formatter(as_json=as_json))

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def line(self, logger: str) -> dict[str, Any]:
        """The one line of a logger."""
        (found,) = [line for line in self.lines if line["logger"] == logger]
        return found


def listening(log: Log) -> Iterator[Log]:
    root = logging.getLogger()
    level = root.level
    root.addHandler(log.handler)
    root.setLevel(logging.INFO)
    yield log
    root.removeHandler(log.handler)
    root.setLevel(level)


@pytest.fixture
def log() -> Iterator[Log]:
    yield from listening(Log(as_json=True))


@pytest.fixture
def readable() -> Iterator[Log]:
    yield from listening(Log(as_json=False))


@pytest.fixture
def site(settings: LazySettings) -> Client:
    settings.ROOT_URLCONF = "tests.ui.urls"
    return Client(raise_request_exception=False)


def say(message: str, *values: object, logger: str = "comptoir.test") -> None:
    logging.getLogger(logger).warning(message, *values)


def fail(error: Exception) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("comptoir.test").exception("It failed")


# --- Shape ---


def test_in_production_a_line_is_one_json_object(log: Log) -> None:
    say("Delivered %s", 12)

    line = log.line("comptoir.test")
    assert line["event"] == "Delivered 12"
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")


def test_an_exception_is_in_its_line_whole(log: Log) -> None:
    fail(RuntimeError("on purpose"))

    line = log.line("comptoir.test")
    assert "RuntimeError: on purpose" in line["exception"]
    assert "test_logs.py" in line["exception"]


def test_elsewhere_a_line_is_for_reading(readable: Log) -> None:
    say("Delivered %s", 12)
    fail(RuntimeError("on purpose"))

    assert "Delivered 12" in readable.text
    assert "RuntimeError: on purpose" in readable.text
    assert not readable.text.startswith("{")


def test_french_words_are_written_as_they_are(log: Log) -> None:
    say("Bureau fermé")

    assert "fermé" in log.text


def test_nothing_is_printed_twice_and_nothing_is_mailed() -> None:
    made = logs.configuration(as_json=True, level="info")

    assert list(made["handlers"]) == ["stream"]
    assert made["root"] == {"handlers": ["stream"], "level": "INFO"}
    assert made["loggers"]["django"]["handlers"] == []


# --- What must not be there ---


@pytest.mark.parametrize(
    "personal",
    [
        "marie.tremblay@offices.example",
        "<marie.tremblay+mp@mail.offices.example>",
        "1122334455",
        "11-2233-4455",
        "12345678",
        "1234-5678",
        "F123456789",
        "613-555-0100",
        "(613) 555-0100",
        "+1 613 555 0100",
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_addresses_identifiers_and_numbers_are_taken_out(personal: str, as_json: bool) -> None:
    for log in listening(Log(as_json=as_json)):
        say("The server said %s: not known", personal)
        fail(ValueError(f"cannot read {personal}"))

        assert personal.strip("<>") not in log.text
        assert "not known" in log.text
        assert "ValueError" in log.text


@pytest.mark.parametrize(
    "harmless", ["Job 1234567", "2026-11-23", "v5.2.19", "port 54321", "0.123"]
)
def test_ordinary_numbers_stay(log: Log, harmless: str) -> None:
    say(harmless)

    assert log.line("comptoir.test")["event"] == harmless


def test_the_row_that_violates_a_constraint_is_not_quoted(log: Log) -> None:
    fail(
        ValueError(
            'duplicate key value violates unique constraint "person_email_unique"\n'
            "DETAIL:  Failing row contains (12, Marie Tremblay, a question about her son).\n"
            "CONTEXT:  while inserting"
        )
    )

    line = log.line("comptoir.test")
    assert "person_email_unique" in line["exception"]
    assert "Tremblay" not in log.text
    assert "CONTEXT" in line["exception"]


def test_what_a_page_was_given_is_not_logged_when_it_lacks_something(log: Log) -> None:
    context = {"person": "Marie Tremblay"}
    fail(VariableDoesNotExist("Failed lookup for key [%s] in %r", ("office", context)))

    assert "Failed lookup for key [office]" in log.line("comptoir.test")["exception"]
    assert "Tremblay" not in log.text


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_what_django_says_when_asked_for_everything_is_never_asked_for(level: str) -> None:
    """Below INFO it writes out the context of every page and the values of every statement."""
    made = logs.configuration(as_json=True, level=level)

    assert made["loggers"]["django"]["level"] == "INFO"
    assert logging.getLogger("django.template").getEffectiveLevel() >= logging.INFO
    assert logging.getLogger("django.db.backends").getEffectiveLevel() >= logging.INFO


def test_what_a_job_was_given_is_not_logged(log: Log) -> None:
    call = "people.send_code[12](address='x', sealed_code='gAAA(b)', kind='people.sign_in_code')"
    say(
        f"Job {call} ended with status: Success, lasted 0.2 s",
        logger="procrastinate.worker",
    )

    event = log.line("procrastinate.worker")["event"]
    assert event.startswith("Job people.send_code[12] ended with status: Success")
    assert "gAAA" not in log.text


def test_extras_of_libraries_are_left_out(log: Log) -> None:
    logging.getLogger("procrastinate.worker").warning(
        "Starting", extra={"job": {"task_kwargs": {"name": "Marie"}}, "page": "people:home"}
    )

    assert "Marie" not in log.text
    assert log.line("procrastinate.worker")["page"] == "people:home"


# --- Requests ---


def test_each_request_has_a_number_of_its_own_that_its_lines_carry(log: Log, site: Client) -> None:
    one = site.get("/en/lines/")
    two = site.get("/en/lines/")

    numbers = [one[logs.HEADER], two[logs.HEADER]]
    assert len(set(numbers)) == 2
    said = [line["request_id"] for line in log.lines if line["logger"] == "comptoir.request"]
    assert said == numbers


def test_how_a_request_ended_is_one_line_without_its_path(log: Log, site: Client) -> None:
    site.get("/en/fails/forbidden/?q=Tremblay")

    line = log.line("comptoir.request")
    assert (line["method"], line["status"]) == ("GET", 403)
    assert line["page"] == "tests.ui.urls.fails"
    assert line["ms"] >= 0
    assert "Tremblay" not in log.text


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("/en/fails/broken/", "error"),
        ("/en/fails/forbidden/", "warning"),
        ("/en/fails/missing/", "warning"),
        ("/en/only-post/", "warning"),
    ],
)
def test_djangos_own_lines_name_the_page_and_not_the_path(
    log: Log, site: Client, path: str, level: str
) -> None:
    site.get(path)

    lines = [line for line in log.lines if line["logger"] == "django.request"]
    assert {line["level"] for line in lines} == {level}
    assert path not in log.text
    for line in lines:
        assert line["event"].endswith((": tests.ui.urls.fails", ": tests.ui.urls.only_post"))


@pytest.mark.parametrize("path", ["/en/fails/forbidden/", "/en/fails/missing/"])
def test_a_refusal_is_one_line_without_a_traceback(readable: Log, site: Client, path: str) -> None:
    site.get(path)

    said = [line for line in readable.text.splitlines() if "django.request" in line]
    assert len(said) == 1
    assert "Traceback" not in readable.text


def test_an_address_that_leads_nowhere_is_not_repeated(log: Log, site: Client) -> None:
    """It may be a secret link with a letter too many."""
    site.get("/en/invitation/1.secret-of-the-link/x/")

    assert "secret-of-the-link" not in log.text
    assert log.line("django.request")["event"] == "Not Found: no such page"


def test_the_error_page_shows_the_number_to_quote(log: Log, site: Client) -> None:
    response = site.get("/en/fails/broken/")

    number = response[logs.HEADER]
    assert number in response.content.decode()
    line = log.line("django.request")
    assert line["request_id"] == number
    assert "RuntimeError: on purpose" in line["exception"]


def test_a_number_given_by_a_proxy_of_ours_is_kept(settings: LazySettings, site: Client) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    given = site.get("/en/lines/", headers={logs.HEADER: "abc-12345678"})
    odd = site.get("/en/lines/", headers={logs.HEADER: "x\ny" * 40})

    assert given[logs.HEADER] == "abc-12345678"
    assert odd[logs.HEADER] != "x\ny" * 40


def test_a_strangers_number_is_not_believed(settings: LazySettings, site: Client) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0

    given = site.get("/en/lines/", headers={logs.HEADER: "abc-12345678"})

    assert given[logs.HEADER] != "abc-12345678"


def test_lines_after_a_request_do_not_carry_its_number(log: Log, site: Client) -> None:
    site.get("/en/lines/")
    say("Later")

    assert "request_id" not in log.line("comptoir.test")


def test_a_request_costs_no_line_below_the_level(site: Client) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        assert root.level > logging.INFO
        site.get("/en/lines/")
    finally:
        root.removeHandler(handler)

    assert stream.getvalue() == ""
    assert sys.stderr is not stream
