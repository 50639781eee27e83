"""The pages of lines, rules and targets in the sweep; a crisis line is made when first asked for."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.actions import crisis as crisis_lines
from comptoir.enquiries.models import CrisisLine, Enquiry, Line, Rest, Tag
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.visit import Visit
from tests.browser.visiting import Visitor
from tests.browser.world import World
from tests.enquiries import crises, factories

OWNER, LEAD = str(Role.POLICY_OWNER), str(Role.TEAM_LEAD)


def _crisis(world: World) -> CrisisLine:
    found = CrisisLine.objects.filter(closed_at=None).first()
    if found is None:
        now = clock.now()
        found = crises.open_crisis(
            now=now,
            by=world.people[Role.TEAM_LEAD],
            staff=[factories.person(name="Bo Helper")],
            sunset_on=clock.service_date(now),
            is_drill=True,
        )
        factories.enquiry(line=found.line, now=now)
    return found


def crisis(world: World) -> tuple[Any, ...]:
    """A drill whose last day is today, with one enquiry and one person on loan."""
    return (_crisis(world).line.code,)


def enquiry(world: World) -> tuple[Any, ...]:
    """The enquiry that lies on it."""
    line = _crisis(world).line
    return (Enquiry.objects.filter(line=line)[0].reference,)


def shipped(world: World) -> tuple[Any, ...]:
    """The first version of the rules of triage."""
    return (1,)


def to_the_rules_that_fire(visitor: Visitor, world: World) -> None:
    """Try the rules of triage on a text that several know."""
    visitor.go("enquiries:triage-try")
    visitor.type("Text", "A death threat, on the day of the funeral")
    visitor.press("Try it")
    visitor.page.locator(".card--main").wait_for()
    visitor.ready()


def to_an_open_rule(visitor: Visitor, world: World) -> None:
    """Begin the next version of the rules and unfold the first of them."""
    visitor.go("enquiries:triage-new")
    visitor.page.locator("#rules-rows summary").first.click()
    visitor.ready()


def to_the_confirmation(visitor: Visitor, world: World) -> None:
    """What will happen once a real line opens."""
    visitor.page.goto(visitor.address("enquiries:open-crisis") + "?template=evacuation")
    visitor.type("Keyword", "LEAVE2026")
    visitor.type("Telephone number", "1-800-555-0199")
    visitor.press("Go on")
    visitor.heading("Open this crisis line?")
    visitor.ready()


def tag(world: World) -> tuple[Any, ...]:
    """One that agents choose from."""
    return (Tag.objects.filter(is_given=True).order_by("code")[0].code,)


def retired(world: World) -> tuple[Any, ...]:
    """One that they choose no more."""
    found, _new = Tag.objects.get_or_create(
        code="old", name_en="Paper forms", name_fr="Formulaires papier", is_given=False
    )
    return (found.code,)


def public_line(world: World) -> tuple[Any, ...]:
    """The line for the public, as it is shipped."""
    return ("public",)


def closed_line(world: World) -> tuple[Any, ...]:
    """Nothing in the address: but a crisis line that was closed stands on the list."""
    if not Line.objects.filter(code="storm2026").exists():
        now, by = clock.now(), world.people[Role.TEAM_LEAD]
        made = crises.open_crisis(
            keyword="STORM2026", now=now, by=by, sunset_on=clock.service_date(now)
        )
        crisis_lines.close(crisis=made, rest=Rest.STAYED, reason="It is over.", by=by, now=now)
    return ()


PAGES = [
    Visit("enquiries:line", LEAD, public_line),
    Visit("enquiries:triage", OWNER),
    Visit("enquiries:triage-version", OWNER, shipped),
    Visit("enquiries:triage-new", OWNER),
    Visit("enquiries:triage-new", OWNER, state="one-rule", arrive=to_an_open_rule),
    Visit("enquiries:triage-try", OWNER),
    Visit("enquiries:triage-try", OWNER, state="tried", arrive=to_the_rules_that_fire),
    Visit("enquiries:targets", OWNER),
    Visit("enquiries:new-target", OWNER),
    Visit("enquiries:hours", OWNER),
    Visit("enquiries:new-hours", OWNER),
    Visit("enquiries:change-tag", LEAD, tag),
    Visit("enquiries:change-tag", LEAD, retired, state="retired"),
    Visit("enquiries:tags", LEAD),
    Visit("enquiries:crisis", OWNER, state="empty"),
    Visit("enquiries:open-crisis", LEAD, query={"template": "evacuation"}),
    Visit("enquiries:open-crisis", LEAD, state="confirm", arrive=to_the_confirmation),
    Visit("enquiries:crisis-line", LEAD, crisis),
    Visit("enquiries:crisis", LEAD),
    Visit("enquiries:extend-crisis", LEAD, crisis),
    Visit("enquiries:close-crisis", LEAD, crisis),
    Visit("enquiries:lend", LEAD, crisis),
    Visit("enquiries:overrule", LEAD, enquiry),
    Visit("enquiries:unrelated", LEAD, enquiry),
    Visit("enquiries:lines", OWNER, closed_line),
]
