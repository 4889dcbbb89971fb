"""The model coder: posts are asked about over HTTP, several at a time, and nothing twice."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Container, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from secondcoder.coding.acquaintance import Acquaintance, first_at_once
from secondcoder.coding.client import ModelClient
from secondcoder.coding.endpoints import Settings, endpoint_url, foreign_endpoint
from secondcoder.coding.flights import Flights, results
from secondcoder.coding.jobs import Job
from secondcoder.coding.judging import Again, Origin
from secondcoder.coding.keeping import Keeper
from secondcoder.coding.known_answers import KnownAnswers
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.outcomes import has_words
from secondcoder.coding.patience import Patience
from secondcoder.coding.planned import PlannedRequest
from secondcoder.coding.pricing import Budget
from secondcoder.coding.prompts import load_template
from secondcoder.coding.queueing import Queue
from secondcoder.coding.requests import Parameters, Requests
from secondcoder.coding.runner import Runner
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import BudgetError, CodebookError, InputError, ProviderError
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Failure, LeftOut, LeftOutReason
from secondcoder.schema.examples import Examples
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.renames import Earlier
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage

if TYPE_CHECKING:
    from secondcoder.coding.nearest import Nearest

_READ_AT_ONCE = 4
"""Posts read between two looks at what has arrived, or as many as a request holds."""
_LOOKS_TO_LEAVE = 12
"""So many looks a request over a new connection takes to leave, and some more."""
_ONE_READY_IN = 8
"""Of the requests that may be in flight, so many more are ready to leave when one is answered."""
_DEFAULT = ModelOptions()

Underway = Callable[[Iterable[str]], Container[str]]
"""Tells which of these keys belong to answers that are on their way."""


class ModelCoder:
    """Codes posts with a language model, through one endpoint and an answer store."""

    def __init__(  # noqa: PLR0913  # all but the codebook by keyword, most with a default
        self,
        codebook: Codebook,
        *,
        model: str,
        options: ModelOptions = _DEFAULT,
        answers: AnswerStore | None = None,
        backoff_s: float = 0.5,
        budget: Budget | None = None,
        takes_single: bool = False,
        monitor: Monitor | None = None,
        known: Acquaintance | None = None,
    ) -> None:
        """Prepare; nothing is read or sent yet.

        A version of the prompt that is not there is a `PromptError`.

        Args:
            codebook: Questions and themes.
            model: `openai/gpt-5-mini`, another provider's name, or a server's own with a base URL.
            options: How the model is reached and asked.
            answers: Where answers are looked up first, and kept the moment they arrive; None:
                nowhere.
            backoff_s: Longest first pause between attempts, in seconds; it doubles.
            budget: Shared with other coders; None: the options', for this coder alone.
            takes_single: Whether answers to posts asked about alone are looked up, too.
            monitor: Shared likewise: told what is used, and why nothing is asked.
            known: What others who asked this model have learnt of it; added to.

        Raises:
            InputError: If the model has no name, or one with white space.
        """
        if not model or model.split() != [model]:
            raise InputError(f"the model's name is {model!r}; give one without white space")
        self._codebook = codebook
        self._answers = answers
        self._options = options
        self._settings = Settings(model, options, backoff_s)
        self._budget = budget
        self._monitor = monitor or Monitor()
        self._known = known or Acquaintance()
        self._template = load_template("code-posts", version=options.prompt_version)
        asked = {"model": model, **self._parameters}
        elsewhere = foreign_endpoint(self._settings)
        if elsewhere is not None:
            asked["endpoint"] = elsewhere
        self._schemas: dict[str, str] = {}
        nearest = _nearest(options.examples, codebook)

        def requests(parameters: Parameters, then: Earlier | None) -> Requests:
            return Requests(
                self._template,
                codebook,
                parameters,
                pseudonyms=options.pseudonyms,
                named=options.named,
                nearest=nearest,
                earlier=then,
            )

        self.requests = requests(asked, None)
        single = {**asked, "posts_per_request": 1}
        self._known_answers = KnownAnswers(
            answers,
            codebook,
            partial(requests, asked),
            partial(requests, single) if takes_single else None,
        )

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        return Coder(id=self._settings.model, kind=CoderKind.MODEL)

    def describe(self, run: Run) -> Run:
        """Return the run with this coder's parameters, prompt and endpoint filled in."""
        found = {
            "parameters": {**self._parameters, **self._of_examples},
            "prompt_sha256": self._template.sha256,
            "prompt_version": self._template.name,
            "base_url": endpoint_url(self._settings),
        }
        return run.model_copy(update=found)

    @property
    def _of_examples(self) -> dict[str, str | int]:
        """Which quotes examples come from: for the record, since a key has what was chosen."""
        examples = self._options.examples
        if examples is None:
            return {}
        return {"examples": examples.name, "examples_per_theme": examples.per_theme}

    @property
    def _size(self) -> int:
        return self._options.posts_per_request or 1

    @property
    def _parameters(self) -> dict[str, str | int | float | None]:
        """What was asked for; with the prompt and the model it decides what an answer is."""
        return {
            "mode": self._options.mode,
            "posts_per_request": self._size,
            "temperature": self._options.temperature,
            # Only where it is said: runs from before there was a choice keep their answers.
            **({} if self._options.pseudonyms else {"pseudonyms": False}),
            **({"sample": self._options.sample} if self._options.sample > 1 else {}),
        }

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield a decision per task as they are reached, taking tasks a few rounds ahead.

        Answers there are already are not asked for again, and each new one is kept before it is
        yielded; failures are not answers, and are asked again next time. Closing the iterator
        cancels what is in flight.
        """
        source = iter(tasks)
        queue = Queue(self._size, self._options.concurrency)
        flights = Flights()
        async with AsyncExitStack() as stack:
            keeper = await stack.enter_async_context(Keeper(self._answers, flights.stir))
            runner: Runner | None = None
            exhausted = False

            async def send() -> None:
                nonlocal runner
                # Some are made ready before there is a place in flight for them, which they take
                # as soon as a reply is there. Places of replies that are being written go to the
                # next requests, but all in all no more than there are: a process that is killed
                # loses what is not on the disk yet.
                most = self._options.concurrency
                n_ready = most // _ONE_READY_IN
                n_flying = len(flights) - n_ready - min(keeper.n_waiting, most - n_ready)
                for jobs in queue.ready(n_flying, exhausted=exhausted):
                    runner = runner or await self._started(stack, flights, keeper, queue)
                    flights.start(runner.settle(jobs))
                await self._look()

            while not (exhausted and not queue.n_open):
                if not exhausted and queue.room:
                    batch = list(islice(source, min(queue.room, max(_READ_AT_ONCE, self._size))))
                    exhausted = not batch
                    for decision in self._without_asking(batch, queue):
                        yield decision
                await send()
                if not flights or (queue.room and not exhausted):
                    continue
                landed = await flights.landed()
                if any(isinstance(one.exception(), BudgetError | ProviderError) for one in landed):
                    # What is on its way may have been paid for: it is waited for and kept.
                    landed = (*landed, *await flights.rest())
                elif all(one.exception() is None for one in landed):
                    await send()  # places in flight are filled before anything else is done
                for decision in results(landed):
                    queue.n_open -= 1
                    yield decision

    async def _look(self) -> None:
        """Let requests leave, and what has arrived be seen to.

        While nothing has, all that is to come waits for the first requests, and they for nothing.
        """
        for _ in range(1 if self._known.was_reached else _LOOKS_TO_LEAVE):
            await asyncio.sleep(0)

    async def _started(
        self, stack: AsyncExitStack, flights: Flights, keeper: Keeper, queue: Queue
    ) -> Runner:
        """Return what settles posts; it lasts as long as the stack does."""
        client = ModelClient(self._settings, self._budget, self._monitor, self._known)
        await stack.enter_async_context(client)
        stack.push_async_callback(flights.cancel)  # before the client closes
        return self._runner(client, keeper, lambda: queue.n_reused > 0)

    def requests_for(
        self, tasks: Iterable[Task], underway: Underway | None = None
    ) -> Iterator[PlannedRequest | Decision]:
        """Yield the requests that `code` would send, and the decisions that need none.

        Nothing is sent or kept, and no key is needed.

        Args:
            tasks: The posts.
            underway: Tells whose answers are on their way; those are passed over.
        """
        for jobs in self.jobs_for(tasks, underway):
            yield jobs if isinstance(jobs, Decision) else self.planned(jobs)

    def jobs_for(
        self, tasks: Iterable[Task], underway: Underway | None = None
    ) -> Iterator[list[Job] | Decision]:
        """Yield what `requests_for` does, as the posts of each request."""
        source = iter(tasks)
        queue = Queue(self._size, self._options.concurrency)
        exhausted = False
        while not (exhausted and not queue.n_open):
            if not exhausted and queue.room:
                batch = list(islice(source, queue.room))
                exhausted = not batch
                yield from self._without_asking(batch, queue, underway)
            for jobs in queue.ready(0, exhausted=exhausted):
                queue.n_open -= len(jobs)
                yield jobs

    def planned(self, jobs: Sequence[Job], correction: str | None = None) -> PlannedRequest:
        """Return the request about some posts, as it would be sent."""
        part = jobs[0].ask.slice
        if part.sha256 not in self._schemas:
            schema = part.reply_model.model_json_schema()
            self._schemas[part.sha256] = json.dumps(schema, ensure_ascii=False)
        usual = {"posts": [part.reply_model.usual] * len(jobs)}
        return PlannedRequest(
            system=part.system,
            user=self.requests.user_text([job.ask for job in jobs], correction),
            reply_schema=self._schemas[part.sha256],
            usual_reply=json.dumps(usual),
            n_posts=len(jobs),
        )

    async def code_again(self, again: Iterable[Again]) -> AsyncGenerator[list[Decision], None]:
        """Yield decisions on posts that were asked about before, a few requests at a time.

        Args:
            again: The posts of each request, and what was wrong with the last reply about them.
        """
        waiting = iter(again)
        async with (
            Keeper(self._answers, lambda: None) as keeper,
            ModelClient(self._settings, self._budget, self._monitor, self._known) as client,
        ):
            runner = self._runner(client, keeper, lambda: True)
            while chunk := list(islice(waiting, self._options.concurrency)):
                settled = await asyncio.gather(
                    *(runner.settle(jobs, correction) for jobs, correction in chunk)
                )
                yield [decision for decisions in settled for decision in decisions]

    def _without_asking(
        self, batch: list[Task], queue: Queue, underway: Underway | None = None
    ) -> Iterator[Decision]:
        """Yield the decisions that need no request; the other posts join the queue."""
        asks = []
        for task in batch:
            if not has_words(task):
                yield Decision(task, LeftOut(reason=LeftOutReason.EMPTY))
                continue
            try:
                asks.append(self.requests.ask(task))
            except CodebookError as error:
                yield Decision(task, Failure(error=type(error).__name__, detail=str(error)))
        found = self._known_answers.find(asks)
        keys: dict[str, list[str]] = {}
        if underway is not None:
            keys = {ask.key: self._known_answers.keys(ask) for ask in asks if ask.key not in found}
        passed_over = underway(chain(*keys.values())) if underway is not None else ()
        for ask in asks:
            if any(key in passed_over for key in keys.get(ask.key, ())):
                continue
            if ask.key in found:
                queue.n_reused += 1
                yield Decision(ask.task, found[ask.key].outcome, Usage(n_reused=1))
            else:
                queue.add(Job(ask, self._options.max_attempts))

    def answered(self, tasks: Iterable[Task]) -> set[str]:
        """Return the ids of the posts there are answers to."""
        asks = []
        for task in tasks:
            # One said to answer a question that the codebook lacks fails when it is coded.
            with suppress(CodebookError):
                asks.append(self.requests.ask(task))
        found = self._known_answers.find(asks)
        return {ask.task.post.id for ask in asks if ask.key in found}

    @property
    def origin(self) -> Origin:
        """Return what this coder's answers have in common."""
        return Origin(
            model=self._settings.model,
            prompt_sha256=self._template.sha256,
            codebook_sha256=self._codebook.sha256,
            parameters=self._parameters,
        )

    def _runner(self, client: ModelClient, keeper: Keeper, is_proven: Callable[[], bool]) -> Runner:
        return Runner(
            client,
            self.requests,
            self.origin,
            keeper,
            patience=Patience(
                self._known,
                at_once=first_at_once(self._options.concurrency),
                is_proven=is_proven,
            ),
        )


def _nearest(examples: Examples | None, codebook: Codebook) -> "Nearest | None":
    if examples is None:
        return None
    from secondcoder.coding.nearest import Nearest  # noqa: PLC0415  # scikit-learn

    return Nearest(examples, codebook)
