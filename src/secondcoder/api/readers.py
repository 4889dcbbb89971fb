"""Readers: who codes posts and drafts texts where a verb needs both, for one purse of money."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from uuid import uuid4

from secondcoder.api.bookkeeping import stop_reason
from secondcoder.api.coding import LEDGER_NAME
from secondcoder.coding.bare_handles import Handles
from secondcoder.coding.bill import Bill
from secondcoder.coding.codebook_handles import with_named
from secondcoder.coding.coders import Seat, coder_named, seat
from secondcoder.coding.endpoints import Settings, endpoint_url, foreign_endpoint
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.planned import PlannedRequest
from secondcoder.coding.pricing import Budget, Price, price_of
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import InputError, StoreError
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Outcome
from secondcoder.schema.drafting import Asker
from secondcoder.schema.estimates import StepEstimate, WorkEstimate
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener, Progress, noting
from secondcoder.schema.runs import Coder, CoderKind, PromptUsed, Run, Usage
from secondcoder.store.ledger import Ledger
from secondcoder.version import __version__


class Work(NamedTuple):
    """Who is to read posts, and for which verb."""

    verb: str
    coder: str
    """`embedded`, `embedded:MODEL`, or a model such as `openai/gpt-5-mini`."""
    options: ModelOptions | None
    """How a model is reached and asked."""
    ledger: Path | None
    """Keeps what it answers. Default: `secondcoder-ledger.sqlite` beside `beside`."""
    beside: Path | None
    """What is written; None: this folder."""

    @property
    def ledger_path(self) -> Path:
        """Return where answers are kept."""
        return self.ledger or (self.beside.parent if self.beside else Path()) / LEDGER_NAME


class Reader(Protocol):
    """Who reads posts for a verb: codes them, and drafts texts if it is a model."""

    handles: Handles
    """Those of the chat, which are hidden without a sign, too."""

    @property
    def coder(self) -> str:
        """Return its name."""
        ...

    async def outcomes(
        self, book: Codebook, tasks: Sequence[Task], step: str
    ) -> dict[str, Outcome]:
        """Return what becomes of the posts under a codebook, by id.

        Args:
            book: The codebook.
            tasks: The posts.
            step: What that is for, in words.
        """
        ...

    def drafting(self, step: str) -> AbstractAsyncContextManager[Asker]:
        """Return who is asked for texts. The embedded coder writes none.

        Args:
            step: What that is for, in words.
        """
        ...


class CoderReader:
    """A reader that reads. A context manager: the ledger is open within.

    What is paid for is in the ledger the moment it comes, and the budget is one for all steps.
    """

    def __init__(self, work: Work, progress: Listener | None = None) -> None:
        """Prepare; nothing is read or sent yet.

        Args:
            work: Who reads, and for what.
            progress: Told of every post that is coded, and why nothing is asked meanwhile.
        """
        self.coder = work.coder
        self.handles = Handles()
        self._progress = progress
        self._seat = seat(work.coder, work.options)
        self._budget = Budget(self._seat.options.budget_usd)
        self._monitor = Monitor()
        self._monitor.told = lambda why: self._tell(self._state.model_copy(update={"paused": why}))
        self._state = Progress()
        settings = Settings(self._seat.model, self._seat.options)
        self._path = work.ledger_path
        self._ledger: Ledger | None = None
        kind = CoderKind.EMBEDDED if self._seat.is_embedded else CoderKind.MODEL
        self.run = Run(
            id=uuid4().hex[:12],
            coder=Coder(id=work.coder, kind=kind),
            started_at=datetime.now(UTC),
            secondcoder_version=__version__,
            parameters={"verb": work.verb},
            base_url=None if self._seat.is_embedded else endpoint_url(settings),
        )

    def __enter__(self) -> Self:
        if not self._seat.is_embedded:
            self._ledger = Ledger(self._path, told=noting(self._progress))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the ledger, after what was used is in it, whatever ended the work."""
        ended = {"finished_at": datetime.now(UTC), "stopped": stop_reason(error) if error else None}
        usage = self._monitor.complete(self.run.usage)
        self.run = self.run.model_copy(update={**ended, "usage": usage})
        if self._ledger is not None:
            with self._ledger, suppress(StoreError):  # what stopped it is the better thing to say
                self._ledger.keep_run(self.run)

    async def outcomes(
        self, book: Codebook, tasks: Sequence[Task], step: str
    ) -> dict[str, Outcome]:
        """Return what becomes of the posts under a codebook, by id."""
        self._tell(Progress(n_posts=len(tasks), stage=step))
        found: dict[str, Outcome] = {}
        coder = coder_named(
            self.coder,
            book,
            options=with_named(self._seat.options, book, self.handles),
            answers=self._ledger,
            budget=self._budget,
            monitor=self._monitor,
        )
        told = coder.describe(self.run)
        if told.prompt_version is not None and told.prompt_sha256 is not None:
            used = PromptUsed(name=told.prompt_version, sha256=told.prompt_sha256)
            prompts = tuple(dict.fromkeys((*self.run.prompts, used)))
            self.run = self.run.model_copy(update={"prompts": prompts})
        async for decision in coder.code(tasks):
            self._count(decision.usage)
            found[decision.task.post.id] = decision.outcome
            self._tell(Progress(n_posts=len(tasks), n_done=len(found), stage=step))
        return found

    @asynccontextmanager
    async def drafting(self, step: str) -> AsyncIterator[Asker]:
        """Yield who asks the model; what it answers is in the ledger before it is used.

        Raises:
            InputError: If the coder is the embedded one, which writes nothing.
        """
        from secondcoder.coding.asking import ModelAsker  # noqa: PLC0415  # openai, instructor

        del step
        if self._seat.is_embedded:
            raise InputError(
                f"coder {self.coder} writes no sentences; leave it out, or name a model such as "
                f"openai/gpt-5-mini"
            )
        asker = ModelAsker(
            self._seat.model,
            options=self._seat.options,
            drafts=self._ledger,
            budget=self._budget,
            monitor=self._monitor,
            handles=self.handles.known,
        )
        try:
            async with asker:
                yield asker
        finally:
            self.run = asker.describe(self.run)
            self._count(asker.usage)

    def _tell(self, state: Progress) -> None:
        self._state = state
        if self._progress is not None:
            self._progress(state)

    def _count(self, usage: Usage) -> None:
        self.run = self.run.model_copy(update={"usage": self.run.usage.plus(usage)})


class PlanningReader:
    """A reader that sends nothing and writes nothing: it counts what would be asked, by step."""

    def __init__(self, work: Work) -> None:
        """Start with nothing counted.

        Args:
            work: Who would read.

        Raises:
            InputError: If the coder asks no model.
        """
        self.coder = work.coder
        self.handles = Handles()
        self._seat: Seat = seat(work.coder, work.options)
        if self._seat.is_embedded:
            raise InputError(
                f"'{work.coder}' asks no model and costs nothing; name a model with --coder, such "
                f"as openai/gpt-5-mini"
            )
        self._settings = Settings(self._seat.model, self._seat.options)
        self._price: Price | None = price_of(self._seat.model, foreign_endpoint(self._settings))
        self._path = work.ledger_path
        self._ledger: Ledger | None = None
        self._bills: dict[str, Bill] = {}

    def __enter__(self) -> Self:
        if self._path.exists():
            self._ledger = Ledger(self._path, read_only=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._ledger is not None:
            self._ledger.close()

    @property
    def estimate(self) -> WorkEstimate:
        """Return what was counted so far."""
        steps = tuple(
            StepEstimate(step=name, n_reused=bill.n_reused, **dict(bill.amounts))
            for name, bill in self._bills.items()
        )
        costs = [step.cost_usd for step in steps if step.cost_usd is not None]
        return WorkEstimate(
            coder=self.coder,
            steps=steps,
            n_requests=sum(step.n_requests for step in steps),
            prompt_tokens=sum(step.prompt_tokens for step in steps),
            completion_tokens=sum(step.completion_tokens for step in steps),
            cost_usd=sum(costs) if self._price is not None else None,
            tokenizer=Bill(None).tokenizer.name,
            price_source=self._price.source if self._price else None,
            price_as_of=self._price.as_of if self._price else None,
        )

    async def outcomes(
        self, book: Codebook, tasks: Sequence[Task], step: str
    ) -> dict[str, Outcome]:
        """Return what is known already of the posts; the rest is put on the bill."""
        bill = self._bill(step)
        found: dict[str, Outcome] = {}
        options = with_named(self._seat.options, book, self.handles)
        one = self._seat._replace(options=options)
        for planned in _requests(one, book, tasks, self._ledger):
            if isinstance(planned, PlannedRequest):
                bill.add_once(planned)
            else:
                found[planned.task.post.id] = planned.outcome
                if planned.usage.n_reused:
                    bill.reuse()
        return found

    @asynccontextmanager
    async def drafting(self, step: str) -> AsyncIterator[Asker]:
        """Yield who counts what would be asked."""
        from secondcoder.coding.asking import PlanningAsker  # noqa: PLC0415  # openai, instructor

        handles = self.handles.known
        yield PlanningAsker(self._settings, self._bill(step), self._ledger, handles)

    def _bill(self, step: str) -> Bill:
        if step not in self._bills:
            self._bills[step] = Bill(self._price)
        return self._bills[step]


def _requests(
    one: Seat, book: Codebook, tasks: Sequence[Task], answers: Ledger | None
) -> Iterator[PlannedRequest | Decision]:
    """Return the requests that coding the posts would send, and the decisions that need none."""
    from secondcoder.coding.model import ModelCoder  # noqa: PLC0415  # openai, instructor

    size = {"posts_per_request": one.options.posts_per_request or 1}
    coder = ModelCoder(
        book,
        model=one.model,
        options=one.options.model_copy(update=size),
        answers=answers,
    )
    return coder.requests_for(tasks)
