"""Keeping answers beside the asking: several at once, and none lost when nobody waits any more."""

import asyncio
import threading
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from secondcoder.coding.keeping import Keeper
from secondcoder.errors import StoreError
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Abstention


def answer(number: int) -> Answer:
    """Return an answer that differs from others by its number alone."""
    return Answer(
        key=f"{number:064x}",
        post_id=str(number),
        outcome=Abstention(note="unclear"),
        raw="{}",
        model="m",
        prompt_sha256="p",
        codebook_sha256="c",
        answered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


class Gate:
    """A store that writes only while its gate is open, and notes each write."""

    def __init__(self, error: Exception | None = None) -> None:
        self.writes: list[list[str]] = []
        self.open = threading.Event()
        self.started = threading.Event()
        self._error = error

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Find nothing."""
        del keys
        return {}

    def keep(self, answers: Iterable[Answer]) -> None:
        """Note the write, when the gate is open."""
        self.started.set()
        assert self.open.wait(5)
        if self._error is not None:
            raise self._error
        self.writes.append([each.post_id for each in answers])


def test_what_arrives_during_a_write_goes_into_the_next_one() -> None:
    """A disk is asked twice for four replies; each is durable when its `keep` returns."""
    store = Gate()

    async def go() -> None:
        async with Keeper(store, print) as keeper:
            first = asyncio.create_task(keeper.keep([answer(1)]))
            await asyncio.to_thread(store.started.wait)
            others = [asyncio.create_task(keeper.keep([answer(n)])) for n in (2, 3, 4)]
            await asyncio.sleep(0)
            assert not first.done()
            store.open.set()
            await first
            assert store.writes[0] == ["1"]
            await asyncio.gather(*others)

    asyncio.run(go())
    assert store.writes == [["1"], ["2", "3", "4"]]


def test_answers_are_kept_though_nobody_waits_for_them_any_more() -> None:
    """A run that is stopped cancels its requests; what had arrived was paid for."""
    store = Gate()

    async def go() -> None:
        async with Keeper(store, print) as keeper:
            waiting = [asyncio.create_task(keeper.keep([answer(n)])) for n in (1, 2)]
            await asyncio.to_thread(store.started.wait)
            waiting.append(asyncio.create_task(keeper.keep([answer(3)])))
            await asyncio.sleep(0)
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            store.open.set()

    asyncio.run(go())
    assert sorted(post for write in store.writes for post in write) == ["1", "2", "3"]


def test_what_the_store_raises_reaches_everybody_who_waits() -> None:
    """A full disk ends the run, whichever request notices first."""
    store = Gate(StoreError("the disk is full"))
    store.open.set()

    async def go() -> list[BaseException | None]:
        async with Keeper(store, print) as keeper:
            kept = (keeper.keep([answer(n)]) for n in (1, 2))
            return await asyncio.gather(*kept, return_exceptions=True)

    assert [str(error) for error in asyncio.run(go())] == ["the disk is full"] * 2


@pytest.mark.parametrize("answers", [[], [answer(1)]])
def test_without_a_store_nothing_is_kept(answers: list[Answer]) -> None:
    """A coder may be used without a ledger; it never hears of replies that wait for a disk."""
    heard: list[int] = []

    async def go() -> None:
        async with Keeper(None, lambda: heard.append(1)) as keeper:
            await keeper.keep(answers)

    asyncio.run(go())
    assert heard == []


def test_without_answers_the_store_is_not_asked() -> None:
    """A reply of no use leaves nothing to write."""
    store = Gate()

    async def go() -> None:
        async with Keeper(store, print) as keeper:
            await keeper.keep([])

    asyncio.run(go())
    assert not store.started.is_set()
