"""Patience: when a run ends because its model will not come to anything."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from secondcoder.coding.acquaintance import Acquaintance
from secondcoder.coding.faults import Endpoint, useless
from secondcoder.errors import PermanentProviderError

_MOST_USELESS = 3
"""So many posts given up end a run in which no reply has ever been of use."""


class Patience:
    """Counts posts given up in a run, and ends it when no reply is ever of use.

    A server that does not answer at all is the circuit breaker's concern.
    """

    def __init__(self, known: Acquaintance, *, at_once: int, is_proven: Callable[[], bool]) -> None:
        """Start with nothing counted.

        Args:
            known: Whether a reply of this run has been of use before; told when one is.
            at_once: How many may have their turn before one is.
            is_proven: Says whether an earlier run got usable replies to the same requests: then
                posts that fail are to blame themselves, and the server is not.
        """
        self._is_proven = is_proven
        self._n_useless = 0
        self._known = known
        self._n_free = at_once
        self._free = asyncio.Event()
        self._free.set()
        self._ended: PermanentProviderError | None = None

    @property
    def _useful(self) -> bool:
        return self._known.was_useful or self._is_proven()

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None, None]:
        """Wait for one's turn: a few at a time until a reply has been of use, then at once.

        So a model that never gives a usable reply costs a few posts, however many may be in flight.
        If the run has ended meanwhile, that is raised again.
        """
        while not (self._useful or self._free.is_set()):
            await self._free.wait()
        if self._useful:
            yield
            return
        if self._ended is not None:
            raise self._ended
        self._n_free -= 1
        if not self._n_free:
            self._free.clear()
        try:
            yield
        finally:
            self._n_free += 1
            self._free.set()

    def used(self) -> None:
        """Note that a reply decided something about a post; nobody need wait for its turn now."""
        self._known.was_useful = True
        self._free.set()

    def given_up(self, at: Endpoint, why: str, raw: str) -> None:
        """Count a post given up for its replies; what nothing can mend ends the run.

        Args:
            at: Where the post was sent.
            why: What is wrong with the last reply.
            raw: That reply.

        What is raised is a `PermanentProviderError`: no reply has ever been of use.
        """
        self._n_useless += 1
        if not self._useful and self._n_useless >= _MOST_USELESS:
            self._ended = useless(at, self._n_useless, why, raw)
            raise self._ended
