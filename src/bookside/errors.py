"""Every error that Bookside raises on purpose.

::

    BooksideError
    ├── BookError          a page or a book's configuration cannot be read
    ├── Rejected           the request or a setting is wrong; the caller can mend it
    │   ├── TooLarge       … because it is over a limit, which the message names
    │   ├── NotSignedIn    … because its token does not prove who asks
    │   └── NotAllowed     … because whoever asks may not
    ├── NotFound           no such thing, or it is another reader's
    ├── TooMany            over a rate limit; try again after ``retry_after_s``
    └── Unavailable        a part that Bookside needs does not answer
        └── TooBusy        … because it has as much to do as it may; try again after ``retry_after_s``

Messages are meant for the person who can act on them, and never hold a secret. HTTP statuses are given in
``http/problems.py`` alone.
"""


class BooksideError(Exception):
    """An expected failure; its text is fit to be shown."""


class BookError(BooksideError):
    """The book on disk cannot be read as a book; ``line`` counts from 1, and is 0 where it is no matter of a line."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class Rejected(BooksideError):
    """The request or a setting is wrong, and the message says what would be right."""


class TooLarge(Rejected):
    """The request is over a limit."""

    def __init__(self, what: str, limit: int, unit: str) -> None:
        super().__init__(f"{what} is longer than the limit of {limit:,} {unit}")
        self.limit = limit


class NotSignedIn(Rejected):
    """The reader's token is not one of this server's, or it has expired."""


class NotAllowed(Rejected):
    """Whoever asks may not have this done."""


class NotFound(BooksideError):
    """There is no such thing for this reader."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"no {kind} {id!r}")
        self.kind = kind
        self.id = id


class TooMany(BooksideError):
    """A limit on how often, or how much at once, has been reached."""

    def __init__(self, reason: str, *, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Unavailable(BooksideError):
    """A part that Bookside needs does not answer; trying again may help."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part} is unavailable: {reason}")
        self.part = part
        self.reason = reason


class TooBusy(Unavailable):
    """A part has as much to do as it may."""

    def __init__(self, part: str, reason: str, *, retry_after_s: int) -> None:
        super().__init__(part, reason)
        self.retry_after_s = retry_after_s
