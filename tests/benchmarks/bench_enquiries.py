"""A day of enquiries in ten minutes, and lists at two million; `enquiries` and `lists` say how.

`--quick` takes one minute with a tenth of both; `--minutes` so many.
"""

from __future__ import annotations

import argparse

from tests.benchmarks import house


def main() -> None:
    """Open a house for each, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--minutes", type=float, help="how long the day takes")
    parser.add_argument("--only", choices=["day", "lists"], help="one of the two")
    wanted = parser.parse_args()
    if wanted.only != "lists":
        with house.opened():
            from tests.benchmarks import enquiries

            enquiries.main(minutes=wanted.minutes or (1 if wanted.quick else enquiries.MINUTES))
    if wanted.only != "day":
        with house.opened():
            from tests.benchmarks import lists

            lists.main(most=lists.MANY // 10 if wanted.quick else lists.MANY)


if __name__ == "__main__":
    main()
