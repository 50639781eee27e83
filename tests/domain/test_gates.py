"""The two gates: nothing of a case is told until both are open, and the refusal says which is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import gates
from comptoir.domain.gates import (
    Authorization,
    BadAuthorization,
    BadOverride,
    Closed,
    Confirmation,
    Facts,
    Identity,
    Kind,
    Open,
    Override,
    OverrideFault,
    Piece,
    Reason,
)

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
THREE = (Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.UCI)
LONG_AGO = NOW - timedelta(days=90)
APPLICANT = Authorization("amina", Kind.SELF, LONG_AGO)
OVERRIDE = Override("amina", by="first", second="second", reason="Threat to life", at=NOW)


def confirmed(*pieces: Piece, at: datetime = NOW, applicant: str = "amina") -> Identity:
    return Identity(applicant, tuple(Confirmation(piece, at) for piece in pieces))


def asked(
    facts: Facts,
    identity: Identity | None,
    *authorizations: Authorization,
    applicant: str = "amina",
    application: str | None = None,
    override: Override | None = None,
) -> Open | Closed:
    """What may be told about Amina; identity holds for an hour."""
    return gates.may_tell(
        facts,
        applicant=applicant,
        identity=identity,
        authorizations=authorizations,
        now=NOW,
        valid_for=HOUR,
        application=application,
        override=override,
    )


def refused(*reasons: Reason) -> Closed:
    return Closed(reasons)


# --- Both gates ---


def test_facts_of_a_case_are_told_when_both_gates_are_open_and_the_basis_is_named() -> None:
    assert asked(Facts.CASE, confirmed(*THREE), APPLICANT) == Open(APPLICANT)


def test_general_facts_are_told_to_anybody() -> None:
    assert asked(Facts.GENERAL, None) == Open()


@pytest.mark.parametrize("facts", [Facts.CASE, Facts.CO_APPLICANT])
def test_one_gate_is_not_enough(facts: Facts) -> None:
    assert asked(facts, None, APPLICANT) == refused(Reason.IDENTITY_NOT_CHECKED)
    assert asked(facts, confirmed(*THREE)) == refused(Reason.NOT_AUTHORIZED)
    assert asked(facts, None) == refused(Reason.IDENTITY_NOT_CHECKED, Reason.NOT_AUTHORIZED)


# --- Identity ---


def test_only_an_authorization_lacks_where_who_asks_is_known_and_nothing_else_is_on_record() -> (
    None
):
    assert Closed((Reason.NOT_AUTHORIZED,)).only_lacks_authorization
    for reason in Reason:
        assert not Closed((reason, Reason.NOT_AUTHORIZED)).only_lacks_authorization
        only = reason is Reason.NOT_AUTHORIZED
        assert Closed((reason,)).only_lacks_authorization is only


@pytest.mark.parametrize("item", sorted(gates.CASE_ITEMS))
def test_any_one_item_of_the_case_will_do(item: Piece) -> None:
    identity = confirmed(Piece.FULL_NAME, Piece.DATE_OF_BIRTH, item)

    assert asked(Facts.CASE, identity, APPLICANT) == Open(APPLICANT)


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        (Piece.FULL_NAME, Reason.NAME_NOT_CONFIRMED),
        (Piece.DATE_OF_BIRTH, Reason.BIRTH_NOT_CONFIRMED),
        (Piece.UCI, Reason.CASE_ITEM_NOT_CONFIRMED),
    ],
)
def test_each_of_the_three_is_asked_for(missing: Piece, reason: Reason) -> None:
    identity = confirmed(*(piece for piece in THREE if piece is not missing))

    assert asked(Facts.CASE, identity, APPLICANT) == refused(reason)


def test_two_items_of_the_case_do_not_replace_a_name() -> None:
    identity = confirmed(*gates.CASE_ITEMS, Piece.DATE_OF_BIRTH)

    assert asked(Facts.CASE, identity, APPLICANT) == refused(Reason.NAME_NOT_CONFIRMED)


def test_what_was_confirmed_counts_for_an_hour() -> None:
    just = confirmed(*THREE, at=NOW - HOUR + timedelta(seconds=1))
    no_more = confirmed(*THREE, at=NOW - HOUR)
    renewed = replace(no_more, confirmations=no_more.confirmations + just.confirmations)

    assert asked(Facts.CASE, just, APPLICANT) == Open(APPLICANT)
    assert asked(Facts.CASE, no_more, APPLICANT) == refused(Reason.IDENTITY_TOO_OLD)
    assert asked(Facts.CASE, renewed, APPLICANT) == Open(APPLICANT)


def test_what_is_confirmed_later_does_not_count_yet() -> None:
    identity = confirmed(*THREE, at=NOW + HOUR)

    assert asked(Facts.CASE, identity, APPLICANT) == refused(
        Reason.NAME_NOT_CONFIRMED, Reason.BIRTH_NOT_CONFIRMED, Reason.CASE_ITEM_NOT_CONFIRMED
    )


def test_the_record_of_another_person_confirms_nothing() -> None:
    identity = confirmed(*THREE, applicant="bela")

    assert asked(Facts.CASE, identity, APPLICANT) == refused(Reason.IDENTITY_OF_ANOTHER)


# --- Authorization ---


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.CO_APPLICANT, Kind.SPONSOR}))
def test_each_capacity_opens_the_case_of_the_named_applicant_alone(kind: Kind) -> None:
    held = Authorization("amina", kind, LONG_AGO, NOW + HOUR)

    assert asked(Facts.CASE, confirmed(*THREE), held) == Open(held)
    assert asked(
        Facts.CASE, confirmed(*THREE, applicant="bela"), held, applicant="bela"
    ) == refused(Reason.OTHER_APPLICANT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"starts_at": NOW + timedelta(seconds=1)}, Reason.NOT_YET),
        ({"ends_at": NOW}, Reason.EXPIRED),
        ({"withdrawn_at": NOW}, Reason.WITHDRAWN),
        ({"scope": frozenset({"E2"})}, Reason.OUT_OF_SCOPE),
        ({"scope": frozenset[str]()}, Reason.OUT_OF_SCOPE),
    ],
)
def test_an_authorization_that_does_not_hold_says_why(
    change: dict[str, object], reason: Reason
) -> None:
    held = replace(APPLICANT, kind=Kind.REPRESENTATIVE, **change)  # type: ignore[arg-type]  # some of its fields

    assert asked(Facts.CASE, confirmed(*THREE), held, application="E1") == refused(reason)


def test_an_authorization_holds_from_its_first_moment_and_until_it_is_withdrawn() -> None:
    first = replace(APPLICANT, starts_at=NOW)
    later = replace(APPLICANT, withdrawn_at=NOW + HOUR, ends_at=NOW + HOUR)

    assert asked(Facts.CASE, confirmed(*THREE), first) == Open(first)
    assert asked(Facts.CASE, confirmed(*THREE), later) == Open(later)


def test_a_scope_covers_the_applications_it_names_and_not_the_person() -> None:
    held = replace(APPLICANT, kind=Kind.REPRESENTATIVE, scope=frozenset({"E1"}))

    assert asked(Facts.CASE, confirmed(*THREE), held, application="E1") == Open(held)
    assert asked(Facts.CASE, confirmed(*THREE), held) == refused(Reason.OUT_OF_SCOPE)


def test_one_authorization_that_holds_is_enough() -> None:
    old = replace(APPLICANT, kind=Kind.OFFICE_CONSENT, ends_at=NOW)

    assert asked(Facts.CASE, confirmed(*THREE), old, APPLICANT) == Open(APPLICANT)


def test_a_sponsor_is_not_told_of_the_person_sponsored() -> None:
    sponsor = Authorization("amina", Kind.SPONSOR, LONG_AGO)
    own = Authorization("sponsor", Kind.SELF, LONG_AGO)

    for facts in (Facts.CASE, Facts.CO_APPLICANT):
        assert asked(facts, confirmed(*THREE), sponsor, own) == refused(Reason.SPONSOR)
    form = Authorization("amina", Kind.REPRESENTATIVE, LONG_AGO)
    assert asked(Facts.CASE, confirmed(*THREE), sponsor, form) == Open(form)


def test_who_applied_together_is_told_the_short_list_and_no_more() -> None:
    together = Authorization("amina", Kind.CO_APPLICANT, LONG_AGO)

    assert asked(Facts.CO_APPLICANT, confirmed(*THREE), together) == Open(together)
    assert asked(Facts.CO_APPLICANT, None, together) == refused(Reason.IDENTITY_NOT_CHECKED)
    assert asked(Facts.CASE, confirmed(*THREE), together) == refused(Reason.SHORT_LIST_ONLY)


@pytest.mark.parametrize("kind", sorted(gates.WITH_AN_END))
def test_a_custodians_and_a_relay_operators_authorization_has_an_end(kind: Kind) -> None:
    with pytest.raises(BadAuthorization):
        Authorization("amina", kind, LONG_AGO)


def test_an_authorization_does_not_end_before_it_starts() -> None:
    with pytest.raises(BadAuthorization):
        Authorization("amina", Kind.SELF, NOW, NOW)


# --- Override ---


def test_two_persons_with_a_reason_open_both_gates_for_one_applicant_and_a_time() -> None:
    assert asked(Facts.CASE, None, override=OVERRIDE) == Open(OVERRIDE)
    for other in (
        replace(OVERRIDE, applicant="bela"),
        replace(OVERRIDE, at=NOW - HOUR),
        replace(OVERRIDE, at=NOW + HOUR),
    ):
        assert isinstance(asked(Facts.CASE, None, override=other), Closed)


@pytest.mark.parametrize(
    ("second", "reason", "fault"),
    [
        ("second", " \n", OverrideFault.NO_REASON),
        ("", "Threat to life", OverrideFault.NO_SECOND_PERSON),
        ("first", "Threat to life", OverrideFault.SAME_PERSON),
    ],
)
def test_an_override_needs_a_reason_and_another_person(
    second: str, reason: str, fault: OverrideFault
) -> None:
    with pytest.raises(BadOverride) as caught:
        Override("amina", by="first", second=second, reason=reason, at=NOW)

    assert caught.value.fault is fault


# --- Laws ---

PEOPLE = st.sampled_from(["amina", "bela"])
MOMENTS = st.integers(-4, 4).map(lambda hours: NOW + hours * HOUR / 2)
identities = st.none() | st.builds(
    Identity,
    PEOPLE,
    st.lists(st.builds(Confirmation, st.sampled_from(Piece), MOMENTS), max_size=6).map(tuple),
)
authorizations = st.builds(
    Authorization,
    PEOPLE,
    st.sampled_from(Kind),
    MOMENTS,
    st.just(NOW + 3 * HOUR),
    st.none() | MOMENTS,
    st.none() | st.frozensets(st.sampled_from(["E1", "E2"])),
)
many = st.lists(authorizations, max_size=4)
wanted = st.sampled_from(Facts)
applications = st.none() | st.sampled_from(["E1", "E2"])


@given(wanted, identities, many, applications)
def test_it_is_open_or_says_why(
    facts: Facts, identity: Identity | None, held: list[Authorization], application: str | None
) -> None:
    answer = asked(facts, identity, *held, application=application)

    if isinstance(answer, Closed):
        assert answer.reasons
        assert len(set(answer.reasons)) == len(answer.reasons)
    else:
        assert facts is Facts.GENERAL or answer.basis in held


@given(identities, many, applications)
def test_who_may_be_told_of_the_case_may_be_told_the_short_list(
    identity: Identity | None, held: list[Authorization], application: str | None
) -> None:
    if isinstance(asked(Facts.CASE, identity, *held, application=application), Open):
        assert isinstance(asked(Facts.CO_APPLICANT, identity, *held, application=application), Open)


@given(identities, many, applications)
def test_case_facts_are_told_exactly_when_all_that_is_written_holds(
    identity: Identity | None, held: list[Authorization], application: str | None
) -> None:
    def is_fresh(*pieces: Piece) -> bool:
        known = identity.confirmations if identity else ()
        return any(c.piece in pieces and NOW - HOUR < c.at <= NOW for c in known)

    known = identity is not None and identity.applicant == "amina"
    case_item = is_fresh(
        Piece.UCI, Piece.APPLICATION_NUMBER, Piece.RECEIPT_NUMBER, Piece.DOCUMENT_NUMBER
    )
    allowed = any(
        a.applicant == "amina"
        and a.kind not in ("sponsor", "co_applicant")
        and a.starts_at <= NOW
        and not (a.withdrawn_at and a.withdrawn_at <= NOW)
        and (a.scope is None or application in a.scope)
        for a in held
    )

    both = known and is_fresh(Piece.FULL_NAME) and is_fresh(Piece.DATE_OF_BIRTH) and case_item
    answer = asked(Facts.CASE, identity, *held, application=application)
    assert isinstance(answer, Open) == (both and allowed)
