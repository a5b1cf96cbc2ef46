"""What a page shows of a session, as plain dicts and arrays."""
