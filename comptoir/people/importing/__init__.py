"""Reading lists of districts and legislators from files nobody has checked, and what they change.

`formats` finds out what a file is, `members` and `tables` read it row by row, `plans` compares the
rows with what is stored. Writing is `people.actions.imports`.
"""
