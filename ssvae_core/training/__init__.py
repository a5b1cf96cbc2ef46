"""Training: the loop, the hot core of a session, what it starts from and what it keeps."""
