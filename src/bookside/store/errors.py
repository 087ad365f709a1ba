"""The one error that the store adds to the tree: a missing row, in Bookside's words and in ChatKit's."""

from chatkit.store import NotFoundError

from bookside.errors import NotFound


class RowNotFound(NotFound, NotFoundError):
    """There is no such row for this reader; another reader's row gives the very same message.

    It is worded as ChatKit's own tests expect it.
    """

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(kind, id)
        self.args = (f"{kind.capitalize()} {id if id.isprintable() else ascii(id)} not found",)
