"""A matter is handed to somebody who answers for it: due, acknowledged, ended; a breach in seven days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from comptoir.audit.models import Event
from comptoir.enquiries.actions import referring, restricting
from comptoir.enquiries.actions.referring import Intake
from comptoir.enquiries.models import (
    RESTRICTED_KINDS,
    Breach,
    Enquiry,
    Handled,
    HandlingTarget,
    Named,
    Referral,
    ReferralKind,
    ReferralOutcome,
    Unit,
)
from comptoir.enquiries.queries import handling, promises
from comptoir.enquiries.queries import referrals as queries
from comptoir.enquiries.queries.referrals import Show
from comptoir.notices.models import Notice
from comptoir.people.models import Grant, Person, Role
from tests.enquiries.factories import NOW, enquiry, person
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
END_OF_WORK = 21
"""16:00 in Montréal in winter, by UTC."""


def intake(**values: Any) -> Intake:
    return Intake(
        **{
            "happened_at": NOW - 2 * HOUR,
            "discovered_at": NOW - HOUR,
            "place": "A reply by e-mail",
            "data": "Name and date of birth",
            "people_affected": 1,
            "containment": "The mail was called back.",
            **values,
        }
    )


def refer(kind: ReferralKind = ReferralKind.URGENT, **values: Any) -> Referral:
    values.setdefault("enquiry", values.pop("of", None) or enquiry())
    values.setdefault("owner", person())
    values.setdefault("by", person())
    if kind == ReferralKind.BREACH:
        values.setdefault("breach", intake())
    return referring.refer(
        kind=kind, unit="The unit", reason="It cannot wait", **{"now": NOW, **values}
    )


def acknowledged(kind: ReferralKind = ReferralKind.URGENT, **values: Any) -> Referral:
    made = refer(kind, **values)
    return referring.acknowledge(referral=made, by=made.owner, now=NOW)


def close(
    made: Referral,
    outcome: ReferralOutcome = ReferralOutcome.DONE,
    by: Person | None = None,
    now: datetime = NOW,
) -> Referral:
    by = by or (made.referred_by if outcome == ReferralOutcome.WITHDRAWN else made.owner)
    return referring.close(referral=made, outcome=outcome, result="As agreed", by=by, now=now)


def determine(made: Referral, *, material: bool, by: Person | None = None) -> Referral:
    return referring.determine(
        referral=made, is_material=material, by=by or made.owner, now=NOW + DAY
    )


def report(made: Referral, *, commissioner: bool) -> Referral:
    return referring.report(
        referral=made, to_commissioner=commissioner, by=made.owner, now=NOW + 2 * DAY
    )


class TestHandingOn:
    def test_has_an_owner_and_a_due_date_of_its_own(self) -> None:
        found = enquiry()
        before = list(found.clocks.values_list("due_at", flat=True))

        made = refer(of=found)

        # Monday; two business days after it is Wednesday.
        assert made.due_at == datetime(2026, 11, 18, END_OF_WORK, tzinfo=UTC)
        assert list(found.clocks.values_list("due_at", flat=True)) == before

    def test_of_a_threat_to_life_is_due_at_once(self) -> None:
        assert refer(ReferralKind.THREAT).due_at == NOW

    def test_on_a_friday_counts_business_days(self) -> None:
        made = refer(ReferralKind.SENSITIVE, now=FRIDAY)

        assert made.due_at == datetime(2026, 11, 27, END_OF_WORK, tzinfo=UTC)

    def test_tells_the_owner_without_naming_the_enquiry(self) -> None:
        owner = person()

        made = refer(owner=owner)

        notice = Notice.objects.get(kind="enquiries.referred")
        assert (notice.address, notice.subject_id) == (owner.email, made.pk)

    def test_twice_for_one_reason_is_refused_until_the_first_is_closed(self) -> None:
        first = acknowledged()

        with pytest.raises(referring.ReferredAlready):
            refer(of=first.enquiry)
        refer(ReferralKind.THREAT, of=first.enquiry)
        close(first)
        refer(of=first.enquiry)

    @pytest.mark.parametrize("kind", ReferralKind)
    def test_restricts_what_few_should_know_and_nothing_else(self, kind: ReferralKind) -> None:
        owner, by = person(), person()

        made = refer(kind, owner=owner, by=by)

        found = Enquiry.objects.get(pk=made.enquiry_id)
        assert found.is_restricted == (kind in RESTRICTED_KINDS)
        named = set(Named.objects.filter(enquiry=found).values_list("person", flat=True))
        assert named == ({owner.pk, by.pk} if found.is_restricted else set())

    def test_of_what_was_restricted_after_it_was_read_names_its_owner(self) -> None:
        read, first, owner = enquiry(), person(), person()
        restricting.restrict(enquiry=read, named=[first], by=first, now=NOW)
        assert not read.is_restricted

        refer(of=read, owner=owner)

        assert Named.objects.filter(enquiry=read, person=owner).exists()

    def test_of_what_is_restricted_already_names_its_owner(self) -> None:
        owner = person()
        found = enquiry()
        by = person()
        restricting.restrict(enquiry=found, named=[by], by=by, now=NOW)

        refer(of=Enquiry.objects.get(pk=found.pk), owner=owner, by=by)

        assert Enquiry.objects.openable_by(owner, NOW).get() == found

    @pytest.mark.parametrize(
        ("kind", "breach"), [(ReferralKind.BREACH, None), (ReferralKind.URGENT, intake())]
    )
    def test_of_a_breach_and_of_nothing_else_asks_what_is_known(
        self, kind: ReferralKind, breach: Intake | None
    ) -> None:
        with pytest.raises(referring.WithoutIntake):
            refer(kind, breach=breach)
        assert not Referral.objects.exists()

    def test_is_on_the_trail_without_words(self) -> None:
        refer()

        assert Event.objects.get(action="referral.made").detail == {"kind": "urgent"}


class TestTheOwner:
    def test_says_that_they_have_it(self) -> None:
        assert acknowledged().acknowledged_at == NOW

    def test_says_so_once(self) -> None:
        made = acknowledged()

        again = referring.acknowledge(referral=made, by=made.owner, now=NOW + HOUR)

        assert again.acknowledged_at == NOW
        assert Event.objects.filter(action="referral.acknowledged").count() == 1

    def test_closes_it_with_what_became_of_it(self) -> None:
        closed = close(acknowledged())

        assert (closed.closed_at, closed.outcome) == (NOW, ReferralOutcome.DONE)
        assert closed.closed_by == closed.owner

    @pytest.mark.parametrize("outcome", [ReferralOutcome.DONE, ReferralOutcome.DECLINED])
    def test_closes_nothing_they_did_not_say_they_have(self, outcome: ReferralOutcome) -> None:
        with pytest.raises(referring.NotAcknowledged):
            close(refer(), outcome)

    def test_is_the_only_one_who_may(self) -> None:
        made = acknowledged()
        stranger = person(Role.PRIVACY_OFFICER)

        with pytest.raises(referring.NotTheOwner):
            close(made, by=stranger)
        with pytest.raises(referring.NotTheOwner):
            referring.acknowledge(referral=refer(), by=stranger, now=NOW)

    def test_takes_nothing_back(self) -> None:
        made = acknowledged()

        with pytest.raises(referring.NotTheOwner):
            close(made, ReferralOutcome.WITHDRAWN, by=made.owner)


class TestWhoHandedItOn:
    def test_may_take_it_back_before_and_after_it_was_acknowledged(self) -> None:
        for made in (refer(), acknowledged()):
            assert close(made, ReferralOutcome.WITHDRAWN).outcome == ReferralOutcome.WITHDRAWN

    def test_does_not_close_it_otherwise(self) -> None:
        made = acknowledged()

        with pytest.raises(referring.NotTheOwner):
            close(made, by=made.referred_by)


class TestWhatIsClosed:
    def test_stays_so(self) -> None:
        made = acknowledged(ReferralKind.BREACH)
        close(made, ReferralOutcome.WITHDRAWN)

        for act in (
            partial(close, made),
            partial(referring.acknowledge, referral=made, by=made.owner, now=NOW),
            partial(determine, made, material=True),
            partial(report, made, commissioner=True),
        ):
            with pytest.raises(referring.ClosedAlready):
                act()


class TestABreach:
    def test_names_the_privacy_officers_of_that_moment(self) -> None:
        officer, former = person(Role.PRIVACY_OFFICER), person(Role.PRIVACY_OFFICER)
        Grant.objects.filter(person=former).update(ends_at=NOW)

        made = refer(ReferralKind.BREACH)

        named = set(Named.objects.filter(enquiry=made.enquiry).values_list("person", flat=True))
        assert named == {officer.pk, made.owner_id, made.referred_by_id}

    def test_is_opened_by_a_privacy_officer_who_came_later_and_is_then_named(self) -> None:
        made = refer(ReferralKind.BREACH)
        officer = person(Role.PRIVACY_OFFICER)

        restricting.open_to_read(enquiry=made.enquiry, reason="My duty", by=officer, now=NOW)

        assert Named.objects.filter(enquiry=made.enquiry, person=officer).exists()

    def test_alone_opens_itself_to_a_privacy_officer(self) -> None:
        made = refer(ReferralKind.SENSITIVE)

        with pytest.raises(restricting.NotNamed):
            restricting.open_to_read(
                enquiry=made.enquiry, reason="Curious", by=person(Role.PRIVACY_OFFICER), now=NOW
            )

    def test_is_looked_after_by_a_privacy_officer_as_by_its_owner(self) -> None:
        officer = person(Role.PRIVACY_OFFICER)
        made = refer(ReferralKind.BREACH)

        referring.acknowledge(referral=made, by=officer, now=NOW)
        determine(made, material=False, by=officer)

        assert close(made, by=officer).closed_by == officer

    def test_found_material_is_to_be_reported_within_seven_days(self) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=True)

        assert made.due_at == NOW + DAY + timedelta(days=7)
        assert Referral.objects.get().due_at == made.due_at

    def test_found_not_to_be_material_keeps_its_due_date(self) -> None:
        made = acknowledged(ReferralKind.BREACH)

        assert determine(made, material=False).due_at == made.due_at

    def test_is_decided_once(self) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=True)

        with pytest.raises(referring.DeterminedAlready):
            determine(made, material=False)
        assert Breach.objects.get().is_material

    def test_is_decided_and_reported_by_nobody_else(self) -> None:
        made = acknowledged(ReferralKind.BREACH)

        with pytest.raises(referring.NotTheOwner):
            determine(made, material=True, by=person(Role.TEAM_LEAD))
        determine(made, material=True)
        with pytest.raises(referring.NotTheOwner):
            referring.report(
                referral=made, to_commissioner=True, by=person(Role.TEAM_LEAD), now=NOW
            )

    def test_alone_is_decided_and_reported(self) -> None:
        made = acknowledged()

        with pytest.raises(referring.NotABreach):
            determine(made, material=True)
        with pytest.raises(referring.NotABreach):
            report(made, commissioner=True)

    def test_is_reported_once_it_is_found_material(self) -> None:
        made = acknowledged(ReferralKind.BREACH)

        with pytest.raises(referring.NotDetermined):
            report(made, commissioner=True)
        determine(made, material=False)
        with pytest.raises(referring.NotMaterial):
            report(made, commissioner=True)

    def test_keeps_the_moment_of_its_first_report(self) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=True)
        report(made, commissioner=True)

        referring.report(
            referral=made, to_commissioner=True, by=made.owner, now=NOW + timedelta(days=9)
        )

        breach = Breach.objects.get()
        assert breach.commissioner_told_at == NOW + 2 * DAY
        assert breach.secretariat_told_at is None
        assert Event.objects.filter(action="breach.reported").count() == 1

    def test_that_is_material_ends_when_both_were_told(self) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=True)
        report(made, commissioner=True)

        for outcome in (ReferralOutcome.DONE, ReferralOutcome.DECLINED):
            with pytest.raises(referring.NotReported):
                close(made, outcome)
        report(made, commissioner=False)

        assert close(made).outcome == ReferralOutcome.DONE

    def test_is_not_dealt_with_before_it_is_decided_but_may_go_elsewhere(self) -> None:
        made = acknowledged(ReferralKind.BREACH)

        with pytest.raises(referring.NotDetermined):
            close(made)
        assert close(made, ReferralOutcome.DECLINED).closed_at == NOW

    def test_is_not_taken_back_once_it_is_decided(self) -> None:
        made = determine(acknowledged(ReferralKind.BREACH), material=False)

        with pytest.raises(referring.DeterminedAlready):
            close(made, ReferralOutcome.WITHDRAWN)


class TestTheTarget:
    def test_is_the_last_that_began(self) -> None:
        HandlingTarget.objects.create(
            what=Handled.URGENT,
            valid_from=date(2026, 11, 16),
            unit=Unit.HOURS,
            amount=3,
            source="test",
            created_at=NOW,
        )

        assert refer().due_at == NOW + 3 * HOUR
        friday_before = datetime(2026, 11, 13, 14, 0, tzinfo=UTC)
        assert refer(now=friday_before).due_at.date() == date(2026, 11, 17)

    def test_that_is_missing_is_said(self) -> None:
        with pytest.raises(promises.NothingPromised):
            handling.target_in_force(Handled.URGENT, date(2000, 1, 1))

    @pytest.mark.parametrize("what", Handled)
    def test_is_shipped_for_everything_and_says_whose_it_is(self, what: Handled) -> None:
        assert handling.target_in_force(what, NOW.date()).source

    def test_is_never_changed(self) -> None:
        with pytest.raises(ProgrammingError), transaction.atomic():
            HandlingTarget.objects.update(amount=1)


class TestTheRegister:
    def test_shows_the_soonest_due_first_the_late_the_own_and_the_closed(self) -> None:
        owner = person()
        threat = refer(ReferralKind.THREAT, owner=owner)
        urgent = refer()
        done = close(acknowledged())
        later = NOW + HOUR

        def shown(show: Show) -> list[Referral]:
            return list(queries.shown(Referral.objects.all(), show, person=owner, now=later))

        assert shown(Show.OPEN) == [threat, urgent]
        assert shown(Show.LATE) == shown(Show.MINE) == [threat]
        assert shown(Show.CLOSED) == [done]

    def test_counts_what_it_shows(self) -> None:
        owner = person()
        refer(ReferralKind.THREAT, owner=owner)
        refer()

        counts = queries.counts(
            Referral.objects.all(), person=owner, now=NOW + HOUR, kind=ReferralKind.THREAT
        )

        assert counts == {Show.OPEN: 1, Show.LATE: 1, Show.MINE: 1, Show.CLOSED: 0}


class TestWhatCannotBeWritten:
    @pytest.mark.parametrize(
        "values",
        [
            {"closed_at": NOW},
            {"outcome": ReferralOutcome.DONE},
            {"result": "Something"},
        ],
    )
    def test_a_referral_that_is_half_closed(self, values: dict[str, Any]) -> None:
        refer()

        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.update(**values)

    @pytest.mark.parametrize(
        "values",
        [
            {"happened_at": NOW + DAY},
            {"is_material": True},
            {"determined_at": NOW},
            {"commissioner_told_at": NOW},
            {"secretariat_told_at": NOW},
        ],
    )
    def test_a_breach_found_before_it_happened_or_reported_undecided(
        self, values: dict[str, Any]
    ) -> None:
        refer(ReferralKind.BREACH)

        with pytest.raises(IntegrityError), transaction.atomic():
            Breach.objects.update(**values)

    def test_a_referral_that_is_gone(self) -> None:
        made = refer()

        with pytest.raises(ProgrammingError), transaction.atomic():
            made.delete()


@pytest.mark.django_db(transaction=True)
def test_two_who_hand_the_same_on_at_once_make_one() -> None:
    found, owner, by = enquiry(), person(), person()
    hand_on = partial(refer, of=found, owner=owner, by=by)

    results = [rival.result() for rival in [Rival(hand_on) for _ in range(2)]]

    refused = [result for result in results if isinstance(result, referring.ReferredAlready)]
    assert len(refused) == 1
    assert Referral.objects.count() == Notice.objects.filter(kind="enquiries.referred").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_closing_and_a_taking_back_at_once_one_is_refused() -> None:
    made = acknowledged()

    rivals = [
        Rival(partial(close, made)),
        Rival(partial(close, made, ReferralOutcome.WITHDRAWN)),
    ]
    results = [rival.result() for rival in rivals]

    assert [type(result) for result in results].count(referring.ClosedAlready) == 1
    assert Event.objects.filter(action="referral.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_breach_is_decided_by_one_of_two_at_once() -> None:
    made = acknowledged(ReferralKind.BREACH)

    rivals = [Rival(partial(determine, made, material=material)) for material in (True, False)]
    results = [rival.result() for rival in rivals]

    assert [type(result) for result in results].count(referring.DeterminedAlready) == 1
    decided = Event.objects.get(action="breach.determined").detail["material"]
    assert Breach.objects.get().is_material == bool(decided)
