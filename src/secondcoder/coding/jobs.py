"""Jobs: posts on their way to a decision, with what each has cost so far."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    duration_s: float = 0.0


@dataclass
class Job:
    """A post on its way to a decision, and what it has cost so far."""

    ask: Ask
    n_alone: int = 0
    n_together: int = 0
    n_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None
    duration_s: float = 0.0

    def decision(self, outcome: Outcome) -> Decision:
        """Return the decision on the post, with its cost."""
        usage = Usage(
            n_requests=self.n_requests,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            cost_usd=self.cost_usd,
        )
        return Decision(self.ask.task, outcome, usage)


def share(tally: Tally, jobs: Sequence[Job]) -> None:
    """Divide what a request cost among its posts; sums are preserved to the token."""
    jobs[0].n_requests += tally.n_requests
    n = len(jobs)
    for place, job in enumerate(jobs):
        job.prompt_tokens += tally.prompt_tokens // n + (place < tally.prompt_tokens % n)
        job.completion_tokens += tally.completion_tokens // n + (
            place < tally.completion_tokens % n
        )
        job.cached_tokens += tally.cached_tokens // n + (place < tally.cached_tokens % n)
        job.duration_s += tally.duration_s / n
        if tally.cost_usd is not None:
            job.cost_usd = (job.cost_usd or 0.0) + tally.cost_usd / n
