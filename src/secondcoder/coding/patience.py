"""Patience: when a run ends because its server will not come to anything."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from secondcoder.coding.faults import Endpoint, useless
from secondcoder.errors import PermanentProviderError, TransientProviderError

_MOST_USELESS = 3
"""So many posts given up end a run in which no reply has ever been of use."""


class Patience:
    """Counts what goes wrong in a run, and ends it when going on would be no good."""

    def __init__(self, *, most_failures: int, is_proven: Callable[[], bool]) -> None:
        """Start with nothing counted.

        Args:
            most_failures: So many requests in a row without an answer end the run.
            is_proven: Says whether an earlier run got usable replies to the same requests: then
                posts that fail are to blame themselves, and the server is not.
        """
        self._most_failures = most_failures
        self._is_proven = is_proven
        self._n_failures = 0
        self._n_useless = 0
        self._was_useful = False
        self._first = asyncio.Lock()
        self._ended: PermanentProviderError | None = None

    @property
    def _useful(self) -> bool:
        return self._was_useful or self._is_proven()

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None, None]:
        """Wait for one's turn: one after the other until a reply has been of use, then at once.

        So a model that never gives a usable reply costs a few posts, however many may be in flight.
        If the run has ended meanwhile, that is raised again.
        """
        if self._useful:
            yield
            return
        async with self._first:
            if self._ended is not None:
                raise self._ended
            if not self._useful:
                yield
                return
        yield

    def answered(self) -> None:
        """Note that the server replied, whatever it said."""
        self._n_failures = 0

    def unanswered(self, error: TransientProviderError) -> None:
        """Count a request that got no answer at all.

        Raises:
            TransientProviderError: When there are so many in a row that the server must be down.
        """
        self._n_failures += 1
        if self._n_failures >= self._most_failures:
            raise TransientProviderError(
                f"{self._n_failures} requests in a row got no answer, each tried several times; "
                f"what was answered before is kept: run the same again to go on. Last: {error}"
            ) from error

    def used(self) -> None:
        """Note that a reply decided something about a post."""
        self._was_useful = True

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
