"""Two become one and are parted again; nothing is lost either way."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from comptoir.enquiries.actions import answering, changing, joining, restricting
from comptoir.enquiries.models import Agent, Enquiry, Joining, Promise, State, Tier
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand

pytestmark = pytest.mark.django_db

SAME = "same@clients.example"


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def main(by: Agent) -> Enquiry:
    return in_hand(by, enquiry(email=SAME))


@pytest.fixture
def held(by: Agent) -> Enquiry:
    return in_hand(by, enquiry(email=SAME, body="And this?"))


def join(held: Enquiry, main: Enquiry, by: Agent) -> None:
    joining.join(enquiry=held, version=held.version, into=main, by=by.person, now=NOW)
    held.refresh_from_db()
    main.refresh_from_db()


def part(held: Enquiry, by: Agent) -> None:
    joining.part(enquiry=held, version=held.version, by=by.person, now=NOW + timedelta(hours=1))
    held.refresh_from_db()


def answer(main: Enquiry, by: Agent) -> None:
    answering.answer(
        enquiry=main,
        version=main.version,
        body="Both are in progress.",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=LineOfBusiness.FAMILY,
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )


def due_dates(found: Enquiry) -> list[tuple[str, object, object]]:
    rows = found.clocks.order_by("promise").values_list("promise", "due_at", "stopped_at")
    return list(rows)


class TestJoining:
    def test_makes_it_a_part_that_keeps_its_texts_and_promises(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        before = due_dates(held)

        join(held, main, by)

        assert (held.state, held.joined_to, held.assignee) == (State.JOINED, main, None)
        assert held.messages.get().body == "And this?"
        assert due_dates(held) == before

    def test_is_seen_by_who_has_the_main_one_open(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        seen = main.version

        join(held, main, by)

        assert main.version == seen + 1

    def test_answers_both_with_one_answer(self, held: Enquiry, main: Enquiry, by: Agent) -> None:
        join(held, main, by)

        answer(main, by)

        assert not held.clocks.running().exists()
        assert held.clocks.filter(stopped_at=NOW).count() == 2

    def test_of_an_enquiry_with_itself_is_refused(self, held: Enquiry, by: Agent) -> None:
        with pytest.raises(joining.WithItself):
            join(held, held, by)

    def test_never_goes_in_a_circle(self, held: Enquiry, main: Enquiry, by: Agent) -> None:
        join(held, main, by)

        with pytest.raises(joining.WithItself):
            join(main, held, by)

    def test_never_makes_a_chain(self, held: Enquiry, main: Enquiry, by: Agent) -> None:
        third = in_hand(by, enquiry(email=SAME))
        join(held, main, by)

        with pytest.raises(joining.NotOpen):
            join(third, held, by)
        with pytest.raises(joining.WithItself):
            join(main, third, by)

    def test_with_what_was_answered_is_refused(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        answer(main, by)

        with pytest.raises(joining.NotOpen):
            join(held, main, by)

    @pytest.mark.parametrize(("one", "other"), [("", ""), (SAME, "other@clients.example")])
    def test_with_what_somebody_else_asked_is_refused(
        self, one: str, other: str, by: Agent
    ) -> None:
        mine, theirs = in_hand(by, enquiry(email=one)), enquiry(email=other)

        with pytest.raises(joining.OfAnother):
            join(mine, theirs, by)

    def test_with_what_is_restricted_is_refused(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        """Also between two that are: who is named for one is not named for the other."""
        restrict = partial(restricting.restrict, named=[by.person], by=by.person, now=NOW)

        restrict(enquiry=main)
        with pytest.raises(joining.Restricted):
            join(held, main, by)

        held = restrict(enquiry=held)
        with pytest.raises(joining.Restricted):
            join(held, main, by)

    def test_of_what_is_not_in_hand_is_refused(self, main: Enquiry, by: Agent) -> None:
        waiting = enquiry(email=SAME)

        with pytest.raises(changing.NotInHand):
            join(waiting, main, by)


class TestParting:
    def test_restores_where_it_stood(self, held: Enquiry, main: Enquiry, by: Agent) -> None:
        before = (held.state, held.assignee, held.taken_at, due_dates(held))
        join(held, main, by)

        part(held, by)

        assert (held.state, held.assignee, held.taken_at, due_dates(held)) == before
        assert held.joined_to is None

    def test_of_what_waited_for_its_client_leaves_the_pause(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        answering.ask_back(
            enquiry=held,
            version=held.version,
            body="Which?",
            language="en",
            is_case_specific=False,
            by=by.person,
            now=NOW,
        )
        held.refresh_from_db()
        join(held, main, by)

        part(held, by)

        assert held.state == State.ON_HOLD
        assert held.clocks.running().get().pauses.get().ends_at is None

    @pytest.mark.parametrize("asks_back", [False, True])
    def test_by_somebody_else_gives_it_to_nobody(
        self, asks_back: bool, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        """Who had it may be away, or have their hands full: nobody is given work unasked."""
        if asks_back:
            ask_back(held, by)
            held.refresh_from_db()
        join(held, main, by)

        part(held, agent())

        stands = State.ON_HOLD if asks_back else State.WAITING
        assert (held.state, held.assignee, held.taken_at) == (stands, None, None)

    def test_after_the_answer_promises_a_new_one(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        join(held, main, by)
        answer(main, by)
        held.refresh_from_db()

        part(held, by)

        assert (held.state, held.assignee) == (State.WAITING, None)
        assert [clock.promise for clock in held.clocks.running()] == [Promise.FINAL]

    def test_can_be_followed_by_joining_again(
        self, held: Enquiry, main: Enquiry, by: Agent
    ) -> None:
        join(held, main, by)
        part(held, by)

        join(held, main, by)

        assert held.state == State.JOINED
        assert Joining.objects.filter(part=held).count() == 2

    def test_of_what_is_no_part_is_refused(self, held: Enquiry, by: Agent) -> None:
        with pytest.raises(joining.NotJoined):
            part(held, by)

    def test_of_an_older_version_is_refused(self, held: Enquiry, main: Enquiry, by: Agent) -> None:
        join(held, main, by)

        with pytest.raises(changing.ChangedMeanwhile):
            joining.part(enquiry=held, version=held.version - 1, by=by.person, now=NOW)
