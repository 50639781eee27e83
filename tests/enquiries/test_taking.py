"""Work is pulled: in order, by who can do it, never by two, and never left behind."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from comptoir.enquiries.actions import answering, changing, taking, triaging
from comptoir.enquiries.models import Enquiry, Priority, State
from comptoir.enquiries.models.enquiries import HEAD_START
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ranked(found: Enquiry, priority: Priority) -> Enquiry:
    triaging.rank(found, priority)
    found.save()
    return found


class TestTheOrder:
    def test_is_the_oldest_first(self) -> None:
        newer, older = enquiry(now=NOW), enquiry(now=NOW - DAY)

        assert taking.take(agent=agent(), count=10, now=NOW) == [older, newer]

    def test_gives_what_is_urgent_a_start(self) -> None:
        usual = enquiry(now=NOW - DAY)
        urgent = ranked(enquiry(now=NOW), Priority.URGENT)

        assert taking.take(agent=agent(), count=10, now=NOW) == [urgent, usual]

    def test_lets_nothing_wait_for_ever_however_much_is_urgent(self) -> None:
        old = enquiry(now=NOW - HEAD_START[Priority.URGENT] - DAY)
        for _ in range(3):
            ranked(enquiry(now=NOW), Priority.URGENT)

        assert taking.take(agent=agent(), count=1, now=NOW) == [old]


class TestWhatIsGiven:
    def test_is_in_a_language_the_agent_writes(self) -> None:
        enquiry(language="fr")

        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(languages=["en"]), count=1, now=NOW)

    def test_is_of_a_line_the_agent_serves(self) -> None:
        enquiry(line=line_of("offices"))

        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(), count=1, now=NOW)

    def test_needs_nothing_the_agent_does_not_know(self) -> None:
        found = enquiry()
        found.skills = ["adoption"]
        found.save()

        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(), count=1, now=NOW)
        assert taking.take(agent=agent(skills=["adoption", "x"]), count=1, now=NOW) == [found]

    def test_is_nothing_that_is_restricted(self) -> None:
        found = enquiry()
        found.is_restricted = True
        found.save()

        with pytest.raises(taking.NothingToTake):
            taking.take(agent=agent(), count=1, now=NOW)

    def test_is_no_more_than_the_hands_hold(self) -> None:
        by = agent(at_most=2)
        for _ in range(3):
            enquiry()

        assert len(taking.take(agent=by, count=10, now=NOW)) == 2
        with pytest.raises(taking.HandsFull):
            taking.take(agent=by, count=1, now=NOW)


class TestLettingGo:
    def test_puts_it_back_at_its_place(self) -> None:
        by = agent()
        held = in_hand(by, enquiry(now=NOW - DAY))
        newer = enquiry()

        taking.put_back(enquiry=held, version=held.version, by=by.person, now=NOW)

        assert taking.take(agent=agent(), count=2, now=NOW) == [held, newer]

    def test_at_the_end_of_a_shift_leaves_nothing_but_what_waits_for_a_client(self) -> None:
        by = agent()
        waits = in_hand(by, enquiry())
        answering.ask_back(
            enquiry=waits,
            version=waits.version,
            body="Which application?",
            language="en",
            is_case_specific=False,
            by=by.person,
            now=NOW,
        )
        in_hand(by, enquiry())

        assert taking.put_all_back(by=by.person, now=NOW) == 1
        states = Enquiry.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == [State.ON_HOLD, State.WAITING]

    def test_to_another_line_keeps_what_was_promised(self) -> None:
        by = agent()
        held = in_hand(by, enquiry())
        before = set(held.clocks.values_list("due_at", flat=True))

        taking.transfer(
            enquiry=held, version=held.version, to=line_of("offices"), by=by.person, now=NOW
        )

        held.refresh_from_db()
        assert (held.line.code, held.state) == ("offices", State.WAITING)
        assert set(held.clocks.values_list("due_at", flat=True)) == before


class TestNobodyWritesOverWhatTheyHaveNotSeen:
    def test_an_older_version_is_refused(self) -> None:
        by = agent()
        found = enquiry()
        in_hand(by, found)

        with pytest.raises(changing.ChangedMeanwhile):
            taking.put_back(enquiry=found, version=found.version - 1, by=by.person, now=NOW)

    def test_nor_does_anybody_answer_what_a_colleague_has_in_hand(self) -> None:
        held = in_hand(agent(), enquiry())

        with pytest.raises(changing.NotInHand):
            taking.put_back(enquiry=held, version=held.version, by=agent().person, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_ten_agents_at_once_take_every_one_once() -> None:
    agents = [agent() for _ in range(10)]
    for _ in range(40):
        enquiry()

    rivals = [Rival(partial(taking.take, agent=by, count=4, now=NOW)) for by in agents]

    pks = [found.pk for rival in rivals for found in rival.result()]
    assert len(pks) == len(set(pks)) == 40
