"""Estimating: what coding a chat with a model would ask and cost; nothing is sent."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from secondcoder.api.ahead import ahead
from secondcoder.api.coding import (
    LEDGER_NAME,
    ChatLike,
    CodebookLike,
    Order,
    PathLike,
    naming,
    new_run,
    post_coder,
    refuse,
)
from secondcoder.api.loops import finish
from secondcoder.api.other_prompts import other_prompts
from secondcoder.api.settling import tasks_of
from secondcoder.api.sinks import refuse_losing
from secondcoder.api.sources import Source, open_source
from secondcoder.api.survey import Survey, survey
from secondcoder.coding.bill import Bill
from secondcoder.coding.codebook_handles import with_named
from secondcoder.coding.coders import Seat, coder_named, seat
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.planned import PlannedRequest
from secondcoder.coding.pricing import price_of
from secondcoder.coding.seats import panel_name, seats
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import InputError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.estimates import Amounts, Estimate, OtherPrompt, WorkEstimate
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.shards import EngineOptions
from secondcoder.store.batch_ledger import BatchLedger

if TYPE_CHECKING:
    from rich.table import Table

    from secondcoder.coding.asking import PlanningAsker
    from secondcoder.coding.weighing import WeighingCoder


class EstimateReport(Estimate):
    """What a run would ask and cost, as a table or the record itself."""

    def table(self) -> "Table":
        """Return one line per figure: print it with rich."""
        from secondcoder.reporting.estimate_table import estimate_table  # noqa: PLC0415 # Rich

        return estimate_table(self)


class WorkEstimateReport(WorkEstimate):
    """What proposing, refining or reporting would ask and cost, as a table or the record."""

    def table(self) -> "Table":
        """Return one line per step and one for all: print it with rich."""
        from secondcoder.reporting.estimate_table import work_table  # noqa: PLC0415 # Rich

        return work_table(self)


def estimate(  # noqa: PLR0913  # as `code`
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: str | Sequence[str],
    samples: int = 1,
    min_votes: float | None = None,
    options: ModelOptions | None = None,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    engine: EngineOptions | None = None,
    is_batch: bool = False,
) -> EstimateReport:
    """Return what `code` with the same arguments would ask a model, and what that would cost.

    Nothing is sent or written, and no key is needed; what `code` would refuse is refused. Retries,
    prompts that the provider reads from its cache at a lower price, and words a model says to
    itself before it answers can't be known beforehand and are not counted.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one.
        codebook: A codebook or its file.
        coder: `PROVIDER/MODEL` such as `openai/gpt-5-mini`; several are a panel.
        samples: How often each model would be asked about each post.
        min_votes: Least share of a panel's votes.
        options: How the model would be reached and asked; elsewhere than at the provider's own
            endpoint the cost is not known.
        output: Where the codings would be written: the ledger is looked for beside it.
        ledger: Answers there are already are not asked for again.
        engine: How workers would share the work, which changes nothing of what is asked.
        is_batch: Whether it would be submitted in batches, at their price.

    Raises:
        InputError: If no coder is a model.
    """
    named = [coder] if isinstance(coder, str) else list(coder)
    how = (samples, min_votes, options, output, ledger, None, engine)
    order = Order(chat, codebook, tuple(named), *how)
    refuse(order)
    is_panel = order.is_panel
    taken = seats(named, samples, options) if is_panel else (seat(named[0], options),)
    models = [each for each in taken if not each.is_embedded]
    if not models:
        raise InputError(
            f"'{named[0]}' asks no model and costs nothing; name a model with --coder, such as "
            f"openai/gpt-5-mini"
        )
    book = codebook if isinstance(codebook, Codebook) else read_codebook(Path(codebook))
    source = open_source(chat)
    found = survey(source, book, with_context=True)
    order = naming(order, found)
    models = [
        each._replace(options=with_named(each.options, found.codebook, found.handles))
        for each in models
    ]
    _refuse_more(order, found, models, is_batch=is_batch)
    with ExitStack() as stack:
        store = Path(ledger) if ledger is not None else _folder(output) / LEDGER_NAME
        answers: BatchLedger | None = None
        if store.exists():
            answers = stack.enter_context(BatchLedger(store, read_only=True))
        planned = [_planned(each, source, found, answers, is_batch=is_batch) for each in models]
    parts = [each.estimate for each in planned]
    if not is_panel:
        return EstimateReport.model_validate(dict(parts[0]))
    n_settled = parts[0].n_settled
    n_reused = len(set.intersection(*(each.reused for each in planned)))
    costs = [each.cost_usd for each in parts if each.cost_usd is not None]
    priced = next((each for each in parts if each.price_source), parts[0])
    return EstimateReport(
        title=found.info.title,
        coder=panel_name(named, samples),
        n_posts=found.n_posts,
        n_posts_to_ask=found.n_posts - n_settled - n_reused,
        n_reused=n_reused,
        n_settled=n_settled,
        n_requests=sum(each.n_requests for each in parts),
        prompt_tokens=sum(each.prompt_tokens for each in parts),
        completion_tokens=sum(each.completion_tokens for each in parts),
        tokenizer=parts[0].tokenizer,
        cost_usd=sum(costs) if len(costs) == len(parts) else None,
        price_source=priced.price_source,
        price_as_of=priced.price_as_of,
        if_packed=_sum(parts) if any(each.if_packed for each in parts) else None,
        members=tuple(parts),
    )


def _refuse_more(order: Order, found: Survey, models: Sequence[Seat], *, is_batch: bool) -> None:
    """Refuse what the run would refuse once it knows the chat, or when it makes its clients."""
    from secondcoder.api.batch_runs import refuse_batch  # noqa: PLC0415  # openai, instructor
    from secondcoder.coding.client import refuse_unaskable  # noqa: PLC0415  # as above

    run = new_run(post_coder(order, found.codebook, None, Monitor()), found.codebook)
    if order.output is not None:
        refuse_losing(Path(order.output), order.chat, run)
    for one in models:
        if is_batch:
            refuse_batch(one)
        else:
            refuse_unaskable(Settings(one.model, one.options))


def _sum(parts: Sequence[Estimate]) -> Amounts:
    """Return what several models would be asked if answers hold: theirs that measure, others'."""
    each = [
        part.if_packed
        or Amounts.model_validate({n: getattr(part, n) for n in Amounts.model_fields})
        for part in parts
    ]
    costs = [one.cost_usd for one in each if one.cost_usd is not None]
    return Amounts(
        n_requests=sum(one.n_requests for one in each),
        prompt_tokens=sum(one.prompt_tokens for one in each),
        completion_tokens=sum(one.completion_tokens for one in each),
        cost_usd=sum(costs) if len(costs) == len(each) else None,
    )


class _Planned(NamedTuple):
    """What one model would be asked, and the posts it would not."""

    estimate: Estimate
    reused: set[str]


def _planned(
    one: Seat, source: Source, found: Survey, answers: BatchLedger | None, *, is_batch: bool
) -> _Planned:
    """Return what `code` would ask this model."""
    from secondcoder.coding.asking import PlanningAsker  # noqa: PLC0415  # openai, instructor
    from secondcoder.coding.model import ModelCoder  # noqa: PLC0415  # openai, instructor
    from secondcoder.coding.packed import PackedCoder  # noqa: PLC0415  # as above
    from secondcoder.coding.weighing import WeighingCoder  # noqa: PLC0415  # as above

    options = (one.in_batches() if is_batch else one).options
    coder = coder_named(one.model, found.codebook, options=options, answers=answers)
    price = price_of(one.model, foreign_endpoint(Settings(one.model, options)), is_batch=is_batch)
    bill, best = Bill(price), Bill(price)
    away = _Away(answers)
    sizes: tuple[int, ...] = (options.posts_per_request or 1,)

    def tasks() -> Iterator[Task]:
        asked: dict[str, int] = {}
        return tasks_of(source, found, asked, lambda _position, _coded: None)

    if isinstance(coder, WeighingCoder):
        asker = PlanningAsker(coder.settings, bill, answers)
        reused = finish(_weighed(coder, asker, tasks(), bill))
    elif isinstance(coder, PackedCoder):
        coder.look_ahead(ahead(source, found, answers.runs() if answers is not None else ()))
        sizes = coder.sizes
        reused = _billed(coder.requests_for(tasks(), sizes[0], away), bill)
        if len(sizes) > 1:
            _billed(coder.requests_for(tasks(), sizes[-1], _Away(answers)), best)
    else:
        assert isinstance(coder, ModelCoder)  # noqa: S101  # no other asks a model
        reused = _billed(coder.requests_for(tasks(), away), bill)
    others: tuple[OtherPrompt, ...] = ()
    if answers is not None and bill.n_posts:
        asked = one._replace(options=options)
        others = other_prompts(asked, found.codebook, answers, answers.runs(), tasks)
    estimate = Estimate(
        title=found.info.title,
        coder=one.name,
        n_posts=found.n_posts,
        n_posts_to_ask=bill.n_posts,
        n_reused=len(reused),
        n_underway=away.n_found,
        n_settled=found.n_posts - bill.n_posts - len(reused) - away.n_found,
        n_requests=bill.n_requests,
        prompt_tokens=bill.prompt_tokens,
        completion_tokens=bill.completion_tokens,
        tokenizer=bill.tokenizer.name,
        cost_usd=bill.cost_usd,
        price_source=price.source if price else None,
        price_as_of=price.as_of if price else None,
        is_batch=is_batch,
        if_packed=best.amounts if len(sizes) > 1 else None,
        posts_per_request=sizes[0] if len(sizes) == 1 else None,
        other_prompts=others,
        by_likelihoods=options.likelihoods,
    )
    return _Planned(estimate, reused)


def _billed(requests: Iterable[PlannedRequest | Decision], bill: Bill) -> set[str]:
    """Put the requests on the bill; return the ids of the posts that are answered already."""
    reused = set[str]()
    for planned in requests:
        if isinstance(planned, PlannedRequest):
            bill.add(planned)
        elif planned.usage.n_reused:
            reused.add(planned.task.post.id)
    return reused


async def _weighed(
    coder: "WeighingCoder", asker: "PlanningAsker", tasks: Iterable[Task], bill: Bill
) -> set[str]:
    """Put what is asked about posts on the bill; return the ids of those that are answered."""
    from secondcoder.coding.weighing import in_pairs  # noqa: PLC0415  # openai, instructor

    reused = set[str]()
    # Where a post would be cut can't be known; so what it can come to is told.
    async for decision in coder.code_by(asker, tasks, cut=in_pairs):
        if decision.usage.n_reused:
            reused.add(decision.task.post.id)
        bill.n_posts += bool(decision.usage.n_requests)
    return reused


class _Away:
    """Tells whose answers are on their way in batches, and counts them."""

    def __init__(self, answers: BatchLedger | None) -> None:
        self._answers = answers
        self.n_found = 0

    def __call__(self, keys: Iterable[str]) -> set[str]:
        found = self._answers.open_keys(keys) if self._answers is not None else set[str]()
        self.n_found += len(found)
        return found


def _folder(output: PathLike | None) -> Path:
    return Path(output).parent if output is not None else Path()
