"""The invented lines: each takes mail; the crisis line is open, with figures and real actions behind it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from comptoir.demonstration import crisis as invented
from comptoir.demonstration import loading
from comptoir.demonstration.scale import SMALL
from comptoir.enquiries.models import Line, Loan
from comptoir.enquiries.queries import crisis
from comptoir.notices.models import Notice

NOW = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_the_line_is_open_and_its_tile_counts_what_came() -> None:
    loading.load(now=NOW, seed=1, scale=SMALL)

    [tile] = crisis.tiles(NOW)

    assert tile.crisis.keyword == invented.KEYWORD
    assert tile.figures.received == SMALL.enquiries // 20
    assert Loan.objects.running().filter(crisis=tile.crisis).count() == invented.ON_LOAN
    assert [told.keyword for told in crisis.told_to_the_public(NOW)] == [invented.KEYWORD]
    assert not Notice.objects.filter(kind="enquiries.received").exists()


@pytest.mark.django_db
def test_every_line_takes_mail() -> None:
    loading.load(now=NOW, seed=1, scale=SMALL)

    assert not Line.objects.filter(mailbox="").exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_question_carries_the_keyword(language: str) -> None:
    assert all("{keyword}" in question for question in invented.QUESTIONS[language])
