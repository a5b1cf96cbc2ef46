"""The trainer as the app sees it: messages over a socket to a process of its own."""
