"""What people said about the examples: stored for good, event by event."""
