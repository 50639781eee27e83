"""A real SMTP server on loopback that keeps what it takes, and refuses or stalls when told to."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"


class Gate:
    """Stalls the server in the middle of a message until a test opens it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await asyncio.get_running_loop().run_in_executor(None, self.opened.wait, 60)


class Loopback(Controller):
    """Takes whatever port is free; aiosmtpd proves itself by connecting to the one it was given."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # asyncio's own server has them
        super()._trigger_server()


class MailServer:
    """The handler of the server, and the test's view of it."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.recipient_answers: dict[str, str] = {}
        self.sender_answer = TAKEN
        self.data_answer = TAKEN
        self.connections = 0
        self.gate_before_data: Gate | None = None
        self.gate_after_data: Gate | None = None
        self._came = threading.Condition()
        self._running = False
        self._controller = Loopback(self, hostname="127.0.0.1", port=0)

    @property
    def port(self) -> int:
        return self._controller.port

    def start(self) -> None:
        self._controller.start()
        self._running = True

    def stop(self) -> None:
        """Close the port; stopping twice is stopping once."""
        for gate in (self.gate_before_data, self.gate_after_data):
            if gate is not None:
                gate.opened.set()
        if self._running:
            self._controller.stop()
        self._running = False

    @property
    def readers(self) -> list[str]:
        """Whom the accepted messages are for, in the order they came."""
        return [str(message["To"]) for message in self.accepted]

    def wait_for(self, number: int) -> bool:
        """Wait until so many messages were accepted; False if they do not come."""
        with self._came:
            return self._came.wait_for(lambda: len(self.accepted) >= number, timeout=60)

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer == TAKEN:
            envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.gate_before_data is not None:
            await self.gate_before_data.pass_through()
        answer = self.recipient_answers.get(address, TAKEN)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_answer == TAKEN:
            content: Any = envelope.content
            with self._came:
                self.accepted.append(message_from_bytes(content, policy=policy.default))
                self._came.notify_all()
        if self.gate_after_data is not None:
            await self.gate_after_data.pass_through()
        return self.data_answer
