"""The guard of every change to an enquiry: nobody writes over what they have not seen."""

from __future__ import annotations

from datetime import datetime

from comptoir.enquiries.models import Enquiry, State
from comptoir.people.models import Person


class CannotChange(Exception):
    """Nothing was changed."""


class ChangedMeanwhile(CannotChange):
    """Somebody changed it after it was read: read again, what was typed is kept."""


class NotInHand(CannotChange):
    """It is in nobody's hands, or in somebody else's: take it first."""


class OfADrill(CannotChange):
    """Nothing leaves a drill for a line that is real, and nothing real enters one: neither is ever counted
    as the other.
    """


def locked(*, enquiry: Enquiry, version: int) -> Enquiry:
    """The enquiry's row, ours until the transaction ends; raises ChangedMeanwhile."""
    found = (
        Enquiry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("line")
        .get(pk=enquiry.pk)
    )
    if found.version != version:
        raise ChangedMeanwhile
    return found


def in_hand_of(*, enquiry: Enquiry, version: int, by: Person) -> Enquiry:
    """The same for who has it in hand or on hold; raises ChangedMeanwhile or NotInHand."""
    found = locked(enquiry=enquiry, version=version)
    if found.state not in (State.IN_HAND, State.ON_HOLD) or found.assignee_id != by.pk:
        raise NotInHand
    return found


def give(enquiry: Enquiry, to: Person, now: datetime, state: State = State.IN_HAND) -> None:
    """From now on this person has it; unsaved."""
    enquiry.state = state
    enquiry.assignee = to
    enquiry.taken_at = now


def let_go(enquiry: Enquiry) -> None:
    """Nobody has it any longer: what was in hand waits, at the place it had; unsaved."""
    enquiry.assignee = enquiry.taken_at = None
    if enquiry.state == State.IN_HAND:
        enquiry.state = State.WAITING


def let_wait(enquiry: Enquiry) -> None:
    """It waits for whoever takes it next, whatever it was before; unsaved."""
    enquiry.state = State.WAITING
    let_go(enquiry)


def save(enquiry: Enquiry) -> None:
    """Write every column, as one version more."""
    enquiry.version += 1
    enquiry.save()
