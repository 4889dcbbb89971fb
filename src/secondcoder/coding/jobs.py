"""Jobs: posts on their way to a decision, with what each has cost so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from secondcoder.coding.circuit import Silence
from secondcoder.coding.requests import Ask
from secondcoder.coding.tasks import Decision
from secondcoder.schema.codings import Outcome
from secondcoder.schema.runs import Usage


@dataclass
class Tally:
    """What a message cost, counted as it happens, so that failures count too."""

    n_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None
    """None: nothing was sent, or of one request or more it is not known."""
    duration_s: float = 0.0
    silences: list[Silence] = field(default_factory=list)
    """Requests that got no answer at all."""

    def sent(self, *, has_price: bool) -> None:
        """Add a request that leaves; what gets no answer is not charged for."""
        self.cost_usd = _sum(self, 0.0 if has_price else None)
        self.n_requests += 1

    def used(self, prompt: int, cached: int, completion: int, cost_usd: float | None) -> None:
        """Add what an answer used; once its cost is not known, that of all is not."""
        self.prompt_tokens += prompt
        self.cached_tokens += cached
        self.completion_tokens += completion
        self.cost_usd = _sum(self, cost_usd)

    def usage(self, n_reused: int = 0) -> Usage:
        """Return it as it is stored."""
        return Usage(
            n_requests=self.n_requests,
            n_reused=n_reused,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            cost_usd=self.cost_usd,
        )


@dataclass
class Job:
    """A post on its way to a decision, and what it has cost so far."""

    ask: Ask
    most: int
    """Requests that may carry the post."""
    n_asked: int = 0
    """Requests that have."""
    n_excused: int = 0
    """Those of them that an outage of the provider is to blame for."""
    n_unusable: int = 0
    """Replies that came and could not be used."""
    was_alone: bool = False
    silences: list[Silence] = field(default_factory=list)
    """Those of them that got no answer at all."""
    n_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None
    duration_s: float = 0.0

    @property
    def n_counted(self) -> int:
        """How many requests have carried the post, as far as they count."""
        return self.n_asked - self.n_excused

    @property
    def n_left(self) -> int:
        """How many more may; whatever happened before, a post is asked about alone once."""
        return max(self.most - self.n_counted, 0 if self.was_alone else 1)

    def decision(self, outcome: Outcome) -> Decision:
        """Return the decision on the post, with its cost."""
        usage = Usage(
            n_requests=self.n_requests,
            n_unusable=min(1, self.n_unusable),
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            cost_usd=self.cost_usd,
        )
        return Decision(self.ask.task, outcome, usage)


def share(tally: Tally, jobs: Sequence[Job]) -> None:
    """Divide what a request cost among its posts; sums are preserved to the token."""
    n = len(jobs)
    for place, job in enumerate(jobs):
        job.silences += tally.silences
        job.prompt_tokens += tally.prompt_tokens // n + (place < tally.prompt_tokens % n)
        job.completion_tokens += tally.completion_tokens // n + (
            place < tally.completion_tokens % n
        )
        job.cached_tokens += tally.cached_tokens // n + (place < tally.cached_tokens % n)
        job.duration_s += tally.duration_s / n
        if tally.n_requests:
            job.cost_usd = _sum(job, None if tally.cost_usd is None else tally.cost_usd / n)
    # Last, as by it a cost that is not known is told from one where nothing was asked yet.
    jobs[0].n_requests += tally.n_requests


def _sum(spent: Tally | Job, cost_usd: float | None) -> float | None:
    """Return the cost with one more; None where either is not known."""
    is_known = spent.cost_usd is not None or not spent.n_requests
    return (spent.cost_usd or 0.0) + cost_usd if is_known and cost_usd is not None else None
