"""Asking several things at once, so that none that is underway is lost when one fails."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def together(asked: Iterable[Awaitable[T]]) -> list[T]:
    """Return what comes of each, in order.

    Where one raises (a budget is spent, a provider is gone), the first error is raised once all
    have ended: what was sent is paid for, so its answer is waited for and kept.
    """
    found = await asyncio.gather(*asked, return_exceptions=True)
    results: list[T] = []
    for one in found:
        if isinstance(one, BaseException):
            raise one
        results.append(one)
    return results
