"""The 2-D map of a model's latents, and who is near whom."""
