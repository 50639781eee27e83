"""Houses to break."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.houses import House, comes_true


@pytest.fixture
def house() -> Iterator[House]:
    """A house of its own, in a folder the server's account can reach. Nothing may be left of it."""
    yield from _house()


@pytest.fixture(scope="module")
def prepared_house() -> Iterator[House]:
    """A house with its tables and browser files, shared by a module's tests."""
    for house in _house():
        code, _, errors = house.told_by("prepare")
        assert code == 0, errors
        yield house


def _house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="comptoir-", dir="/var/tmp"))
    folder.chmod(0o755)
    house = House(folder / "state")
    try:
        yield house
    finally:
        house.close()
        deserted = comes_true(house.is_deserted)
        shutil.rmtree(folder)
    assert deserted, "a server was left behind"
