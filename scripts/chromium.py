"""Print the path of a Chromium for the browser tests: the one named, the machine's, or Playwright's.

Playwright's is fetched only when there is no other. Nothing is printed if there is none at all: the
browser tests then say so, each.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """A browser that is already here."""
    named = os.environ.get("COMPTOIR_CHROMIUM")
    if named:
        return named
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    return found or playwrights_own()


def playwrights_own() -> str | None:
    """The browser Playwright keeps for this version of itself, if it was fetched."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def fetch() -> None:
    """Let Playwright fetch its browser; with the libraries it needs where we may install them."""
    with_libraries = ["--with-deps"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]
    subprocess.run(command, check=False, stdout=sys.stderr)


def main() -> None:
    """Find, or fetch and find again."""
    path = installed()
    if path is None:
        fetch()
        path = playwrights_own()
    print(path or "")


if __name__ == "__main__":
    main()
