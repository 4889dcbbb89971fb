"""The desk of one run with batches: sends what is planned, reads what came, asks again."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar

from secondcoder.api.coding import acode
from secondcoder.coding.batch_client import BatchClient, NoBatchesError
from secondcoder.coding.batch_requests import BatchRequests
from secondcoder.coding.batch_results import (
    Judge,
    Result,
    is_carried_out,
    not_carried_out,
    read_results,
)
from secondcoder.coding.coders import seat
from secondcoder.coding.endpoints import Settings
from secondcoder.coding.judging import Again
from secondcoder.coding.kept import KeptCoder, UnderwayError
from secondcoder.coding.model import ModelCoder
from secondcoder.coding.monitor import Monitor, Told
from secondcoder.coding.pricing import usd
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import BudgetError, InputError, StoreError
from secondcoder.schema.batches import (
    ENDED,
    AskAgain,
    Batch,
    BatchOrder,
    BatchRun,
    PendingRequest,
    ProviderBatch,
)
from secondcoder.schema.codings import Codings, Failure
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.summaries import CodingsSummary
from secondcoder.store.batch_ledger import BatchLedger, Outcomes, run_report

_OVER_THE_LIMIT = "token_limit_exceeded"
"""Code of a batch that OpenAI fails because too many tokens wait to be processed."""
_TOGETHER = 200
"""Results kept in one transaction."""

T = TypeVar("T")


class Desk:
    """What can be done about one run; an asynchronous context manager."""

    def __init__(self, store: BatchLedger, order: BatchOrder, options: ModelOptions) -> None:
        """Prepare; nothing is sent yet. A missing key is a `PermanentProviderError`.

        Args:
            store: Where everything about the run is recorded.
            order: What was asked for.
            options: The order's, with the key, and the budget that holds now.
        """
        one = seat(order.coder, options)
        settings = Settings(one.model, one.options)
        self._store = store
        self._order = order
        self._options = options
        self._client = BatchClient(settings)
        self._monitor = Monitor()
        self._model = ModelCoder(
            order.codebook,
            model=one.model,
            options=one.options,
            answers=store,
            monitor=self._monitor,
        )
        self._requests = BatchRequests(order, self._model, settings)
        self._judge = Judge(self._client.endpoint, self._requests.price)
        self._n_named: int | None = None
        self.problems: list[str] = []

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, traceback)

    @property
    def _run(self) -> Run:
        return self._store.run(self._order.run_id)

    @property
    def _batches(self) -> tuple[Batch, ...]:
        return self._store.batches(self._order.run_id)

    def plan(self, tasks: Iterable[Task]) -> Usage:
        """Record the requests about posts that have no answer, and none on its way.

        Returns:
            How many posts had their answers in the ledger.
        """
        n_reused = 0
        planned = self._planned(tasks)
        while chunk := list(islice(planned, _TOGETHER)):
            self._store.add(
                self._order.run_id, [each for each in chunk if isinstance(each, PendingRequest)]
            )
            n_reused += sum(each.usage.n_reused for each in chunk if isinstance(each, Decision))
        self._store.put_into_batches(self._order.run_id, self._order.limits)
        return Usage(n_reused=n_reused)

    def check_budget(self) -> None:
        """Refuse to send what might cost more than was allowed.

        Raises:
            BudgetError: If what is planned, on its way and spent is more, by the estimate.
        """
        budget_usd = self._options.budget_usd
        if budget_usd is None:
            return
        usage = self._run.usage
        spent = usage.cost_usd or 0.0
        if usage.has_unknown_cost:  # the provider did not count all tokens: by the estimate then
            read = (each for each in self._batches if each.collected_at and each.n_completed)
            spent = sum(each.estimated_usd or 0.0 for each in read)
        away = sum(batch.estimated_usd or 0.0 for batch in self._batches if batch.is_away)
        planned = self._store.waiting_usd(self._order.run_id) or 0.0
        if spent + away + planned > budget_usd:
            raise BudgetError(
                f"not submitted: about {planned:.4f} USD at the price of batches, with "
                f"{spent:.4f} spent and about {away:.4f} on their way, are more than the "
                f"{usd(budget_usd)} of --budget; give a larger one to go on"
            )

    async def send(self) -> None:
        """Submit what is planned, as far as the provider takes it."""
        self._store.put_into_batches(self._order.run_id, self._order.limits)
        planned = [batch for batch in self._batches if batch.status == "planned"]
        if planned:
            self.check_budget()
        for batch in planned:
            known = self._batches
            was_full = any(each.error_code == _OVER_THE_LIMIT for each in known)
            if was_full and any(each.is_away and each.status not in ENDED for each in known):
                break  # one at a time, once the provider had no room for more
            told = await self._client.submit(batch, partial(self._file, batch))
            self._store.keep_batch(_updated(batch, told, submitted_at=datetime.now(UTC)))

    async def look(self) -> BatchRun:
        """Return how the run stands, asking the provider about its batches; nothing is changed."""
        batches = [
            _updated(batch, await self._client.look(batch.provider_id))
            if batch.provider_id is not None and batch.collected_at is None
            else batch
            for batch in self._batches
        ]
        return run_report(self._store, self._order, batches)

    def report(self) -> BatchRun:
        """Return how the run stands by what is recorded."""
        return run_report(self._store, self._order, problems=self.problems)

    @property
    def is_cancelled(self) -> bool:
        """Return whether the run was cancelled: nothing of it is asked again."""
        return self._order in self._store.orders("cancelled")

    async def collect(self) -> None:
        """Read the results of batches that have ended, and keep what they come to."""
        for batch in self._batches:
            if batch.provider_id is None or batch.collected_at is not None:
                continue
            told = await self._client.look(batch.provider_id)
            found = _updated(batch, told)
            self._store.keep_batch(found)
            if told.status == "failed":
                self._refused(found, told)
            elif told.status in ENDED:
                await self._read(found, told)

    async def ask_again(self, how: AskAgain, told: Told) -> None:
        """See to the posts that are to be asked about once more.

        Args:
            how: In a further batch, which is then submitted; with ordinary requests; or not.
            told: Told why nothing is asked, with ordinary requests, and None when it is again.
        """
        self._monitor.told = told
        run_id = self._order.run_id
        match how:
            case "batch":
                await self.send()
            case "requests":
                await self._ask_now(list(self._store.requests(run_id, None)))
            case "no":
                for request in list(self._store.requests(run_id, None)):
                    why = request.correction or "it got no answer"
                    failure = Failure(error="NotAskedAgain", detail=f"not asked again: {why}")
                    failures = {post.key: failure for post in request.posts}
                    self._keep(Outcomes([request.id], [], failures, []), Usage())

    async def cancel(self, ids: Sequence[str]) -> list[str]:
        """Ask for batches to be cancelled; what was not sent never is.

        Args:
            ids: Ours or the provider's; none: all, and nothing is asked again.

        Returns:
            The ids that are of batches of this run.
        """
        if not ids:
            self._store.set_state(self._run, "cancelled")
            self._store.release(self._order.run_id, None)
        known: list[str] = []
        for batch in self._batches:
            named = [name for name in ids if name in {batch.id, batch.provider_id}]
            known += named
            if ids and not named:
                continue
            if batch.status == "planned" or (batch.is_away and batch.status not in ENDED):
                await self._cancel(batch)
        return known

    def give_up(self) -> None:
        """End a run of which the server takes nothing: its posts may be asked about without it.

        One of which it has taken a batch stays as it is.
        """
        if any(batch.provider_id is not None for batch in self._batches):
            return
        for batch in self._batches:
            self._drop(batch)
        self._store.release(self._order.run_id, None)
        ended = {"finished_at": datetime.now(UTC), "stopped": "provider"}
        self._store.set_state(self._run.model_copy(update=ended), "done")

    def _drop(self, batch: Batch) -> None:
        self._store.release(batch.run_id, batch.id)
        self._store.keep_batch(batch.model_copy(update={"status": "dropped"}))

    async def _cancel(self, batch: Batch) -> None:
        name = batch.provider_id
        if name is None:
            # It may have been submitted by a process that was killed.
            with suppress(NoBatchesError):  # nothing can have been, there
                found = await self._client.find(batch)
                name = found.id if found is not None else None
        if name is None:
            self._drop(batch)
        else:
            self._store.keep_batch(_updated(batch, await self._client.cancel(name)))

    async def finish(self) -> CodingsSummary | None:
        """Write the codings, if no post is on its way; return their figures.

        A run that was cancelled ends without codings.
        """
        store, order = self._store, self._order
        if store.counts(order.run_id).n_open or any(batch.is_away for batch in self._batches):
            return None
        run = self._run.model_copy(update={"finished_at": datetime.now(UTC)})
        if self.is_cancelled:
            self.problems.append(
                "it was cancelled, so no codings are written; posts without an answer are asked "
                "about anew by the same command, with or without --batch"
            )
        if self.is_cancelled or order.chat is None or order.output is None:
            store.set_state(run, "done")
            return None
        coder = KeptCoder(self._model, run, failures=store.failures, underway=store.open_keys)
        try:
            summary = await acode(order.chat, order.codebook, coder=coder, output=order.output)
        except UnderwayError:
            self.problems.append("other runs ask about some of its posts; collect those first")
            return None
        except (InputError, StoreError) as error:
            self.problems.append(
                f"all answers are in the ledger, but {order.output} could not be written: {error}"
            )
            return None
        if isinstance(summary, Codings):  # never, with an output
            return None
        store.set_state(summary.run, "done")
        return summary.model_copy(update={"ledger": store.path})

    def _planned(self, tasks: Iterable[Task]) -> Iterator[PendingRequest | Decision]:
        for found in self._model.jobs_for(tasks, self._store.open_keys):
            if isinstance(found, Decision):
                yield found
            else:
                temperature = self._options.temperature
                yield self._requests.request(self._name(), found, temperature=temperature)

    def _name(self) -> str:
        """Return the id of the next request: its `custom_id`, which says nothing of its posts."""
        if self._n_named is None:
            self._n_named = self._store.n_requests(self._order.run_id)
        self._n_named += 1
        return f"{self._order.run_id}-{self._n_named:08}"

    def _file(self, batch: Batch) -> bytes:
        return self._requests.file(self._store.requests(batch.run_id, batch.id))

    def _refused(self, batch: Batch, told: ProviderBatch) -> None:
        """See to a batch that failed before any of its requests was carried out."""
        ended = {"collected_at": datetime.now(UTC), "error_code": told.error_code}
        others = [each for each in self._batches if each.id != batch.id]
        if told.error_code == _OVER_THE_LIMIT and batch.n_requests > 1:
            problem = (
                f"the provider had no room for it, and charged nothing: {told.error}; 'batch "
                f"collect' submits it again, in halves if it was too large by itself"
            )
            found = batch.model_copy(update={**ended, "problem": problem})
            self._store.take_out(found)
            limits = self._order.limits
            if not any(each.is_away and each.status not in ENDED for each in others):
                half = (batch.n_requests + 1) // 2
                limits = limits.model_copy(update={"max_requests": half})
            self._store.put_into_batches(batch.run_id, limits)
            return
        detail = f"{self._client.endpoint.url} refused the batch: {told.error or 'no reason given'}"
        failure = Failure(error="PermanentProviderError", detail=detail)
        requests = self._store.requests(batch.run_id, batch.id)
        while chunk := list(islice(requests, _TOGETHER)):
            failures = {post.key: failure for request in chunk for post in request.posts}
            self._keep(Outcomes([each.id for each in chunk], [], failures, []), Usage())
        problem = f"{detail}; nothing was charged: mend that, then run the same 'code --batch'"
        self._store.keep_batch(batch.model_copy(update={**ended, "problem": problem}))

    async def _read(self, batch: Batch, told: ProviderBatch) -> None:
        """Read both files of a batch that has ended, whatever order their lines have."""
        n_strange = 0
        for file_id in (told.output_file_id, told.error_file_id):
            if file_id is not None:
                results = read_results(await self._client.results(file_id))
                for chunk in _chunks(results, _TOGETHER):
                    n_strange += self._settle(batch, chunk)
        why = f"the batch is {told.status}, and none of its results is about it"
        left = self._store.requests(batch.run_id, batch.id)
        if batch.status != "cancelled":
            for requests in _chunks(left, _TOGETHER):
                self._settle(batch, [not_carried_out(each, why) for each in requests])
        self._store.release(batch.run_id, batch.id)
        problem = None
        if n_strange:
            problem = f"{n_strange:,} lines of its results are not about any request of it"
        self._store.keep_batch(
            batch.model_copy(update={"collected_at": datetime.now(UTC), "problem": problem})
        )

    def _settle(self, batch: Batch, results: Sequence[Result | None]) -> int:
        """Keep what results come to; return how many are about no request of the batch."""
        by_id: dict[str, Result] = {}
        for result in results:
            if result is not None:
                by_id.setdefault(result.custom_id, result)
        found = self._store.find_requests(batch, list(by_id))
        outcomes = Outcomes([], [], {}, [])
        usage = Usage()
        for name, request in found.items():
            result = by_id[name]
            if request is None or (batch.status == "cancelled" and not is_carried_out(result)):
                continue
            judged = self._judge.judge(request, self._requests.jobs(request), result)
            usage = usage.plus(judged.usage)
            used = {
                "mode_used": self._order.mode,
                "temperature_used": request.temperature,
                "batch": batch.provider_id,
            }
            outcomes.settled.append(name)
            for decided in judged.verdict.decided:
                outcomes.answers.append(decided.answer(self._model.origin, used))
            for given_up in judged.verdict.given_up:
                outcomes.failures[given_up.job.ask.key] = given_up.failure
            for jobs, correction in judged.verdict.again:
                again = self._requests.request(
                    self._name(),
                    jobs,
                    correction,
                    temperature=judged.temperature,
                )
                if self._requests.is_as_kept(again):
                    outcomes.again.append(again)
                else:
                    outcomes.failures.update(_of_another_version(again))
        self._keep(outcomes, usage)
        return sum(result is None or result.custom_id not in found for result in results)

    async def _ask_now(self, requests: Sequence[PendingRequest]) -> None:
        """Ask about the posts of requests with ordinary ones."""
        names = {post.key: request.id for request in requests for post in request.posts}
        # A process that was killed here may have kept the answers and not said so.
        answered = self._store.find(names)
        again = [
            Again(self._requests.jobs(request), request.correction)
            for request in requests
            if not all(post.key in answered for post in request.posts)
        ]
        done = [
            request.id
            for request in requests
            if all(post.key in answered for post in request.posts)
        ]
        self._keep(Outcomes(done, list(answered.values()), {}, []), Usage())
        before, usage = self._run.usage, Usage()
        try:
            async for decisions in self._model.code_again(again):
                keys = {}
                for decision in decisions:
                    usage = usage.plus(decision.usage)
                    keys[self._model.requests.ask(decision.task).key] = decision.outcome
                failures = {key: each for key, each in keys.items() if isinstance(each, Failure)}
                settled = list(dict.fromkeys(names[key] for key in keys))
                answers = list(self._store.find(keys).values())
                self._settle_with(Outcomes(settled, answers, failures, []), before, usage)
        finally:
            # However it ended: of requests without a decision the monitor alone knows.
            self._settle_with(Outcomes([], [], {}, []), before, usage)

    def _settle_with(self, outcomes: Outcomes, before: Usage, usage: Usage) -> None:
        """Keep what ordinary requests come to, and all they used on top of what was before."""
        used = before.plus(self._monitor.complete(usage))
        self._store.settle(self._run.model_copy(update={"usage": used}), outcomes)

    def _keep(self, outcomes: Outcomes, usage: Usage) -> None:
        run = self._run
        self._store.settle(run.model_copy(update={"usage": run.usage.plus(usage)}), outcomes)


def _updated(batch: Batch, told: ProviderBatch, *, submitted_at: datetime | None = None) -> Batch:
    found = {
        "status": told.status,
        "provider_id": told.id,
        "n_completed": told.n_completed,
        "expires_at": told.expires_at,
        "submitted_at": submitted_at or batch.submitted_at,
    }
    return batch.model_copy(update=found)


def _of_another_version(request: PendingRequest) -> dict[str, Failure]:
    failure = Failure(
        error="NotAskedAgain",
        detail="not asked again: another version of secondcoder submitted it, which would word it "
        "otherwise; run the same 'code --batch'",
    )
    return {post.key: failure for post in request.posts}


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
