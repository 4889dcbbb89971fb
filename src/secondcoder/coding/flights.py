"""Flights: requests on their way, and what has come of them since somebody looked."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence

from secondcoder.coding.tasks import Decision

Flight = asyncio.Task[list[Decision]]


class Flights:
    """Runs requests at once, however many, and tells when one has its reply or its decisions."""

    def __init__(self) -> None:
        """Start with none."""
        self._flying: set[Flight] = set()
        self._landed: list[Flight] = []
        self._stirred = asyncio.Event()

    def __len__(self) -> int:
        """Return how many have not been seen to land."""
        return len(self._flying)

    def start(self, settling: Coroutine[None, None, list[Decision]]) -> None:
        """Send a request on its way, at the next turn of the event loop."""
        flight = asyncio.create_task(settling)
        self._flying.add(flight)
        flight.add_done_callback(self._land)

    def _land(self, flight: Flight) -> None:
        self._landed.append(flight)
        self.stir()

    def stir(self) -> None:
        """End the waiting of `landed`: something has changed."""
        self._stirred.set()

    async def landed(self) -> Sequence[Flight]:
        """Return what has landed, once something has changed; it may be nothing."""
        await self._stirred.wait()
        self._stirred.clear()
        landed, self._landed = self._landed, []
        self._flying.difference_update(landed)
        return landed

    async def rest(self) -> Sequence[Flight]:
        """Return all that is still on its way, when it has landed."""
        rest, self._flying = tuple(self._flying), set()
        await asyncio.gather(*rest, return_exceptions=True)
        return rest

    async def cancel(self) -> None:
        """Call back all that is still on its way."""
        for flight in self._flying:
            flight.cancel()
        await self.rest()


def results(landed: Sequence[Flight]) -> Iterator[Decision]:
    """Yield what came of flights, then raise the first error among them."""
    errors = [error for flight in landed if (error := flight.exception()) is not None]
    for flight in landed:
        if flight.exception() is None:
            yield from flight.result()
    if errors:
        raise errors[0]
