"""Runs with batches: what the verbs of `api.batches` do, on a ledger that is opened."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from secondcoder.api.batch_desk import Desk
from secondcoder.api.coding import ChatLike, CodebookLike, new_run, tasks_of
from secondcoder.api.sinks import refuse_losing
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.coding.batch_requests import mode_without_trial
from secondcoder.coding.coders import is_embedded, seat
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.model import ModelCoder
from secondcoder.coding.pricing import price_of
from secondcoder.errors import BudgetError, InputError, ProviderError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.batches import AskAgain, BatchLimits, BatchOrder, BatchReport, BatchRun
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.store.batch_ledger import BatchLedger


class Asked(NamedTuple):
    """What `submit_batch` was asked, as one thing to hand on."""

    chat: ChatLike
    codebook: CodebookLike
    coder: str
    options: ModelOptions
    output: Path | None
    limits: BatchLimits


async def submit(path: Path, asked: Asked) -> BatchReport:
    """Return how batches stand once those asked for are on their way.

    Raises:
        BudgetError: If they might cost more than was allowed; nothing is sent then.
        InputError: If the coder is not a model, or its price must be known and is not.
    """
    if is_embedded(asked.coder):
        raise InputError(f"--batch: '{asked.coder}' asks no model; name one with --coder")
    one = seat(asked.coder, asked.options)
    price = price_of(one.model, foreign_endpoint(Settings(one.model, one.options)), is_batch=True)
    if asked.options.budget_usd is not None and price is None:
        raise InputError(
            f"--budget: no price of batches is known for {asked.coder}, so what they cost can't "
            f"be limited; leave it out"
        )
    book = asked.codebook
    book = book if isinstance(book, Codebook) else read_codebook(Path(book))
    source = open_source(asked.chat)
    found = survey(source, book, with_context=True)
    with BatchLedger(path) as store, store.exclusively():
        store.drop_proposals()
        model = ModelCoder(found.codebook, model=one.model, options=one.options)
        run = new_run(model, found.codebook)
        if asked.output is not None:
            refuse_losing(asked.output, asked.chat, run)
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
    """Return how the runs of this model stand, after what is planned of them was submitted."""
    runs, summaries = [], []
    for order in store.orders("open"):
        if (order.coder, order.options.base_url) != (asked.coder, asked.options.base_url):
            continue
        options = order.options.model_copy(update={"api_key": asked.options.api_key})
        async with Desk(store, order, options) as desk:
            await desk.send()
            summary = await desk.finish()
            summaries += [summary] if summary is not None else []
            runs.append(desk.report())
    return BatchReport(ledger=store.path, runs=tuple(runs), summaries=tuple(summaries))


async def collect(
    path: Path, again: AskAgain, budget_usd: float | None, api_key: SecretStr | str | None
) -> BatchReport:
    """Return how batches stand once all that has come was read."""
    summaries = []

    async def act(desk: Desk) -> BatchRun:
        await desk.collect()
        if not desk.is_cancelled:
            await desk.ask_again(again)
        summary = await desk.finish()
        summaries.extend([summary] if summary is not None else [])
        return desk.report()

    with BatchLedger(path) as store, store.exclusively():
        runs = await each_run(store, api_key, budget_usd, act)
    return BatchReport(ledger=path, runs=tuple(runs), summaries=tuple(summaries))


async def each_run(
    store: BatchLedger,
    api_key: SecretStr | str | None,
    budget_usd: float | None,
    act: Callable[[Desk], Awaitable[BatchRun]],
) -> list[BatchRun]:
    """Return what becomes of each run that has not ended.

    One that fails keeps no other from its turn; the first error is raised at the end.
    """
    reports: list[BatchRun] = []
    errors: list[ProviderError | BudgetError] = []
    for order in store.orders("open", "cancelled"):
        update: dict[str, object] = {"api_key": _secret(api_key)}
        if budget_usd is not None:
            update["budget_usd"] = budget_usd
        options = order.options.model_copy(update=update)
        try:
            async with Desk(store, order, options) as desk:
                reports.append(await act(desk))
        except (ProviderError, BudgetError) as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return reports


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
