"""Runs with batches: what the verbs of `api.batches` do, on a ledger that is opened."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from secondcoder.api.ahead import ahead
from secondcoder.api.batch_desk import Desk
from secondcoder.api.coding import ChatLike, CodebookLike, new_run
from secondcoder.api.other_prompts import tell_of_other_prompts
from secondcoder.api.settling import tasks_of
from secondcoder.api.sinks import refuse_losing
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.coding.batch_client import NoBatchesError, refuse_batchless
from secondcoder.coding.batch_requests import mode_without_trial
from secondcoder.coding.codebook_handles import with_named
from secondcoder.coding.coders import Seat, is_embedded, seat
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.model import ModelCoder
from secondcoder.coding.pricing import price_of
from secondcoder.errors import BudgetError, InputError, ProviderError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.batches import AskAgain, BatchLimits, BatchOrder, BatchReport, BatchRun
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.schema.progress import Listener, noting, pausing
from secondcoder.store.batch_ledger import BatchLedger


class Asked(NamedTuple):
    """What `submit_batch` was asked, as one thing to hand on."""

    chat: ChatLike
    codebook: CodebookLike
    coder: str
    options: ModelOptions
    output: Path | None
    limits: BatchLimits


def refuse_batch(one: Seat) -> None:
    """Refuse what can't be asked in batches: a run and its dry run alike.

    Args:
        one: The model; a provider that takes no batches is an `InputError`, too.

    Raises:
        InputError: If likelihoods are wanted of it, or its price must be known and is not.
    """
    if one.options.likelihoods:
        raise InputError("--batch: likelihoods are asked for piece by piece; leave one of them out")
    settings = Settings(one.model, one.options)
    price = price_of(one.model, foreign_endpoint(settings), is_batch=True)
    if one.options.budget_usd is not None and price is None:
        raise InputError(
            f"--budget: no price of batches is known for {one.name}, so what they cost can't "
            f"be limited; leave it out"
        )
    refuse_batchless(settings)


async def submit(path: Path, asked: Asked, progress: Listener | None) -> BatchReport:
    """Return how batches stand once those asked for are on their way.

    Args:
        path: The ledger.
        asked: What to submit.
        progress: Told first what answers to another version of the prompt would spare.

    Raises:
        BudgetError: If they might cost more than was allowed; nothing is sent then.
        InputError: If the coder is not a model.
    """
    if is_embedded(asked.coder):
        raise InputError(f"--batch: '{asked.coder}' asks no model; name one with --coder")
    one = seat(asked.coder, asked.options)
    refuse_batch(one)
    book = asked.codebook
    book = book if isinstance(book, Codebook) else read_codebook(Path(book))
    source = open_source(asked.chat)
    found = survey(source, book, with_context=True)
    options = with_named(asked.options, found.codebook, found.handles)
    asked = asked._replace(options=options)
    one = seat(asked.coder, options)
    with BatchLedger(path, told=noting(progress)) as store, store.exclusively():
        store.drop_proposals()
        model = ModelCoder(found.codebook, model=one.model, options=one.options)
        run = new_run(model, found.codebook)
        if asked.output is not None:
            refuse_losing(asked.output, asked.chat, run)
        look = partial(ahead, source, found)
        runs = store.runs()
        tell_of_other_prompts((one.in_batches(),), found.codebook, store, runs, look, progress)
        order = BatchOrder(
            run_id=run.id,
            coder=asked.coder,
            options=asked.options.model_copy(update={"api_key": None}),
            limits=asked.limits,
            codebook=found.codebook,
            mode=mode_without_trial(asked.options),
            chat=_chat_file(asked.chat),
            output=asked.output.absolute() if asked.output is not None else None,
        )
        async with Desk(store, order, asked.options) as desk:
            store.propose(order, run)
            usage = desk.plan(tasks_of(source, found, {}, lambda _place, _coded: None))
            try:
                desk.check_budget()
            except BudgetError:
                store.drop_proposals()
                raise
        if any(_is_twin(order, other) for other in store.orders("open")) and not sum(
            store.counts(run.id)
        ):
            store.drop_proposals()
        else:
            store.set_state(run.model_copy(update={"usage": usage}), "open")
        return await _sent(store, asked)


async def _sent(store: BatchLedger, asked: Asked) -> BatchReport:
    """Return how the runs of this model stand, after what is planned of them was submitted.

    Raises:
        NoBatchesError: If the server takes none; what it never took is no longer planned.
    """
    runs, summaries = [], []
    for order in store.orders("open"):
        if (order.coder, order.options.base_url) != (asked.coder, asked.options.base_url):
            continue
        options = order.options.model_copy(update={"api_key": asked.options.api_key})
        async with Desk(store, order, options) as desk:
            try:
                await desk.send()
            except NoBatchesError:
                desk.give_up()
                raise
            summary = await desk.finish()
            summaries += [summary] if summary is not None else []
            runs.append(desk.report())
    return BatchReport(ledger=store.path, runs=tuple(runs), summaries=tuple(summaries))


async def collect(
    path: Path,
    again: AskAgain,
    budget_usd: float | None,
    api_key: SecretStr | str | None,
    progress: Listener | None,
) -> BatchReport:
    """Return how batches stand once all that has come was read."""
    summaries = []

    async def read(desk: Desk) -> BatchRun:
        await desk.collect()
        if not desk.is_cancelled:
            await desk.ask_again(again, pausing(progress))
        return desk.report()

    async def end(desk: Desk) -> BatchRun:
        summary = await desk.finish()
        summaries.extend([summary] if summary is not None else [])
        return desk.report()

    with BatchLedger(path, told=noting(progress)) as store, store.exclusively():
        # All are read before any ends: one may wait for answers that another has asked for.
        runs = await each_run(store, api_key, budget_usd, read, end)
    return BatchReport(ledger=path, runs=tuple(runs), summaries=tuple(summaries))


async def each_run(
    store: BatchLedger,
    api_key: SecretStr | str | None,
    budget_usd: float | None,
    *acts: Callable[[Desk], Awaitable[BatchRun]],
) -> list[BatchRun]:
    """Return what becomes of each run that has not ended, once all had their turn at each act.

    One that fails has no further turn and keeps no other from its own; the first error is raised
    at the end.
    """
    reports: dict[str, BatchRun] = {}
    errors: list[ProviderError | BudgetError] = []
    failed: set[str] = set()
    update: dict[str, object] = {"api_key": _secret(api_key)}
    if budget_usd is not None:
        update["budget_usd"] = budget_usd
    for act in acts:
        for order in store.orders("open", "cancelled"):
            if order.run_id in failed:
                continue
            options = order.options.model_copy(update=update)
            try:
                async with Desk(store, order, options) as desk:
                    reports[order.run_id] = await act(desk)
            except (ProviderError, BudgetError) as error:
                errors.append(error)
                failed.add(order.run_id)
    if errors:
        raise errors[0]
    return list(reports.values())


def _is_twin(order: BatchOrder, other: BatchOrder) -> bool:
    """Return whether an order asks for the same once more."""
    return order.model_copy(update={"run_id": other.run_id}) == other


def _chat_file(chat: ChatLike) -> ChatFile | None:
    """Return how to read a chat again, from any folder; None for one in memory."""
    if isinstance(chat, Chat):
        return None
    file = chat if isinstance(chat, ChatFile) else ChatFile(path=Path(chat))
    return file.model_copy(update={"path": file.path.absolute()})


def _secret(key: SecretStr | str | None) -> SecretStr | None:
    return SecretStr(key) if isinstance(key, str) else key
