"""Houses to break."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.site.houses import PATIENCE, House, heard, say_goodbye


@pytest.fixture
def new_house() -> Iterator[House]:
    """A house in which nothing was ever started. Nothing may be left of it."""
    with _house() as house:
        yield house


@pytest.fixture
def house(_built: House) -> Iterator[House]:
    """A house whose server has run before and was stopped; the same for all, as a new one is slow."""
    _built.place.log.write_text("")
    try:
        yield _built
    finally:
        deserted = _built.clear()
    assert deserted, "a server was left behind"


@pytest.fixture(scope="session")
def _built() -> Iterator[House]:
    with _house() as house:
        user = house.ready_user()
        say_goodbye(user)
        assert heard(user) == "left"
        yield house


@pytest.fixture(scope="session")
def _prepared() -> Iterator[House]:
    with _house() as house:
        user = house.ready_user()  # first, as it does not wait for the disk
        both = [house.comptoir("prepare") for _ in range(2)]
        said = [process.communicate(timeout=2 * PATIENCE)[1] for process in both]
        house.preparations = list(zip([process.returncode for process in both], said, strict=True))
        assert both[0].returncode == 0, said
        say_goodbye(user)
        assert heard(user) == "left"
        yield house


@pytest.fixture
def prepared_house(_prepared: House) -> Iterator[House]:
    """A house with its tables and browser files, made by two preparations at once."""
    yield _prepared
    _prepared.close()


@contextmanager
def _house() -> Iterator[House]:
    """In a folder the server's account can reach, which pytest's own temporary ones are not."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-", dir="/var/tmp"))
    folder.chmod(0o755)
    house = House(folder / "state")
    try:
        yield house
    finally:
        deserted = house.clear()
        shutil.rmtree(folder)
    assert deserted, "a server was left behind"
