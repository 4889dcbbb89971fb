"""Pacing: how many requests may be in flight, and when the next one may leave."""

import asyncio
import random
import re
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

from secondcoder.errors import TransientProviderError

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_IN_SECONDS = (3600.0, 60.0, 1.0, 0.001)
_LONGEST_PAUSE_S = 120.0
"""A server that asks for more than this is waited for this long: runs can be resumed."""
_LONGEST_BACKOFF_S = 30.0
"""Between two attempts of a request, where the server asks for no longer time."""
_AT_ONCE_S = 5.0
"""Tokens of so many seconds may leave at once. A whole minute's would make it two in the first, and
every worker's every shard begins with one."""
_KINDS = ("requests", "tokens")


class Pacing:
    """Lets requests leave: as many at once as the server bears, never faster than it allows.

    The number in flight is halved when the server says that it is overloaded, and grows by one for
    each full round of answers, up to what the user allows. Source: additive increase,
    multiplicative decrease, as in congestion control (Chiu and Jain 1989). After an outage it
    starts at one and doubles with each round: slow start (Jacobson 1988).
    """

    def __init__(
        self,
        most: int,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
    ) -> None:
        """Start with as many requests as are allowed.

        Args:
            most: Requests in flight at once, at most.
            requests_per_minute: Requests are spread evenly over time; None: no limit.
            tokens_per_minute: Tokens sent, spread likewise, but for a few seconds' worth.
        """
        self.limit = float(most)
        self._most = most
        self._doubles_below = 0.0
        self._n_flying = 0
        self._n_cuts = 0
        self._resumes_at = 0.0
        self._freed = asyncio.Condition()
        # One request per so many seconds, not a minute's worth at once and then a long silence.
        self._requests = AsyncLimiter(1, 60 / requests_per_minute) if requests_per_minute else None
        self._tokens: AsyncLimiter | None = None
        if tokens_per_minute:
            self._tokens = AsyncLimiter(tokens_per_minute * _AT_ONCE_S / 60, _AT_ONCE_S)
        self._owed = 0.0
        """Tokens of a large request that has left, which the next one waits for."""

    @asynccontextmanager
    async def turn(self, n_tokens: int) -> AsyncGenerator[int, None]:
        """Wait until a request of about so many tokens may leave; yield what `overloaded` takes."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._n_flying < max(1, int(self.limit)))
            self._n_flying += 1
        try:
            await self.allowed(n_tokens)
            yield self._n_cuts
        finally:
            self._n_flying -= 1
            async with self._freed:
                self._freed.notify(max(0, int(self.limit) - self._n_flying))

    async def allowed(self, n_tokens: int) -> None:
        """Wait until the limits per minute, and the server, let about so many tokens leave."""
        if self._requests is not None:
            await self._requests.acquire()
        if self._tokens is not None:
            await self._spend(n_tokens, self._tokens)
        pause_s = self._resumes_at - time.monotonic()
        if pause_s > 0:
            await asyncio.sleep(pause_s)

    async def _spend(self, n_tokens: int, tokens: AsyncLimiter) -> None:
        at_once = min(float(n_tokens), tokens.max_rate)
        due, self._owed = self._owed + at_once, n_tokens - at_once
        while due > 0:
            part = min(due, tokens.max_rate)
            await tokens.acquire(part)
            due -= part

    def answered(self) -> None:
        """Note that a request was answered: a full round of answers makes room for one more."""
        more = 1.0 if self.limit < self._doubles_below else 1 / self.limit
        self.limit = min(float(self._most), self.limit + more)

    def restart(self) -> None:
        """Begin with one request at a time: the server was down, and all at once may be too much.

        Those in flight are not counted again; each round of answers makes room for twice as many.
        """
        self.limit = 1.0
        self._doubles_below = float(self._most)

    def overloaded(self, since: int, wait_s: float | None) -> None:
        """Halve the number in flight, once for all requests that left before the last halving.

        Args:
            since: What `turn` yielded to the request that was turned away.
            wait_s: How long the server asks to be left alone, in seconds.
        """
        if since == self._n_cuts:
            self._n_cuts += 1
            self.limit = self._doubles_below = max(1.0, self.limit / 2)
        if wait_s is not None:
            self._pause(wait_s)

    def heard(self, headers: Mapping[str, str]) -> None:
        """Wait for the server's own limit to be renewed, where its headers say that it is used up.

        Source: the `x-ratelimit-*` headers of OpenAI's API reference, which others follow.
        """
        for kind in _KINDS:
            if headers.get(f"x-ratelimit-remaining-{kind}") == "0":
                self._pause(duration_s(headers.get(f"x-ratelimit-reset-{kind}", "")))

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + min(seconds, _LONGEST_PAUSE_S)
        self._resumes_at = max(self._resumes_at, until)


def pause_s(error: TransientProviderError, n_faults: int, longest_first_s: float) -> float:
    """Return how long to wait before a request is tried again, in seconds.

    What the server asks for; else a random time, so that requests turned away together do not come
    back together, whose bound doubles with each fault (exponential back-off with full jitter).

    Args:
        error: What came of the request.
        n_faults: How often it has been tried.
        longest_first_s: Bound of the first random time.
    """
    if error.retry_after_s is not None:
        return error.retry_after_s
    longest_s = min(longest_first_s * 2 ** (n_faults - 1), _LONGEST_BACKOFF_S)
    return random.uniform(0, longest_s)  # noqa: S311  # no secret


def duration_s(text: str) -> float:
    """Return the seconds in a duration as servers write it; 0 for anything else.

    >>> duration_s("6m0s"), duration_s("20ms"), duration_s("1.5"), duration_s("soon")
    (360.0, 0.02, 1.5, 0.0)
    """
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    found = _DURATION.fullmatch(text)
    if found is None:
        return 0.0
    parts = zip(found.groups(default="0"), _IN_SECONDS, strict=True)
    return sum(float(number) * unit for number, unit in parts)
