"""Notices for tests: real rows, due at once unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from comptoir.notices.models import Notice

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
"""When everything that a test does not date happens: noon in Montréal."""


class NoticeFactory(DjangoModelFactory[Notice]):
    class Meta:
        model = Notice

    kind = "test.fact"
    subject_id = factory.Sequence(lambda n: n + 1)
    version = 0
    address = factory.Sequence(lambda n: f"reader{n:04}@offices.example")
    language = "en"
    time_zone = "America/Toronto"
    queued_at = NOON
    send_after = NOON
    useless_after = NOON + timedelta(days=2)
