"""The load: N kept-alive connections that work through a list of requests, in a process of its own.

Reads a plan from standard input (a line of JSON with host, port and connections, then one request
per line), writes one line of JSON: the wall time and, per request, its seconds and its status.
Raw sockets and no more parsing than needed, so that the load takes little from the server beside it.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

RECEIVED_AT_ONCE = 1 << 18


@dataclass(slots=True)
class Connection:
    """One connection and the request it is busy with."""

    wire: socket.socket
    request: int = -1
    begun: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class Load:
    """Works through the requests as fast as the answers come."""

    def __init__(self, host: str, port: int, connections: int, requests: list[bytes]) -> None:
        self._requests = requests
        self._waiting = deque(range(len(requests)))
        self.seconds = [0.0] * len(requests)
        self.statuses = [0] * len(requests)
        self._selector = selectors.DefaultSelector()
        self._busy = 0
        for _ in range(min(connections, len(requests))):
            wire = socket.create_connection((host, port))
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(wire, selectors.EVENT_READ, Connection(wire))

    def run(self) -> float:
        """The wall time from the first request to the last answer."""
        start = time.perf_counter()
        for key in list(self._selector.get_map().values()):
            self._send_next(key.data)
        while self._busy:
            for key, _events in self._selector.select():
                self._read(key.data)
        return time.perf_counter() - start

    def _send_next(self, connection: Connection) -> None:
        if not self._waiting:
            return
        connection.request = self._waiting.popleft()
        connection.received.clear()
        connection.begun = time.perf_counter()
        self._busy += 1
        connection.wire.sendall(self._requests[connection.request])

    def _read(self, connection: Connection) -> None:
        chunk = connection.wire.recv(RECEIVED_AT_ONCE)
        if not chunk:
            raise ConnectionError("the server hung up in the middle of an answer")
        connection.received += chunk
        if not is_complete(connection.received):
            return
        self.seconds[connection.request] = time.perf_counter() - connection.begun
        self.statuses[connection.request] = int(connection.received[9:12])
        self._busy -= 1
        self._send_next(connection)


def is_complete(received: bytearray) -> bool:
    """Whether an answer has arrived in full, by its length or its last chunk."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(received[:end]).lower()
    if b"transfer-encoding: chunked" in head:
        return received.endswith(b"\r\n0\r\n\r\n")
    mark = head.find(b"content-length:")
    length = int(head[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
    return len(received) >= end + 4 + length


def encode(host: str, request: dict[str, Any]) -> bytes:
    """A request on the wire."""
    body = str(request.get("body", "")).encode()
    lines = [f"{request['method']} {request['path']} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.get("headers", {}).items()]
    if request["method"] == "POST":
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "", ""])
    return head.encode() + body


def main() -> None:
    """Read the plan, work, report."""
    plan = json.loads(sys.stdin.readline())
    requests = [encode(plan["host"], json.loads(line)) for line in sys.stdin]
    load = Load(plan["host"], plan["port"], plan["connections"], requests)
    wall = load.run()
    json.dump({"wall": wall, "seconds": load.seconds, "statuses": load.statuses}, sys.stdout)


if __name__ == "__main__":
    main()
