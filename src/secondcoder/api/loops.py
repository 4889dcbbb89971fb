"""Running what is asynchronous from code that is not, inside an event loop or outside."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_RARELY = 20_000
"""New objects between two searches: by Python's own 700, there is one with every fifth reply."""


def finish(run: Coroutine[None, None, T]) -> T:
    """Return what comes of it; where a loop runs already (a notebook), in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, run).result()


@contextmanager
def settled_objects() -> Iterator[Callable[[], None]]:
    """Leave what is in memory out of the search for garbage, until this is left.

    The libraries beneath a run are 200,000 objects that stay as they are. To go through them takes
    a tenth of a second, in which no reply is read, and happens every few thousand posts. What is
    yielded is to be called when more has been loaded that stays. Where the program around leaves
    objects out itself, nothing is changed.
    """
    is_ours = not gc.get_freeze_count()
    often = gc.get_threshold()

    def settle() -> None:
        if is_ours:
            gc.freeze()

    settle()
    if is_ours:
        gc.set_threshold(_RARELY, *often[1:])
    try:
        yield settle
    finally:
        if is_ours:
            gc.set_threshold(*often)
            gc.unfreeze()
