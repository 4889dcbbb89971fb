"""The runner: posts are asked about until each has a decision or stands alone as a failure."""

import asyncio
from collections.abc import Sequence

from secondcoder.coding.client import ModelClient
from secondcoder.coding.jobs import Job, Tally, share
from secondcoder.coding.judging import (
    Origin,
    Verdict,
    count,
    is_divided,
    judge_fault,
    judge_reply,
)
from secondcoder.coding.keeping import Keeper
from secondcoder.coding.pacing import pause_s
from secondcoder.coding.patience import Patience
from secondcoder.coding.requests import Requests
from secondcoder.coding.tasks import Decision
from secondcoder.errors import ResponseError, TransientProviderError


class Runner:
    """Asks about posts that share a slice of the codebook; keeps each answer as it arrives."""

    def __init__(
        self,
        client: ModelClient,
        requests: Requests,
        origin: Origin,
        keeper: Keeper,
        *,
        patience: Patience,
    ) -> None:
        """Prepare.

        Args:
            client: The model.
            requests: Makes what is sent.
            origin: What to write into each answer.
            keeper: Makes answers durable.
            patience: Ends the run when the model will not come to anything.
        """
        self._client = client
        self._requests = requests
        self._origin = origin
        self._keeper = keeper
        self._patience = patience

    async def settle(self, jobs: Sequence[Job], correction: str | None = None) -> list[Decision]:
        """Return a decision for every post; what came of the good ones is kept at once.

        Args:
            jobs: Posts of one slice, asked about in one request.
            correction: What was wrong with an earlier reply about the same posts.

        What no post can survive is raised as a `ProviderError`.
        """
        async with self._patience.turn():
            return await self._settle(jobs, correction)

    async def _settle(self, jobs: Sequence[Job], correction: str | None) -> list[Decision]:
        """Return decisions as `settle` does."""
        try:
            raw = await self._send(jobs, correction)
        except TransientProviderError as error:
            await self._wait(jobs, error)
            verdict = judge_fault(jobs, error, correction)
        except ResponseError as error:
            verdict = judge_fault(jobs, error)
        else:
            verdict = judge_reply(jobs, raw)
        return await self._carry_out(verdict)

    async def _wait(self, jobs: Sequence[Job], error: TransientProviderError) -> None:
        """Return when posts whose request got no answer may be asked about again."""
        await asyncio.sleep(pause_s(error, len(jobs[0].silences), self._client.settings.backoff_s))
        if is_divided(jobs):
            # Posts are to blame only if others are answered: else they wait as these do.
            await self._client.circuit.assure(jobs[0].silences[-1])
        for job in jobs:
            job.n_excused = self._client.circuit.excused(job.silences)

    async def _carry_out(self, verdict: Verdict) -> list[Decision]:
        """Return the decisions of a verdict, once what is asked again has its own."""
        sent = {"mode_used": self._client.mode, "temperature_used": self._client.temperature}
        for _ in verdict.decided:
            self._patience.used()
        await self._keeper.keep([decided.answer(self._origin, sent) for decided in verdict.decided])
        for given_up in verdict.given_up:
            if given_up.raw is not None:
                self._patience.given_up(self._client.endpoint, given_up.why, given_up.raw)
        decisions = [decided.job.decision(decided.outcome) for decided in verdict.decided]
        decisions += [given_up.job.decision(given_up.failure) for given_up in verdict.given_up]
        again = (self._settle(jobs, correction) for jobs, correction in verdict.again)
        # All are waited for, whatever comes of one: each may have been paid for.
        for more in await asyncio.gather(*again, return_exceptions=True):
            if isinstance(more, BaseException):
                raise more
            decisions += more
        return decisions

    async def _send(self, jobs: Sequence[Job], correction: str | None) -> str:
        message = self._requests.message([job.ask for job in jobs], correction)
        tally = Tally()
        try:
            most = min(job.n_left for job in jobs)
            return await self._client.send(message, tally, most=most)
        finally:
            count(jobs, tally.n_requests)
            share(tally, jobs)
