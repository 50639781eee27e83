"""A small daemon that speaks the scanner's protocol as `man clamd` has it, for what a real one never does."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from comptoir.enquiries.gateway.scanning import Clamd

SECONDS = 5.0


@dataclass
class Daemon:
    """Answers each connection with `answer` and keeps what it was asked; None: hangs up, "" : is silent."""

    answer: bytes | None
    line: socket.socket
    heard: list[bytes] = field(default_factory=list)

    def run(self) -> None:
        """Serve until the socket is closed."""
        while True:
            try:
                caller, _ = self.line.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(SECONDS)
                self.serve(caller)

    def serve(self, caller: socket.socket) -> None:
        """One connection."""
        try:
            if self.answer is None:
                return
            self.heard.append(_streamed(caller))
            caller.sendall(self.answer)
            if not self.answer:
                caller.recv(1)
        except OSError:
            return


def _streamed(caller: socket.socket) -> bytes:
    said = caller.makefile("rb")
    command = said.read(len(b"zINSTREAM\0"))
    assert command == b"zINSTREAM\0"
    content = b""
    while length := struct.unpack("!L", said.read(4))[0]:
        content += said.read(length)
    return content


@contextmanager
def answering(answer: bytes | None, *, seconds: float = SECONDS) -> Iterator[tuple[Clamd, Daemon]]:
    """A client of a daemon that always says this, and the daemon."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        daemon = Daemon(answer, line)
        thread = threading.Thread(target=daemon.run, daemon=True)
        thread.start()
        yield Clamd(line.getsockname()[:2], seconds=seconds), daemon
        line.shutdown(socket.SHUT_RDWR)
    thread.join(SECONDS)
