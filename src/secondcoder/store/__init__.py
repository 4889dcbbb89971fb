"""Files: codings, and the ledger that keeps every answer."""
