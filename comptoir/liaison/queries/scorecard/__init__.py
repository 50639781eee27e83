"""The weekly scorecard: how the hours were used, who had access, how evenly need was met.

`rows` loads some weeks with a fixed number of statements into the plain `values`; `capacity`, `access`,
`evenness` and `pattern` compute with them; `figures` puts the results in order, and leaves out what few
offices stand behind. Formulas: capacity model, section 4.
"""
