"""Keeping: answers are made durable beside the asking, those of several replies at once.

A disk takes some milliseconds to say that it has written. Asked in the event loop, it would hold up
every reply meanwhile; asked once per reply, it would be asked more often than it can answer.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from secondcoder.schema.answers import Answer, AnswerStore


class Keeper:
    """Hands answers to a store in a thread of its own; an asynchronous context manager.

    Leaving it waits until all that was handed over is durable, whether or not anybody still waits
    for it: a run that is stopped keeps what had arrived.
    """

    def __init__(self, store: AnswerStore | None, taken: Callable[[], None]) -> None:
        """Start with nothing to keep.

        Args:
            store: Where to keep answers; None: nowhere.
            taken: Called whenever `n_waiting` has grown.
        """
        self.n_waiting = 0
        """Replies whose answers are on their way to the disk."""
        self._taken = taken
        self._store = store
        self._thread = ThreadPoolExecutor(1, "keeper")
        self._waiting: list[Answer] = []
        self._kept: asyncio.Future[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, answers: Sequence[Answer]) -> None:
        """Return when the answers are durable; what the store raises is raised to all who wait."""
        if self._store is None or not answers:
            return
        if self._kept is None:
            self._kept = asyncio.get_running_loop().create_future()
        self._waiting += answers
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(self._store))
        self.n_waiting += 1
        self._taken()
        try:
            await asyncio.shield(self._kept)
        finally:
            self.n_waiting -= 1

    async def _write(self, store: AnswerStore) -> None:
        """Write until nothing waits; what arrives during one write goes into the next."""
        loop = asyncio.get_running_loop()
        while (kept := self._kept) is not None:
            answers, self._waiting, self._kept = self._waiting, [], None
            written = loop.run_in_executor(self._thread, store.keep, answers)
            await asyncio.wait([written])
            error = written.exception()
            if error is None:
                kept.set_result(None)
            else:
                kept.set_exception(error)
                kept.exception()  # looked at: those who waited may have been cancelled
        self._writing = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()
