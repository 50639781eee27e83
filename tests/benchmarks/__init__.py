"""Programs that measure, run by `make bench`. They print ratios of figures taken in one run.

They are not tests: nothing here passes or fails by the clock of whoever runs it.
"""
