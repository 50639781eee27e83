"""A bare Django project with the usual middleware: what the same machine does with nothing around it."""
