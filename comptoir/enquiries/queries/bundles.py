"""What else somebody has asked that is still open, and which of it one answer is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comptoir.domain import bundles as rule
from comptoir.domain.bundles import Apart
from comptoir.enquiries.models import OPEN_STATES, Enquiry, EnquiryQuerySet

MOST = 50
"""Of one asker that are looked at together."""

WHY: dict[Apart, Promise] = {
    Apart.OTHER_ASKER: _("Somebody else asks."),
    Apart.NO_IDENTIFIER: _("No client or application number says that it is the same case."),
    Apart.OTHER_APPLICANT: _("It is about another case, by its numbers: answer it apart."),
    Apart.NOT_AUTHORIZED: _("Whoever asks does so in another role, or represents without a name."),
}


@dataclass(frozen=True, slots=True)
class Also:
    """Another open enquiry of the same asker, and why it is answered apart; None if together."""

    enquiry: Enquiry
    why: Apart | None

    @property
    def sentence(self) -> Promise | str:
        """Why, as people read it."""
        return "" if self.why is None else WHY[self.why]


def others(everything: EnquiryQuerySet, enquiry: Enquiry) -> list[Also]:
    """The asker's other open enquiries, the oldest first: one query."""
    if not enquiry.asker_email:
        return []
    found = (
        everything.filter(asker_email=enquiry.asker_email, state__in=OPEN_STATES)
        .exclude(pk=enquiry.pk)
        .order_by("received_at", "pk")
    )
    first = as_item(enquiry)
    return [Also(other, rule.apart(first, as_item(other))) for other in found[:MOST]]


def gets_no_action(enquiries: Iterable[Enquiry]) -> bool:
    """Whether they come from a representative without a name who writes for many."""
    return rule.gets_no_action(as_item(enquiry) for enquiry in enquiries)


def is_barred(enquiry: Enquiry) -> bool:
    """Whether it is one of many that such a representative has open: no query for anybody else."""
    if as_item(enquiry).is_authorized or not enquiry.asker_email:
        return False
    found = Enquiry.objects.open().filter(asker_email=enquiry.asker_email)
    return gets_no_action([enquiry, *found.order_by("-received_at")[:MOST]])


def as_item(enquiry: Enquiry) -> rule.Item:
    """The enquiry as the rule knows it."""
    return rule.Item(
        email=enquiry.asker_email,
        kind=rule.Kind(enquiry.asker_kind),
        name=enquiry.asker_name,
        uci=enquiry.uci,
        application=enquiry.application_number,
    )
