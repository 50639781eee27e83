"""The intervals of a week: by hand where few draws are possible, and only where anything may be said."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.domain.equity import Service
from comptoir.liaison.models import Status
from comptoir.liaison.queries.scorecard import access, evenness, intervals
from comptoir.liaison.queries.scorecard.evenness import Grouping
from comptoir.liaison.queries.scorecard.intervals import Intervals
from comptoir.liaison.queries.scorecard.values import Tenure, Use
from comptoir.people.models import Role
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    open_day,
)
from tests.liaison.posted import said, url
from tests.liaison.scorecard.worlds import MONDAY, asked, cancelled, granted, hours, tenure, use
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

FIVE = range(1, 6)


def of(world: Use, need: float = 2, offices: range = FIVE) -> Intervals:
    """Every office needs as much; 1 and 2 are of one group, too small to be shown beside the others."""
    services = evenness.services(world, dict.fromkeys(offices, need))
    group_of = {office: "few" if office < 3 else "many" for office in offices}
    compared = evenness.compare(services, Grouping.LANGUAGE, group_of)
    return intervals.of_week(
        MONDAY, world, access.office_days(world), 4, services,
        {Grouping.LANGUAGE: (compared, group_of)},
    )  # fmt: skip


def held(*offices: int) -> list[Tenure]:
    """Half an hour of each of these, with a professional of its own."""
    return [tenure(office=office, professional=office) for office in offices]


class TestByHand:
    """Five offices, of which the fifth attended nothing. In five draws it comes k times, Bin(5, 1/5):
    never with 33 in 100, three times or more with 5.8, four or more with 0.7. So the middle 95 of 100
    reach from k = 3 to k = 0: two to five offices of half an hour.
    """

    WORLD = use([hours(professional=who) for who in FIVE], held(1, 2, 3, 4))

    @pytest.mark.parametrize(
        ("section", "code", "low", "high"),
        [
            ("capacity", "use", 4 / 160, 10 / 160),
            ("evenness", "served", 4 / 10, 1.0),
            ("evenness", "fill_under_half", 0.0, 3 / 5),
            ("evenness", "gini", 0.0, 3 / 5),
            ("evenness", "jain_of_hours", 2 / 5, 1.0),
        ],
    )
    def test_of_five_offices(self, section: str, code: str, low: float, high: float) -> None:
        found = of(self.WORLD)[section, code, ""]

        assert (found.low, found.high) == pytest.approx((low, high))

    def test_day_access_counts_the_days_of_an_office_together(self) -> None:
        """Four offices were granted the one day they asked for, the fifth was refused it."""
        requests = [granted(office=office) for office in (1, 2, 3, 4)] + [asked(office=5)]
        found = of(use([hours()], held(1, 2, 3, 4), requests))

        of_days = found["access", "day_access", ""]
        assert (of_days.low, of_days.high) == pytest.approx((0.4, 1))
        assert found["access", "week_access", ""] == of_days

    def test_late_loss_is_drawn_with_the_office_that_lost_it(self) -> None:
        """One office of five gave up half an hour of eight hours late: none to three times of it."""
        world = use([hours()], [cancelled(5, office=1), *held(2, 3, 4, 5)])
        found = of(world)["capacity", "late_loss", ""]

        assert (found.low, found.high) == pytest.approx((0, 6 / 32))

    def test_where_all_offices_are_alike_there_is_nothing_to_draw(self) -> None:
        found = of(use([hours(professional=who) for who in FIVE], held(*FIVE)))

        interval = found["evenness", "served", ""]
        assert (interval.low, interval.high) == (1.0, 1.0)


class TestWhereNothingMayBeSaid:
    def test_there_is_none_of_four_offices(self) -> None:
        assert of(use([hours()], held(1, 2)), offices=range(1, 5)) == {}

    def test_there_is_none_of_a_group_that_is_not_shown(self) -> None:
        world = use([hours(professional=who) for who in range(1, 12)], held(1, 3, 5, 7))
        found = of(world, offices=range(1, 12))

        assert {group for section, _, group in found if section == "language"} == {""}

    def test_there_is_one_of_each_group_that_is(self) -> None:
        services = {office: Service(float(office % 3), 2.0) for office in range(1, 13)}
        group_of = {office: "even" if office % 2 else "odd" for office in services}
        compared = evenness.compare(services, Grouping.LANGUAGE, group_of)

        found = intervals.of_week(
            MONDAY, use(), (), 4, services, {Grouping.LANGUAGE: (compared, group_of)}
        )

        for name in ("even", "odd"):
            served = found["language", "served_of_group", name]
            (group,) = (one for one in compared.groups if one.name == name)
            assert served.low < group.served < served.high
        assert found["language", "parity_gap", ""].low >= 0
        assert ("language", "theil_within", "") in found


@pytest.mark.django_db
def test_the_page_and_its_file_show_them() -> None:
    """Five offices of six attended what they need; the interval of use is that of the file."""
    PolicyFactory.create(generous=True)
    offices = [OfficeFactory.create() for _ in range(6)]
    apportion(dict.fromkeys(offices, 2))
    for office in offices[:5]:
        open_day(DAY, [ProfessionalFactory.create()])
        AppointmentFactory.create(office=office, status=Status.FINISHED)
    with time_machine.travel(NOW + timedelta(weeks=1), tick=False):
        client = sign_in(Client(), person_with(Role.POLICY_OWNER))
        page = said(client.get(url("scorecard")).content.decode())
        text = client.get(url("scorecard-file", MONDAY)).content.decode("utf-8-sig")

    found = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    # Of six draws the one that attended nothing comes never (33 in 100) to three times (6.2 in 100).
    assert "95% interval: 50% to 100%" in page
    assert (found["served"]["interval_low"], found["served"]["interval_high"]) == ("0.5", "1")
    assert found["parity_gap"]["interval_low"] == ""
    assert f"(seed {MONDAY.toordinal()})" in page
