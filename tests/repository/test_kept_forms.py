"""What the idle lock relies on in every view: a page that was locked shows its form filled in."""

from __future__ import annotations

import re
from pathlib import Path

import comptoir

DECIDES_ON_DATA = re.compile(r"\b(?:if|elif|and|or|while)\s+(?:not\s+)?\(?request\.POST\b(?!\[)")


def test_no_view_acts_because_there_is_posted_data() -> None:
    """After unlocking, a GET carries what was typed so that the form shows it; only a POST acts."""
    package = Path(comptoir.__file__).parent
    views = [*package.glob("*/views.py"), *package.glob("*/views/*.py")]

    acting = [
        f"{path.relative_to(package)}:{number}"
        for path in views
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if DECIDES_ON_DATA.search(line)
    ]

    assert views
    assert acting == [], 'ask `request.method == "POST"` instead (comptoir.people.lock says why)'
