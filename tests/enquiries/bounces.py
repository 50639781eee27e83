"""Delivery reports (RFC 3464), as mail servers write them."""

from __future__ import annotations

from tests.servers.fixtures import MAILBOXES

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.client.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{number}@mx.client.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="frontier"

--frontier
Content-Type: text/plain; charset=us-ascii

I could not deliver your message.
--frontier
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; asker@client.example
Action: {action}
Status: {code}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--frontier
Content-Type: {kind}

From: Client support <{to}>
To: asker@client.example
Subject: About your enquiry
Message-ID: {message_id}

{text}
--frontier--
"""


def report(
    message_id: str,
    *,
    action: str = "failed",
    code: str = "5.1.1",
    with_text: bool = True,
    number: int = 1,
) -> bytes:
    """What comes back when a mail of ours did not arrive."""
    return REPORT.format(
        to=MAILBOXES[0],
        message_id=message_id,
        action=action,
        code=code,
        number=number,
        kind="message/rfc822" if with_text else "text/rfc822-headers",
        text="It takes six months." if with_text else "",
    ).encode()
