"""Parts that any page of the room may show: why an enquiry is where it is, which crisis lines are open."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from comptoir.enquiries.models import Enquiry, ReferralKind
from comptoir.enquiries.queries import crisis, triage
from comptoir.enquiries.queries.gates import CaseFacts
from comptoir.people import dealings

register = template.Library()


@register.inclusion_tag("enquiries/parts/finding.html")
def finding(enquiry: Enquiry, *, elsewhere: bool = True) -> dict[str, Any]:
    """The finding that holds: the rules that fired and what they found, or the person and the reason.

    With `elsewhere` a link leads to the page where a person decides otherwise.
    """
    found = triage.newest_of(enquiry)
    return {
        "enquiry": enquiry,
        "elsewhere": elsewhere,
        "finding": found,
        "fired": triage.fired_of(found) if found else [],
        "proposed": [ReferralKind(code).label for code in found.refer] if found else [],
    }


@register.inclusion_tag("enquiries/parts/crisis_notice.html", takes_context=True)
def crisis_notice(context: Context) -> dict[str, Any]:
    """The open crisis lines, for the public; nothing when there are none."""
    return {"crises": crisis.told_to_the_public(context["request"].now)}


@register.inclusion_tag("enquiries/parts/appointments.html", takes_context=True)
def appointments_about(
    context: Context, enquiry: Enquiry, case: CaseFacts, *, is_mine: bool
) -> dict[str, Any]:
    """An office's appointments about the case; until the gates are open only the one that it named."""
    assert enquiry.office is not None, "only an office has appointments"
    numbers = (case.uci, case.application_number) if case.is_open else ("", "")
    about = dealings.About(
        office=enquiry.office,
        uci=frozenset(filter(None, numbers[:1])),
        application_numbers=frozenset(filter(None, numbers[1:])),
        references=frozenset(filter(None, [enquiry.appointment])),
    )
    request = context["request"]
    found = dealings.beyond("enquiries", request.standing, about, request.now)
    return {"dealings": found, "enquiry": enquiry, "is_mine": is_mine}
