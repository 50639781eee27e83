"""The people room's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from comptoir.people.models import Role
from tests.people.factories import (
    GrantFactory,
    InvitationFactory,
    OfficeAddressFactory,
    OfficeFactory,
    OfficeTelephoneFactory,
    PersonFactory,
)
from tests.repository.describing import Foreign


def _office() -> dict[str, Any]:
    return {"reference": OfficeFactory.create().reference}


def _address() -> dict[str, Any]:
    address = OfficeAddressFactory.create()
    return {"reference": address.office.reference, "key": address.pk}


def _telephone() -> dict[str, Any]:
    telephone = OfficeTelephoneFactory.create()
    return {"reference": telephone.office.reference, "key": telephone.pk}


def _passkey() -> dict[str, Any]:
    passkey = Authenticator.objects.create(
        user=PersonFactory.create(), type=Authenticator.Type.WEBAUTHN, data={"name": "theirs"}
    )
    return {"pk": passkey.pk}


_MANAGERS = (Role.OFFICE_MANAGER,)
"""An administrator reaches every office; a manager only their own."""

_NOBODY: tuple[Role, ...] = ()
"""Administrators look after everybody: there is no other office, only what does not exist."""

FOREIGN = {
    "people:office-people": Foreign(_office),
    "people:end-access": Foreign(lambda: {"key": GrantFactory.create().pk}, _MANAGERS),
    "people:last-day": Foreign(lambda: {"key": GrantFactory.create().pk}, _MANAGERS),
    "people:withdraw-invitation": Foreign(
        lambda: {"key": InvitationFactory.create().pk}, _MANAGERS
    ),
    "people:office-settings": Foreign(_office, _MANAGERS),
    "people:address-add": Foreign(_office, _MANAGERS),
    "people:address-change": Foreign(_address, _MANAGERS),
    "people:address-remove": Foreign(_address, _MANAGERS),
    "people:telephone-add": Foreign(_office, _MANAGERS),
    "people:telephone-change": Foreign(_telephone, _MANAGERS),
    "people:telephone-remove": Foreign(_telephone, _MANAGERS),
    "mfa_remove_webauthn": Foreign(_passkey),
    "people:notice-again": Foreign(dict, _NOBODY),
    **{
        f"people:{name}": Foreign(lambda: {"key": PersonFactory.create().pk}, _NOBODY)
        for name in ("person", "give-role", "change-address", "deactivate", "reactivate")
    },
    **{
        f"people:{name}": Foreign(_office, _NOBODY)
        for name in (
            "office",
            "office-invite",
            "office-suspend",
            "office-reopen",
            "office-close",
            "office-transfer",
        )
    },
}

PUBLIC: dict[str, dict[str, Any]] = {
    "people:invitation": {"token": "1.forged"},
    "openid_connect_login": {"provider_id": "nobody"},
    "openid_connect_callback": {"provider_id": "nobody"},
}
