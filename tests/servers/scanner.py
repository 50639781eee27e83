"""A real ClamAV daemon that knows two signatures, ours, and is ready at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scripts import servers
from tests.servers.throwaway import HOST, Port, ThrowawayServer

MEGABYTE = 1_000_000

EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()
"""Harmless and known to every scanner, hence put together here, lest one takes the repository away."""

INVENTED = b"comptoir: a pattern that our own signature knows, anywhere in a file"

SIGNATURES = {"Eicar-Test": ("0", EICAR), "Comptoir-Invented": ("*", INVENTED)}
"""Each by name: where in a file it is looked for (`*` anywhere), and what."""

CONFIGURATION = """
Foreground yes
LogTime yes
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}/scratch
TCPAddr {host}
TCPSocket {port}
OfficialDatabaseOnly no
Bytecode no
SelfCheck 0
MaxThreads 4
StreamMaxLength 6M
# The larger of the two, and not the other way round: ClamAV cuts what it unpacks from a zip at
# MaxFileSize, says nothing of it and finds the rest clean. So MaxScanSize is exceeded first.
MaxFileSize 25M
MaxScanSize 20M
MaxScanTime 20000
MaxRecursion 6
MaxFiles 500
# What was not looked at to its end, or could not be looked into, is not clean.
AlertExceedsMax yes
AlertEncrypted yes
"""


class Scanner:
    """A scanner on a port that stays the same however often it is stopped and started."""

    host = HOST

    def __init__(self) -> None:
        self._port = Port()
        self.server = ThrowawayServer(self.is_up)
        self.server.make_folder("signatures")
        self.server.make_folder("scratch")
        for name, (offset, pattern) in SIGNATURES.items():
            self.server.write(f"signatures/{name}.ndb", f"{name}:0:{offset}:{pattern.hex()}\n")

    @property
    def port(self) -> int:
        return self._port.number

    def start(self) -> None:
        """Scan again; starting twice is starting once."""
        configuration = CONFIGURATION.format(
            folder=self.server.folder, host=HOST, port=self._port.number
        )
        path = self.server.write("clamd.conf", configuration)
        self.server.start(servers.find("clamd") or "clamd", f"--config-file={path}")

    def stop(self) -> None:
        """Refuse every connection."""
        self.server.stop()

    def is_up(self) -> bool:
        return self._port.answers(b"PONG", question=b"nPING\n")

    def close(self) -> None:
        self.server.close()
        self._port.close()


@contextmanager
def running() -> Iterator[Scanner]:
    """A scanner, until the block ends."""
    scanner = Scanner()
    try:
        scanner.start()
        yield scanner
    finally:
        scanner.close()
