"""The agents' own pages for the sweep: their work, the texts they send, the gates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from comptoir.demonstration.texts import WAITING
from comptoir.enquiries.actions import answering, gating
from comptoir.enquiries.models import (
    Authorization,
    Capacity,
    Enquiry,
    Means,
    Message,
    Piece,
    State,
    Text,
)
from comptoir.people.models import Role
from tests.browser.visit import Visit
from tests.browser.visiting import Visitor
from tests.browser.world import World
from tests.enquiries import factories as enquiries

AGENT, LEAD = str(Role.AGENT), str(Role.TEAM_LEAD)


def in_hand(world: World) -> tuple[Any, ...]:
    """An enquiry that the agent has, with another of the same asker."""
    found = Enquiry.objects.filter(assignee=world.people[AGENT], state=State.IN_HAND)
    return (found.order_by("pk")[0].reference,)


def text(world: World) -> tuple[Any, ...]:
    """What was asked there."""
    (reference,) = in_hand(world)
    return (reference, Message.objects.filter(enquiry__reference=reference).order_by("at")[0].pk)


def text_in_use(world: World) -> tuple[Any, ...]:
    """A text of which a newer version waits."""
    return (Text.objects.get(code=WAITING).code,)


def text_that_waits(world: World) -> tuple[Any, ...]:
    return (*text_in_use(world), 2)


def about_somebody(world: World) -> tuple[Any, ...]:
    """An enquiry that names its applicant, of which a second person was asked."""
    found = Enquiry.objects.filter(overrides__isnull=False).first()
    if found is None:
        found = enquiries.enquiry(application_number="C000111222", now=world.now)
        lead = world.people[LEAD]
        gating.ask_override(enquiry=found, reason="A flight tomorrow.", by=lead, now=world.now)
        gating.authorize(
            enquiry=found,
            capacity=Capacity.SELF,
            applications=(),
            evidence="a form",
            starts_at=world.now,
            ends_at=None,
            by=lead,
            now=world.now,
        )
    return (found.reference,)


def authorization(world: World) -> tuple[Any, ...]:
    (reference,) = about_somebody(world)
    found = Enquiry.objects.get(reference=reference)
    of_case = Authorization.objects.of_case(found, world.now)
    return (reference, of_case.order_by("pk")[0].pk)


def to_the_overrides(visitor: Visitor, world: World) -> None:
    """Somebody asks a second person."""
    about_somebody(world)
    visitor.go("enquiries:overrides")


def to_no_enquiry(visitor: Visitor, world: World) -> None:
    """Look for a name that nobody has."""
    visitor.go("enquiries:all")
    visitor.page.locator("input[name=q]").fill("zzz")
    visitor.press("Search")
    visitor.page.locator(".empty-state").wait_for()
    visitor.ready()


def to_an_applicant_who_is_known(visitor: Visitor, world: World) -> None:
    """Who asks is confirmed, with other enquiries of the same asker, and it only remains to say who it is."""
    email = "known@clients.example"
    found = Enquiry.objects.filter(asker_email=email, application_number="C000555666").first()
    if found is None:
        by = world.people[AGENT]
        old = enquiries.enquiry(email=email, now=world.now - timedelta(days=30))
        Enquiry.objects.filter(pk=old.pk).update(
            state=State.ANSWERED, answered_at=world.now, tier=1
        )
        found = enquiries.enquiry(email=email, application_number="C000555666", now=world.now)
        pieces, means = (Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.APPLICATION_NUMBER), Means.CALL
        gating.confirm(enquiry=found, pieces=pieces, means=means, by=by, now=world.now)
    visitor.go("enquiries:enquiry", found.reference)


def to_no_text(visitor: Visitor, world: World) -> None:
    """Search for words that nobody wrote."""
    visitor.go("enquiries:texts")
    visitor.page.locator("input[name=q]").fill("zzz")
    visitor.press("Search")
    visitor.page.locator(".empty-state").wait_for()
    visitor.ready()


def to_the_text_looked_at(visitor: Visitor, world: World) -> None:
    """See a new version as the client does."""
    visitor.go("enquiries:text-write", *text_in_use(world))
    visitor.press("See it as the client does")
    visitor.page.locator(".text-pair").wait_for()
    visitor.ready()


def to_a_note(visitor: Visitor, world: World) -> None:
    """A case of which a note waits behind its gates, and another is about to be written."""
    (reference,) = about_somebody(world)
    found, by = Enquiry.objects.get(reference=reference), world.people[LEAD]
    answering.note(enquiry=found, body="-", by=by, now=world.now, is_case_specific=True)
    visitor.go("enquiries:enquiry", reference)
    visitor.page.locator("[data-note] > summary").click()
    visitor.ready()


WORK = [
    Visit("enquiries:work", AGENT),
    Visit("enquiries:work", LEAD, state="not-set-up"),
    Visit("enquiries:enquiry", AGENT, in_hand),
    Visit("enquiries:enquiry", LEAD, in_hand, state="of-a-colleague"),
    Visit("enquiries:enquiry", LEAD, state="note", arrive=to_a_note),
    Visit("enquiries:enquiry", LEAD, state="known", arrive=to_an_applicant_who_is_known),
    Visit("enquiries:enquiry", AGENT, about_somebody, state="second-person"),
    Visit("enquiries:transfer", AGENT, in_hand),
    Visit("enquiries:copy", AGENT, in_hand),
    Visit("enquiries:join", AGENT, in_hand),
    Visit("enquiries:split", AGENT, text),
    Visit("enquiries:bundle", AGENT, in_hand),
    Visit("enquiries:assign", LEAD, in_hand),
    Visit("enquiries:late", AGENT),
    Visit("enquiries:unmatched", AGENT),
    Visit("enquiries:all", LEAD),
    Visit("enquiries:all", AGENT, state="none", arrive=to_no_enquiry),
    Visit("enquiries:agents", LEAD, same_title=True),
    Visit("enquiries:agent", LEAD, lambda world: (world.people[AGENT].pk,)),
]
TEXTS_AND_GATES = [
    Visit("enquiries:texts", LEAD),
    Visit("enquiries:texts", LEAD, query={"state": "to_approve"}, state="to-approve"),
    Visit("enquiries:text", LEAD, text_in_use),
    Visit("enquiries:text-version", LEAD, text_that_waits),
    Visit("enquiries:text-new", LEAD),
    Visit("enquiries:text-write", LEAD, text_in_use),
    Visit("enquiries:text-write", LEAD, state="looked-at", arrive=to_the_text_looked_at),
    Visit("enquiries:text-retire", LEAD, text_in_use),
    Visit("enquiries:gate-confirm", LEAD, about_somebody),
    Visit("enquiries:gate-authorize", LEAD, about_somebody),
    Visit("enquiries:gate-withdraw", LEAD, authorization),
    Visit("enquiries:gate-override", LEAD, about_somebody),
    Visit("enquiries:overrides", LEAD, arrive=to_the_overrides),
    # Last: what is searched for stays in the session.
    Visit("enquiries:texts", LEAD, state="none", arrive=to_no_text),
]
