"""What is done before the house opens, and not done twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comptoir.demonstration.people import CAST
from comptoir.site import preparation
from tests.people import factories


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that preparation calls."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(preparation, "call_command", lambda *words: calls.append(words))
    return calls


def test_browser_files_are_collected_once(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    assert not preparation.assets_are_collected()
    preparation.collect_assets()
    (tmp_path / "static" / "touched").write_text("")

    preparation.collect_assets()

    assert preparation.assets_are_collected()
    assert (tmp_path / "static" / "touched").exists()


def test_browser_files_of_another_version_are_collected_again(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    preparation.collect_assets()
    (tmp_path / "static.stamp").write_text("older")
    assert not preparation.assets_are_collected()

    preparation.collect_assets()

    assert preparation.assets_are_collected()


@pytest.mark.django_db
def test_an_empty_database_gets_the_demonstration(called: list[tuple[str, ...]]) -> None:
    preparation.demonstrate()

    assert called == [("demo",)]


@pytest.mark.django_db
def test_the_demonstration_is_not_loaded_twice(called: list[tuple[str, ...]]) -> None:
    factories.PersonFactory(email=CAST[0].email)

    preparation.demonstrate()

    assert called == [("demo", "people")]


@pytest.mark.django_db
def test_real_people_never_meet_invented_ones(called: list[tuple[str, ...]]) -> None:
    factories.PersonFactory()

    preparation.demonstrate()

    assert called == []
