"""Queueing: which posts share the next request, and how many are read ahead for that."""

from collections import deque
from collections.abc import Iterator

from secondcoder.coding.jobs import Job

_FEWEST_AHEAD = 32
"""Posts that are read ahead anyhow, so that those of one question can be asked about in a row."""
_ROUNDS_AHEAD = 2
"""Posts are read ahead for so many rounds of requests, so that none waits for the reader."""
_WINDOWS_LATE = 2
"""A post has waited long enough when so many times the posts read ahead have come after it."""


class Queue:
    """Posts read but not yet decided, gathered by slice into requests."""

    def __init__(self, posts_per_request: int, concurrency: int) -> None:
        """Start with none.

        Args:
            posts_per_request: How many posts of a slice share a request.
            concurrency: Requests that may be in flight at once.
        """
        self._size = posts_per_request
        self._concurrency = concurrency
        self._ahead = max(_FEWEST_AHEAD, posts_per_request * concurrency * _ROUNDS_AHEAD)
        self._waiting: dict[str, deque[tuple[int, Job]]] = {}
        self._last = ""
        self._n_added = 0
        self.n_open = 0
        """Posts without a decision."""
        self.n_reused = 0
        """Posts that an answer was there for."""

    @property
    def room(self) -> int:
        """How many more posts may be read now."""
        return max(0, self._ahead - self.n_open)

    def add(self, job: Job) -> None:
        """Take a post in."""
        self.n_open += 1
        self._n_added += 1
        self._waiting.setdefault(job.ask.slice.sha256, deque()).append((self._n_added, job))

    def ready(self, n_flying: int, *, exhausted: bool) -> Iterator[list[Job]]:
        """Yield the requests to send now: full ones, and others when no more posts can join."""
        while self._waiting and n_flying < self._concurrency:
            slice_id, is_late = self._next()
            waiting = self._waiting[slice_id]
            if len(waiting) < self._size and not (is_late or exhausted) and self.room:
                return
            jobs = [waiting.popleft()[1] for _ in range(min(self._size, len(waiting)))]
            if not waiting:
                del self._waiting[slice_id]
            n_flying += 1
            self._last = slice_id
            yield jobs

    def _next(self) -> tuple[str, bool]:
        """Return the slice to ask about, and whether it has waited long enough.

        The last one while it fills a request, else the fullest. By turns, requests would share no
        beginning with the one before them, and a server on this machine, which remembers one, would
        read the codebook anew each time. But a post of a question that few answer does not wait for
        all the others: they would be held in memory until it has its turn.
        """
        oldest, jobs = min(self._waiting.items(), key=lambda item: item[1][0][0])
        if self._n_added - jobs[0][0] > _WINDOWS_LATE * self._ahead:
            return oldest, True
        if len(self._waiting.get(self._last, ())) >= self._size:
            return self._last, False
        return max(self._waiting.items(), key=lambda item: len(item[1]))[0], False
