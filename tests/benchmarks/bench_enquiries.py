"""A day of enquiries in ten minutes; `enquiries` says how.

`--quick` takes one minute with a tenth of them; `--minutes` so many.
"""

from __future__ import annotations

import argparse

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--minutes", type=float, help="how long the day takes")
    wanted = parser.parse_args()
    with house.opened():
        from tests.benchmarks import enquiries

        enquiries.main(minutes=wanted.minutes or (1 if wanted.quick else enquiries.MINUTES))


if __name__ == "__main__":
    main()
