"""Silence is told when its time has come, counted from the last thing that was heard."""

import asyncio

from bookside.chat.silence import Silence


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time goes on only when it is told so."""

    now_s = 1_000.0

    def time(self) -> float:
        """Seconds."""
        return self.now_s

    async def wait(self, seconds: float) -> None:
        """Let so much time pass, and what is due then happen."""
        self.now_s += seconds
        for _ in range(3):
            await asyncio.sleep(0)


def test_silence_is_counted_from_the_last_thing_heard() -> None:
    """It is told once for each time that has passed in silence, not before, and not after the end."""
    clock = Clock()
    told_at_s: list[float] = []

    async def listen() -> None:
        silence = Silence(10.0, lambda: told_at_s.append(clock.now_s - 1_000.0))
        for _ in range(4):
            await clock.wait(9.0)
            silence.broken()
        await clock.wait(9.0)  # 45, the last was heard at 36
        for _ in range(12):
            await clock.wait(1.0)
        silence.end()
        await clock.wait(100.0)

    with asyncio.Runner(loop_factory=lambda: clock) as runner:
        runner.run(listen())

    assert told_at_s == [46.0, 56.0]
