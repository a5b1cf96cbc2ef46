"""What each lesson says, a file a lesson."""
