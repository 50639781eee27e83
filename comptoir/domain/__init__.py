"""The rules, pure Python: no framework, no clock, no I/O, no randomness that is not passed in."""
