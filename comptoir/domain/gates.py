"""The two gates: who is it, and may they be told. Until both are open no fact of a case is told.

    may_tell(facts, ...) -> Open | Closed            the one question before anything is said
    identity_reasons(identity, applicant, now, ...)  what is missing at the first gate
    Override(...)                                    both gates opened by two persons, with a reason

**Identity** is the full name, the date of birth and one item of the case, each confirmed against the
applicant's record, and not too long ago. **Authorization** holds for one named applicant, from a
moment up to another, and for what its scope covers; what is recorded for one applicant says nothing
about another, so that a sponsor is not told of the person sponsored. General facts are told to
anybody. A short list (`Facts.CO_APPLICANT`) is told to who applied together, once identity is
confirmed. Which basis held is part of the answer, for the record of what was told.

The caller passes the authorizations of the person who asks. A consent or the right of a member of
Parliament is checked by `domain.disclosure` before it is recorded as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Facts(StrEnum):
    """What is to be told."""

    GENERAL = "general"
    CO_APPLICANT = "co_applicant"
    CASE = "case"


class Piece(StrEnum):
    """What is confirmed against the applicant's record."""

    FULL_NAME = "full_name"
    DATE_OF_BIRTH = "date_of_birth"
    UCI = "uci"
    APPLICATION_NUMBER = "application_number"
    RECEIPT_NUMBER = "receipt_number"
    DOCUMENT_NUMBER = "document_number"


CASE_ITEMS = frozenset(Piece) - {Piece.FULL_NAME, Piece.DATE_OF_BIRTH}


class Kind(StrEnum):
    """In which capacity somebody asks about an applicant."""

    SELF = "self"
    REPRESENTATIVE = "representative"
    OFFICE_CONSENT = "office_consent"
    MEMBER = "member"
    CUSTODIAN = "custodian"
    RELAY_OPERATOR = "relay_operator"
    CO_APPLICANT = "co_applicant"
    SPONSOR = "sponsor"


WITH_AN_END = frozenset({Kind.CUSTODIAN, Kind.RELAY_OPERATOR})
"""A custodian's ends with the day the child comes of age, a relay operator's with the call."""
WITHOUT_CASE_FACTS = {Kind.CO_APPLICANT: frozenset({Facts.CO_APPLICANT}), Kind.SPONSOR: frozenset()}
"""Recorded so that the refusal can say why; whoever is told more has an authorization beside it."""


class Reason(StrEnum):
    """Why nothing is told. Each has an English and a French sentence and a next step."""

    IDENTITY_NOT_CHECKED = "identity_not_checked"
    IDENTITY_OF_ANOTHER = "identity_of_another"
    NAME_NOT_CONFIRMED = "name_not_confirmed"
    BIRTH_NOT_CONFIRMED = "birth_not_confirmed"
    CASE_ITEM_NOT_CONFIRMED = "case_item_not_confirmed"
    IDENTITY_TOO_OLD = "identity_too_old"
    NOT_AUTHORIZED = "not_authorized"
    OTHER_APPLICANT = "other_applicant"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    OUT_OF_SCOPE = "out_of_scope"
    SHORT_LIST_ONLY = "short_list_only"
    SPONSOR = "sponsor"


class OverrideFault(StrEnum):
    """Why the gates cannot be opened this way."""

    NO_REASON = "no_reason"
    NO_SECOND_PERSON = "no_second_person"
    SAME_PERSON = "same_person"


class BadAuthorization(ValueError):
    """It ends before it starts, or its kind needs an end and there is none."""


class BadOverride(ValueError):
    """An override needs a reason and two different persons."""

    def __init__(self, fault: OverrideFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A piece that agreed with the record, and when."""

    piece: Piece
    at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """What was confirmed against the record of this applicant."""

    applicant: str
    confirmations: tuple[Confirmation, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorization:
    """The asker may be told about `applicant`, from `starts_at` up to and without `ends_at`.

    `scope` lists the applications it covers; None covers all of that applicant's.
    """

    applicant: str
    kind: Kind
    starts_at: datetime
    ends_at: datetime | None = None
    withdrawn_at: datetime | None = None
    scope: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise BadAuthorization(f"{self.starts_at} to {self.ends_at}")
        if self.ends_at is None and self.kind in WITH_AN_END:
            raise BadAuthorization(f"{self.kind} without an end")

    def faults(self, facts: Facts, application: str | None, now: datetime) -> list[Reason]:
        """Why it does not hold for these facts now; empty when it does."""
        found = []
        if now < self.starts_at:
            found.append(Reason.NOT_YET)
        if self.ends_at is not None and now >= self.ends_at:
            found.append(Reason.EXPIRED)
        if self.withdrawn_at is not None and now >= self.withdrawn_at:
            found.append(Reason.WITHDRAWN)
        if self.scope is not None and application not in self.scope:
            found.append(Reason.OUT_OF_SCOPE)
        if facts not in WITHOUT_CASE_FACTS.get(self.kind, frozenset(Facts)):
            sponsor = self.kind is Kind.SPONSOR
            found.append(Reason.SPONSOR if sponsor else Reason.SHORT_LIST_ONLY)
        return found


@dataclass(frozen=True, slots=True)
class Override:
    """`by` opens the gates for one applicant because of `reason`, and `second` agrees."""

    applicant: str
    by: str
    second: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise BadOverride(OverrideFault.NO_REASON)
        if not self.second.strip():
            raise BadOverride(OverrideFault.NO_SECOND_PERSON)
        if self.second == self.by:
            raise BadOverride(OverrideFault.SAME_PERSON)


@dataclass(frozen=True, slots=True)
class Open:
    """It may be told, on this basis; general facts need none."""

    basis: Authorization | Override | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """It may not be told, for these reasons: those of identity first."""

    reasons: tuple[Reason, ...]

    @property
    def only_lacks_authorization(self) -> bool:
        """Whether who asks is confirmed, and nothing was ever recorded of what they may be told."""
        return self.reasons == (Reason.NOT_AUTHORIZED,)


def may_tell(
    facts: Facts,
    *,
    applicant: str,
    identity: Identity | None,
    authorizations: Sequence[Authorization],
    now: datetime,
    valid_for: timedelta,
    application: str | None = None,
    override: Override | None = None,
) -> Open | Closed:
    """Whether these facts about `applicant`, or about one application of theirs, may be told now.

    What was confirmed or overridden counts for `valid_for`, a number of the dated policy.
    """
    if facts is Facts.GENERAL:
        return Open()
    if override is not None and _holds(override, applicant, now, valid_for):
        return Open(override)
    reasons = identity_reasons(identity, applicant, now, valid_for)
    own = [each for each in authorizations if each.applicant == applicant]
    holding = [each for each in own if not each.faults(facts, application, now)]
    if holding and not reasons:
        return Open(holding[0])
    if not own:
        reasons.append(Reason.OTHER_APPLICANT if authorizations else Reason.NOT_AUTHORIZED)
    elif not holding:
        reasons += [reason for each in own for reason in each.faults(facts, application, now)]
    return Closed(_once(reasons))


def identity_reasons(
    identity: Identity | None, applicant: str, now: datetime, valid_for: timedelta
) -> list[Reason]:
    """What keeps the first gate shut, in the order in which it is asked for; empty when it is open."""
    if identity is None or not identity.confirmations:
        return [Reason.IDENTITY_NOT_CHECKED]
    if identity.applicant != applicant:
        return [Reason.IDENTITY_OF_ANOTHER]
    seen = [each for each in identity.confirmations if each.at <= now]
    fresh = {each.piece for each in seen if now - each.at < valid_for}
    once = {each.piece for each in seen}
    wanted = {
        Reason.NAME_NOT_CONFIRMED: {Piece.FULL_NAME},
        Reason.BIRTH_NOT_CONFIRMED: {Piece.DATE_OF_BIRTH},
        Reason.CASE_ITEM_NOT_CONFIRMED: CASE_ITEMS,
    }
    return [
        Reason.IDENTITY_TOO_OLD if once & pieces else reason
        for reason, pieces in wanted.items()
        if not fresh & pieces
    ]


def _holds(override: Override, applicant: str, now: datetime, valid_for: timedelta) -> bool:
    return override.applicant == applicant and timedelta(0) <= now - override.at < valid_for


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))
