"""Coding a chat in shards: cut here, coded by workers, put together here in the chat's order.

What needs the whole chat is done where the chat is; what needs a post alone is done by workers.
Nothing of the chat is held but the shard being cut and the one being put together.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from secondcoder.api.purse import Purse
from secondcoder.api.shard_answers import ShardAnswers
from secondcoder.coding.coders import coder_named, is_embedded, seat
from secondcoder.coding.shard_files import (
    PostRow,
    codings_path,
    read_codings,
    read_manifest,
    write_posts,
)
from secondcoder.coding.shards import Shard, shard_key
from secondcoder.coding.shares import share_of
from secondcoder.coding.tasks import PostCoder
from secondcoder.coding.workers import Workers
from secondcoder.errors import BudgetError, StoreError
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import PostCodings
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.placed import PlacedPost
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.shards import EngineOptions, ShardManifest
from secondcoder.store.ledger import Ledger

_POSTS_AT_ONCE = 500
"""Posts put together between two looks at the workers."""

Settled = tuple[PostCodings, Usage]


class ShardedJob(NamedTuple):
    """What to code in shards, how, and where."""

    coder: str
    codebook: Codebook
    options: ModelOptions | None
    run: Run
    """As the coder describes it: part of each shard's key."""
    engine: EngineOptions
    folder: Path
    ledger: Ledger | None
    known: AnswerStore | None
    """Where to look for what was answered before: the ledger, or what guards it."""
    takes_single: bool = False
    """Whether answers about a post alone serve where several share a request."""


async def chosen(job: ShardedJob, coder: PostCoder) -> tuple[ShardedJob, Usage]:
    """Return the job with the number of posts per request chosen, and what choosing used.

    That is measured here, once for the chat, and not by each worker for its shard.

    Args:
        job: What to code.
        coder: That of the whole chat, which has looked ahead.
    """
    if job.options is None:
        return job, Usage()
    from secondcoder.coding.packed import PackedCoder  # noqa: PLC0415  # openai, instructor

    if not isinstance(coder, PackedCoder):
        return job, Usage()
    spent = await coder.choose()
    size = coder.packing.posts_per_request if coder.packing else 1
    options = job.options.model_copy(update={"posts_per_request": size})
    run = coder_named(job.coder, job.codebook, options=options).describe(job.run)
    return job._replace(options=options, run=run, takes_single=size > 1), spent


async def in_shards(
    posts: Iterable[PlacedPost], job: ShardedJob, hired: Workers
) -> AsyncGenerator[Settled, None]:
    """Yield every post with what was decided of it and what that cost, in the chat's order.

    What a worker's provider will not do is a `ProviderError`, and ends the run; the same again goes
    on from what was answered.

    Args:
        posts: The posts of the chat, each with what the whole chat tells of it.
        job: How to code them.
        hired: Who codes them; they are let go when all is done.

    Raises:
        StoreError: If the folder of shards can't be made.
    """
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{job.folder} can't be made: {error.strerror}; name another with --shard-folder"
        ) from error
    async with hired as workers:
        answers = ShardAnswers(job.folder, job.ledger, job.known)
        crew = _Crew(job, workers, answers, _cut(posts, job))
        try:
            async for settled in crew.work():
                yield settled
        finally:
            await crew.stop()
            answers.take_all()
    answers.remove()


class _Cut(NamedTuple):
    """A shard, by its place among the chat's."""

    number: int
    shard: Shard
    done: ShardManifest | None
    """What an earlier run made of it, if all went well."""


def _cut(posts: Iterable[PlacedPost], job: ShardedJob) -> Iterator[_Cut]:
    """Yield shards of the chat, whose posts then lie in the folder."""
    source, number = iter(posts), 0
    while rows := [PostRow.of(each) for each in islice(source, job.engine.shard_posts)]:
        path, digest = write_posts(rows, job.folder)
        named = () if job.options is None else job.options.named
        key = shard_key(digest, job.codebook, job.run, named)
        options = None if job.options is None else job.options.model_copy(update={"api_key": None})
        shard = Shard(
            path, digest, key, job.folder, job.codebook, job.coder, options, job.takes_single
        )
        done = read_manifest(job.folder, key)
        yield _Cut(number, shard, None if done is None or done.n_failed else done)
        number += 1


class _Errand(NamedTuple):
    """A shard that a worker has been given, and its money."""

    cut: _Cut
    place: int
    share_usd: float | None


class _Crew:
    """Keeps every worker busy, and puts together what they bring."""

    def __init__(
        self, job: ShardedJob, workers: Workers, answers: ShardAnswers, cuts: Iterator[_Cut]
    ) -> None:
        self._job = job
        self._workers = workers
        self._answers = answers
        self._cuts = cuts
        self._is_cut = False
        self._waiting: deque[_Cut] = deque()
        self._running: dict[asyncio.Task[ShardManifest], _Errand] = {}
        self._free = deque(range(job.engine.workers))
        self._done: dict[int, _Cut] = {}
        self._purse = Purse(job.options.budget_usd if job.options else None)
        self._is_short = False
        self._api_key = _key_of(job)

    async def work(self) -> AsyncGenerator[Settled, None]:
        """Yield every post, shard by shard."""
        number = 0
        while True:
            await self._look()
            if number in self._done:
                cut = self._done.pop(number)
                for place, settled in enumerate(_put_together(cut), start=1):
                    yield settled
                    if place % _POSTS_AT_ONCE == 0:
                        await self._look()
                self._answers.take(cut.shard.key)
                number += 1
            elif not self._is_cut and len(self._waiting) < self._job.engine.workers:
                self._cut_one()
            elif self._running:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            else:
                return

    async def stop(self) -> None:
        """Let no errand go on."""
        for errand in self._running:
            errand.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _look(self) -> None:
        """See who is done, and give everyone free a shard to code."""
        await asyncio.sleep(0)
        for errand in [each for each in self._running if each.done()]:
            self._take_back(self._running.pop(errand), errand)
        while self._free and self._may_start():
            self._start(self._waiting.popleft())
        await asyncio.sleep(0)  # so that what was started is on its way

    def _cut_one(self) -> None:
        cut = next(self._cuts, None)
        if cut is None:
            self._is_cut = True
        elif cut.done is not None:
            self._done[cut.number] = cut
        else:
            self._waiting.append(cut)

    def _may_start(self) -> bool:
        # What is left when a worker's money ran out is spent by one alone, after all others.
        return bool(self._waiting) and not (self._is_short and self._running)

    def _start(self, cut: _Cut) -> None:
        options, place = cut.shard.options, self._free.popleft()
        n_workers = self._job.engine.workers
        share = self._purse.take(1 if self._is_short else len(self._free) + 1)
        if options is not None:
            self._answers.hand_on(cut.shard)
            options = share_of(options, place, n_workers, share)
        shard = cut.shard._replace(options=options)
        coding = asyncio.create_task(self._workers.code(place, shard, self._api_key))
        self._running[coding] = _Errand(cut, place, share)

    def _take_back(self, errand: _Errand, coding: asyncio.Task[ShardManifest]) -> None:
        cut, error = errand.cut, coding.exception()
        manifest = None if error is not None else coding.result()
        self._free.append(errand.place)
        if errand.share_usd is not None:
            spent = self._answers.spent_usd(cut.shard, manifest, errand.share_usd)
            self._purse.put_back(errand.share_usd, spent)
        if manifest is not None:
            self._done[cut.number] = cut
        elif isinstance(error, BudgetError):
            if self._is_short:
                raise self._purse.empty() from error
            # Others may have left some of theirs.
            self._is_short = True
            self._waiting.appendleft(cut)
        elif error is not None:
            raise error


def _key_of(job: ShardedJob) -> SecretStr | None:
    """Return the key of the provider that workers must be given."""
    if is_embedded(job.coder):
        return None
    from secondcoder.coding.connection import key_to_hand_on  # noqa: PLC0415  # openai, instructor
    from secondcoder.coding.endpoints import Settings  # noqa: PLC0415  # as above

    one = seat(job.coder, job.options)
    return key_to_hand_on(Settings(one.model, one.options))


def _put_together(cut: _Cut) -> Iterator[Settled]:
    """Yield the posts of a shard that is done."""
    shard = cut.shard
    for coded, usage in read_codings(shard.posts, codings_path(shard.folder, shard.key)):
        if cut.done is None or usage == Usage():
            yield coded, usage
        else:
            # Another run paid for it.
            yield coded, Usage(n_reused=1)
