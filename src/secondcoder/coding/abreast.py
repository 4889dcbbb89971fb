"""Several coders going through the same posts side by side, none far ahead of the others."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing

from secondcoder.coding.tasks import Decision, PostCoder, Task
from secondcoder.errors import BudgetError, InputError

AHEAD = 1024
"""Posts by which a quick coder may lead the slowest: what is held in memory at most, about."""


async def abreast(
    coders: Sequence[PostCoder], tasks: Iterable[Task], *, ahead: int = AHEAD
) -> AsyncGenerator[tuple[Task, tuple[Decision, ...]], None]:
    """Yield each task with the decisions of all coders, in their order, when the last has decided.

    What one coder can't survive ends all; a `BudgetError` only when what is open has been answered,
    since it is paid for.

    Args:
        coders: Each gets every task.
        tasks: Gone through once.
        ahead: Posts by which a coder may lead the slowest.

    Raises:
        InputError: If a coder leaves a task without a decision.
    """
    tape = _Tape(tasks, len(coders), ahead)
    arrived: asyncio.Queue[tuple[int, Decision | None]] = asyncio.Queue()
    runners = [
        asyncio.create_task(_go_through(place, coder, tape, arrived))
        for place, coder in enumerate(coders)
    ]
    open_tasks: dict[str, dict[int, Decision]] = {}
    stopped: BudgetError | None = None
    n_running = len(coders)
    try:
        while n_running:
            place, decision = await arrived.get()
            tape.moved.set()
            if decision is None:
                n_running -= 1
                try:
                    await runners[place]
                except BudgetError as error:
                    stopped = error
                    tape.stop()
                continue
            task = decision.task
            found = open_tasks.setdefault(task.post.id, {})
            found[place] = decision
            if len(found) == len(coders):
                del open_tasks[task.post.id]
                yield task, tuple(found[each] for each in range(len(coders)))
    finally:
        for runner in runners:
            runner.cancel()
        await asyncio.gather(*runners, return_exceptions=True)
    if stopped is not None:
        raise stopped
    for found in open_tasks.values():
        silent = next(one.coder.id for place, one in enumerate(coders) if place not in found)
        raise InputError(
            f"coder {silent} gave no decision on {len(open_tasks)} posts that others decided on; a "
            f"coder answers every task, with a Failure where it must"
        )


async def _go_through(
    place: int,
    coder: PostCoder,
    tape: "_Tape",
    arrived: asyncio.Queue[tuple[int, Decision | None]],
) -> None:
    """Put a coder's decisions into the queue, and None when there are no more."""
    try:
        async with aclosing(coder.code(tape.read(place))) as decisions:
            async for decision in decisions:
                arrived.put_nowait((place, decision))
                while tape.must_wait(place, arrived.qsize()):
                    tape.moved.clear()
                    await tape.moved.wait()
    finally:
        arrived.put_nowait((place, None))


class _Tape:
    """Tasks read once, kept until the slowest reader has passed them."""

    def __init__(self, tasks: Iterable[Task], n_readers: int, ahead: int) -> None:
        self._source = iter(tasks)
        self._ahead = ahead
        self._kept: deque[Task] = deque()
        self._first = 0
        """Place in the chat of the first task that is kept."""
        self._places: dict[int, int] = dict.fromkeys(range(n_readers), 0)
        self._stopped = False
        self.moved = asyncio.Event()
        """Set when a reader or the consumer went on, so that who waits looks again."""

    def read(self, reader: int) -> Iterator[Task]:
        """Yield the tasks to one of the readers."""
        while not self._stopped:
            at = self._places[reader] - self._first
            if at == len(self._kept):
                task = next(self._source, None)
                if task is None:
                    break
                self._kept.append(task)
            task = self._kept[at]
            self._places[reader] += 1
            self._let_go()
            yield task
        self._places.pop(reader, None)
        self._let_go()

    def must_wait(self, reader: int, n_undelivered: int) -> bool:
        """Return whether a reader is too far ahead of the slowest, or of whoever takes the rest."""
        if reader not in self._places:
            return False
        lead = self._places[reader] - min(self._places.values())
        return lead > self._ahead or n_undelivered > self._ahead

    def stop(self) -> None:
        """Yield no more tasks to anyone."""
        self._stopped = True
        self.moved.set()

    def _let_go(self) -> None:
        slowest = min(self._places.values(), default=self._first + len(self._kept))
        while self._first < slowest:
            self._kept.popleft()
            self._first += 1
        self.moved.set()
