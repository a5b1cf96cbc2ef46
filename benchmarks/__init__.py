"""Measurements, one file a question; each prints the table that the README quotes."""
