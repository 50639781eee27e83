"""Bookings a second; `booking` says how it is measured. `--quick` runs everything once and briefly."""

from __future__ import annotations

import argparse

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two days, one run of each kind")
    wanted = parser.parse_args()
    with house.opened():
        from tests.benchmarks import booking

        booking.main(quick=wanted.quick)


if __name__ == "__main__":
    main()
