"""What is guaranteed to an office, offered as a button where more than that was refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from comptoir.domain import grid
from comptoir.domain.service_day import Reason
from comptoir.liaison.models import Appointment, Decision, Hold
from comptoir.liaison.queries import days, times
from comptoir.liaison.queries.times import Instead
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours
from comptoir.ui import clock
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    at,
    delegate_of,
    open_day,
)
from tests.liaison.posted import FORM, said, url
from tests.liaison.test_nested import book, nested, offices, two_hours, wish
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

ASKED = {"minutes": "45", "language": "en"}
BUTTON = re.compile(r'<button type="submit"[^>]*name="instead" value="([^"]*)"([^>]*)>([^<]*)')


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with (
        time_machine.travel(NOW, tick=False) as travelling,
        timezone.override(clock.service_zone()),
    ):
        yield travelling


@pytest.fixture
def office() -> Office:
    """The first of seven on a day of two hours: 45 minutes are refused, a quarter hour is not."""
    nested()
    first, *rest = offices(7)
    two_hours()
    apportion({first: 8, **dict.fromkeys(rest, 0)})
    return first


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def buttons(text: str) -> list[tuple[str, str, str]]:
    """Each offer of a page: its value, the rest of its tag, its words."""
    return [(value, rest, unescape(said(words))) for value, rest, words in BUTTON.findall(text)]


def found(office: Office, minutes: int = 45) -> list[times.DayTimes]:
    return times.find_times(office=office, minutes=minutes, language="en", now=NOW)


class TestWhatIsOffered:
    def test_a_day_without_times_offers_the_soonest_start_of_the_floor(
        self, office: Office
    ) -> None:
        (day,) = [day for day in found(office) if day.on == DAY]

        assert day.starts == ()
        assert day.instead == Instead(at(DAY, 10), 15)

    def test_what_is_offered_is_granted(self, office: Office) -> None:
        offered = times.soonest_instead(found(office))

        assert offered is not None
        taken = book(office, wish(offered.minutes, 10))
        assert (taken.starts_at, taken.decision.of_class) == (offered.start, "guaranteed")

    def test_the_soonest_of_several_days_comes_first(self, office: Office) -> None:
        two_hours(DAY - timedelta(days=1))

        assert times.soonest_instead(found(office)) == Instead(at(DAY - timedelta(days=1), 10), 15)

    def test_a_floor_that_is_taken_is_not_offered(self, office: Office) -> None:
        book(office, wish(15))

        assert times.soonest_instead(found(office)) is None

    def test_nothing_is_offered_where_nothing_is_guaranteed(self) -> None:
        PolicyFactory.create(minutes_per_day=60)
        (office,) = offices(1)
        two_hours()
        book(office, wish(60))

        assert {day.instead for day in found(office) if day.refused} == {None}

    def test_on_the_day_itself_the_start_nearest_to_the_time_wanted_is_offered(
        self, office: Office
    ) -> None:
        two_hours(DAY + timedelta(days=1))

        def nearest(wanted: datetime) -> Instead | None:
            rules = days.load_rules()
            return times.nearest_instead(
                office=office, floor=1, language="en", wanted=wanted, rules=rules, now=NOW
            )

        assert nearest(at(DAY, 11, 30)) == Instead(at(DAY, 11, 30), 15)
        assert nearest(at(DAY, 17)) == Instead(at(DAY, 11, 45), 15)
        assert nearest(at(DAY + timedelta(days=2), 10)) is None


class TestOnTheListOfTimes:
    def test_the_refusal_and_the_day_each_have_a_button(
        self, delegate: Client, office: Office
    ) -> None:
        page = delegate.get(url("times", office.reference), ASKED)

        words = "Take 15 minutes: Wednesday, November 18, 2026, at 10:00 a.m."
        offered = buttons(page.text)
        assert [value for value, _, _ in offered] == ["2026-11-18T15:00Z/15"] * 2
        assert all(text.startswith(words) for _, _, text in offered)

    def test_so_has_the_calendar(self, delegate: Client, office: Office) -> None:
        open_day(DAY + timedelta(days=1), [ProfessionalFactory.create() for _ in range(9)])

        page = delegate.get(url("times", office.reference), ASKED | {"view": "calendar"})

        assert [value for value, _, _ in buttons(page.text)] == ["2026-11-18T15:00Z/15"]

    def test_they_stand_in_the_form_that_posts_to_the_hold(
        self, delegate: Client, office: Office
    ) -> None:
        text = delegate.get(url("times", office.reference), ASKED).text
        form = text[text.index(f'action="{url("hold", office.reference)}"') :]

        assert len(buttons(form[: form.index("</form>")])) == 2

    def test_one_press_keeps_the_quarter_hour_and_opens_the_form(
        self, delegate: Client, office: Office
    ) -> None:
        pressed = delegate.post(
            url("hold", office.reference), ASKED | {"instead": "2026-11-18T15:00Z/15"}
        )

        hold = Hold.objects.get()
        assert (hold.starts_at, hold.quanta) == (at(DAY, 10), 1)
        assert pressed["Location"].startswith(url("book", office.reference))
        form = delegate.get(pressed["Location"])
        assert form.context["refusal"] is None
        assert form.context["minutes"] == 15

    @pytest.mark.parametrize(
        "value", ["", "/", "15", "2026-11-18T15:00Z", "x/15", "2026-11-18T15:00Z/7"]
    )
    def test_a_value_that_is_no_offer_keeps_nothing(
        self, delegate: Client, office: Office, value: str
    ) -> None:
        answer = delegate.post(url("hold", office.reference), ASKED | {"instead": value})

        assert answer.status_code == 302
        assert not Hold.objects.exists()

    def test_the_offer_costs_no_question_more(
        self,
        delegate: Client,
        office: Office,
        django_assert_max_num_queries: Callable[[int], Any],
    ) -> None:
        delegate.get(url("times", office.reference), ASKED)

        with django_assert_max_num_queries(10):
            page = delegate.get(url("times", office.reference), ASKED)

        assert page.context["instead"] == Instead(at(DAY, 10), 15)


class TestOnTheForm:
    WANTED = {"start": "2026-11-18T16:15Z", **ASKED}

    def test_before_anybody_types_it_keeps_the_floor_nearest_to_the_time_wanted(
        self, delegate: Client, office: Office
    ) -> None:
        page = delegate.get(url("book", office.reference), self.WANTED)

        ((value, rest, words),) = buttons(page.text)
        assert value == "2026-11-18T16:15Z/15"
        assert f'formaction="{url("hold", office.reference)}"' in rest
        assert words.startswith("Take 15 minutes")
        pressed = delegate.post(url("hold", office.reference), self.WANTED | {"instead": value})
        assert Hold.objects.get().starts_at == at(DAY, 11, 15)
        assert "minutes=15" in pressed["Location"]

    def test_after_typing_it_books_the_floor_with_everything_typed(
        self, delegate: Client, office: Office
    ) -> None:
        page = delegate.post(url("book", office.reference), FORM | self.WANTED)

        decision = Decision.objects.get()
        ((value, rest, words),) = buttons(page.text)
        assert page.status_code == 422
        assert "formaction" not in rest
        assert words.startswith("Book 15 minutes")
        assert url("decision", decision.pk) in page.text
        delegate.post(url("book", office.reference), FORM | self.WANTED | {"instead": value})
        appointment = Appointment.objects.get()
        assert (appointment.starts_at, appointment.minutes) == (at(DAY, 11, 15), 15)
        assert appointment.case_lines.get().question == "When will it be decided?"

    def test_a_time_that_is_only_looked_at_has_no_decision_to_show(
        self, delegate: Client, office: Office
    ) -> None:
        page = delegate.get(url("book", office.reference), self.WANTED)

        assert page.context["refusal"].decision is None
        assert "/decisions/" not in page.text

    def test_where_the_floor_is_taken_no_button_stands(
        self, delegate: Client, office: Office
    ) -> None:
        book(office, wish(15))

        page = delegate.get(url("book", office.reference), self.WANTED)

        assert page.context["refusal"] is not None
        assert buttons(page.text) == []


class TestWhateverRefused:
    """The limits and the calendar, under a rule that guarantees a quarter hour of each day."""

    def test_the_limit_of_a_week(self, client: Client) -> None:
        nested(minutes_per_day=45, minutes_per_week=45)
        (office,) = offices(1)
        two_hours(DAY - timedelta(days=1))
        two_hours()
        book(office, wish(30, on=DAY - timedelta(days=1)))
        delegate = sign_in(client, delegate_of(office))

        page = delegate.get(url("times", office.reference), ASKED | {"minutes": "30"})

        assert page.context["instead"] == Instead(at(DAY, 10), 15)
        values = {value for value, _, _ in buttons(page.text)}
        assert values == {"2026-11-18T15:00Z/15"}
        assert "Your own share of that day, 15 minutes" in said(page.text)

    def test_a_day_of_single_quarter_hours(self) -> None:
        nested()
        (office,) = offices(1)
        two_hours()
        # 10:15, 10:45, 11:15, 11:45: of each half hour the second quarter.
        offered = OfferedHours.objects.get()
        second = sum(1 << i for i in list(grid.indexes(offered.mask))[1::2])
        OfferedHours.objects.update(mask=second)

        (day,) = [day for day in found(office, 30) if day.on == DAY]

        assert day.refused is not None
        assert day.refused.reason == Reason.NO_TIME
        assert day.instead == Instead(at(DAY, 10, 15), 15)

    def test_a_time_that_was_taken(self, client: Client) -> None:
        nested()
        office, other = offices(2)
        two_hours()
        book(other, wish(30))
        delegate = sign_in(client, delegate_of(office))

        page = delegate.post(
            url("book", office.reference),
            FORM | {"start": "2026-11-18T15:00Z", "minutes": "30", "language": "en"},
        )

        assert Decision.objects.get(office=office).reason == Reason.TIME_TAKEN
        assert page.context["instead"] == Instead(at(DAY, 10, 30), 15)
        assert [value for value, _, _ in buttons(page.text)] == ["2026-11-18T15:30Z/15"]


def test_a_refused_move_shows_its_decision_and_offers_no_second_appointment(
    delegate: Client, office: Office
) -> None:
    two_hours(DAY + timedelta(days=1))
    booked = book(office, wish(15))
    page = delegate.get(url("move", booked.reference))
    assert buttons(page.text) == []

    page = delegate.post(
        url("move", booked.reference),
        {"seen": "0", "start": "2026-11-21T15:00Z", "reason": "conflict", "note": ""},
    )

    decision = Decision.objects.get(accepted=False)
    assert page.status_code == 422
    assert url("decision", decision.pk) in page.text
