"""Ten thousand mails dropped in a maildir, the worker killed ten times; `mail` says how it is measured."""

from __future__ import annotations

from tests.benchmarks import house


def main() -> None:
    """Open a house, measure, print."""
    with house.opened():
        from tests.benchmarks import mail

        mail.main()


if __name__ == "__main__":
    main()
