"""Reading rosters from files nobody has checked.

`sheets` reads CSV and `calendars` .ics; both give `entries`, one per professional. Comparing and
writing is `roster.actions.imports`. The columns are described in docs/guides/roster.md.
"""
