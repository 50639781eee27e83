"""Print the path of a Chromium for the browser tests: the one named, the machine's, or Playwright's.

Where there is none one is fetched: as root from the distribution, by itself and upgrading nothing;
else, or if that fails, Playwright's own. Nothing is printed if there is none at all: the browser
tests then say so, each.
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


def fetch_from_the_distribution() -> str | None:
    """Debian's package, where we may install one; Ubuntu's is a pointer to a snap and brings none."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["install", "--yes", "--no-upgrade", "--no-install-recommends", "chromium"]
    for arguments in (["update"], install):
        command = ["apt-get", "--quiet", *arguments]
        subprocess.run(command, check=False, stdout=sys.stderr, env=surroundings)
    return shutil.which("chromium")


def fetch_playwrights_own() -> str | None:
    """Let Playwright fetch its browser."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, check=False, stdout=sys.stderr)
    return playwrights_own()


def main() -> None:
    """Find, or fetch."""
    print(installed() or fetch_from_the_distribution() or fetch_playwrights_own() or "")


if __name__ == "__main__":
    main()
