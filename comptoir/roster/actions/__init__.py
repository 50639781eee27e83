"""Every write of the roster, one module per thing written. Bookings are never touched from here."""
