"""What the ledger holds of anybody goes after some weeks, and its figures stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comptoir.audit.models import Event
from comptoir.ledger import client_keys
from comptoir.ledger.actions import importing
from comptoir.ledger.models import Contact, Import, RejectedRow
from comptoir.site import disposal
from tests.ledger.accounts import GOOD, calls, mapping

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 11, 25, 15, tzinfo=UTC)
KEPT = timedelta(days=31)


@pytest.fixture(autouse=True)
def _imported(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.LEGAL_HOLD = []
    path = calls(tmp_path / "c.csv", *GOOD, "613-555-0100,short")
    importing.import_file(path=path, mapping=mapping(), by=None, now=THEN)


def test_rejected_rows_go_when_their_weeks_are_over_and_not_before() -> None:
    assert disposal.dispose(THEN + KEPT)["rejected_rows"] == 0
    assert RejectedRow.objects.exists()

    after = THEN + KEPT + timedelta(seconds=1)
    assert disposal.due(after)["rejected_rows"] == 1
    assert disposal.dispose(after)["rejected_rows"] == 1

    assert not RejectedRow.objects.exists()
    assert Event.objects.filter(action="ledger.rejected_rows_disposed").count() == 1


def test_contacts_and_the_totals_of_imports_stay() -> None:
    disposal.dispose(THEN + 100 * KEPT)

    assert Contact.objects.count() == 3
    assert Import.objects.get().rows_rejected == 1


def test_under_any_legal_hold_they_all_stay(settings: Any) -> None:
    settings.LEGAL_HOLD = ["all"]

    assert disposal.dispose(THEN + 2 * KEPT)["rejected_rows"] == 0
    assert RejectedRow.objects.exists()


def test_no_column_of_a_contact_holds_a_number_or_an_address() -> None:
    """The key of a client is a hash, whose bytes may look like anything."""
    for contact in Contact.objects.values():
        row: dict[str, Any] = {**contact}
        key = row.pop("client_key")
        assert not any("555" in str(value) or "@" in str(value) for value in row.values())
        assert key is None or len(bytes(key)) == client_keys.LENGTH
