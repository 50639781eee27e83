"""What the audit trail says: a sentence for each action's code, words for what stands in its detail.

The trail keeps codes, so that one row reads the same in both languages. The sentences (in
`trail_sentences`) and the words stand here, where the page is, and not beside the actions: rooms upstairs
write to the trail that this room shows. A test reads every code out of the sources and fails for one
without a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comptoir.people.models import sort_key
from comptoir.people.trail_sentences import SENTENCES
from comptoir.ui import times

DETAILS: dict[str, Promise] = {
    "added": pgettext_lazy("detail", "added"),
    "at_most": pgettext_lazy("detail", "at most"),
    "after_minutes": pgettext_lazy("detail", "minutes after the beginning"),
    "amount": pgettext_lazy("detail", "how many"),
    "basis": pgettext_lazy("detail", "legal basis"),
    "business_days": pgettext_lazy("detail", "business days"),
    "cases": pgettext_lazy("detail", "cases"),
    "changed": pgettext_lazy("detail", "changed"),
    "channel": pgettext_lazy("detail", "channel"),
    "counted": pgettext_lazy("detail", "counted"),
    "documents": pgettext_lazy("detail", "documents"),
    "enquiries": pgettext_lazy("detail", "enquiries"),
    "districts_added": pgettext_lazy("detail", "districts added"),
    "districts_changed": pgettext_lazy("detail", "districts changed"),
    "fields": pgettext_lazy("detail", "fields"),
    "files": pgettext_lazy("detail", "files"),
    "from": pgettext_lazy("detail", "from"),
    "how": pgettext_lazy("detail", "how"),
    "kind": pgettext_lazy("detail", "kind"),
    "languages": pgettext_lazy("detail", "languages"),
    "last_day": pgettext_lazy("detail", "last day"),
    "lines": pgettext_lazy("detail", "lines"),
    "line": pgettext_lazy("detail", "line"),
    "material": pgettext_lazy("detail", "material"),
    "means": pgettext_lazy("detail", "given"),
    "method": pgettext_lazy("detail", "by"),
    "methods": pgettext_lazy("detail", "by"),
    "notice_minutes": pgettext_lazy("detail", "minutes of notice"),
    "offices": pgettext_lazy("detail", "offices"),
    "offices_changed": pgettext_lazy("detail", "offices changed"),
    "offices_closed": pgettext_lazy("detail", "offices closed"),
    "offices_opened": pgettext_lazy("detail", "offices opened"),
    "offices_reopened": pgettext_lazy("detail", "offices reopened"),
    "offices_suspended": pgettext_lazy("detail", "offices suspended"),
    "on": pgettext_lazy("detail", "on"),
    "outcome": pgettext_lazy("detail", "outcome"),
    "person": pgettext_lazy("detail", "person"),
    "priority": pgettext_lazy("detail", "priority"),
    "professional": pgettext_lazy("detail", "professional"),
    "promise": pgettext_lazy("detail", "promise"),
    "quarter_hours": pgettext_lazy("detail", "quarter hours"),
    "reason": pgettext_lazy("detail", "reason"),
    "recounted": pgettext_lazy("detail", "recounted"),
    "rest": pgettext_lazy("detail", "what was open"),
    "role": pgettext_lazy("detail", "role"),
    "rows": pgettext_lazy("detail", "rows"),
    "scan": pgettext_lazy("detail", "scan"),
    "sessions": pgettext_lazy("detail", "sessions"),
    "side": pgettext_lazy("detail", "side"),
    "status": pgettext_lazy("detail", "status"),
    "step": pgettext_lazy("detail", "step"),
    "successor": pgettext_lazy("detail", "successor"),
    "tag": pgettext_lazy("detail", "tag"),
    "to": pgettext_lazy("detail", "to"),
    "unit": pgettext_lazy("detail", "counted in"),
    "urgent_hours": pgettext_lazy("detail", "hours when urgent"),
    "to_commissioner": pgettext_lazy("detail", "to the Commissioner"),
    "valid_from": pgettext_lazy("detail", "valid from"),
    "version": pgettext_lazy("detail", "version"),
    "week": pgettext_lazy("detail", "week of"),
    "wrap_up_code": pgettext_lazy("detail", "wrap-up code"),
}

OBJECTS: dict[str, Promise] = {
    "enquiries.Authorization": _("Authorization"),
    "enquiries.Agent": _("Agent"),
    "enquiries.Document": _("Document"),
    "enquiries.CrisisLine": _("Crisis line"),
    "enquiries.Enquiry": _("Enquiry"),
    "enquiries.InboundMail": _("Mail"),
    "enquiries.Line": _("Line"),
    "enquiries.Referral": _("Referral"),
    "enquiries.ServiceTarget": _("Service target"),
    "enquiries.Tag": _("Tag"),
    "enquiries.Text": _("Text"),
    "enquiries.TriageVersion": _("Rules of triage"),
    "enquiries.WorkingHours": _("Working hours"),
    "ledger.RejectedRow": _("Rows of call records"),
    "enquiries.FollowCode": _("Code to follow an enquiry"),
    "liaison.Appointment": _("Appointment"),
    "liaison.CalendarFeed": _("Calendar address"),
    "liaison.CaseLine": _("Case"),
    "liaison.FollowUp": _("Follow-up"),
    "liaison.FollowUpTarget": _("Target for follow-ups"),
    "liaison.Pilot": _("Pilot"),
    "liaison.Policy": _("Sharing rule"),
    "notices.Notice": _("Notice"),
    "notices.Switch": _("Stop of sending"),
    "people.District": _("District"),
    "people.Grant": _("Access"),
    "people.Invitation": _("Invitation"),
    "people.Office": _("Office"),
    "people.OfficeAddress": _("Address"),
    "people.OfficeTelephone": _("Telephone number"),
    "people.Person": _("Person"),
    "roster.Absence": _("Absence"),
    "roster.ClosedDay": _("Closed day"),
    "roster.ExtraHours": _("Extra hours"),
    "roster.Professional": _("Professional"),
    "roster.ServiceDay": _("Day"),
}
"""What an event is about, by the name of its model; its name and its number stand beside."""

NAMES: dict[str, str] = {
    "enquiries.Authorization": "recorded_at",
    "enquiries.Document": "enquiry__reference",
    "enquiries.CrisisLine": "line__code",
    "enquiries.Enquiry": "reference",
    "enquiries.Line": "code",
    "enquiries.Referral": "enquiry__reference",
    "enquiries.ServiceTarget": "line__code",
    "enquiries.Text": "code",
    "enquiries.TriageVersion": "number",
    "enquiries.WorkingHours": "valid_from",
    "liaison.Appointment": "reference",
    "liaison.CaseLine": "appointment__reference",
    "liaison.FollowUp": "case_line__appointment__reference",
    "liaison.FollowUpTarget": "valid_from",
    "liaison.Pilot": "starts_on",
    "liaison.Policy": "valid_from",
    "people.Grant": "person__name",
    "people.Invitation": "name",
    "people.Office": "reference",
    "people.OfficeAddress": "office__reference",
    "people.OfficeTelephone": "office__reference",
    "people.Person": "name",
    "roster.Absence": "professional__person__name",
    "roster.ClosedDay": "on",
    "roster.ExtraHours": "professional__person__name",
    "roster.Professional": "person__name",
    "roster.ServiceDay": "on",
}
"""By what a thing is known to who reads the trail, as long as it is there: a field, or one it leads to.

Never anything about a constituent: a case goes by the reference of its appointment.
"""

NAMELESS: dict[str, str] = {
    "enquiries.Document": "enquiry__is_restricted",
    "enquiries.Enquiry": "is_restricted",
    "enquiries.Referral": "enquiry__is_restricted",
}
"""Of which things the name is told to nobody who is not named for it: where this is true, the number."""

VALUES: dict[str, tuple[str, ...]] = {
    "basis": ("liaison.CaseLine.legal_basis", "enquiries.Authorization.capacity"),
    "channel": ("enquiries.Enquiry.channel",),
    "fields": ("enquiries.Confirmation.piece",),
    "how": ("enquiries.Undelivered.how",),
    "kind": ("enquiries.Referral.kind", "enquiries.Document.kind"),
    "means": ("enquiries.Confirmation.means",),
    "outcome": ("liaison.CaseLine.outcome",),
    "priority": ("enquiries.Enquiry.priority",),
    "promise": ("enquiries.ServiceTarget.promise",),
    "reason": ("people.Office.status_reason", "liaison.AppointmentEvent.reason"),
    "rest": ("enquiries.CrisisLine.rest",),
    "role": ("people.Grant.role",),
    "scan": ("enquiries.Document.scan",),
    "side": ("liaison.AppointmentEvent.side",),
    "status": ("people.Office.status",),
    "unit": ("enquiries.ServiceTarget.unit",),
}
"""Whose choices a code in a detail is one of. By their names: some of these rooms are upstairs."""

FIELDS: dict[str, Promise] = {
    "active": pgettext_lazy("field", "whether they take appointments"),
    "containment": pgettext_lazy("field", "what was done to limit the harm"),
    "data": pgettext_lazy("field", "kind of personal information"),
    "discovered_at": pgettext_lazy("field", "when it was found"),
    "happened_at": pgettext_lazy("field", "when it happened"),
    "languages": pgettext_lazy("field", "languages"),
    "people_affected": pgettext_lazy("field", "how many people are affected"),
    "place": pgettext_lazy("field", "where it happened"),
    "skills": pgettext_lazy("field", "skills"),
    "time_zone": pgettext_lazy("field", "time zone"),
}
"""What was changed, by the names of fields that stand in a detail: of a breach and of a professional."""


def sentence(action: str) -> str | Promise:
    """What was done; the code itself if it is of another version of the house."""
    return SENTENCES.get(action, action)


def thing(object_type: str) -> str | Promise:
    """What kind of thing an event is about."""
    return OBJECTS.get(object_type, object_type)


def name_of(value: Any) -> str:
    """The value of a field of NAMES as it is read."""
    return times.plain_date(value) if isinstance(value, date) else str(value)


def codes_saying(text: str) -> list[str]:
    """The codes whose sentence, in the language of the page, has these words in it."""
    wanted = sort_key(text)
    return [code for code, says in SENTENCES.items() if wanted and wanted in sort_key(str(says))]


def facts(detail: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands in an event's detail, each with its name, as people read it. Empty values are left out."""
    for name, value in detail.items():
        if value not in (None, "", []):
            yield str(DETAILS.get(name, name)), _in_words(name, value)


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_in_words(name, each) for each in value)
    for field in VALUES.get(name, ()):
        if value in (choices := choices_of(field)):
            return str(choices[value])
    if name == "fields" and value in FIELDS:
        return str(FIELDS[value])
    return str(value)


def choices_of(field: str) -> dict[Any, Any]:
    """The labels of a field's choices, by their codes."""
    label, _, name = field.rpartition(".")
    return dict(apps.get_model(label)._meta.get_field(name).flatchoices)
