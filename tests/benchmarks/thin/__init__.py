"""The product's booking action behind the bare project's middleware: what the action itself costs."""
