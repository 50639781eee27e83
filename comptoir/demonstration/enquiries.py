"""The single window's invented work: agents, and enquiries in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from comptoir.audit.models import Event, Verb
from comptoir.demonstration.names import Namer, address
from comptoir.demonstration.people import CENTRE, Staff
from comptoir.demonstration.scale import Scale
from comptoir.domain.clocks import Calendar
from comptoir.enquiries.actions import mailboxes, triaging
from comptoir.enquiries.actions.receiving import REFERENCE_LETTERS
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Channel,
    Clock,
    ClockEvent,
    ClockHappening,
    Direction,
    Enquiry,
    Joining,
    Line,
    Message,
    Pause,
    Priority,
    Promise,
    ServiceTarget,
    State,
    Tag,
    Tier,
    Topic,
)
from comptoir.enquiries.queries import promises
from comptoir.people.models import Grant, Language, Office, Person, Role, person_named
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import clock

TAGS = (("fees", "Fees", "Frais"), ("family", "Family", "Famille"), ("travel", "Travel", "Voyage"))
MAILBOXES = {"public": "support@centre.example", "offices": "offices@centre.example"}
STATES = (
    (State.ANSWERED, 45),
    (State.WAITING, 35),
    (State.IN_HAND, 12),
    (State.ON_HOLD, 8),
)
QUESTIONS = {
    "en": (
        "I sent my application some months ago and have heard nothing since. Where does it stand?",
        "I have moved. How do I tell you my new address?",
        "The site says that my document is too large. What can I do?",
        "My card has expired and I have to travel next month. Can it be done sooner?",
    ),
    "fr": (
        "J’ai envoyé ma demande il y a quelques mois et je suis sans nouvelles. Où en est-elle?",
        "J’ai déménagé. Comment vous donner ma nouvelle adresse?",
        "Le site indique que mon document est trop volumineux. Que puis-je faire?",
        "Ma carte est échue et je dois voyager le mois prochain. Est-ce possible plus tôt?",
    ),
}
ANSWERS = {
    "en": "Your application is being processed. You do not have to do anything for now.",
    "fr": "Votre demande est en traitement. Vous n’avez rien à faire pour le moment.",
}
ASKED_BACK = {
    "en": "Which application do you write about? Please send us its number.",
    "fr": "De quelle demande s’agit-il? Veuillez nous en donner le numéro.",
}


@dataclass(frozen=True, slots=True)
class Centre:
    """Who answers and what is promised: the same for every enquiry."""

    lines: Sequence[Line]
    targets: dict[tuple[int, str], ServiceTarget]
    agents: Sequence[Agent]
    calendar: Calendar
    offices: Sequence[Office]
    now: datetime


def make(
    scale: Scale, staff: Staff, namer: Namer, offices: Sequence[Office], *, now: datetime, seed: int
) -> None:
    """Write agents, tags and enquiries; by a chance of its own, so that nothing else moves."""
    rng = Random(seed + 4)
    _give_mailboxes(staff.team_lead, now)
    lines = list(Line.objects.order_by("code"))
    found = ServiceTarget.objects.order_by("valid_from")
    centre = Centre(
        lines,
        {(target.line_id, target.promise): target for target in found},
        _agents(scale, staff, namer, lines, now),
        promises.calendar_around(now),
        offices,
        now,
    )
    Tag.objects.bulk_create(Tag(code=code, name_en=en, name_fr=fr) for code, en, fr in TAGS)
    made = [_enquiry(centre, namer, rng) for _ in range(scale.enquiries)]
    _give_to_cast(made, staff.agent)
    Enquiry.objects.bulk_create(made)
    _write_texts(made, rng)
    _write_clocks(centre, made)
    _write_trail(made)
    _join(made)


def _give_mailboxes(by: Person, now: datetime) -> None:
    """Each shipped line takes mail, as a team lead has arranged it."""
    for code, mailbox in MAILBOXES.items():
        mailboxes.give(line=Line.objects.get(code=code), mailbox=mailbox, by=by, now=now)


def _agents(
    scale: Scale, staff: Staff, namer: Namer, lines: Sequence[Line], now: datetime
) -> list[Agent]:
    """The cast's agent writes both languages; of the others two in three write English only."""
    since = now - timedelta(days=200)
    languages = [Language.FRENCH if n % 3 == 0 else Language.ENGLISH for n in range(scale.agents)]
    names = [(namer.name(language), language) for language in languages]
    people = [
        person_named(
            name=name,
            email=address(name, CENTRE),
            language=language,
            time_zone="America/Montreal",
            created_at=since,
        )
        for name, language in names
    ]
    Person.objects.bulk_create(people)
    Grant.objects.bulk_create(
        Grant(person=each, role=Role.AGENT, starts_at=since, granted_by=staff.administrator)
        for each in people
    )
    agents = [Agent(person=staff.agent, languages=["en", "fr"], skills=[])]
    agents += [
        Agent(person=each, languages=["en", "fr"] if each.language == "fr" else ["en"], skills=[])
        for each in people
    ]
    Agent.objects.bulk_create(agents)
    for agent in agents:
        agent.lines.set(lines)
    return agents


def _enquiry(centre: Centre, namer: Namer, rng: Random) -> Enquiry:
    language = "fr" if rng.random() < 0.3 else "en"
    name = namer.name(Language(language))
    line = rng.choice(centre.lines)
    is_office = line.kind == "legislators"
    (state,) = rng.choices([s for s, _ in STATES], [weight for _, weight in STATES])
    age = timedelta(minutes=rng.randrange(30, 60 * 24 * (24 if state == State.WAITING else 14)))
    received_at = centre.now - age
    enquiry = Enquiry(
        reference=_reference(rng),
        line=line,
        channel=rng.choice([Channel.WEB_FORM, Channel.WEB_FORM, Channel.EMAIL]),
        language=language,
        received_at=received_at,
        received_on=clock.service_date(received_at),
        asker_kind=AskerKind.OFFICE if is_office else rng.choice(list(AskerKind)[:2]),
        asker_name=name,
        asker_email=address(name, "clients"),
        office=rng.choice(centre.offices) if is_office else None,
        applicant_name=name if not is_office else "",
        uci=f"{rng.randrange(10_000_000, 99_999_999)}" if rng.random() < 0.6 else "",
        application_number=f"C{rng.randrange(10**8, 10**9)}" if rng.random() < 0.7 else "",
        line_of_business=rng.choice(LineOfBusiness.values),
        topic=rng.choice(Topic.values),
        state=state,
        is_unmatched=rng.random() < 0.04,
    )
    (priority,) = rng.choices(list(Priority), [80, 15, 5])
    triaging.rank(enquiry, priority)
    return _placed(enquiry, centre, rng)


def _placed(enquiry: Enquiry, centre: Centre, rng: Random) -> Enquiry:
    """Whose it is, and since when."""
    if enquiry.state == State.WAITING:
        return enquiry
    able = [agent for agent in centre.agents if enquiry.language in agent.languages]
    enquiry.assignee = rng.choice(able).person
    age = centre.now - enquiry.received_at
    enquiry.taken_at = enquiry.received_at + age * 0.5
    if enquiry.state == State.ANSWERED:
        enquiry.answered_at = enquiry.received_at + age * 0.8
        enquiry.tier = rng.choice(Tier.values)
    return enquiry


def _give_to_cast(made: Sequence[Enquiry], agent: Person) -> None:
    """Something is in hand for whoever signs in: the first few."""
    for each in [each for each in made if each.state == State.IN_HAND][:4]:
        each.assignee = agent


def _reference(rng: Random) -> str:
    letters = "".join(rng.choices(REFERENCE_LETTERS, k=8))
    return f"E{letters[:4]}-{letters[4:]}"


def _write_texts(made: Sequence[Enquiry], rng: Random) -> None:
    texts = []
    for each in made:
        asked = rng.choice(QUESTIONS[each.language])
        texts.append(_text(each, Direction.IN, each.received_at, asked))
        if each.state == State.ANSWERED and each.answered_at:
            texts.append(_text(each, Direction.OUT, each.answered_at, ANSWERS[each.language]))
        if each.state == State.ON_HOLD and each.taken_at:
            texts.append(_text(each, Direction.OUT, each.taken_at, ASKED_BACK[each.language]))
    Message.objects.bulk_create(texts)


def _text(enquiry: Enquiry, direction: Direction, at: datetime, body: str) -> Message:
    return Message(
        enquiry=enquiry,
        direction=direction,
        channel=enquiry.channel,
        at=at,
        by=enquiry.assignee if direction == Direction.OUT else None,
        language=enquiry.language,
        body=body,
    )


def _write_clocks(centre: Centre, made: Sequence[Enquiry]) -> None:
    clocks = [
        _clock(centre, each, promise) for each in made for promise in (Promise.FIRST, Promise.FINAL)
    ]
    Clock.objects.bulk_create(clocks)
    ClockEvent.objects.bulk_create(
        ClockEvent(
            clock=each, kind=ClockHappening.STARTED, at=each.started_at, due_after=each.due_at
        )
        for each in clocks
    )
    Pause.objects.bulk_create(
        Pause(clock=each, starts_at=each.enquiry.taken_at, reason="client")
        for each in clocks
        if each.stopped_at is None and each.enquiry.state == State.ON_HOLD and each.enquiry.taken_at
    )


def _clock(centre: Centre, enquiry: Enquiry, promise: Promise) -> Clock:
    target = centre.targets[enquiry.line_id, promise]
    is_first_of_held = enquiry.state == State.ON_HOLD and promise == Promise.FIRST
    return Clock(
        enquiry=enquiry,
        promise=promise,
        target=target,
        started_at=enquiry.received_at,
        calendar=centre.calendar.version,
        due_at=promises.due(enquiry.received_at, target, centre.calendar),
        stopped_at=enquiry.taken_at if is_first_of_held else enquiry.answered_at,
    )


def _write_trail(made: Sequence[Enquiry]) -> None:
    """The trail's rows, as the actions would have written them."""
    events = []
    for each in made:
        by = each.assignee
        events.append(_event("enquiry.received", each, each.received_at, None))
        if each.taken_at:
            events.append(_event("enquiry.taken", each, each.taken_at, by))
        if each.state == State.ON_HOLD and each.taken_at:
            events.append(_event("enquiry.held", each, each.taken_at, by))
        if each.answered_at:
            events.append(_event("enquiry.answered", each, each.answered_at, by))
    Event.objects.bulk_create(sorted(events, key=lambda event: event.at))


def _event(action: str, enquiry: Enquiry, at: datetime, by: Person | None) -> Event:
    return Event(
        at=at,
        verb=Verb.DID,
        action=action,
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "Comptoir",
        object_type=Enquiry._meta.label,
        object_id=str(enquiry.pk),
        office_id=enquiry.office_id,
    )


def _join(made: Sequence[Enquiry]) -> None:
    """One of the same asker becomes part of another."""
    held = [each for each in made if each.state == State.IN_HAND]
    if len(held) < 2:
        return
    main, part = held[:2]
    assert part.assignee is not None
    assert part.taken_at is not None
    Joining.objects.create(
        part=part,
        main=main,
        joined_at=part.taken_at,
        joined_by=part.assignee,
        state=State.IN_HAND,
        assignee=part.assignee,
        taken_at=part.taken_at,
    )
    Enquiry.objects.filter(pk=part.pk).update(
        state=State.JOINED,
        joined_to=main,
        assignee=None,
        taken_at=None,
        asker_email=main.asker_email,
        asker_name=main.asker_name,
        language=main.language,
    )
