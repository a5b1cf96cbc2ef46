"""The errors that are meant for the person at the screen."""


class UserError(Exception):
    """A sentence to show as it is: what was expected, what came, what to do.

    Everything else that is raised is a bug: its traceback goes to the log, and the page says only
    that something went wrong. The kinds below are told apart where somebody else's program has to
    act on them: in HTTP each has a status of its own (api/http.py), all others are a bad request.
    """


class NotFound(UserError):
    """What was asked for is not there: a session, a data set, an image, an upload, an export."""


class Conflict(UserError):
    """It cannot be done as things are: not yet, not any more, or what it needs is damaged."""


class TooLarge(UserError):
    """It is more than is taken at once."""


class Unavailable(UserError):
    """Who would do it is away or busy; the same wish may be granted in a moment."""


class NotWritten(UserError):
    """The disk is full, or the folder may not be written."""


class NeedsDownload(UserError):
    """Weights are not on this machine; they are fetched only where somebody agrees to it.

    The fields say what would be fetched: its name, its size in bytes if that is known, the address
    it comes from and its licence, "" where that is not known.
    """

    def __init__(self, sentence: str, what: str, size: int | None, where: str, licence: str):
        super().__init__(sentence)
        self.what, self.size, self.where, self.licence = what, size, where, licence
