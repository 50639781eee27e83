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
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from comptoir.people.models import OFFICE_ROLES, STAFF_ROLES, Grant, Office, Person, Role
from comptoir.ui.access import public as public

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True)
class Standing:
    """A person with the grants in force at one instant, loaded once per request."""

    person: Person
    grants: tuple[Grant, ...]

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

    def acts_for(self, office: Office) -> bool:
        """Whether the person is a delegate or the manager of this office."""
        return any(grant.office_id == office.pk for grant in self.grants)

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


def standing_of(person: Person, at: datetime) -> Standing:
    """The person's grants in force, with their offices: one query."""
    grants = Grant.objects.in_force(at).filter(person=person).select_related("office__district")
    return Standing(person, tuple(grants.order_by("pk")))


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
