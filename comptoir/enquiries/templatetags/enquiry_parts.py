"""Parts that any page of the room may show: why an enquiry is where it is, which crisis lines are open."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from comptoir.enquiries.models import Enquiry, ReferralKind
from comptoir.enquiries.queries import crisis, triage

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
