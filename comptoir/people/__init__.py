"""Accounts, roles, legislators' offices, memberships, sign-in."""
