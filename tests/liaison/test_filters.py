"""What templates do to a day's times."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone, translation

from comptoir.liaison.templatetags.liaison import dated_time_buttons, halves, time_buttons


def test_a_day_is_parted_at_the_readers_noon_and_no_half_is_empty() -> None:
    starts = [datetime(2026, 11, 18, hour, tzinfo=UTC) for hour in (15, 16, 17, 18)]

    with timezone.override("America/Toronto"):
        morning, afternoon = halves(starts)
    with timezone.override("America/Vancouver"):
        [only] = halves(starts)

    assert (morning.is_morning, [at.hour for at in morning.starts]) == (True, [15, 16])
    assert (afternoon.is_morning, [at.hour for at in afternoon.starts]) == (False, [17, 18])
    assert (only.is_morning, only.starts) == (True, starts)


def test_a_time_beside_an_appointment_of_the_office_is_marked_and_announced_in_both_languages() -> (
    None
):
    free, beside = (datetime(2026, 11, 18, hour, tzinfo=UTC) for hour in (15, 16))

    for buttons in (time_buttons, dated_time_buttons):
        for language, words in (("en", "your office has"), ("fr", "votre bureau a")):
            with translation.override(language), timezone.override("America/Toronto"):
                first, second = buttons([free, beside], {beside}).split("</li>")[:2]
            assert ("time--beside" in first, words in first) == (False, False)
            assert ("time--beside" in second, words in second) == (True, True)
