"""What stands around a long list: the way on, for `enquiries/parts/pages.html`, and how many there are."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from comptoir.enquiries.queries import places
from comptoir.people.permissions import SignedIn


def ways_on(request: SignedIn, after: str) -> dict[str, str]:
    """Where the next page begins and, behind the first, where the first one is; "" where there is none."""
    query = request.GET.copy()
    first = query.pop("after", None) is not None
    beginning = f"?{query.urlencode()}"
    query["after"] = after
    return {
        "next": f"?{query.urlencode()}" if after else "",
        "beginning": beginning if first else "",
    }


def beginning(request: SignedIn, name: str) -> str:
    """Where a list of this name begins, narrowed as it is in the address of the request."""
    query = request.GET.copy()
    query.pop("after", None)
    return reverse(name) + (f"?{query.urlencode()}" if query else "")


def counted(count: int) -> str:
    """A count as it is told: of very many, that they are very many."""
    most = number_format(min(count, places.COUNTED), force_grouping=True)
    return most if count <= places.COUNTED else _("over %(number)s") % {"number": most}
