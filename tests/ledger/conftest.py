"""What tests of the ledger get."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.ledger.accounts import months


@pytest.fixture
def _months_forgotten(transactional_db: None) -> Iterator[None]:
    """A month that a test made and committed would be there for the next one, of any room."""
    _drop_months()
    yield
    _drop_months()


@pytest.fixture
def _no_month_yet(db: None) -> None:
    """Those that tests of any room have committed are gone, until the test's transaction ends."""
    _drop_months()


def _drop_months() -> None:
    with connection.cursor() as cursor:
        for name in months():
            cursor.execute(f"DROP TABLE {name}")
