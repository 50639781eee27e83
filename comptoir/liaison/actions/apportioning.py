"""Publishing what each office is allotted of a week: computed, dated, never edited afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.domain import entitlements
from comptoir.liaison.models import Allowance, Apportionment, Policy
from comptoir.liaison.queries import days, needs, versions
from comptoir.people.models import Person
from comptoir.ui import clock


class CannotApportion(Exception):
    """Nothing was published; the message says why and what to do."""


class HasBegun(CannotApportion):
    """What has begun is not changed."""


class NotAMonday(CannotApportion):
    """A week has one allowance."""


class AllotsNothing(CannotApportion):
    """The rule of that day has no allowances."""


class NoHours(CannotApportion):
    """No day is published, so nobody knows what there is to share."""


class DoesNotFit(CannotApportion):
    """The week does not hold what the rule gives everybody at least, or no need is known."""


class PublishedAlready(CannotApportion):
    """Allowances from that day on are published."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be published: the allowance of each office in quanta a week, with its inputs."""

    valid_from: date
    policy: Policy
    capacity: int
    needs: Mapping[int, float]
    quanta: Mapping[int, int]
    chances: Mapping[int, float]


def propose(*, valid_from: date, now: datetime) -> Proposal:
    """Compute the allowances from a service day on, by the rule that holds then. Raises CannotApportion.

    That is the trial rule in a week that was drawn for it; a group has the allowances of the common one.
    """
    if valid_from <= clock.service_date(now):
        raise HasBegun("Choose tomorrow or a later day: what has begun is not changed.")
    if valid_from.weekday() != 0:
        raise NotAMonday("Choose a Monday: a week has one allowance.")
    policy = days.load_rules().policy(valid_from)
    if policy is None or not policy.nested:
        raise AllotsNothing(f"The rule of {valid_from} allots nothing: set one that does first.")
    house = versions.house(clock.service_date(now))
    if house is None:
        raise NoHours("No day is published: publish hours first, so that there is a week.")
    try:
        known = entitlements.with_prior(needs.estimated(now))
        quanta = entitlements.allowances(
            known,
            house.week,
            days.as_allowance_policy(policy),
            needs.a_quarter_before(valid_from).quanta or None,
        )
    except (
        entitlements.BadNumber,
        entitlements.FloorsExceedHouse,
        entitlements.NoKnownNeed,
    ) as error:
        raise DoesNotFit(str(error)) from error
    wanted = {office: float(need) for office, need in known.items()}
    return Proposal(valid_from, policy, house.week, wanted, quanta, needs.chances(now))


@transaction.atomic
def publish(*, proposal: Proposal, by: Person | None, now: datetime) -> Apportionment:
    """Publish a proposal. What is booked stays booked. Raises CannotApportion."""
    made = write(proposal=proposal, by=by, now=now)
    audit.record(
        action="allowances.published",
        subject=made,
        by=by,
        now=now,
        detail={"valid_from": made.valid_from.isoformat(), "offices": len(proposal.quanta)},
    )
    return made


def write(*, proposal: Proposal, by: Person | None, now: datetime) -> Apportionment:
    """The rows of a proposal, in the caller's transaction. Raises CannotApportion."""
    try:
        with transaction.atomic():
            made = Apportionment.objects.create(
                valid_from=proposal.valid_from,
                policy=proposal.policy,
                capacity=proposal.capacity,
                made_by=by,
                made_at=now,
            )
    except IntegrityError as error:
        raise PublishedAlready(
            f"Allowances from {proposal.valid_from} are published already: choose another day."
        ) from error
    Allowance.objects.bulk_create(
        Allowance(
            apportionment=made,
            office_id=office,
            need=proposal.needs[office],
            quanta=quanta,
            chance=proposal.chances[office],
        )
        for office, quanta in proposal.quanta.items()
    )
    return made
