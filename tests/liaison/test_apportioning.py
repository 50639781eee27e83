"""Allowances come from what was attended, are published once for a day, and are what the rule then uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from comptoir.audit.models import Event
from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import apportioning
from comptoir.liaison.actions.apportioning import CannotApportion
from comptoir.liaison.models import Allowance, Apportionment, Status
from comptoir.liaison.queries import needs
from comptoir.people.models import Office
from comptoir.ui import clock as clocks
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    consent_case,
    in_status,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory

pytestmark = pytest.mark.django_db

TODAY = clocks.service_date(NOW)
THIS_WEEK = monday_of(TODAY)
DECEMBER = date(2026, 12, 7)
"""A Monday."""
LONG_AGO = date(2024, 1, 1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> list[Office]:
    """Two offices and a service of long standing, a nested rule, a day of 96 quarter hours: 480 a week."""
    PolicyFactory.create(nested=True, minutes_per_day=600, minutes_per_week=3000)
    open_day(THIS_WEEK - timedelta(weeks=30))
    open_day(DAY, [ProfessionalFactory.create() for _ in range(3)])
    return [OfficeFactory.create(since=LONG_AGO) for _ in range(2)]


def attended(
    office: Office, weeks_ago: int, status: Status = Status.FINISHED, minutes: int = 60
) -> None:
    """An appointment on the Wednesday of that week, and what became of it."""
    on = THIS_WEEK - timedelta(weeks=weeks_ago) + timedelta(days=2)
    open_day(on)
    ten = datetime.combine(on, datetime.min.time(), clocks.service_zone()) + timedelta(hours=10)
    booked = AppointmentFactory.create(
        office=office, starts_at=ten, minutes=minutes, now=ten - timedelta(days=1),
        cases=[consent_case(consent_signed_on=on - timedelta(days=30))],
    )  # fmt: skip
    in_status(booked, status)


def test_weeks_before_the_service_began_are_no_weeks_without_need() -> None:
    """One hour in the only week that there was is an hour a week."""
    PolicyFactory.create()
    office = OfficeFactory.create(since=LONG_AGO)
    attended(office, 1)

    assert needs.estimated(NOW) == {office.pk: 4}


def test_need_is_a_mean_of_the_weeks_in_which_the_latest_count_most(house: list[Office]) -> None:
    one, other = house
    attended(one, 1)
    attended(other, 14)

    found = needs.estimated(NOW)

    weights = [2 ** (-age / 13) for age in range(1, 27)]
    assert found[one.pk] == pytest.approx(4 * weights[0] / sum(weights))
    assert found[other.pk] == pytest.approx(4 * weights[13] / sum(weights))
    assert weights[0] == pytest.approx(2 * weights[13])  # thirteen weeks halve it


def test_what_was_booked_and_not_attended_is_no_need(house: list[Office]) -> None:
    attended(house[0], 3, Status.NO_SHOW)
    attended(house[0], 2, Status.CANCELLED)

    assert needs.estimated(NOW)[house[0].pk] == 0


def test_an_office_that_began_this_week_has_no_need_yet(house: list[Office]) -> None:
    new = OfficeFactory.create(since=TODAY)

    assert needs.estimated(NOW)[new.pk] is None


def test_weeks_before_an_office_began_are_none_of_its_weeks(house: list[Office]) -> None:
    new = OfficeFactory.create(since=THIS_WEEK - timedelta(weeks=2))
    attended(new, 1)
    attended(new, 2)

    assert needs.estimated(NOW)[new.pk] == pytest.approx(4)


def test_how_often_an_office_comes_is_drawn_towards_the_mean_of_all(house: list[Office]) -> None:
    one, other = house
    attended(one, 2)
    attended(one, 1, Status.CANCELLED)

    found = needs.chances(NOW)

    # Two service days; one office had booked for both, the other for none: half of them on average.
    assert found == {one.pk: (2 + 5) / 12, other.pk: (0 + 5) / 12}


def test_where_no_day_has_passed_every_office_is_expected(house: list[Office]) -> None:
    assert needs.chances(NOW) == {office.pk: 1.0 for office in house}


def test_allowances_are_published_with_their_inputs_and_are_then_in_force(
    house: list[Office],
) -> None:
    one, other = house
    for week in range(6, 0, -1):
        attended(one, week)
    by = PersonFactory.create()

    proposal = apportioning.propose(valid_from=DECEMBER, now=NOW)
    made = apportioning.publish(proposal=proposal, by=by, now=NOW)

    assert proposal.capacity == 480
    rows = {row.office: row for row in made.allowances.all()}
    assert rows[one].chance > rows[other].chance > 0
    assert set(rows) == {one, other}
    assert rows[one].need == pytest.approx(proposal.needs[one.pk])
    assert rows[one].quanta >= rows[other].quanta == 4  # never under an hour a week
    assert needs.in_force(DECEMBER).quanta == {o.pk: row.quanta for o, row in rows.items()}
    assert needs.in_force(DECEMBER - timedelta(days=1)).apportionment is None
    assert Event.objects.get(action="allowances.published").actor_id == by.pk


def test_the_next_ones_move_by_a_quarter_at_most(house: list[Office]) -> None:
    one, other = house
    first = Apportionment.objects.create(
        valid_from=DECEMBER - timedelta(days=5),
        policy=PolicyFactory.create(valid_from=DECEMBER - timedelta(days=5), nested=True),
        capacity=480,
        made_at=NOW,
    )
    for office in house:
        Allowance.objects.create(apportionment=first, office=office, need=20, quanta=20)

    proposal = apportioning.propose(valid_from=DECEMBER, now=NOW)

    assert proposal.quanta == {one.pk: 15, other.pk: 15}  # their need has gone, they fall slowly


def test_to_publish_every_week_moves_nobody_further_than_to_publish_once(
    house: list[Office],
) -> None:
    """From 20 a quarter less is 15; another publication a week later does not go down to 11."""
    policy = PolicyFactory.create(valid_from=DECEMBER - timedelta(days=5), nested=True)
    first = Apportionment.objects.create(
        valid_from=DECEMBER - timedelta(days=5), policy=policy, capacity=480, made_at=NOW
    )
    for office in house:
        Allowance.objects.create(apportionment=first, office=office, need=20, quanta=20)
    apportioning.publish(
        proposal=apportioning.propose(valid_from=DECEMBER, now=NOW), by=None, now=NOW
    )

    week_later = apportioning.propose(valid_from=DECEMBER + timedelta(weeks=1), now=NOW)
    quarter_later = apportioning.propose(valid_from=DECEMBER + timedelta(weeks=13), now=NOW)

    assert set(week_later.quanta.values()) == {15}
    assert set(quarter_later.quanta.values()) == {12}  # a quarter of 15 less, rounded up


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (TODAY, "Choose tomorrow or a later day"),
        (date(2020, 1, 6), "Choose tomorrow"),
        (date(2026, 12, 1), "Choose a Monday"),
    ],
)
def test_what_has_begun_is_not_changed(house: list[Office], on: date, words: str) -> None:
    with pytest.raises(CannotApportion, match=words):
        apportioning.propose(valid_from=on, now=NOW)


def test_a_rule_without_classes_allots_nothing(house: list[Office]) -> None:
    PolicyFactory.create(valid_from=DECEMBER, nested=False)

    with pytest.raises(CannotApportion, match="allots nothing"):
        apportioning.propose(valid_from=DECEMBER, now=NOW)


def test_floors_of_the_week_that_do_not_fit_are_refused_in_words(house: list[Office]) -> None:
    PolicyFactory.create(valid_from=DECEMBER, nested=True, weekly_floor_minutes=9_000)

    with pytest.raises(CannotApportion):
        apportioning.propose(valid_from=DECEMBER, now=NOW)


def test_a_rule_that_allots_no_part_of_a_week_is_refused_in_words(house: list[Office]) -> None:
    PolicyFactory.create(
        valid_from=DECEMBER, nested=True, allotted_percent=0, weekly_floor_minutes=0
    )

    with pytest.raises(CannotApportion, match="must be above 0"):
        apportioning.propose(valid_from=DECEMBER, now=NOW)


def test_one_day_has_one_publication(house: list[Office]) -> None:
    proposal = apportioning.propose(valid_from=DECEMBER, now=NOW)
    apportioning.publish(proposal=proposal, by=None, now=NOW)

    with pytest.raises(CannotApportion, match="published already"):
        apportioning.publish(proposal=proposal, by=None, now=NOW)

    assert Apportionment.objects.count() == 1
    assert Allowance.objects.count() == 2


def told(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().replace("\u00a0", " ")


def test_the_command_shows_and_publishes(house: list[Office]) -> None:
    shown = told("allowances", "2026-12-07", "--dry-run")
    assert not Apportionment.objects.exists()
    published = told("allowances", "2026-12-07")

    assert house[0].reference in shown
    assert "need 0.00  1 hour" in shown
    assert "2 offices: 8 of 480 quarter hours" in shown
    assert shown.endswith("Nothing was published.\n")
    assert published.endswith("Published.\n")
    assert Apportionment.objects.get().valid_from == DECEMBER


def test_the_command_says_why_it_publishes_nothing(house: list[Office]) -> None:
    with pytest.raises(CommandError, match="Choose tomorrow") as refused:
        told("allowances", "2026-11-16")

    assert refused.value.returncode == 2


def test_a_decision_is_explained_in_both_languages_with_its_numbers(house: list[Office]) -> None:
    booked = AppointmentFactory.create(office=house[0], minutes=30)

    said = told("explain", str(booked.decision_id))

    assert "It was granted. You asked for 30 minutes, which your office is allotted of" in said
    assert "\nfr: " in said
    assert "Vous avez demandé 30 minutes" in said
    assert "class allotted" in said
    assert '"kept_for_floors": ' in said


def test_a_decision_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no decision 99") as refused:
        told("explain", "99")

    assert refused.value.returncode == 2
