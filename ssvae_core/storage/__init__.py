"""Where a person's things are on disk, how they are written whole or not at all, and long jobs."""
