"""Batches: coding with OpenAI's Batch API, at half the price, within a day.

Everything is recorded in the ledger before and after it is done, so each of these may be killed at
any point and called again.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from secondcoder.api.coding import LEDGER_NAME, ChatLike, CodebookLike, PathLike
from secondcoder.api.ledgers import existing_path
from secondcoder.api.loops import finish
from secondcoder.errors import InputError
from secondcoder.schema.batches import (
    AskAgain,
    BatchLimits,
    BatchReport,
    BatchRun,
    refuse_poll,
)
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener, Progress, noting
from secondcoder.schema.runs import Usage
from secondcoder.schema.summaries import CodingsSummary
from secondcoder.store.batch_ledger import BatchLedger, run_report

if TYPE_CHECKING:
    from secondcoder.api.batch_desk import Desk

POLL_S = 60.0
"""Between two looks at batches that are waited for."""


def submit_batch(  # noqa: PLR0913  # as `code`
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: str,
    options: ModelOptions | None = None,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    limits: BatchLimits | None = None,
    again: AskAgain = "batch",
    wait: bool = False,
    poll_s: float = POLL_S,
    progress: Listener | None = None,
) -> BatchReport:
    """Submit what `code` with the same arguments would ask, in batches; return how they stand.

    Posts whose answers are in the ledger are not asked about, nor those on their way in a batch;
    if that is all of them, the codings are written at once.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one. Of a chat in
            memory, `collect_batch` writes no codings: `code` with the same arguments does, then.
        codebook: A codebook or its file.
        coder: `openai/MODEL`, or a model behind a server that has the Batch API.
        options: How the model is reached and asked. More than its budget is not submitted, by the
            estimate.
        output: File for the codings, which `collect_batch` writes.
        ledger: SQLite file that keeps answers and batches. Default: `secondcoder-ledger.sqlite`
            beside `output`, or in this folder.
        limits: How large one batch may be.
        again: How posts without a usable reply are asked about again, with `wait`.
        wait: Collect until all posts are decided.
        poll_s: Seconds between two looks at batches that are waited for; more than 0.
        progress: Called before anything is sent, where answers to another version of the prompt
            would spare it, and after each look.

    What can't be used is an `InputError`, no key or no Batch API a `ProviderError`, an estimate
    above the budget a `BudgetError`.
    """
    from secondcoder.api import batch_runs as runs  # noqa: PLC0415  # openai, instructor

    refuse_poll(poll_s)
    chosen = options or ModelOptions()
    path = Path(ledger) if ledger is not None else _folder(output) / LEDGER_NAME
    target = Path(output) if output is not None else None
    asked = runs.Asked(chat, codebook, coder, chosen, target, limits or BatchLimits())
    report = finish(runs.submit(path, asked, progress))
    if not wait or not report.n_open:
        return report
    return collect_batch(
        path, again=again, wait=True, poll_s=poll_s, api_key=chosen.api_key, progress=progress
    )


def status_batch(
    ledger: PathLike = LEDGER_NAME,
    *,
    api_key: SecretStr | str | None = None,
    progress: Listener | None = None,
) -> BatchReport:
    """Return how the batches of a ledger stand, as the provider tells; none is changed.

    Args:
        ledger: The ledger they were submitted with; one that is not there is a `StoreError`.
        api_key: None: the provider's variable.
        progress: Told if the ledger is of an earlier version, and brought up to date first.
    """
    from secondcoder.api import batch_runs as runs  # noqa: PLC0415  # openai, instructor

    path = existing_path(ledger)
    with BatchLedger(path, told=noting(progress)) as store:
        looked = finish(runs.each_run(store, api_key, None, lambda desk: desk.look()))
        ended = [run_report(store, order) for order in store.orders("done")]
    return BatchReport(ledger=path, runs=(*ended, *looked))


def collect_batch(  # noqa: PLR0913  # all by keyword, each with a default
    ledger: PathLike = LEDGER_NAME,
    *,
    again: AskAgain = "batch",
    budget_usd: float | None = None,
    wait: bool = False,
    poll_s: float = POLL_S,
    api_key: SecretStr | str | None = None,
    progress: Listener | None = None,
) -> BatchReport:
    """Read the results of batches that have ended into the ledger; return how all stand.

    What got no usable reply is asked about again, what was planned and never submitted is, and the
    codings of a run are written once all of its posts are decided.

    Args:
        ledger: The ledger they were submitted with; one that is not there is a `StoreError`.
        again: `batch`: in a further batch; `requests`: now, at the usual price; `no`: not at all,
            the posts are failures.
        budget_usd: In place of the one given when they were submitted.
        wait: Collect again and again until all posts are decided.
        poll_s: Seconds between two times; more than 0.
        api_key: None: the provider's variable.
        progress: Told if the ledger is of an earlier version, and brought up to date first, and
            when a provider is down that posts are asked about again; called after each time.
    """
    from secondcoder.api import batch_runs as runs  # noqa: PLC0415  # openai, instructor

    refuse_poll(poll_s)
    path = existing_path(ledger)
    summaries: list[CodingsSummary] = []
    while True:
        found = finish(runs.collect(path, again, budget_usd, api_key, progress))
        summaries += found.summaries
        if progress is not None:
            progress(_progress(found))
        if not wait or not found.n_open:
            return found.model_copy(update={"summaries": tuple(summaries)})
        finish(asyncio.sleep(poll_s))


def cancel_batch(
    ledger: PathLike = LEDGER_NAME,
    *batches: str,
    api_key: SecretStr | str | None = None,
    progress: Listener | None = None,
) -> BatchReport:
    """Cancel batches, all unless some are named; return how they stand.

    What was answered before is charged for, and `collect_batch` reads it. Posts of requests that
    were not carried out may be asked about anew.

    Args:
        ledger: The ledger they were submitted with; one that is not there is a `StoreError`.
        batches: Ids, ours or the provider's.
        api_key: None: the provider's variable.
        progress: Told if the ledger is of an earlier version, and brought up to date first.

    Raises:
        InputError: If a batch is none of the ledger's.
    """
    from secondcoder.api import batch_runs as runs  # noqa: PLC0415  # openai, instructor

    unknown = set(batches)

    async def cancel(desk: "Desk") -> BatchRun:
        unknown.difference_update(await desk.cancel(batches))
        return desk.report()

    path = existing_path(ledger)
    with BatchLedger(path, told=noting(progress)) as store, store.exclusively():
        reports = finish(runs.each_run(store, api_key, None, cancel))
    if unknown:
        raise InputError(
            f"{', '.join(sorted(unknown))}: no batch of {path} that could be cancelled has that "
            f"id; 'batch status' lists them"
        )
    return BatchReport(ledger=path, runs=tuple(reports))


def _progress(report: BatchReport) -> Progress:
    """Return the state for a display."""
    usage = Usage()
    for run in report.runs:
        usage = usage.plus(run.run.usage)
    return Progress(
        n_posts=sum(run.n_posts for run in report.runs),
        n_done=sum(run.n_answered + run.n_failed for run in report.runs),
        n_failed=report.n_failed,
        usage=usage,
    )


def _folder(output: PathLike | None) -> Path:
    return Path(output).parent if output is not None else Path()
