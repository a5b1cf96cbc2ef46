"""What crosses the border between the app and the trainer's process, declared once."""
