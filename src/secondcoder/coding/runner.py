"""The runner: posts are asked about until each has a decision or stands alone as a failure."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from secondcoder.coding.bodies import Message
from secondcoder.coding.client import ModelClient, Tally
from secondcoder.coding.faults import RefusalError, RejectedError
from secondcoder.coding.outcomes import outcome_of
from secondcoder.coding.patience import Patience
from secondcoder.coding.replies import Reading, read_reply
from secondcoder.coding.requests import Ask, Parameters, Requests
from secondcoder.coding.tasks import Decision
from secondcoder.errors import ResponseError, TransientProviderError
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Abstention, Failure, LeftOut, Quoted
from secondcoder.schema.runs import Usage

_MOST_ASKED_ALONE = 3
"""How often one post is asked about alone before it is a failure."""
_MOST_ASKED_TOGETHER = 2
"""How often the same posts are asked about together before they are halved."""
_LONGEST_CORRECTION = 300
"""Characters of a complaint that the model is told."""
_LONGEST_RAW = 2000
"""Characters of a reply that a failure quotes."""
_POST_NUMBER = re.compile(r"^post \d+(: )?")
"""How a complaint about one post of a request begins; the number is that request's own."""


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

    def decision(self, outcome: Quoted | LeftOut | Abstention | Failure) -> Decision:
        """Return the decision on the post, with its cost."""
        usage = Usage(
            n_requests=self.n_requests,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            cost_usd=self.cost_usd,
        )
        return Decision(self.ask.task, outcome, usage)


class Origin(NamedTuple):
    """What every answer of a run has in common."""

    model: str
    prompt_sha256: str
    codebook_sha256: str
    parameters: Parameters


class Runner:
    """Asks about posts that share a slice of the codebook; keeps each answer as it arrives."""

    def __init__(
        self,
        client: ModelClient,
        requests: Requests,
        origin: Origin,
        keep: Callable[[Sequence[Answer]], None],
        *,
        patience: Patience,
    ) -> None:
        """Prepare.

        Args:
            client: The model.
            requests: Makes what is sent.
            origin: What to write into each answer.
            keep: Makes answers durable before it returns.
            patience: Ends the run when the server will not come to anything.
        """
        self._client = client
        self._requests = requests
        self._origin = origin
        self._keep = keep
        self._patience = patience

    async def settle(self, jobs: Sequence[Job]) -> list[Decision]:
        """Return a decision for every post; what came of the good ones is kept at once.

        Args:
            jobs: Posts of one slice, asked about in one request.

        What no post can survive is raised as a `ProviderError`.
        """
        async with self._patience.turn():
            return await self._settle(jobs)

    async def _settle(self, jobs: Sequence[Job], correction: str | None = None) -> list[Decision]:
        """Return decisions as `settle` does.

        Args:
            jobs: Posts of one slice, asked about in one request.
            correction: What was wrong with the last reply about the same posts.
        """
        for job in jobs:
            job.n_together += 1
            job.n_alone += len(jobs) == 1
        if correction is not None and len(jobs) == 1:
            # What was post 3 of a request is post 1 of its own.
            correction = _POST_NUMBER.sub(r"post 1\1", correction)
        try:
            raw = await self._send(jobs, correction)
            reading = read_reply(raw, jobs[0].ask.slice.reply_model, len(jobs))
        except (TransientProviderError, ResponseError) as error:
            if isinstance(error, TransientProviderError):
                self._patience.unanswered(error)
            else:
                self._patience.answered()
            return await self._again(jobs, error)
        self._patience.answered()
        decisions, answers, again = [], [], []
        for number, job in enumerate(jobs, 1):
            try:
                outcome = _outcome(reading, number, job, raw)
            except ResponseError as error:
                again.append(self._again([job], error))
            else:
                answers.append(self._answer(job, outcome, raw))
                decisions.append(job.decision(outcome))
                self._patience.used()
        self._keep(answers)
        for more in await asyncio.gather(*again):
            decisions += more
        return decisions

    async def _again(
        self, jobs: Sequence[Job], error: TransientProviderError | ResponseError
    ) -> list[Decision]:
        """Return decisions for posts whose request failed: asked again, halved, or given up."""
        may_mend = isinstance(error, ResponseError) and not isinstance(
            error, RejectedError | RefusalError
        )
        first = jobs[0]
        if len(jobs) > 1:
            if may_mend and first.n_together < _MOST_ASKED_TOGETHER:
                return await self._settle(jobs, str(error))
            half = len(jobs) // 2
            halves = await asyncio.gather(self._settle(jobs[:half]), self._settle(jobs[half:]))
            return [decision for half_of_them in halves for decision in half_of_them]
        if isinstance(error, RefusalError):
            self._patience.used()
            outcome = Abstention(note=str(error)[:_LONGEST_RAW], answer_key=first.ask.key)
            self._keep([self._answer(first, outcome, error.raw)])
            return [first.decision(outcome)]
        if may_mend and first.n_alone < _MOST_ASKED_ALONE:
            return await self._settle(jobs, str(error))
        detail = _POST_NUMBER.sub(lambda found: "" if found[1] else "the post", str(error))
        if isinstance(error, ResponseError):
            self._patience.given_up(self._client.endpoint, detail, error.raw)
            detail += f"; the reply was: {error.raw[:_LONGEST_RAW] or 'empty'}"
        return [first.decision(Failure(error=type(error).__name__, detail=detail))]

    async def _send(self, jobs: Sequence[Job], correction: str | None) -> str:
        part = jobs[0].ask.slice
        user = self._requests.user_text(
            [job.ask for job in jobs], correction and correction[:_LONGEST_CORRECTION]
        )
        message = Message(part.system, part.system_with_schema, user, part.reply_model)
        tally = Tally()
        try:
            return await self._client.send(message, tally)
        finally:
            _share(tally, jobs)

    def _answer(self, job: Job, outcome: Quoted | LeftOut | Abstention, raw: str) -> Answer:
        sent = {"mode_used": self._client.mode, "temperature_used": self._client.temperature}
        return Answer(
            key=job.ask.key,
            post_id=job.ask.task.post.id,
            outcome=outcome,
            raw=raw,
            model=self._origin.model,
            prompt_sha256=self._origin.prompt_sha256,
            codebook_sha256=self._origin.codebook_sha256,
            parameters={**self._origin.parameters, **sent},
            prompt_tokens=job.prompt_tokens,
            completion_tokens=job.completion_tokens,
            duration_s=job.duration_s,
            answered_at=datetime.now(UTC),
        )


def _outcome(reading: Reading, number: int, job: Job, raw: str) -> Quoted | LeftOut | Abstention:
    """Return what a reply decides about one of its posts.

    Raises:
        ResponseError: If it decides nothing that can be used; `raw` is the whole reply.
    """
    if number in reading.bad:
        raise ResponseError(reading.bad[number], raw=raw)
    ask = job.ask
    return outcome_of(reading.good[number], ask.task, ask.slice.allowed, ask.key, raw)


def _share(tally: Tally, jobs: Sequence[Job]) -> None:
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
