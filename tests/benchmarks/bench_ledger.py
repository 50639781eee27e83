"""Importing call records beside raw COPY; `ledger` says how it is measured."""

from __future__ import annotations

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    with house.opened():
        from tests.benchmarks import ledger

        ledger.main()


if __name__ == "__main__":
    main()
