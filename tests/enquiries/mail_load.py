"""A load of mail with all that goes wrong with mail, what must become of it, and a worker that is killed.

Every twentieth delivery is a mail handed in again. Beside people and their replies come strangers to
others' enquiries, automatic replies, delivery reports, lists, our own mail coming back, and broken ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from django.db import connection

from comptoir.enquiries.models import Decision, Delivery, Enquiry, InboundMail, Message
from comptoir.notices.models import Notice
from comptoir.site.postgres import processes
from tests.enquiries import bounces
from tests.enquiries.mail_writing import QUESTIONS, mail

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 600.0
PROCESSED = "Processed"
KINDS = {
    Decision.NEW: 55,
    Decision.JOINED: 15,
    Decision.QUARANTINED: 5,
    Decision.AUTO_REPLY: 7,
    Decision.BOUNCE: 5,
    Decision.LIST: 4,
    Decision.LOOP: 3,
    Decision.OWN: 2,
    Decision.BROKEN: 4,
}
"""Of a hundred mails."""

AGAIN = 0.05
"""Of the deliveries, those of a mail that was handed in before."""


@dataclass
class Load:
    """What is handed in, in order, and what must become of it."""

    deliveries: list[bytes] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)

    @property
    def distinct(self) -> int:
        return sum(self.expected.values())


def make(count: int, seed: int = 1) -> Load:
    """So many deliveries."""
    rng, load, people = Random(seed), Load(), list[int]()
    while len(load.deliveries) < count:
        number = len(load.deliveries)
        if load.deliveries and rng.random() < AGAIN:
            load.deliveries.append(rng.choice(load.deliveries))
            continue
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        if not people and kind in (Decision.JOINED, Decision.QUARANTINED):
            kind = Decision.NEW
        load.deliveries.append(_one(kind, number, rng, people))
        load.expected[kind] += 1
        if kind == Decision.NEW:
            people.append(number)
    return load


def _one(kind: Decision, number: int, rng: Random, people: list[int]) -> bytes:
    if kind == Decision.BOUNCE:
        return bounces.report(f"<{number}@ours.example>", number=number)
    if kind == Decision.BROKEN:
        return b"Subject: %d\n\n" % number + rng.randbytes(200)
    text = f"Question {number}: where does my application stand? " + "Please. " * rng.randint(1, 80)
    first = rng.choice(people) if people else 0
    named = f"<{first}@load.example>"
    traits: dict[Decision, dict[str, str]] = {
        Decision.JOINED: {"sender": _address(first), "References": named},
        Decision.QUARANTINED: {"References": named},
        Decision.AUTO_REPLY: {"Auto_Submitted": "auto-replied"},
        Decision.LIST: {"List_Id": "<news.load.example>"},
        Decision.LOOP: {"X_Comptoir_Loop": "1"},
        Decision.OWN: {"sender": QUESTIONS},
    }
    own = {"message_id": f"<{number}@load.example>", "sender": _address(number)}
    return mail(text, **{**own, **traits.get(kind, {})})


def _address(number: int) -> str:
    return f"person{number}@client{number % 97}.example"


def differences(load: Load) -> list[str]:
    """What does not reconcile: nothing is lost, nothing is there twice, nothing is answered twice."""
    found = Counter(InboundMail.objects.values_list("decision", flat=True))
    asked = load.expected[Decision.NEW]
    told = Notice.objects.filter(kind="enquiries.received")
    pairs = {
        "deliveries": (Delivery.objects.count(), len(load.deliveries)),
        "mails": (InboundMail.objects.count(), load.distinct),
        "enquiries": (Enquiry.objects.count(), asked),
        "texts": (Message.objects.count(), asked + load.expected[Decision.JOINED]),
        "acknowledgements": (told.count(), asked),
        "acknowledged enquiries": (told.values("subject_id").distinct().count(), asked),
        "answered rows": (InboundMail.objects.exclude(answered_at=None).count(), asked),
        **{str(kind): (found[kind], load.expected[kind]) for kind in {*found, *load.expected}},
    }
    return [f"{name}: {is_} for {must}" for name, (is_, must) in pairs.items() if is_ != must]


def progress() -> int:
    """How much is done: mails on record, and mails decided."""
    return Delivery.objects.count() + InboundMail.objects.exclude(decided_at=None).count()


class Worker:
    """A process that collects and decides until it is ended; killed, it is started again."""

    def __init__(self, environment: dict[str, str], maildir: Path | None = None) -> None:
        self._environment = {**os.environ, **environment}
        self._words = [str(maildir)] if maildir else []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.enquiries.mail_worker", *self._words]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment)

    def kill(self) -> None:
        """With no chance to say anything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None


@contextmanager
def working(worker: Worker) -> Iterator[Worker]:
    """It works until the block ends."""
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()


def kill_at_random(worker: Worker, load: Load, kills: int, is_done: Callable[[], bool]) -> int:
    """Kill it so often, each time after some more was done, and let the last one finish; how often."""
    whole = len(load.deliveries) + load.distinct
    rng = Random(7)
    for at in sorted(rng.sample(range(1, max(whole * 9 // 10, kills + 2)), kills)):
        reached = partial(_has_done, worker, at)
        assert processes.until(reached, seconds=PATIENCE)
        worker.kill()
        worker.start()
    assert processes.until(lambda: _here(worker) and is_done(), seconds=PATIENCE), "it does not end"
    return kills


def _has_done(worker: Worker, much: int) -> bool:
    return _here(worker) and progress() >= much


def _here(worker: Worker) -> bool:
    assert worker.is_alive(), "the worker ended by itself"
    connection.close_if_unusable_or_obsolete()
    return True


def is_decided(load: Load) -> bool:
    """Whether all that was handed in is on record and decided."""
    return progress() == len(load.deliveries) + load.distinct
