"""Flights: what is on its way, and what has come of it."""

import asyncio
from collections.abc import Coroutine

import pytest

from secondcoder.coding.flights import Flights, results
from secondcoder.coding.tasks import Decision


def after(
    gate: asyncio.Event, error: Exception | None = None
) -> Coroutine[None, None, list[Decision]]:
    """Return a flight that lands when the gate opens."""

    async def fly() -> list[Decision]:
        await gate.wait()
        if error is not None:
            raise error
        return []

    return fly()


def test_each_flight_lands_once() -> None:
    """Two land, one is still on its way; it lands with the rest."""

    async def go() -> tuple[int, int, int]:
        flights, opened, closed = Flights(), asyncio.Event(), asyncio.Event()
        opened.set()
        for gate in (opened, opened, closed):
            flights.start(after(gate))
        await asyncio.sleep(0.01)
        landed = await flights.landed()
        n_left = len(flights)
        closed.set()
        return len(landed), n_left, len(await flights.rest())

    assert asyncio.run(go()) == (2, 1, 1)


def test_stirring_ends_the_wait_with_nothing_landed() -> None:
    """A reply that is being written makes room for a request before it counts as landed."""

    async def go() -> int:
        flights = Flights()
        flights.start(after(asyncio.Event()))
        flights.stir()
        landed = await flights.landed()
        await flights.cancel()
        return len(landed)

    assert asyncio.run(go()) == 0


def test_what_came_of_the_others_is_told_before_an_error_is_raised() -> None:
    """A run that ends keeps what was paid for."""

    async def go() -> None:
        flights, gate = Flights(), asyncio.Event()
        gate.set()
        flights.start(after(gate, ValueError("down")))
        flights.start(after(gate))
        found = results(await flights.rest())
        with pytest.raises(ValueError, match="down"):
            list(found)

    asyncio.run(go())
