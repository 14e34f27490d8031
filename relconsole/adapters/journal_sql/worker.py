"""One thread that owns a library that blocks, and takes work from the loop through a queue.

Nothing here knows SQL; the keyring is kept off the loop by it too. Work that arrives while the
thread is busy and is of one kind is done together, so that many facts share one sync of the disk.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple, TypeVar, cast

Given = TypeVar("Given")
Answer = TypeVar("Answer")

MOST_TOGETHER: Final = 256
"""How many pieces of work are done together at most: a commit must not take long."""

Together = Callable[[Sequence[object]], Sequence[object]]


class _Job(NamedTuple):
    """One piece of work, what does it, and who waits for the answer."""

    together: Together
    given: object
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[object]


class SerialThread:
    """A thread that does one thing after another.

    It is a daemon: a program that ends without closing it loses nothing that was acknowledged.
    """

    def __init__(self, name: str) -> None:
        """Start the thread under this name."""
        self._jobs: Final[SimpleQueue[_Job | None]] = SimpleQueue()
        self._closed = False
        self._thread: Final = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    async def call(self, work: Callable[[], Answer]) -> Answer:
        """Give what the work gives, or raise what it raises; the work itself is never cancelled."""
        return cast("Answer", await self._submit(_alone, work))

    async def call_together(
        self, work: Callable[[Sequence[Given]], Sequence[Answer | Exception]], given: Given
    ) -> Answer:
        """Give this one's answer of work that may be done for several at once.

        ``work`` takes what was given, in order, and answers each, by an exception where it failed.
        """
        return cast("Answer", await self._submit(cast("Together", work), given))

    async def close(self, last: Callable[[], None]) -> None:
        """Do a last piece of work after all that was submitted, and end the thread."""
        if self._closed:
            return
        ended = self._submit(_alone, last)
        self._closed = True
        self._jobs.put(None)
        try:
            await ended
        finally:
            self._thread.join()

    def abandon(self) -> None:
        """Take no more work and do not wait for what hangs; the thread ends when that does."""
        self._closed = True
        self._jobs.put(None)

    def _submit(self, together: Together, given: object) -> asyncio.Future[object]:
        """Queue the work; RuntimeError once closed."""
        if self._closed:
            raise RuntimeError(f"{self._thread.name} is closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[object] = loop.create_future()
        self._jobs.put(_Job(together, given, loop, answer))
        return answer

    def _serve(self) -> None:
        """Take work until the end is asked for."""
        held: deque[_Job | None] = deque()
        while (job := held.popleft() if held else self._jobs.get()) is not None:
            jobs = [job]
            while job.together is not _alone and len(jobs) < MOST_TOGETHER and not held:
                try:
                    following = self._jobs.get_nowait()
                except Empty:
                    break
                if following is None or following.together != job.together:
                    held.append(following)
                else:
                    jobs.append(following)
            self._do(jobs)

    def _do(self, jobs: Sequence[_Job]) -> None:
        """Do the jobs, which are of one kind, and hand each its answer."""
        try:
            answers = jobs[0].together([job.given for job in jobs])
        except Exception as failure:  # noqa: BLE001 - whoever waits must hear of any failure
            answers = [failure] * len(jobs)
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[object], object]]] = {}
        for job, answer in zip(jobs, answers, strict=True):
            by_loop.setdefault(job.loop, []).append((job.answer, answer))
        for loop, pairs in by_loop.items():
            try:
                loop.call_soon_threadsafe(_deliver, pairs)
            except RuntimeError:
                # The loop is closed: whoever waited is gone, and what was done stays done.
                continue


def _alone(given: Sequence[object]) -> Sequence[object]:
    """Do one piece of work that is not done together with others."""
    return [cast("Callable[[], object]", given[0])()]


def _deliver(pairs: Sequence[tuple[asyncio.Future[object], object]]) -> None:
    """Hand out the answers, on the loop; whoever was cancelled meanwhile is passed over."""
    for future, answer in pairs:
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
