"""The demonstration's mail that came to no enquiry."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from comptoir.demonstration import loading
from comptoir.demonstration.scale import SMALL
from comptoir.enquiries.models import Decision, InboundMail
from tests.demonstration.test_world import undone

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)


def test_some_waits_for_a_person_and_some_was_recognised_by_a_rule() -> None:
    with undone():
        loading.load(now=NOW, seed=1, scale=SMALL)
        found = InboundMail.objects.all()

        assert Counter(mail.decision for mail in found) == {
            Decision.QUARANTINED: 2,
            Decision.AUTO_REPLY: 1,
            Decision.BROKEN: 1,
        }
        assert all(mail.reason and mail.decided_at for mail in found)
