"""The accessibility rules of axe-core, from the locked npm package: WCAG 2.2 AA and best practice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
NO_AXE = (
    "There is no axe-core for the accessibility tests. `make test` installs it; by hand, run "
    "`npm ci --ignore-scripts` in the repository."
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => window.axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})
  .then(found => found.violations.map(rule => ({
    rule: rule.id, help: rule.help, places: rule.nodes.map(node => node.target.join(' '))})))"""


def source() -> str:
    """The script, for browsers to run; a test that needs it fails without."""
    if not SOURCE.is_file():
        pytest.fail(NO_AXE, pytrace=False)
    return SOURCE.read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line a rule."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(source())  # past the Content-Security-Policy, as a developer's tool may
    found: list[dict[str, Any]] = page.evaluate(RUN, RULES)
    return [f"{one['rule']}: {one['help']} at {', '.join(one['places'])}" for one in found]
