"""The servers as every test may ask for them. Loaded by `-p tests.servers.fixtures`.

One of each serves all tests of a worker, from the first that asks to the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts import servers
from tests.servers import post_office as post_offices
from tests.servers import scanner as scanners
from tests.servers.post_office import PostOffice
from tests.servers.scanner import Scanner

MAILBOXES = ("questions@centre.example", "crisis@centre.example", "asker@client.example")


@pytest.fixture(scope="session")
def _post_office() -> Iterator[PostOffice]:
    _insist()
    with post_offices.opened(*MAILBOXES) as office:
        yield office


@pytest.fixture(scope="session")
def _scanner() -> Iterator[Scanner]:
    _insist()
    with scanners.running() as scanner:
        yield scanner


@pytest.fixture
def post_office(_post_office: PostOffice) -> PostOffice:
    """A post office that is open and whose mailboxes are empty, whatever a test before did."""
    _post_office.start()
    _post_office.empty()
    return _post_office


@pytest.fixture
def scanner(_scanner: Scanner) -> Scanner:
    """A scanner that runs; a test may stop it."""
    _scanner.start()
    return _scanner


def _insist() -> None:
    complaint = servers.complaint()
    if complaint:
        pytest.fail(complaint)
