"""Documents do not lag: their links lead somewhere, and every command they show exists."""

from __future__ import annotations

import re
from pathlib import Path

from comptoir.site.command import WORDS
from tests.repository import sources

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SHOWN = re.compile(r"(?:^\s*|`|\.venv/bin/)comptoir ([a-z]+)", re.MULTILINE)
CHORE = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)


def documents() -> list[Path]:
    return [path for path in sources.files() if path.suffix == ".md"]


def test_every_link_to_a_file_leads_somewhere() -> None:
    broken = [
        f"{sources.name(path)}: {target}"
        for path in documents()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]

    assert not broken


def test_every_chore_shown_is_in_the_makefile() -> None:
    makefile = (sources.ROOT / "Makefile").read_text(encoding="utf-8")

    unknown = {
        f"{sources.name(path)}: make {chore}"
        for path in documents()
        for chore in CHORE.findall(path.read_text(encoding="utf-8"))
        if f"\n{chore}:" not in makefile
    }

    assert not unknown


def test_every_word_of_the_command_that_is_shown_exists() -> None:
    unknown = {
        f"{sources.name(path)}: comptoir {word}"
        for path in documents()
        for word in SHOWN.findall(path.read_text(encoding="utf-8"))
        if word not in WORDS
    }

    assert not unknown


def test_every_word_of_the_command_is_told_of() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in documents())

    assert [word for word in WORDS if word != "version" and f"comptoir {word}" not in told] == []
