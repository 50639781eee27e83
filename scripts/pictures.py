"""Take the pictures of the README from a running demonstration, signed in as people of its cast.

comptoir run --demo, then: python -m scripts.pictures [--address http://localhost:8000]
"""

from __future__ import annotations

import argparse
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import django
from playwright.sync_api import Browser, Page, sync_playwright

from scripts import chromium

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
DRAWN = """() => [...document.querySelectorAll('*')].every(
  (e) => !e.localName.startsWith('gcds-') || e.classList.contains('hydrated'))"""
CODE = re.compile(r"^[A-Z]{4}-[A-Z]{4}$", re.MULTILINE)
PATIENCE = 60
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visitor:
    """Somebody of the cast in a window of their own."""

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        context = browser.new_context(
            viewport={"width": 1280, "height": 1000}, device_scale_factor=1
        )
        self.page = context.new_page()
        self._origin = address
        self._address = f"{address}/{language}/"

    def open(self, path: str) -> Page:
        """Go to a page and wait until it is drawn."""
        self.page.goto(self._address + path)
        self.page.wait_for_function(DRAWN)
        return self.page

    def sign_in(self, email: str, second_factor: str | None = None) -> None:
        """Address, mailed code, and the second factor if the role needs one."""
        before = self._newest_letter(email)
        self.open("sign-in/").locator("input[type=email]").first.fill(email)
        self._send()
        self.page.locator("input[name=code]").first.fill(self._code_after(before, email))
        self._send()
        if second_factor:
            self.page.locator("input[name=code]").first.fill(second_factor)
            self._send()

    def _code_after(self, before: str | None, email: str) -> str:
        """The code of the letter that comes after `before`, read in another tab."""
        for _ in range(PATIENCE):
            letter = self._newest_letter(email)
            if letter is not None and letter != before:
                with self.page.context.new_page() as tab:
                    tab.goto(self._origin + letter)
                    found = CODE.search(tab.locator("main").inner_text())
                    assert found is not None, "a letter without a code"
                    return found[0]
            self.page.wait_for_timeout(500)
        raise SystemExit(f"no letter came for {email}; does the job worker run?")

    def _newest_letter(self, email: str) -> str | None:
        """The address of the newest letter to somebody."""
        with self.page.context.new_page() as tab:
            tab.goto(f"{self._address}outbox/")
            rows = tab.locator("tr", has_text=email)
            return rows.first.locator("a").get_attribute("href") if rows.count() else None

    def _send(self) -> None:
        self.page.wait_for_function(DRAWN)
        self.page.locator("main form gcds-button[type=submit], main form button").first.click()
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(DRAWN)

    def take(self, path: str, name: str) -> None:
        """Open a page and keep its picture."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.open(path).screenshot(path=FOLDER / name)
        print(FOLDER / name)


def main() -> None:
    """The times that an office is offered; a professional's day, in French; what an agent has in hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000")
    address = parser.parse_args().address
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.site.settings")
    django.setup()
    from comptoir.demonstration import signing_in
    from comptoir.demonstration.offices import ENGLISH_OFFICE
    from comptoir.demonstration.people import CAST

    by_role = {part.role.value: part.email for part in reversed(CAST)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.installed(), args=LAUNCH)
        delegate = Visitor(browser, address, "en")
        delegate.sign_in(by_role["delegate"])
        delegate.take(
            f"offices/{ENGLISH_OFFICE}/times/?minutes=30&language=en&view=calendar", "times.png"
        )
        professional = Visitor(browser, address, "fr")
        professional.sign_in(by_role["professional"], signing_in.code(datetime.now(UTC)))
        professional.take(f"day/{_working_day()}/", "day.png")
        agent = Visitor(browser, address, "en")
        agent.sign_in(by_role["agent"], signing_in.code(datetime.now(UTC)))
        agent.take("work/", "work.png")
        browser.close()


def _working_day() -> date:
    """Today while the centre works, else the next day from Monday to Friday."""
    now = datetime.now(ZoneInfo("America/Montreal"))
    on = now.date() + timedelta(days=now.hour >= 16)
    return on + timedelta(days=max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)


if __name__ == "__main__":
    main()
