"""Every write to people, roles and offices, one module per thing written."""
