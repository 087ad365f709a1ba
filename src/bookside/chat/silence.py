"""Silence: that nothing came for some time, told by one timer for many pieces, each of which would need one."""

import asyncio
from collections.abc import Callable


class Silence:
    """Calls ``on_silence`` whenever nothing has been heard for ``after_s`` seconds, until ``end``."""

    def __init__(self, after_s: float, on_silence: Callable[[], None]) -> None:
        self._after_s = after_s
        self._on_silence = on_silence
        self._loop = asyncio.get_running_loop()
        self._since_s = self._loop.time()
        self._timer = self._loop.call_later(after_s, self._check)

    def broken(self) -> None:
        """Something was heard."""
        self._since_s = self._loop.time()

    def end(self) -> None:
        """Call nobody any more."""
        self._timer.cancel()

    def _check(self) -> None:
        left_s = self._since_s + self._after_s - self._loop.time()
        if left_s <= 0:
            self._since_s, left_s = self._loop.time(), self._after_s
            self._on_silence()
        self._timer = self._loop.call_later(left_s, self._check)
