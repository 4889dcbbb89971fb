"""The shard function: posts in Parquet become codings in Parquet and a manifest.

A worker needs a shard's file, the codebook and the options, and nothing of the chat. What it writes
is named by a hash of all that determines it, so it does not matter who codes a shard, or how often:
what is done is used again, what was answered is not asked again, and only failures are.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from secondcoder.coding.answer_log import AnswerLog
from secondcoder.coding.coders import coder_named
from secondcoder.coding.monitor import Monitor, Told
from secondcoder.coding.shard_files import (
    CodedRow,
    PostRow,
    codings_path,
    needs_parquet,
    read_manifest,
    read_posts,
    write_codings,
    write_manifest,
)
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import PostCoder, Task
from secondcoder.errors import InputError, SecondCoderError
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Failure, Outcome, PostCodings
from secondcoder.schema.identity import sha256
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.shards import ShardManifest
from secondcoder.version import __version__

SCHEME = 4
"""Raised whenever what goes into a shard's key, or the form of its files, changes."""

_FAILURES_SHOWN = 5


class Shard(NamedTuple):
    """A stretch of a chat to code, and all a worker must be told. No key of a provider is in it."""

    posts: Path
    posts_sha256: str
    key: str
    folder: Path
    """For codings, manifest and answers; where workers are on several machines, a shared one."""
    codebook: Codebook
    coder: str
    options: ModelOptions | None = None
    """Of a model; how many posts share a request has been chosen."""
    takes_single: bool = False
    """Whether answers about a post alone serve where several share a request: the chat's sample,
    by which that was chosen, is answered so."""

    def coder_with(
        self,
        answers: AnswerStore | None,
        options: ModelOptions | None = None,
        monitor: Monitor | None = None,
    ) -> PostCoder:
        """Return the coder of the shard's posts.

        Args:
            answers: Where it looks for what was answered, and keeps what is.
            options: In place of the shard's own.
            monitor: Told why nothing is asked.
        """
        return coder_named(
            self.coder,
            self.codebook,
            options=options or self.options,
            answers=answers,
            takes_single=self.takes_single,
            monitor=monitor,
        )


def shard_key(posts_sha256: str, codebook: Codebook, run: Run, named: Sequence[str] = ()) -> str:
    """Return the hash of all that determines a shard's codings.

    Args:
        posts_sha256: Of the shard's posts.
        codebook: Questions and themes.
        run: As the coder describes it: who codes, with which parameters, prompt and endpoint.
        named: Handles that are hidden in the codebook's texts, or in the examples.
    """
    return sha256({
        "scheme": SCHEME,
        "version": __version__,
        "posts": posts_sha256,
        "codebook": codebook.sha256,
        "language": codebook.language,
        "coder": run.coder.id,
        "parameters": run.parameters,
        "prompt": run.prompt_sha256,
        "endpoint": run.base_url,
        # Only where there are any: other shards keep their codings.
        **({"named": list(named)} if named else {}),
    })


def code_shard(
    shard: Shard, api_key: SecretStr | None = None, told: Told | None = None
) -> ShardManifest:
    """Code a shard and return what became of it; codings and manifest lie in its folder.

    Codings that are there already, without a failure, are left as they are. What the provider will
    not do is a `ProviderError`, a file that can't be written or trusted a `StoreError`.

    Args:
        shard: What to code.
        api_key: The provider's, where one is needed; it is written nowhere.
        told: Told why nothing is asked while the provider is down, and None when it is again.

    Raises:
        InputError: If this machine would code otherwise than the one that cut the shard.
    """
    pyarrow_version = needs_parquet()
    started_at = datetime.now(UTC)
    options = shard.options
    if options is not None and api_key is not None:
        options = options.model_copy(update={"api_key": api_key})
    monitor = Monitor()
    monitor.told = told or monitor.told
    with AnswerLog(shard.folder, shard.key) as answers:
        coder = shard.coder_with(answers, options, monitor)
        run = coder.describe(Run(id=shard.key[:12], coder=coder.coder))
        named = () if options is None else options.named
        if shard_key(shard.posts_sha256, shard.codebook, run, named) != shard.key:
            raise InputError(
                f"a worker has secondcoder {__version__}, or prompts, other than those of the "
                f"machine that cut the shard; install the same version everywhere"
            )
        done = read_manifest(shard.folder, shard.key)
        if done is not None and not done.n_failed:
            return done
        posts = read_posts(shard.posts, shard.posts_sha256)
        found = asyncio.run(_Coded(shard.codebook.language).code(posts, coder))
        found.add_pings(monitor.pings.usage())
    digest = write_codings(found.rows, codings_path(shard.folder, shard.key))
    manifest = ShardManifest(
        key=shard.key,
        posts_sha256=shard.posts_sha256,
        codings_sha256=digest,
        codebook_sha256=shard.codebook.sha256,
        coder=run.coder.id,
        prompt_sha256=run.prompt_sha256,
        prompt_version=run.prompt_version,
        base_url=run.base_url,
        parameters=run.parameters,
        secondcoder_version=__version__,
        pyarrow_version=pyarrow_version,
        n_posts=len(found.rows),
        n_quotes=found.n_quotes,
        outcomes=Counter(row.kind for row in found.rows),
        failures=tuple(found.failures),
        usage=found.usage,
        budgeted_usd=monitor.budgeted_usd,
        answers=answers.name,
        started_at=started_at,
        finished_at=datetime.now(UTC),
    )
    write_manifest(manifest, shard.folder)
    return manifest


def attempt(
    shard: Shard, api_key: SecretStr | None = None, told: Told | None = None
) -> ShardManifest | SecondCoderError:
    """Return what `code_shard` returns, or the error it raises: what a worker sends back."""
    try:
        return code_shard(shard, api_key, told)
    except SecondCoderError as error:
        return error


class _Coded:
    """The rows of a shard, filled in as its posts are decided, in whatever order."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._places: dict[str, int] = {}
        self._rows: dict[int, CodedRow] = {}
        self.failures: list[str] = []
        self.n_quotes = 0
        self.usage = Usage()

    @property
    def rows(self) -> list[CodedRow]:
        """Return the rows in the order of the posts."""
        return [self._rows[place] for place in sorted(self._rows)]

    async def code(self, posts: list[PostRow], coder: PostCoder) -> "_Coded":
        async with aclosing(coder.code(self._tasks(posts))) as decisions:
            async for task, outcome, usage, _ in decisions:
                # Built so that quotes are compared with their post before they are written.
                coded = PostCodings(post=task.post, attribution=task.attribution, outcome=outcome)
                self.n_quotes += len(coded.codings)
                self._add(self._places.pop(task.post.id), task.post.id, outcome, usage)
        if self._places:
            raise InputError(
                f"coder {coder.coder.id} gave no decision on {len(self._places)} posts; a coder "
                f"answers every task, with a Failure where it must"
            )
        return self

    def add_pings(self, usage: Usage) -> None:
        """Add what it took to ask whether the provider was back, to the last post asked about.

        The run's sum is that over its posts; a manifest that is found later adds nothing to it.

        Args:
            usage: What that took.
        """
        for place in sorted(self._rows, reverse=True):
            row = self._rows[place]
            if usage.n_requests and row.n_requests:
                asked = row.usage.plus(usage).model_dump()
                self._rows[place] = row._replace(**asked)
                self.usage = self.usage.plus(usage)
                return

    def _tasks(self, posts: list[PostRow]) -> Iterator[Task]:
        for place, row in enumerate(posts):
            sifted = sift(row.placed, language=self._language)
            if isinstance(sifted, PostCodings):
                self._add(place, sifted.post.id, sifted.outcome, Usage())
            else:
                self._places[sifted.post.id] = place
                yield sifted

    def _add(self, place: int, post_id: str, outcome: Outcome, usage: Usage) -> None:
        self._rows[place] = CodedRow.of(post_id, outcome, usage)
        self.usage = self.usage.plus(usage)
        if isinstance(outcome, Failure) and len(self.failures) < _FAILURES_SHOWN:
            self.failures.append(f"post {post_id}: {outcome.error}: {outcome.detail}")
