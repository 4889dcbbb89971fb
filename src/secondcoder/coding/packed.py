"""The packed coder: measures how many posts a request can hold, then codes so many at once."""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Protocol

from secondcoder.coding.model import Underway
from secondcoder.coding.outcomes import has_words
from secondcoder.coding.packing import (
    FEWEST,
    SAMPLE,
    SIZES,
    Asked,
    climb,
    draw,
    mixed,
    of_no_sample,
    of_too_few,
)
from secondcoder.coding.planned import PlannedRequest
from secondcoder.coding.tasks import Ahead, Decision, PostCoder, Task
from secondcoder.schema.packing import Packing
from secondcoder.schema.runs import Coder, Run, Usage

_SIZE = "posts_per_request"
_MOST_CHANGED = 0.5
"""A choice holds for a chat as long as so much of its sample is in it."""


class SizedCoder(PostCoder, Protocol):
    """A coder that asks about a fixed number of posts at once."""

    def requests_for(
        self, tasks: Iterable[Task], underway: Underway | None = None
    ) -> Iterator[PlannedRequest | Decision]:
        """Yield the requests that `code` would send, and the decisions that need none."""
        ...

    def answered(self, tasks: Iterable[Task]) -> set[str]:
        """Return the ids of the posts there are answers to."""
        ...


class MakeSized(Protocol):
    """Makes the coder of a model."""

    def __call__(self, size: int, *, time: int = 1, takes_single: bool = False) -> SizedCoder:
        """Return a coder that asks about so many posts at once.

        Args:
            size: Posts per request.
            time: 2 asks for another answer where there is one.
            takes_single: Whether answers given to posts alone are taken, too.
        """
        ...


class PackedCoder:
    """Codes with one model, at the most posts per request at which its answers hold."""

    def __init__(self, make: MakeSized) -> None:
        """Prepare; nothing is sent yet. Until it has looked ahead, a request holds one post.

        Args:
            make: Makes coders that share one store of answers, and one budget.
        """
        self._make = make
        self._single = make(1)
        self._sample: tuple[Task, ...] = ()
        self._told: Callable[[str | None], None] | None = None
        self._is_first = True
        self._packing: Packing | None = None
        self._known: dict[str, Decision] = {}
        self._spent = Usage()

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        return self._single.coder

    @property
    def packing(self) -> Packing | None:
        """Return what was chosen; None: that is still to be measured."""
        return self._packing

    def describe(self, run: Run) -> Run:
        """Return the run with the model's parameters, and the choice once there is one."""
        found = self._single.describe(run)
        size = "auto" if self._packing is None else self._packing.posts_per_request
        parameters = {**found.parameters, _SIZE: size}
        return found.model_copy(update={"parameters": parameters, "packing": self._packing})

    def look_ahead(self, ahead: Ahead) -> None:
        """Draw a sample of what is to be coded, unless an earlier run's choice holds."""
        tasks = [task for task in ahead.tasks if has_words(task)]
        runs = list(ahead.runs)
        self._told = ahead.told
        self._is_first = not runs
        self._packing = self._earlier(tasks, runs)
        if self._packing is not None:
            return
        sample = draw(tasks)
        ids = {task.post.id for task in sample}
        others = [task for task in tasks if task.post.id not in ids]
        # Posts answered alone need no request, so they do not pay for the sample. Its own posts do
        # not count: after an interruption some are answered, and the choice must stay the same.
        n_answered = 0 if self._is_first else len(self._single.answered(others))
        n_to_ask = round((len(others) - n_answered) / ahead.share) + len(sample)
        if n_to_ask < FEWEST:
            self._packing = of_too_few()
        elif len(sample) < SAMPLE:
            self._packing = of_no_sample()
        else:
            self._sample = sample

    async def choose(self) -> Usage:
        """Measure, unless the choice is made; return what was used, for answers that are kept too.

        For those who let others code: the single answers to the sample are in the store.
        """
        await self._choose()
        used = self._spent
        for decision in self._known.values():
            used = used.plus(decision.usage)
        self._known, self._spent = {}, Usage()
        return used

    async def _choose(self) -> None:
        if self._sample and self._packing is None:
            self._packing = await self._measured()

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield a decision per task; answers to the sample asked about alone are final."""
        await self._choose()
        size = self._packing.posts_per_request if self._packing else 1
        # There are single answers of earlier runs only where there was one.
        coder = self._make(size, takes_single=size > 1 and not self._is_first)
        settled: list[Decision] = []
        async with aclosing(coder.code(self._unknown(tasks, settled))) as decisions:
            async for decision in decisions:
                while settled:
                    yield settled.pop()
                yield decision
        while settled:
            yield settled.pop()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the posts per request that a run may come to: all the same, or least and most."""
        if self._packing is None and self._sample:
            return (1, max(SIZES))
        return (self._packing.posts_per_request if self._packing else 1,)

    def requests_for(
        self, tasks: Iterable[Task], size: int, underway: Underway | None = None
    ) -> Iterator[PlannedRequest | Decision]:
        """Yield the requests that `code` would send, and the decisions that need none.

        Args:
            tasks: All that `code` would get.
            size: One of `sizes`. What is asked to measure with goes first.
            underway: Tells whose answers are on their way; those are passed over.
        """
        sample = () if self._packing is not None else self._sample
        if sample:
            yield from self._single.requests_for(sample, underway)
            yield from self._extra(sample, size)
        known = {task.post.id for task in sample}
        coder = self._make(size, takes_single=size > 1 and not self._is_first)
        others = (task for task in tasks if task.post.id not in known)
        yield from coder.requests_for(others, underway)

    def _extra(self, sample: Sequence[Task], size: int) -> Iterator[PlannedRequest]:
        """Yield what is asked of the sample beside its single answers, until it is this size."""
        tried = [each for each in SIZES if each <= size] or list(SIZES[:1])
        coders = [self._make(each) for each in tried]
        if size == 1:  # it did not hold, so it was compared with single answers asked twice
            coders.append(self._make(1, time=2))
        for coder in coders:
            for planned in coder.requests_for(sample):
                if isinstance(planned, PlannedRequest):
                    yield planned._replace(is_extra=True)

    async def _measured(self) -> Packing:
        """Return what the sample shows, and keep the single answers to it."""
        total = Usage(cost_usd=None)

        async def ask(size: int, time: int) -> Asked:
            nonlocal total
            if self._told is not None:
                self._told(_stage(len(self._sample), size, time))
            coder = self._make(size, time=time)
            order = mixed(self._sample, size)
            decisions = {each.task.post.id: each async for each in coder.code(order)}
            used = Usage(cost_usd=None)
            for decision in decisions.values():
                used = used.plus(decision.usage)
            if (size, time) == (1, 1):
                self._known = decisions
            else:
                total = total.plus(used.model_copy(update={"n_reused": 0}))
            outcomes = {post_id: each.outcome for post_id, each in decisions.items()}
            return Asked(outcomes, used.n_requests, used.n_reused)

        packing = await climb(self._sample, ask)
        if self._told is not None:
            self._told(None)
        self._spent = total
        return packing

    def _unknown(self, tasks: Iterable[Task], settled: list[Decision]) -> Iterator[Task]:
        """Yield the tasks to ask about; decisions on the others are put into `settled`."""
        for task in tasks:
            known = self._known.pop(task.post.id, None)
            if known is None:
                yield task
            else:
                usage, self._spent = known.usage.plus(self._spent), Usage()
                settled.append(known._replace(task=task, usage=usage))

    def _earlier(self, tasks: Iterable[Task], runs: Iterable[Run]) -> Packing | None:
        """Return the choice of the latest run of the same kind on the same chat."""
        ids = {task.post.id for task in tasks}
        found: Packing | None = None
        for run in runs:
            packing = run.packing
            if packing is None or not packing.sample or not self._is_like(run):
                continue
            n_here = sum(post_id in ids for post_id in packing.sample)
            if n_here >= len(packing.sample) * _MOST_CHANGED:
                measured_in = packing.measured_in or run.id
                found = packing.model_copy(update={"measured_in": measured_in})
        return found

    def _is_like(self, run: Run) -> bool:
        """Return whether the run asked the same model, at the same place, in the same way."""
        own = self._single.describe(run)
        return (
            run.coder.id == self.coder.id
            and run.base_url == own.base_url
            and run.prompt_sha256 == own.prompt_sha256
            and _but_size(run.parameters) == _but_size(own.parameters)
        )


def _but_size(parameters: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if name != _SIZE}


def _stage(n_posts: int, size: int, time: int) -> str:
    how = f"{size} per request" if size > 1 else ("alone" if time == 1 else "alone, once more")
    return f"measuring how many posts a request can hold: {n_posts} posts, {how}"
