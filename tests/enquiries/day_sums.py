"""Whether a working day adds up, and whether anything was passed over that should have been taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from comptoir.enquiries.actions import contacts
from comptoir.enquiries.models import (
    OPEN_STATES,
    Agent,
    Clock,
    Direction,
    Enquiry,
    Message,
    State,
)
from comptoir.enquiries.queries import messages
from comptoir.ledger.models import Contact
from comptoir.notices.models import Notice
from tests.enquiries.working_day import Done, Take

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Item:
    """An enquiry as the order of work sees it: since when it could be taken, and when that began."""

    place: tuple[datetime, int]
    line: int
    language: str
    skills: frozenset[str]
    waits_from: float
    taken_from: float


@dataclass(frozen=True, slots=True)
class Knows:
    """What an agent may be given."""

    lines: frozenset[int]
    languages: frozenset[str]
    skills: frozenset[str]

    def fits(self, item: Item) -> bool:
        """Whether it is for somebody like the agent."""
        return (
            item.line in self.lines
            and item.language in self.languages
            and item.skills <= self.skills
        )


def differences(done: Done) -> list[str]:
    """What does not add up after the day: lost, answered twice, told twice, promised and forgotten."""
    states = Counter(Enquiry.objects.values_list("state", flat=True))
    answered = set(Enquiry.objects.filter(state=State.ANSWERED).values_list("pk", flat=True))
    told = dict(Notice.objects.values_list("kind").annotate(n=Count("pk")).order_by())
    contact = Contact.objects.filter(source=contacts.SOURCE)
    owed = sum(states[state] for state in OPEN_STATES)
    twice = (
        Message.objects.filter(direction=Direction.OUT).values("enquiry").annotate(n=Count("pk"))
    )
    sums = {
        "received": (len(done.received), sum(states.values())),
        "received = answered + waiting + in hand": (
            len(done.received),
            states[State.ANSWERED] + states[State.WAITING] + states[State.IN_HAND],
        ),
        "answers": (len(done.answered), len(answered)),
        "answers by enquiry": (sorted(done.answered), sorted(answered)),
        "enquiries with two answers": (0, twice.filter(n__gt=1).count()),
        "acknowledgements": (len(done.received), told.get(messages.RECEIVED, 0)),
        "told of an answer": (len(answered), told.get(messages.ANSWERED, 0)),
        "in the ledger as received": (len(done.received), contact.filter(sequence=1).count()),
        "in the ledger as answered": (len(answered), contact.filter(sequence=2).count()),
        "running clocks": (2 * owed, Clock.objects.running().count()),
    }
    wrong = [f"{name}: {want} and {got}" for name, (want, got) in sums.items() if want != got]
    return [*done.faults, *(words[:300] for words in wrong)]


def passed_over(done: Done) -> list[tuple[Take, Item]]:
    """Takes that gave something although something before it in the order of work waited for the agent.

    What came while the take went on, or was being taken by somebody else at that moment, does not count.
    """
    agents = _agents()
    items = {item.place[1]: item for item in _items(done)}
    coming = iter(sorted(items.values(), key=lambda item: item.waits_from))
    following, waiting, found = next(coming, None), list[Item](), list[tuple[Take, Item]]()
    for take in sorted(done.takes, key=lambda take: take.began):
        while following is not None and following.waits_from < take.began:
            waiting.append(following)
            following = next(coming, None)
        waiting = [item for item in waiting if item.taken_from > take.began]
        last = max(items[key].place for key in take.keys)
        found += [
            (take, item)
            for item in waiting
            if item.place < last and item.taken_from > take.ended and agents[take.agent].fits(item)
        ]
    return found


def longest_wait(done: Done) -> float:
    """Seconds from the receipt of something to the end of the pull that gave it."""
    waits = (take.ended - done.received[key] for take in done.takes for key in take.keys)
    return max(waits, default=0.0)


def _agents() -> dict[int, Knows]:
    found = Agent.objects.prefetch_related("lines")
    return {
        each.pk: Knows(
            frozenset(line.pk for line in each.lines.all()),
            frozenset(each.languages),
            frozenset(each.skills),
        )
        for each in found
    }


def _items(done: Done) -> Iterator[Item]:
    taken = {key: take.began for take in done.takes for key in take.keys}
    columns = ("pk", "ranked_at", "line", "language", "skills")
    for pk, ranked_at, line, language, skills in Enquiry.objects.values_list(*columns):
        yield Item(
            (ranked_at, pk),
            line,
            language,
            frozenset(skills),
            done.received[pk],
            taken.get(pk, NEVER),
        )
