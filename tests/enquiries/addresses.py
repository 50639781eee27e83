"""The single window's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from tests.enquiries import mail_writing
from tests.repository.describing import Foreign


def _decided_mail() -> dict[str, Any]:
    """A mail that became an enquiry is read there, not among what was set aside."""
    mail_writing.line()
    return {"key": mail_writing.came(mail_writing.mail()).pk}


FOREIGN: dict[str, Foreign] = {
    f"enquiries:{name}": Foreign(_decided_mail) for name in ("mail", "mail-take-in", "mail-refuse")
}
