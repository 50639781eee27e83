"""The components in a real browser: what it sends, says and refuses to load."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from scripts import chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.urls("tests.ui.urls"),
    pytest.mark.django_db(transaction=True),
]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def browsing(server: LiveServer, *, complaints: list[str], **options: Any) -> Iterator[Page]:
    """A page of a fresh browser; what its console complains of is collected.

    Everything happens inside the test: Playwright's loop must be gone when the database is emptied.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.installed(), args=ARGUMENTS, timeout=60_000
        )
        context = browser.new_context(base_url=server.url, locale="en-CA", **options)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: complaints.append(r.url) if server.url not in r.url else None)
        yield page
        browser.close()


def ready(page: Page, address: str) -> None:
    """Open a page and wait until its components are drawn."""
    page.goto(address)
    page.locator("gcds-button.hydrated").first.wait_for()


def fill(page: Page) -> None:
    """Answer every field of the style guide."""
    page.get_by_label("Name").first.fill('Zoé "<b>"')
    page.get_by_label("E-mail address").fill("zoe@example.ca")
    page.get_by_label("Number of cases").fill("3")
    page.get_by_label("60 minutes").check(force=True)
    page.get_by_label("Language of the appointment").select_option("fr")
    page.get_by_label("Study permit").check(force=True)
    page.get_by_label("Work permit").check(force=True)
    page.locator("gcds-date-input input[name=day]").fill("3")
    page.locator("gcds-date-input select").select_option("01")
    page.locator("gcds-date-input input[name=year]").fill("2027")
    page.get_by_label("Time", exact=True).fill("14:30")
    page.get_by_label("What should be prepared").fill("one\ntwo")
    page.get_by_label("The constituent").check(force=True)
    page.locator("gcds-file-uploader input").set_input_files(
        {"name": "consent.txt", "mimeType": "text/plain", "buffer": b"yes"}
    )
    page.get_by_label("Application number").fill("W123456789")
    page.get_by_label("Question").fill("When?")


def test_components_send_what_plain_fields_would_each_value_once(live_server: LiveServer) -> None:
    complaints: list[str] = []
    with browsing(live_server, complaints=complaints) as page:
        ready(page, "/en/style/")
        fill(page)
        page.get_by_role("button", name="Add another case").click()
        expect(page.locator(".rows__row")).to_have_count(2)
        page.get_by_label("Application number").nth(1).fill("E987654321")
        page.get_by_role("button", name="Remove Case 1").click()
        expect(page.locator(".rows__row")).to_have_count(1)
        page.get_by_label("Question").fill("Where?")
        page.evaluate("document.querySelector('main form').action = '/en/echo/'")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/echo/")
        sent = json.loads(page.inner_text("body"))

    sent.pop("csrfmiddlewaretoken")
    assert "telephone" not in sent, "An empty component sends nothing, where a plain field sends ''"
    assert sent == {
        "name": ['Zoé "<b>"'],
        "email": ["zoe@example.ca"],
        "lines": ["3"],
        "length": ["60"],
        "language": ["fr"],
        "topics": ["study", "work"],
        "day": ["2027-01-03"],
        "hour": ["14:30"],
        "note": ["one\r\ntwo"],
        "consent": ["on"],
        "document": ["consent.txt"],
        "origin": ["style-guide"],
        "cases-TOTAL_FORMS": ["1"],
        "cases-INITIAL_FORMS": ["0"],
        "cases-MIN_NUM_FORMS": ["1"],
        "cases-MAX_NUM_FORMS": ["4"],
        "cases-0-number": ["E987654321"],
        "cases-0-question": ["Where?"],
        "action": ["send"],
    }
    assert complaints == []


def test_a_choice_that_was_made_beforehand_is_sent_when_nobody_touches_it(
    live_server: LiveServer,
) -> None:
    complaints: list[str] = []
    with browsing(live_server, complaints=complaints) as page:
        ready(page, "/en/style/")
        page.evaluate("document.querySelector('main form').action = '/en/echo/'")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/echo/")
        sent = json.loads(page.inner_text("body"))

    assert sent["length"] == ["30"]
    assert sent["day"] == ["2026-12-15"]


def test_errors_take_the_focus_and_lead_to_their_fields_without_losing_what_was_typed(
    live_server: LiveServer,
) -> None:
    complaints: list[str] = []
    with browsing(live_server, complaints=complaints) as page:
        ready(page, "/en/style/")
        page.get_by_label("Name").first.fill("Ann")
        page.get_by_role("button", name="Send").click()
        page.locator("[data-error-summary]:focus").wait_for()

        assert page.title() == "Error: Style guide – Comptoir"
        assert page.get_by_label("Name").first.input_value() == "Ann"
        page.get_by_role("link", name="Number of cases: This field is required.").click()
        page.wait_for_function("document.activeElement.id === 'f_id_lines'")

    assert [text for text in complaints if "422" not in text] == []


def test_a_form_works_without_scripts(live_server: LiveServer) -> None:
    with browsing(live_server, complaints=[], java_script_enabled=False) as page:
        page.goto("/en/style/")
        page.fill("#id_name", "Ann")
        page.fill("#id_cases-0-number", "W1")
        page.click("button[name=cases-add]")

        expect(page.locator(".rows__row")).to_have_count(2)
        assert page.input_value("#id_name") == "Ann"
        assert page.input_value("#id_cases-0-number") == "W1"
        expect(page.locator("[data-error-summary]")).to_have_count(0)
        page.click("noscript button[name=action]")
        expect(page.locator("[data-error-summary]")).to_contain_text(
            "Case 1, Question: This field is required."
        )


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_stands_in_the_way_of_anybody(
    live_server: LiveServer, language: str, width: int
) -> None:
    complaints: list[str] = []
    size = {"width": width, "height": 800}
    with browsing(live_server, complaints=complaints, viewport=size) as page:
        ready(page, f"/{language}/style/")
        barriers = violations(page)
        page.locator("main form gcds-button").last.click()
        page.locator("[data-error-summary]:focus").wait_for()
        barriers += violations(page)
        widest = page.evaluate("document.documentElement.scrollWidth")

    assert barriers == []
    assert widest == width
    assert [text for text in complaints if "422" not in text] == []


def violations(page: Page) -> list[str]:
    """What axe finds, through shadow roots too. It is run as a value: the policy refuses scripts."""
    found = page.evaluate(AXE.read_text(encoding="utf-8") + "; window.axe.run(document)")
    return [f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in found["violations"]]


def test_the_menu_of_a_phone_opens_and_says_so(live_server: LiveServer) -> None:
    with browsing(live_server, complaints=[], viewport={"width": 390, "height": 800}) as page:
        ready(page, "/en/style/")
        menu = page.get_by_role("button", name="Menu")

        expect(page.get_by_role("link", name="Our share")).to_be_hidden()
        menu.click()
        expect(page.get_by_role("link", name="Our share")).to_be_visible()
        assert menu.get_attribute("aria-expanded") == "true"
