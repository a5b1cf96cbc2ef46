"""The one kind of error that is meant for the person at the screen."""


class UserError(Exception):
    """A sentence to show as it is: what was expected, what came, what to do.

    Everything else that is raised is a bug: its traceback goes to the log, and the page says only
    that something went wrong.
    """
