"""What a turn's events leave in the thread: each is kept before the reader gets it."""

from chatkit.store import Store
from chatkit.types import (
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
)

from bookside.chat.stream import Shown, TextShown
from bookside.context import Reader


class Keeper:
    """Writes one turn's items and its thread to the store.

    An item is written when it is complete, which also a broken answer becomes (``AnswerStream.rewrite``), so nothing
    that is half done has to be remembered here.
    """

    def __init__(self, store: Store[Reader], thread: ThreadMetadata, reader: Reader) -> None:
        self._store = store
        self._thread = thread
        self._reader = reader
        self._saved = thread.model_copy(deep=True)

    async def keep(self, event: Shown) -> bool:
        """Write what ``event`` leaves behind; whether the reader may see it."""
        match event:
            case TextShown() | ThreadItemUpdatedEvent():
                return True
            case ThreadItemDoneEvent(item=item):
                await self._store.add_thread_item(self._thread.id, item, context=self._reader)
                return not isinstance(item, HiddenContextItem | SDKHiddenContextItem)
            case ThreadItemRemovedEvent(item_id=item_id):
                await self._store.delete_thread_item(self._thread.id, item_id, context=self._reader)
            case ThreadItemReplacedEvent(item=item):
                await self._store.save_item(self._thread.id, item, context=self._reader)
            case _:
                pass
        return True

    async def keep_thread(self) -> bool:
        """Write the thread if the turn has changed it; whether it has."""
        if self._thread == self._saved:
            return False
        self._saved = self._thread.model_copy(deep=True)
        await self._store.save_thread(self._thread, context=self._reader)
        return True
