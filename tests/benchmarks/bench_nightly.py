"""The nightly work and a round of the waiting list; `nightly` says how it is measured."""

from __future__ import annotations

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    with house.opened():
        from tests.benchmarks import nightly

        nightly.main()


if __name__ == "__main__":
    main()
