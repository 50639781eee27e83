"""Appointments of legislators' offices and the rule that shares the hours out: the heart."""
