"""Which enquiries a person may reach; everything else does not exist (404)."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404

from comptoir.enquiries.models import (
    READS,
    SET_ASIDE,
    WORKS,
    Agent,
    Authorization,
    CrisisLine,
    Decision,
    Document,
    Enquiry,
    EnquiryQuerySet,
    GateOverride,
    GateOverrideQuerySet,
    InboundMail,
    InboundMailQuerySet,
    Line,
    Loan,
    Referral,
    ReferralKind,
    ReferralQuerySet,
    State,
    Tag,
    Text,
    TextVersion,
    TriageVersion,
    Undelivered,
    UndeliveredQuerySet,
)
from comptoir.people.models import Grant, Person, Role
from comptoir.people.permissions import Standing

Kept = TypeVar("Kept", bound=Model)


def enquiries_for(standing: Standing) -> EnquiryQuerySet:
    """What an agent or team lead may list, search and count: nothing that is restricted, whoever asks.

    What is restricted is read one by one, by those who are named: `get_readable_for`.
    """
    everything = Enquiry.objects.select_related("line", "office", "assignee")
    if not standing.roles & set(WORKS):
        return everything.none()
    return everything.unrestricted()


def get_enquiry_for(standing: Standing, reference: str) -> Enquiry:
    """One enquiry that is not restricted; raises Http404 for any other."""
    return _one(enquiries_for(standing), reference)


def get_readable_for(standing: Standing, reference: str, now: datetime) -> Enquiry:
    """One enquiry that the person may read now, also a restricted one that they opened; else Http404."""
    return _one(_readable(standing, now), reference)


def get_restricted_for(standing: Standing, reference: str, now: datetime) -> Enquiry:
    """A restricted enquiry that the person may open for a reason; raises Http404 for any other."""
    related = Enquiry.objects.select_related("line", "office", "assignee")
    if not standing.roles & set(READS):
        raise Http404
    return _one(related.openable_by(standing.person, now), reference)


def may_open(standing: Standing, enquiry: Enquiry, now: datetime) -> bool:
    """Whether the person may open this restricted enquiry for a reason."""
    return Enquiry.objects.openable_by(standing.person, now).filter(pk=enquiry.pk).exists()


def has_opened(standing: Standing, enquiry: Enquiry, now: datetime) -> bool:
    """Whether the person has opened this restricted enquiry and may still read it."""
    return Enquiry.objects.opened_by(standing.person, now).filter(pk=enquiry.pk).exists()


def referrals_for(standing: Standing, now: datetime) -> ReferralQuerySet:
    """The referrals a person may list and count: of what is not restricted for who answers enquiries, of
    what they may open (a privacy officer: every breach), and their own.
    """
    may_open = Enquiry.objects.openable_by(standing.person, now).values("pk")
    # By the few that are restricted: to look at each one's enquiry would read them all.
    unrestricted = ~Q(enquiry__in=Enquiry.objects.filter(is_restricted=True).values("pk"))
    if not standing.roles & set(WORKS):
        unrestricted &= Q(owner=standing.person)
    wanted = Q(enquiry__in=may_open) | unrestricted
    related = Referral.objects.select_related("enquiry", "owner", "referred_by", "closed_by")
    if not standing.roles & set(READS):
        return related.none()
    return related.filter(wanted)


def get_referral_for(standing: Standing, pk: int, now: datetime) -> Referral:
    """One of them; raises Http404 for any other."""
    found = referrals_for(standing, now).select_related("breach").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def answers_for(standing: Standing, referral: Referral) -> bool:
    """Whether the person answers for a referral: its owner, and of a breach every privacy officer."""
    is_officer = Role.PRIVACY_OFFICER in standing.roles
    is_breach = referral.kind == ReferralKind.BREACH
    return referral.owner_id == standing.person.pk or (is_officer and is_breach)


def get_document_for(standing: Standing, pk: int, now: datetime) -> Document:
    """A document of an enquiry that the person may read now; raises Http404 for any other."""
    readable = _readable(standing, now).values("pk")
    related = Document.objects.select_related("enquiry", "uploaded_by")
    found = related.filter(pk=pk, enquiry__in=readable).first()
    if found is None:
        raise Http404
    return found


def _readable(standing: Standing, now: datetime) -> EnquiryQuerySet:
    everything = Enquiry.objects.select_related("line", "office", "assignee")
    if standing.roles & set(WORKS):
        return everything.readable_by(standing.person, now)
    if standing.roles & set(READS):
        return everything.opened_by(standing.person, now)
    return everything.none()


def _one(found: EnquiryQuerySet, reference: str) -> Enquiry:
    enquiry = found.filter(reference=reference).first()
    if enquiry is None:
        raise Http404
    return enquiry


def get_agent_for(standing: Standing) -> Agent | None:
    """What the person knows as an agent; None if nothing was set for them yet."""
    return Agent.objects.select_related("person").filter(person=standing.person).first()


def get_agent_person_for(standing: Standing, key: int, at: datetime) -> Person:
    """Somebody with the role of an agent, for a team lead; raises Http404 for anybody else."""
    held = Grant.objects.in_force(at).filter(role=Role.AGENT, person=key)
    found = held.select_related("person").first()
    if Role.TEAM_LEAD not in standing.roles or found is None:
        raise Http404
    return found.person


def may_take(standing: Standing, enquiry: Enquiry) -> bool:
    """What waits anybody may take, and what waits for the client and is nobody's; what a colleague has in
    hand, only a team lead.
    """
    is_nobodys = enquiry.state == State.ON_HOLD and enquiry.assignee_id is None
    if enquiry.state == State.IN_HAND:
        is_mine = enquiry.assignee_id == standing.person.pk
        return Role.TEAM_LEAD in standing.roles and not is_mine
    return enquiry.state == State.WAITING or is_nobodys


def get_text_for(standing: Standing, code: str) -> Text:
    """One text, for whoever answers enquiries; raises Http404."""
    found = Text.objects.filter(code=code).first() if standing.roles & set(WORKS) else None
    if found is None:
        raise Http404
    return found


def get_text_version_for(standing: Standing, code: str, number: int) -> TextVersion:
    """One version of a text; raises Http404."""
    text = get_text_for(standing, code)
    people = ("text", "written_by", "approved_by")
    found = text.versions.select_related(*people).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def get_authorization_for(
    standing: Standing, reference: str, key: int, now: datetime
) -> Authorization:
    """One that the asker of an enquiry has for its applicant; another's does not exist (Http404)."""
    enquiry = get_readable_for(standing, reference, now)
    found = Authorization.objects.of_case(enquiry, now).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def overrides_for(standing: Standing, now: datetime) -> GateOverrideQuerySet:
    """What waits for a second person on enquiries that this one may read or open, the longest first.

    `is_readable` says whether they may read why now: of what is restricted, once they have opened it.
    """
    readable = _readable(standing, now)
    openable = Enquiry.objects.openable_by(standing.person, now).values("pk")
    visible = Q(enquiry__in=enquiries_for(standing).values("pk"))
    if standing.roles & set(WORKS):
        visible |= Q(enquiry__in=openable)
    waiting = GateOverride.objects.waiting().filter(visible)
    waiting = waiting.annotate(is_readable=Exists(readable.filter(pk=OuterRef("enquiry"))))
    return waiting.select_related("enquiry", "asked_by").order_by("asked_at", "pk")


def get_override_for(standing: Standing, key: int, now: datetime) -> GateOverride:
    """One that was asked for an enquiry that the person may read now, answered or not; else Http404."""
    visible = _readable(standing, now).values("pk")
    found = GateOverride.objects.select_related("enquiry").filter(pk=key, enquiry__in=visible)
    override = found.first()
    if override is None:
        raise Http404
    return override


def mails_for(standing: Standing) -> InboundMailQuerySet:
    """Mail on which a team lead decides or has decided that it is refused; no other mail is read here."""
    everything = InboundMail.objects.select_related("enquiry")
    if Role.TEAM_LEAD not in standing.roles:
        return everything.none()
    return everything.filter(decision__in=(*SET_ASIDE, Decision.REFUSED), disposed_at=None)


def get_mail_for(standing: Standing, key: int) -> InboundMail:
    """One of them; raises Http404 for any other."""
    found = mails_for(standing).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def undelivered_for(standing: Standing) -> UndeliveredQuerySet:
    """Mails of ours that did not arrive, for a team lead; of what is restricted none is listed."""
    message = "outbound__message__enquiry"
    everything = Undelivered.objects.select_related(f"{message}__line", "handled_by")
    if Role.TEAM_LEAD not in standing.roles:
        return everything.none()
    return everything.filter(**{f"{message}__is_restricted": False})


# --- The rules, the promises and the crisis lines of the centre ---

KEEPERS = (Role.TEAM_LEAD, Role.POLICY_OWNER)
"""Who keeps the lines, the rules of triage and the targets."""


def get_triage_version_for(standing: Standing, number: int) -> TriageVersion:
    """A version of the rules, for who keeps them; raises Http404."""
    found = TriageVersion.objects.select_related("created_by", "approved_by")
    return _or_404(standing, found.filter(number=number))


def get_line_for(standing: Standing, code: str) -> Line:
    """A line that the person keeps: open, and no drill; raises Http404."""
    return _or_404(standing, Line.objects.counted().filter(closed_at=None, code=code))


def get_crisis_line_for(standing: Standing, code: str) -> CrisisLine:
    """A crisis line, open or closed; raises Http404."""
    found = CrisisLine.objects.select_related("line", "template", "opened_by", "closed_by")
    return _or_404(standing, found.filter(line__code=code))


def get_loan_for(standing: Standing, crisis: CrisisLine, key: int) -> Loan:
    """A loan of this line that runs; raises Http404."""
    return _or_404(standing, crisis.loans.running().select_related("person").filter(pk=key))


def get_tag_for(standing: Standing, code: str) -> Tag:
    """A tag of the centre's list, given or retired; raises Http404."""
    return _or_404(standing, Tag.objects.filter(code=code))


def _or_404(standing: Standing, found: QuerySet[Kept]) -> Kept:
    first = found.first() if standing.roles & set(KEEPERS) else None
    if first is None:
        raise Http404
    return first
