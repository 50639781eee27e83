"""On which basis a case may be spoken about: Privacy Act, 8(1) and 8(2)(g)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import disclosure
from comptoir.domain.disclosure import Basis, Chamber, Fault

TODAY = date(2026, 11, 23)
MEETING = date(2026, 11, 27)


def faults(signed_on: date, expires_on: date | None = None) -> list[Fault]:
    return disclosure.consent_faults(
        signed_on=signed_on, expires_on=expires_on, meeting_on=MEETING, today=TODAY
    )


def test_a_members_office_may_rely_on_consent_or_on_the_members_provision() -> None:
    assert disclosure.bases_for(Chamber.COMMONS) == (Basis.CONSENT, Basis.MEMBER)


def test_a_senators_office_needs_consent() -> None:
    """8(2)(g) names members of Parliament only."""
    assert disclosure.bases_for(Chamber.SENATE) == (Basis.CONSENT,)


def test_consent_is_the_first_choice_everywhere() -> None:
    assert all(disclosure.bases_for(chamber)[0] is Basis.CONSENT for chamber in Chamber)


def test_a_consent_without_an_end_holds() -> None:
    assert faults(date(2020, 1, 1)) == []


def test_a_consent_signed_today_holds() -> None:
    assert faults(TODAY) == []


def test_a_consent_cannot_be_signed_tomorrow() -> None:
    assert faults(TODAY + timedelta(days=1)) == [Fault.SIGNED_LATER]


@pytest.mark.parametrize(
    ("expires_on", "expected"),
    [
        (MEETING + timedelta(days=1), []),
        (MEETING, []),
        (MEETING - timedelta(days=1), [Fault.EXPIRED]),
        (TODAY, [Fault.EXPIRED]),
    ],
)
def test_a_consent_must_still_hold_on_the_day_of_the_appointment(
    expires_on: date, expected: list[Fault]
) -> None:
    """Its last day counts: a consent "until the 27th" covers an appointment on the 27th."""
    assert faults(date(2026, 11, 2), expires_on) == expected


def test_an_end_before_the_signature_is_named_as_that_and_not_as_expired() -> None:
    assert faults(date(2026, 11, 2), date(2026, 11, 1)) == [Fault.EXPIRES_BEFORE_SIGNED]


def test_a_consent_that_begins_and_ends_on_one_day_is_a_consent() -> None:
    found = disclosure.consent_faults(
        signed_on=TODAY, expires_on=TODAY, meeting_on=TODAY, today=TODAY
    )

    assert found == []


@given(
    signed_on=st.dates(),
    expires_on=st.none() | st.dates(),
    today=st.dates(),
    wait=st.integers(0, 30),
)
def test_no_fault_means_signed_by_today_and_in_force_on_the_day(
    signed_on: date, expires_on: date | None, today: date, wait: int
) -> None:
    meeting_on = date.fromordinal(min(today.toordinal() + wait, date.max.toordinal()))

    found = disclosure.consent_faults(
        signed_on=signed_on, expires_on=expires_on, meeting_on=meeting_on, today=today
    )

    in_force = expires_on is None or signed_on <= expires_on and meeting_on <= expires_on
    assert (found == []) == (signed_on <= today and in_force)
