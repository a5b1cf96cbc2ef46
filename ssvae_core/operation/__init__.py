"""Running it for others: what is missing here, how it is doing, copies of a whole workspace."""
