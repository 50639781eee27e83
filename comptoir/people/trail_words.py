"""What the audit trail says: a sentence for each action's code, words for what stands in its detail.

The trail keeps codes, so that one row reads the same in both languages. The sentences stand here, where
the page is, and not beside the actions: rooms upstairs write to the trail that this room shows. A test
reads every code out of the sources and fails for one without a sentence.
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
from comptoir.ui import times

SENTENCES: dict[str, Promise] = {
    # Signing in
    "people.signed_in": _("Signed in to the service"),
    "people.signed_out": _("Signed out of the service"),
    "people.signed_out_elsewhere": _("Ended every other session of theirs"),
    "people.sign_in_refused": _("A wrong code or second factor was given for this account"),
    "people.unlocked": _("Unlocked their session"),
    "people.second_factor_added": _("Added a second factor"),
    "people.second_factor_removed": _("Removed a second factor"),
    # People and their access
    "people.person_added": _("Added a person"),
    "people.details_changed": _("Changed a person’s details"),
    "people.address_changed": _("Changed the address a person signs in with"),
    "people.deactivated": _("Shut a person out"),
    "people.reactivated": _("Let a person sign in again"),
    "people.role_granted": _("Gave a role"),
    "people.last_day_set": _("Set the last day of an access"),
    "people.last_day_cleared": _("Cleared the last day of an access"),
    "people.role_ended": _("Ended an access"),
    "people.invited": _("Sent an invitation"),
    "people.invitation_withdrawn": _("Withdrew an invitation"),
    "people.invitation_accepted": _("Accepted an invitation"),
    "people.invitations_disposed": _("Deleted invitations that were closed long ago"),
    # Offices
    "people.list_imported": _("Imported a list of districts or legislators"),
    "people.office_opened": _("Opened an office"),
    "people.office_suspended": _("Suspended an office"),
    "people.parliament_dissolved": _("Suspended the offices of a dissolved House of Commons"),
    "people.office_reopened": _("Reopened an office"),
    "people.office_closed": _("Closed an office"),
    "people.successor_named": _("Named the office that follows in a seat"),
    "people.office_settings_changed": _("Changed an office’s settings"),
    "people.office_address_added": _("Added an address of an office"),
    "people.office_address_changed": _("Changed an address of an office"),
    "people.office_address_removed": _("Removed an address of an office"),
    "people.office_telephone_added": _("Added a telephone number of an office"),
    "people.office_telephone_changed": _("Changed a telephone number of an office"),
    "people.office_telephone_removed": _("Removed a telephone number of an office"),
    # Notices
    "notices.stopped": _("Stopped all sending"),
    "notices.resumed": _("Resumed sending"),
    "notices.sent_again": _("Sent a notice again"),
    "notices.disposed": _("Deleted old notices"),
    "notices.mail_files_disposed": _("Removed old mail files"),
    "ledger.rejected_rows_disposed": _("Deleted old rows of call records that were set aside"),
    # The roster
    "roster.list_imported": _("Imported a roster"),
    "roster.professional_entered": _("Put a professional on the roster"),
    "roster.professional_changed": _("Changed a professional’s particulars"),
    "roster.pattern_set": _("Set a professional’s weekly hours"),
    "roster.exception_added": _("Entered a one-off date"),
    "roster.exception_removed": _("Removed a one-off date"),
    "roster.absence_recorded": _("Recorded an absence"),
    "roster.absence_withdrawn": _("Withdrew an absence"),
    "roster.extra_hours_requested": _("Requested extra hours"),
    "roster.extra_hours_approved": _("Approved extra hours"),
    "roster.extra_hours_declined": _("Declined extra hours"),
    "roster.extra_hours_withdrawn": _("Withdrew extra hours"),
    "roster.day_published": _("Published the hours of a day"),
    "roster.day_closed": _("Closed a day"),
    "roster.day_reopened": _("Reopened a closed day"),
    # Appointments and cases
    "appointment.booked": _("Booked an appointment"),
    "appointment.moved": _("Moved an appointment"),
    "appointment.reassigned": _("Gave an appointment to another professional"),
    "appointment.cancelled": _("Cancelled an appointment"),
    "appointment.started": _("Started an appointment"),
    "appointment.finished": _("Finished an appointment"),
    "appointment.no_show": _("Recorded that nobody came to an appointment"),
    "appointment.not_started": _("Took back the start of an appointment"),
    "appointment.not_missed": _("Took back that nobody came to an appointment"),
    "appointment.refilled": _("Took time that an office had given up late"),
    "appointment.waived": _("Waived what an appointment still cost its office"),
    "appointment.excuse_accepted": _("Accepted an excuse for time given up late"),
    "appointment.struck": _("Struck an excuse: the time counts as given up late"),
    "appointment.confirmed": _("Confirmed an appointment"),
    "appointment.seen": _("Looked at an appointment"),
    "cases.seen": _("Looked at an office’s cases"),
    "follow_ups.seen": _("Looked at follow-ups"),
    "case.prepared": _("Prepared a case"),
    "case.outcome": _("Recorded the outcome of a case"),
    "follow_up.done": _("Completed a follow-up"),
    "follow_up.withdrawn": _("Withdrew a follow-up with the outcome that asked for it"),
    "follow_up.handed_over": _("Handed a follow-up over to another professional"),
    "liaison.cases_disposed": _("Deleted an office’s old cases for good"),
    # Enquiries
    "enquiry.received": _("Received an enquiry"),
    "enquiry.asked_again": _("Received the same enquiry again"),
    "enquiry.reopened": _("Reopened an enquiry"),
    "enquiry.taken": _("Took an enquiry"),
    "enquiry.put_back": _("Put an enquiry back"),
    "enquiry.transferred": _("Moved an enquiry to another line"),
    "enquiry.answered": _("Answered an enquiry"),
    "enquiry.held": _("Asked a client for more"),
    "enquiry.mail_undelivered": _("Learned that a mail to a client did not arrive"),
    "enquiry.undelivered_handled": _("Saw to a mail that did not arrive"),
    "enquiry.mail_joined": _("Put a mail with its enquiry"),
    "mail.opened": _("Read a mail that was set aside"),
    "mail.taken_in": _("Took in a mail that was set aside"),
    "mail.refused": _("Refused a mail that was set aside"),
    "enquiry.noted": _("Left a note on an enquiry"),
    "enquiry.restricted": _("Restricted an enquiry to those who are named"),
    "enquiry.named": _("Named somebody for a restricted enquiry"),
    "enquiry.unnamed": _("Ended that somebody is named for a restricted enquiry"),
    "enquiry.opened_restricted": _("Opened a restricted enquiry"),
    "enquiry.opening_refused": _("Tried to open a restricted enquiry"),
    "enquiries.disposed": _("Deleted what was known of somebody in old enquiries for good"),
    "enquiry.ended_with_drill": _("Ended an enquiry with its drill"),
    "triage.overruled": _("Put an enquiry elsewhere than the rules of triage"),
    "triage.written": _("Wrote a version of the rules of triage"),
    "triage.approved": _("Approved a version of the rules of triage"),
    "tag.added": _("Put a tag on the list"),
    "tag.renamed": _("Renamed a tag"),
    "tag.retired": _("Retired a tag"),
    "service_target.started": _("Set a service target"),
    "working_hours.started": _("Set the working hours"),
    "crisis.opened": _("Opened a crisis line"),
    "crisis.extended": _("Extended a crisis line"),
    "crisis.closed": _("Closed a crisis line"),
    "crisis.lent": _("Lent somebody to a crisis line"),
    "crisis.returned": _("Sent somebody home from a crisis line"),
    "referral.made": _("Handed a matter on"),
    "referral.acknowledged": _("Acknowledged a referral"),
    "referral.closed": _("Closed a referral"),
    "breach.determined": _("Decided whether a privacy breach is material"),
    "breach.reported": _("Reported a privacy breach"),
    "enquiry.case_told": _("Told a client about a case"),
    "gates.identity_confirmed": _("Confirmed who asks"),
    "gates.authorized": _("Recorded what somebody may be told"),
    "gates.withdrawn": _("Withdrew what somebody may be told"),
    "mail.disposed": _("Deleted what old mail held of anybody for good"),
    "gates.disposed": _("Deleted old records of what somebody may be told"),
    "gates.override_asked": _("Asked a second person to open the gates of an enquiry"),
    "gates.override_agreed": _("Agreed, as the second person, to open the gates of an enquiry"),
    "gates.override_refused": _("Refused, as the second person, to open the gates of an enquiry"),
    "document.kept": _("Received a document"),
    "document.scanned": _("Scanned a document for malware"),
    "document.downloaded": _("Opened a document"),
    "document.opened_unscanned": _("Opened a document that was not scanned"),
    "document.filed": _("Put a document in the case’s file"),
    "document.undone": _("Took a document back"),
    "text.written": _("Wrote a version of a text"),
    "text.approved": _("Approved a version of a text"),
    "text.retired": _("Retired a text"),
    "enquiry.followed": _("Opened an enquiry with a code from the mail"),
    "enquiry.code_refused": _("A wrong code was given to follow an enquiry"),
    "enquiry.replied": _("Added something to an enquiry"),
    "enquiry.joined": _("Made an enquiry part of another"),
    "enquiry.parted": _("Took an enquiry out of another"),
    "enquiry.copied": _("Copied an enquiry"),
    "enquiry.split": _("Gave one text of an enquiry an enquiry of its own"),
    "enquiry.assigned": _("Gave an enquiry to an agent"),
    "enquiry.released": _("Put back an enquiry of an agent who is away"),
    "enquiry.tagged": _("Put a tag on an enquiry"),
    "enquiry.untagged": _("Took a tag off an enquiry"),
    "agent.set": _("Set what an agent answers"),
    "feed.made": _("Made a calendar address"),
    "feed.revoked": _("Revoked a calendar address"),
    # The waiting list
    "opening.wished": _("Wished for time of a day that opens"),
    "opening.preferred": _("Put one wish before another"),
    "opening.drawn": _("Opened a day and drew the wishes for it"),
    "waiting.filed": _("Put an office on the waiting list"),
    "waiting.withdrawn": _("Took an office off the waiting list"),
    "waiting.accepted": _("Accepted time that was offered to several offices"),
    "waiting.declined": _("Declined time that was offered"),
    "waiting.ended": _("Ended an entry of the waiting list"),
    # The sharing rule
    "rule.started": _("Started a version of the sharing rule"),
    "allowances.published": _("Published what each office is allotted of a week"),
    "pilot.started": _("Set a pilot of another sharing rule"),
    "pilot.stopped": _("Stopped a pilot before its end"),
    "chances.projected": _("Estimated for the next day how many offices come"),
    "follow_up_target.started": _("Set when follow-ups are due"),
    "office.credited": _("Credited an office with time that the centre cancelled"),
    "reliability.flagged": _("Began to ask an office to confirm its appointments"),
    "reliability.flag_ended": _("Stopped asking an office to confirm its appointments"),
    "counters.differ": _("Found that an office’s counters differ from a recount"),
    "claims.differ": _("Found an appointment whose quarter hours are not taken"),
    "charges.differ": _("Found an appointment of which more is pending than still counts as late"),
}
"""By code, in the groups of the house. Who did it stands beside, so a sentence has no subject."""

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
    "how": ("enquiries.Undelivered.how",),
    "outcome": ("liaison.CaseLine.outcome",),
    "priority": ("enquiries.Enquiry.priority",),
    "promise": ("enquiries.ServiceTarget.promise",),
    "reason": ("people.Office.status_reason", "liaison.AppointmentEvent.reason"),
    "rest": ("enquiries.CrisisLine.rest",),
    "role": ("people.Grant.role",),
    "side": ("liaison.AppointmentEvent.side",),
    "status": ("people.Office.status",),
    "unit": ("enquiries.ServiceTarget.unit",),
}
"""Whose choices a code in a detail is one of. By their names: some of these rooms are upstairs."""


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
        return ", ".join(str(each) for each in value)
    for field in VALUES.get(name, ()):
        if value in (choices := choices_of(field)):
            return str(choices[value])
    return str(value)


def choices_of(field: str) -> dict[Any, Any]:
    """The labels of a field's choices, by their codes."""
    label, _, name = field.rpartition(".")
    return dict(apps.get_model(label)._meta.get_field(name).flatchoices)
