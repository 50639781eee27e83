"""Messages to people: texts in English and French, calendar files, sending, the ledger of what was sent."""
