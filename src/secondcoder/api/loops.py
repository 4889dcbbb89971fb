"""Running what is asynchronous from code that is not, inside an event loop or outside."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def finish(run: Coroutine[None, None, T]) -> T:
    """Return what comes of it; where a loop runs already (a notebook), in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, run).result()
