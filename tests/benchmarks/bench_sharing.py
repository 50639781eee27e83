"""The full sharing rule beside the simple one; `sharing` says how it is measured."""

from __future__ import annotations

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    with house.opened():
        from tests.benchmarks import sharing

        sharing.main()


if __name__ == "__main__":
    main()
