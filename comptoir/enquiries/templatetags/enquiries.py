"""What the single window's pages ask of a value."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise

from comptoir.enquiries.models import Enquiry, InboundMail, LeftOut, Message
from comptoir.enquiries.queries import undelivered_words
from comptoir.enquiries.queries.gates import CaseFacts

register = template.Library()


@register.filter
def of_key(numbers: Mapping[int, int], key: int) -> int:
    """The number that stands under a key; none is 0."""
    return numbers.get(key, 0)


@register.filter
def other_language(language: str) -> str:
    """French of English and English of French, by their codes."""
    return "en" if language == "fr" else "fr"


@register.filter
def trouble(code: str) -> Promise:
    """Why a mail with this code did not arrive."""
    return undelivered_words.trouble(code)


@register.filter
def outlook(code: str) -> Promise:
    """Whether that may pass."""
    return undelivered_words.outlook(code)


@register.filter
def kept_back_by(message: Message, case: CaseFacts) -> bool:
    """Whether a text is not shown for now, as it is about a case whose gates are closed."""
    return case.keeps_back(message)


@register.filter
def left_out(mail: InboundMail) -> list[tuple[str, str]]:
    """The files of a mail that became no document, each with the reason."""
    told = [(file["name"], file.get("left_out")) for file in mail.attachments]
    return [(name, str(LeftOut(why).label)) for name, why in told if why]


@register.filter
def files_elsewhere(mail: InboundMail, enquiry_id: int) -> Enquiry | None:
    """The enquiry that has the files of a mail about several, if it is not this one and may be named."""
    other = mail.enquiry
    if other is None or other.pk == enquiry_id or other.is_restricted:
        return None
    return other if any(file.get("left_out") == "" for file in mail.attachments) else None
