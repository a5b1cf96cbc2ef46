"""The 2-D map of what a model sees, and who is near whom."""
