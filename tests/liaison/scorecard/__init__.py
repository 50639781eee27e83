"""The scorecard: every figure on a small world that was computed by hand."""
