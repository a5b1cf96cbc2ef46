"""What is learned before the first label: an M1, an encoder by contrast, what ships of both."""
