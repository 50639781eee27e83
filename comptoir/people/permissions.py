"""Who may do what: the roles a view is for, and the objects a person may reach.

Every view declares whom it is for with one of `public`, `signed_in` or `allow`; a repository test
walks the address table and fails on a view that does not. A person whose role is wrong gets 403; an
object of somebody else's does not exist for them: 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from comptoir.notices import queries as notices
from comptoir.notices.models import Notice
from comptoir.people.models import (
    OFFICE_ROLES,
    STAFF_ROLES,
    District,
    Grant,
    Invitation,
    Office,
    OfficeAddress,
    OfficeTelephone,
    Person,
    Role,
)
from comptoir.ui import statements
from comptoir.ui.access import public as public

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
Found = TypeVar("Found", bound=Model)
Point = TypeVar("Point", OfficeAddress, OfficeTelephone)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Standing:
    """A person with the grants in force at one instant, loaded once per request."""

    person: Person
    grants: tuple[Grant, ...]
    sending_is_stopped: bool = False
    """Whether no notice leaves: read along with the grants, so that no page asks for it apart."""

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Every role held somewhere."""
        return frozenset(Role(grant.role) for grant in self.grants)

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        """The offices the person acts for, each once, in the order of their names."""
        found = {grant.office.pk: grant.office for grant in self.grants if grant.office is not None}
        return tuple(sorted(found.values(), key=lambda office: (office.sort_name, office.pk)))

    @property
    def is_staff(self) -> bool:
        """Whether any role of the centre is held, and so a second factor is owed."""
        return any(role in STAFF_ROLES for role in self.roles)

    def manages(self, office: Office) -> bool:
        """Whether the person may invite and remove this office's people."""
        return any(
            grant.office_id == office.pk and grant.role == Role.OFFICE_MANAGER
            for grant in self.grants
        )


class SignedIn(HttpRequest):
    """A request that has passed `allow` or `signed_in`."""

    user: Person
    now: datetime
    standing: Standing
    htmx: HtmxDetails


# Asked on every request, so written out; who is in force is decided as in `Grant.objects.in_force`.
_HELD = f"""
SELECT {statements.columns(Grant, "held")},
       {statements.columns(Office, "office")},
       {statements.columns(District, "district")},
       EXISTS (SELECT 1 FROM notices_switch WHERE resumed_at IS NULL)
  FROM people_grant held
  LEFT JOIN people_office office ON office.id = held.office_id
  LEFT JOIN people_district district ON district.id = office.district_id
 WHERE held.person_id = %(person)s AND held.starts_at <= %(at)s
   AND (held.ends_at IS NULL OR held.ends_at > %(at)s)
 ORDER BY held.id
"""


def standing_of(person: Person, at: datetime) -> Standing:
    """The person's grants in force, with their offices: one query."""
    if not person.is_active:
        return Standing(person, ())
    found = statements.rows(_HELD, {"person": person.pk, "at": at})
    grants = tuple(_held(person, row) for row in found)
    return Standing(person, grants, any(row[-1] for row in found))


def _held(person: Person, row: tuple[Any, ...]) -> Grant:
    """A grant with its person, its office and the office's district."""
    grant: Grant
    grant, office, district = statements.instances((Grant, Office, District), row)
    grant.person = person
    if office is not None:
        office.district = district
        grant.office = office
    return grant


def signed_in(
    view: Callable[Concatenate[SignedIn, P], R],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Declare a view for anybody who is signed in, whatever the role."""
    return _guard(view, frozenset())


def allow(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[SignedIn, P], R]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Declare a view for people who hold one of these roles."""

    def decorate(
        view: Callable[Concatenate[SignedIn, P], R],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        return _guard(view, frozenset(roles))

    return decorate


def while_locked(view: View) -> View:
    """Mark a view that answers while the session is locked: those that unlock and sign out."""
    view.while_locked = True  # type: ignore[attr-defined]  # read by the middleware
    return view


def before_second_factor(view: View) -> View:
    """Mark a view that answers staff who have not shown a second factor yet: those that add one."""
    view.before_second_factor = True  # type: ignore[attr-defined]  # read by the middleware
    return view


def _guard(
    view: Callable[Concatenate[SignedIn, P], R], roles: frozenset[Role]
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        known = cast(SignedIn, request)
        if not hasattr(known, "standing"):
            known.standing = standing_of(known.user, known.now)
        if roles and not roles & known.standing.roles:
            raise PermissionDenied
        return view(known, *args, **kwargs)

    guarded.allowed = roles or "signed in"  # type: ignore[attr-defined]  # read by the repository test
    return guarded


def get_office_for(standing: Standing, reference: str) -> Office:
    """An office the person acts for; raises Http404 for any other."""
    for office in standing.offices:
        if office.reference == reference:
            return office
    raise Http404


def get_managed_office_for(standing: Standing, reference: str) -> Office:
    """An office whose people the person manages; raises Http404 for any other."""
    office = get_office_for(standing, reference)
    if not standing.manages(office):
        raise Http404
    return office


def may_grant(standing: Standing, role: Role, office: Office | None) -> bool:
    """Whether the person may give or end this role: managers in their office, administrators any."""
    if Role.ADMINISTRATOR in standing.roles:
        return True
    return office is not None and role in OFFICE_ROLES and standing.manages(office)


def get_person_for(standing: Standing, key: int) -> Person:
    """A person an administrator looks after; raises Http404."""
    if Role.ADMINISTRATOR not in standing.roles:
        raise Http404
    return _or_404(Person.objects.filter(pk=key))


def get_any_office_for(standing: Standing, reference: str) -> Office:
    """Any office, for an administrator; raises Http404."""
    if Role.ADMINISTRATOR not in standing.roles:
        raise Http404
    offices = Office.objects.select_related("district", "successor__district")
    return _or_404(offices.filter(reference=reference))


def get_kept_office_for(standing: Standing, reference: str) -> Office:
    """An office whose settings the person keeps: its manager or an administrator; else Http404."""
    if Role.ADMINISTRATOR in standing.roles:
        return get_any_office_for(standing, reference)
    return get_managed_office_for(standing, reference)


def get_grant_for(standing: Standing, key: int) -> Grant:
    """A role this person may end; raises Http404 for any other."""
    grant = _or_404(Grant.objects.select_related("person", "office__district").filter(pk=key))
    if not may_grant(standing, Role(grant.role), grant.office):
        raise Http404
    return grant


def get_invitation_for(standing: Standing, key: int) -> Invitation:
    """An invitation this person may withdraw; raises Http404 for any other."""
    invitation = _or_404(Invitation.objects.select_related("office__district").filter(pk=key))
    if not may_grant(standing, Role(invitation.role), invitation.office):
        raise Http404
    return invitation


def get_notice_for(standing: Standing, key: int) -> Notice:
    """A notice of the ledger, for those who look after sending; raises Http404."""
    if not standing.roles & {Role.TEAM_LEAD, Role.ADMINISTRATOR}:
        raise Http404
    return _or_404(notices.shown().filter(pk=key))


def get_contact_point_for(
    standing: Standing, office: Office, model: type[Point], key: int
) -> Point:
    """An address or a telephone number of this office; raises Http404 for another's."""
    if not may_keep(standing, office):
        raise Http404
    return _or_404(model._default_manager.filter(office=office, pk=key))


def may_keep(standing: Standing, office: Office) -> bool:
    """Whether the person may change the office's addresses, numbers and settings."""
    return Role.ADMINISTRATOR in standing.roles or standing.manages(office)


def _or_404(found: QuerySet[Found]) -> Found:
    first = found.first()
    if first is None:
        raise Http404
    return first
