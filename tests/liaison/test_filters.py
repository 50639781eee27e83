"""What templates do to a day's times."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone

from comptoir.liaison.templatetags.liaison import halves


def test_a_day_is_parted_at_the_readers_noon_and_no_half_is_empty() -> None:
    starts = [datetime(2026, 11, 18, hour, tzinfo=UTC) for hour in (15, 16, 17, 18)]

    with timezone.override("America/Toronto"):
        morning, afternoon = halves(starts)
    with timezone.override("America/Vancouver"):
        [only] = halves(starts)

    assert (morning.is_morning, [at.hour for at in morning.starts]) == (True, [15, 16])
    assert (afternoon.is_morning, [at.hour for at in afternoon.starts]) == (False, [17, 18])
    assert (only.is_morning, only.starts) == (True, starts)
