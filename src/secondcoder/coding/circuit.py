"""The circuit breaker: while the provider is down, nothing is asked but whether it is back.

Posts wait meanwhile, they do not fail. The breaker is closed as long as requests are answered,
whatever the answers say; it opens when several in a row got none and a small request of its own
got none either; it closes with the first answer. Source of the pattern: Nygard (2007), Release It!
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from secondcoder.coding.faults import Endpoint
from secondcoder.errors import OutageError, PermanentProviderError, TransientProviderError

_LOG = logging.getLogger(__name__)
_SUSPICIOUS = 5
"""So many requests in a row without an answer, and it is asked whether the provider is down."""
_LONGEST_PAUSE_S = 30.0
"""A provider that is down is asked at least so often whether it is back."""
_MOST_EXCUSED = 3
"""A post that was asked about in more outages than this may be what brings the server down."""


class Silence(NamedTuple):
    """A request that got no answer, told in requests of the run: none left after it has its end."""

    left: int
    """Its own number."""
    ended: int
    """How many had left when it ended."""


class _Outage(NamedTuple):
    """A time in which the provider was down, told in requests of the run."""

    answered: int
    """The last one that is known to have been answered."""
    began: int
    """How many had left when it was found out."""

    def excuses(self, silence: Silence) -> bool:
        """Return whether it may be to blame: nothing that left later was answered before it."""
        return silence.ended >= self.answered and silence.left <= self.began


class Circuit:
    """Holds requests back while the provider is down, and ends the run when it stays so."""

    def __init__(
        self,
        ping: Callable[[], Awaitable[None]],
        at: Endpoint,
        *,
        patience_s: float,
        backoff_s: float,
        told: Callable[[str | None], None],
    ) -> None:
        """Start closed.

        Args:
            ping: Sends one small request; returns when it was answered, whatever was said, and
                raises `TransientProviderError` when it was not.
            at: What is asked, for messages.
            patience_s: A provider that is down for longer ends the run.
            backoff_s: First pause between two pings; it doubles.
            told: Told why nothing is asked when a pause begins, and None when it ends.
        """
        self._ping = ping
        self._at = at
        self._patience_s = patience_s
        self._backoff_s = backoff_s
        self._told = told
        self._n_left = 0
        self._answered = 0
        self._n_silent = 0
        self._last: TransientProviderError | None = None
        self._outages: list[_Outage] = []
        self.is_open = False
        """Whether the provider is known to be down."""
        self._ended: OutageError | PermanentProviderError | None = None
        self._asking = asyncio.Lock()
        self._answer = asyncio.Event()

    async def turn(self) -> None:
        """Return when a request may leave; at once as a rule.

        Where the provider stays down that is an `OutageError`; where the run has been ended, the
        error it was ended with.
        """
        if self._ended is not None:
            raise self._ended
        if self.is_open or self._n_silent >= _SUSPICIOUS:
            await self._wait(lambda: self._n_silent < _SUSPICIOUS)

    def leaves(self) -> int:
        """Note that a request leaves; return its number."""
        self._n_left += 1
        return self._n_left

    def answered(self, number: int) -> None:
        """Note that a request was answered, whatever was said."""
        self._answered = max(self._answered, number)
        self._n_silent = 0
        self._answer.set()

    def unanswered(self, number: int, error: TransientProviderError) -> Silence:
        """Note that a request got no answer, but an error."""
        self._n_silent += 1
        self._last = error
        return Silence(number, self._n_left)

    async def assure(self, silence: Silence) -> None:
        """Return when the provider has answered a request that left after that one ended.

        Before that nobody can know whether a post is to blame, or the provider.
        """
        if self._answered <= silence.ended:
            await self._wait(lambda: self._answered > silence.ended)

    def excused(self, silences: Sequence[Silence]) -> int:
        """Return for how many requests without an answer an outage is to blame, and not a post."""
        if not self._outages or not silences:
            return 0
        hits = [
            next((outage for outage in self._outages if outage.excuses(silence)), None)
            for silence in silences
        ]
        forgiven = sorted({hit for hit in hits if hit is not None})[:_MOST_EXCUSED]
        return sum(hit in forgiven for hit in hits)

    def end(self, error: PermanentProviderError) -> None:
        """Let no request leave any more."""
        self._ended = self._ended or error

    async def _wait(self, is_known: Callable[[], bool]) -> None:
        """Return when the provider is known to answer.

        Args:
            is_known: Whether it is; looked at when nobody else is finding out.

        What ended the run is raised, here or earlier.
        """
        async with self._asking:
            if self._ended is None and not is_known():
                try:
                    await self._until_back(is_known)
                except (OutageError, PermanentProviderError) as error:
                    self._ended = self._ended or error
        if self._ended is not None:
            raise self._ended

    async def _until_back(self, is_known: Callable[[], bool]) -> None:
        """Return when a small request has been answered, unless others were.

        Where nothing is for longer than the run has patience, that is an `OutageError`.
        """
        self._answer.clear()
        pause_s = self._backoff_s
        # Requests on their way may be answered yet, and then nothing need be asked.
        if (await self._hears(pause_s) and is_known()) or await self._pings():
            return
        since = time.monotonic()
        self._open()
        while True:
            left_s = since + self._patience_s - time.monotonic()
            if left_s <= 0:
                raise self._outage()
            # By chance shorter, so that many clients of one server do not all come back at once.
            by_chance_s = pause_s * random.uniform(0.75, 1)  # noqa: S311  # no secret
            asked_s = (self._last and self._last.retry_after_s) or 0.0
            # One that left before the provider went down may be answered yet: a sign, no proof.
            if await self._hears(min(left_s, max(asked_s, by_chance_s))):
                self._answer.clear()
            if await self._pings():
                self._close(time.monotonic() - since)
                return
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _hears(self, seconds: float) -> bool:
        """Return whether something is answered in that time, as soon as it is."""
        try:
            await asyncio.wait_for(self._answer.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _pings(self) -> bool:
        """Return whether the provider answers a small request."""
        number = self.leaves()
        try:
            await self._ping()
        except TransientProviderError as error:
            self._last = error
            return False
        self.answered(number)
        return True

    def _open(self) -> None:
        self.is_open = True
        self._outages.append(_Outage(self._answered, self._n_left))
        why = (
            f"nothing is answered ({self._last}); one small request at a time asks whether "
            f"{self._at.url} is back, for up to {spoken(self._patience_s)}"
        )
        _LOG.warning("paused: %s", why)
        self._told(why)

    def _close(self, seconds: float) -> None:
        self.is_open = False
        _LOG.warning("%s answers again after %s; going on", self._at.url, spoken(seconds))
        self._told(None)

    def _outage(self) -> OutageError:
        return OutageError(
            f"nothing was answered for {spoken(self._patience_s)}; what was answered before is "
            f"kept: run the same again to go on, or let it wait longer with --patience. "
            f"Last: {self._last}"
        )


def spoken(seconds: float) -> str:
    """Return a time as people say it.

    >>> spoken(600), spoken(90), spoken(1.4)
    ('10 minutes', '90 seconds', '1.4 seconds')
    """
    if seconds >= 120 and seconds % 60 == 0:  # noqa: PLR2004  # two minutes
        return f"{seconds / 60:g} minutes"
    return f"{seconds:.3g} seconds"
