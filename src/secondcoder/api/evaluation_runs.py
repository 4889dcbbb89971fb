"""Evaluation runs: a coder codes the posts of a plan, through a ledger where it is a model."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from secondcoder.api.coding import code
from secondcoder.api.evaluation_plans import TWINS, Batch, Item, Plan
from secondcoder.coding.bare_handles import Handles
from secondcoder.coding.codebook_handles import with_named
from secondcoder.coding.coders import coder_named
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.segments import segments
from secondcoder.coding.tasks import Ahead, LooksAhead, PostCoder, Task
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Failure, PostCodings
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener, noting, pausing
from secondcoder.schema.runs import Run, Usage
from secondcoder.store.ledger import Ledger
from secondcoder.version import __version__

EMBEDDED = "embedded"
DECIDES = "embedded-decides"
"""The embedded coder that hands no post to people: its best theme, however unsure."""
_MODEL_BEHIND = ":"
"""Behind either name and this stands the folder of an embedding model, as `code` takes it."""

CoderMaker = Callable[[Codebook], PostCoder]
"""Makes a coder of a codebook: a task with examples has a codebook for each fold."""


class Ran(NamedTuple):
    """What a coder made of a plan, and the run as it ended."""

    coded: dict[str, PostCodings]
    run: Run


def why_left_out(plan: Plan, coder: str | CoderMaker, options: ModelOptions | None) -> str | None:
    """Return why a coder can't be tried under a plan, None where it can.

    Args:
        plan: What the coder would do.
        coder: As `run_plan` takes it.
        options: How a model is reached and asked.
    """
    if not _is_model(coder) and (plan.is_for_models or plan.shows_examples):
        what = "asked about several posts at once" if plan.is_for_models else "shown examples"
        return f"only models are {what}"
    how = options or ModelOptions()
    if (
        how.likelihoods
        and _is_model(coder)
        and (plan.is_for_models or plan.is_reworded or plan.shows_examples)
    ):
        return "likelihoods are asked for piece by piece, with one prompt and no examples"
    if not plan.is_reworded:
        return None
    if not _is_model(coder):
        own = "a coder of one's own is not asked with a prompt of ours, which could be reworded"
        embedded = "the embedded coder has no prompt that could be reworded"
        return embedded if isinstance(coder, str) else own
    if how.prompt_version not in TWINS:
        return f"prompt version {how.prompt_version} is there in its own words alone"
    return None


def run_plan(
    plan: Plan,
    coder: str | CoderMaker,
    *,
    folder: Path,
    options: ModelOptions | None,
    progress: Listener | None = None,
) -> Ran:
    """Return what a coder makes of every post of a plan.

    Args:
        plan: The posts and their codebooks.
        coder: `embedded`, `embedded-decides`, either with `:FOLDER` of an embedding model behind,
            `PROVIDER/MODEL`, or what makes a coder of your own.
        folder: Where a model's answers are kept.
        options: How a model is reached and asked.
        progress: Told if that ledger is of an earlier version, and brought up to date first, and
            when a provider is down.
    """
    # A thread of its own, so that this also works inside a running event loop (a notebook); and
    # one for all of it, since a ledger belongs to the thread that opened it.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_run_plan, plan, coder, folder, options, progress).result()


def _run_plan(
    plan: Plan,
    coder: str | CoderMaker,
    folder: Path,
    options: ModelOptions | None,
    progress: Listener | None,
) -> Ran:
    if not isinstance(coder, str):
        return _run(plan, _by_codebook(coder))
    if _is_embedded(coder):
        return _run(plan, _by_codebook(_embedded(coder)))
    how = options or ModelOptions()
    if plan.is_reworded:
        how = how.model_copy(update={"prompt_version": TWINS[how.prompt_version]})
    if plan.posts_per_request is not None:
        how = how.model_copy(update={"posts_per_request": plan.posts_per_request})
    # Those of all folds, so that a codebook of one is told alike to each.
    handles = _handles(item for batch in plan.batches for item in batch.items)
    monitor = Monitor()
    monitor.told = pausing(progress)
    with Ledger(folder / f"{plan.ledger}.sqlite", told=noting(progress)) as answers:

        def make(batch: Batch) -> PostCoder:
            told = how.model_copy(update={"examples": batch.examples}) if batch.examples else how
            told = with_named(told, batch.codebook, handles)
            return coder_named(
                coder, batch.codebook, options=told, answers=answers, monitor=monitor
            )

        done = _run(plan, make)
        usage = monitor.complete(done.run.usage)  # with requests that no decision tells of
        done = done._replace(run=done.run.model_copy(update={"usage": usage}))
        answers.keep_run(done.run)
        return done


def _by_codebook(make: CoderMaker) -> Callable[[Batch], PostCoder]:
    return lambda batch: make(batch.codebook)


def _is_model(coder: str | CoderMaker) -> bool:
    return isinstance(coder, str) and not _is_embedded(coder)


def _is_embedded(coder: str) -> bool:
    return coder.partition(_MODEL_BEHIND)[0] in {EMBEDDED, DECIDES}


def _embedded(name: str) -> CoderMaker:
    from secondcoder.coding.embedded import ABSTAIN_BELOW, EmbeddedCoder  # noqa: PLC0415 # sklearn
    from secondcoder.coding.similarity import Embeddings, load_embeddings  # noqa: PLC0415  # same

    kind, _, model = name.partition(_MODEL_BEHIND)
    abstain_below = 0 if kind == DECIDES else ABSTAIN_BELOW
    # A plan may have a codebook per fold; the model is loaded once.
    loaded: dict[str, Embeddings] = {}

    def make(codebook: Codebook) -> PostCoder:
        language = codebook.language
        if model and language not in loaded:
            loaded[language] = load_embeddings(model, language=language)
        back_end = loaded.get(language)
        return EmbeddedCoder(codebook, back_end=back_end, abstain_below=abstain_below)

    return make


def _run(plan: Plan, make: Callable[[Batch], PostCoder]) -> Ran:
    if plan.chat is not None:
        whole = plan.batches[0]
        codings = code(plan.chat, whole.codebook, coder=make(whole))
        return Ran({coded.post.id: coded for coded in codings.posts}, codings.info.run)
    coded: dict[str, PostCodings] = {}
    run: Run | None = None
    usage = Usage(cost_usd=None)
    for batch in plan.batches:
        coder = make(batch)
        begun = _begun(coder, batch.codebook)
        done, used = asyncio.run(_code_batch(coder, batch))
        # Described when it is done: a coder may choose on the way how it asks.
        run = run or coder.describe(begun)
        coded |= done
        usage = usage.plus(used)
    assert run is not None  # noqa: S101  # a plan has a batch
    ended = {"finished_at": datetime.now(UTC), "usage": usage}
    return Ran(coded, run.model_copy(update=ended))


async def _code_batch(coder: PostCoder, batch: Batch) -> tuple[dict[str, PostCodings], Usage]:
    references = [item.reference for item in batch.items]
    handles = _handles(batch.items)
    tasks = [
        Task(
            each.post,
            each.attribution,
            segments(each.post.text),
            named=handles.written_in(each.post.text),
        )
        for each in references
    ]
    if isinstance(coder, LooksAhead):
        coder.look_ahead(Ahead(tasks, share=1.0))
    coded: dict[str, PostCodings] = {}
    total = Usage(cost_usd=None)
    async with aclosing(coder.code(tasks)) as decisions:
        async for task, outcome, usage, _ in decisions:
            coded[task.post.id] = PostCodings(
                post=task.post, attribution=task.attribution, outcome=outcome
            )
            total = total.plus(usage)
    for task in tasks:
        if task.post.id not in coded:
            silent = Failure(error="NoDecision", detail="the coder gave no decision on the post")
            coded[task.post.id] = PostCodings(
                post=task.post, attribution=task.attribution, outcome=silent
            )
    return coded, total


def _handles(items: Iterable[Item]) -> Handles:
    handles = Handles()
    for item in items:
        handles.add(item.reference.post)
    return handles


def _begun(coder: PostCoder, codebook: Codebook) -> Run:
    return Run(
        id=uuid4().hex[:12],
        coder=coder.coder,
        started_at=datetime.now(UTC),
        secondcoder_version=__version__,
        codebook_sha256=codebook.sha256,
    )
