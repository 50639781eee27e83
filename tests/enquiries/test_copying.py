"""An enquiry that comes out of another: whose it is, what is promised, what it refers to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from comptoir.enquiries.actions import changing, copying
from comptoir.enquiries.models import Agent, Descent, Direction, Enquiry, Promise, State
from comptoir.enquiries.queries import story
from comptoir.notices.models import Notice
from tests.enquiries.factories import NOW, agent, enquiry, in_hand

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)

Make = Callable[[Enquiry, Agent], Enquiry]


@pytest.fixture
def by() -> Agent:
    return agent()


@pytest.fixture
def held(by: Agent) -> Enquiry:
    return in_hand(by, enquiry(body="Two things.", uci="11112222", application_number="C000111222"))


def copy(held: Enquiry, by: Agent) -> Enquiry:
    return copying.copy(
        enquiry=held, version=held.version, note="The address.", by=by.person, now=LATER
    )


def split(held: Enquiry, by: Agent) -> Enquiry:
    text = held.messages.filter(direction=Direction.IN).order_by("at")[0]
    return copying.split(enquiry=held, version=held.version, message=text, by=by.person, now=LATER)


@pytest.mark.parametrize("make", [copy, split])
class TestBoth:
    def test_are_of_the_same_asker_about_the_same_case(
        self, make: Make, held: Enquiry, by: Agent
    ) -> None:
        made = make(held, by)

        for name in copying.TAKEN_OVER:
            assert getattr(made, name) == getattr(held, name)
        assert made.reference != held.reference
        assert (made.state, made.assignee) == (State.WAITING, None)

    def test_refer_to_the_first(self, make: Make, held: Enquiry, by: Agent) -> None:
        made = make(held, by)

        assert Descent.objects.get(child=made).parent == held

    def test_name_each_other_in_what_was_done(self, make: Make, held: Enquiry, by: Agent) -> None:
        made = make(held, by)

        assert ("to", made.reference) in [
            fact for each in story.history(held) for fact in each.facts
        ]
        assert ("from", held.reference) in [
            fact for each in story.history(made) for fact in each.facts
        ]

    def test_tell_the_asker_the_new_reference(self, make: Make, held: Enquiry, by: Agent) -> None:
        made = make(held, by)

        assert Notice.objects.get(kind="enquiries.received", subject_id=made.pk)

    def test_leave_the_first_as_it_was(self, make: Make, held: Enquiry, by: Agent) -> None:
        due = set(held.clocks.values_list("due_at", flat=True))

        make(held, by)

        held.refresh_from_db()
        assert held.state == State.IN_HAND
        assert set(held.clocks.values_list("due_at", flat=True)) == due
        assert held.messages.filter(direction=Direction.IN).count() == 1

    def test_are_made_by_who_has_the_first_in_hand(self, make: Make, held: Enquiry) -> None:
        with pytest.raises(changing.NotInHand):
            make(held, agent())


def test_a_copy_is_promised_from_when_it_was_made(held: Enquiry, by: Agent) -> None:
    made = copy(held, by)

    assert {clock.started_at for clock in made.clocks.all()} == {LATER}
    assert {clock.promise for clock in made.clocks.all()} == {Promise.FIRST, Promise.FINAL}
    assert made.messages.get().body == "The address."


def test_a_split_is_promised_from_when_its_text_came(held: Enquiry, by: Agent) -> None:
    made = split(held, by)

    assert {clock.started_at for clock in made.clocks.all()} == {NOW}
    assert (made.received_at, made.ranked_at) == (NOW, NOW)


def test_a_text_is_split_off_once(held: Enquiry, by: Agent) -> None:
    split(held, by)
    held.refresh_from_db()

    with pytest.raises(copying.NoSuchText):
        split(held, by)


def test_a_text_of_another_enquiry_is_not_split_off(held: Enquiry, by: Agent) -> None:
    with pytest.raises(copying.NoSuchText):
        copying.split(
            enquiry=held,
            version=held.version,
            message=enquiry().messages.get(),
            by=by.person,
            now=NOW,
        )
