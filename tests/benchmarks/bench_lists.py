"""Lists of enquiries at two million beside twenty thousand; `lists` says how. `--quick` takes a tenth."""

from __future__ import annotations

import argparse

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    wanted = parser.parse_args()
    with house.opened():
        from tests.benchmarks import lists

        lists.main(most=lists.MANY // 10 if wanted.quick else lists.MANY)


if __name__ == "__main__":
    main()
