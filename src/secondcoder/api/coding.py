"""Coding a chat: attribution, triage and a coder, in the chat's order, in flat memory."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, overload
from uuid import uuid4

from secondcoder.api.ahead import Sifted, ahead, as_chosen
from secondcoder.api.bookkeeping import Bookkeeper
from secondcoder.api.loops import finish, settled_objects
from secondcoder.api.other_prompts import tell_of_other_prompts
from secondcoder.api.settling import Settled, in_order
from secondcoder.api.sinks import Sinks, refuse_losing
from secondcoder.api.sources import Source, open_source
from secondcoder.api.survey import Survey, survey
from secondcoder.coding.codebook_handles import with_named
from secondcoder.coding.coders import EMBEDDED, Seat, coder_named, is_embedded, seat
from secondcoder.coding.monitor import Monitor, Told
from secondcoder.coding.seats import make_panel, seats
from secondcoder.coding.segments import segments
from secondcoder.coding.shares import check_divides
from secondcoder.coding.tasks import LooksAhead, PostCoder
from secondcoder.errors import InputError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, CodingsInfo
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.schema.progress import Listener, noting
from secondcoder.schema.quotes import Segment
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.shards import SHARDS_NAME, EngineOptions
from secondcoder.schema.summaries import CodingsSummary
from secondcoder.store.batch_ledger import BatchLedger, unless_underway
from secondcoder.version import __version__

PathLike = str | Path
ChatLike = Chat | ChatFile | PathLike
CodebookLike = Codebook | PathLike
CoderLike = str | PostCoder | Sequence[str | PostCoder]

LEDGER_NAME = "secondcoder-ledger.sqlite"


class Order(NamedTuple):
    """What `code` was asked, as one thing to hand on."""

    chat: ChatLike
    codebook: CodebookLike
    coders: tuple[str | PostCoder, ...]
    samples: int
    min_votes: float | None
    options: ModelOptions | None
    output: PathLike | None
    ledger: PathLike | None
    progress: Listener | None
    engine: EngineOptions | None

    @property
    def is_panel(self) -> bool:
        """Whether votes decide."""
        return len(self.coders) > 1 or self.samples != 1

    @property
    def is_embedded(self) -> bool:
        """Whether none but the embedded coder codes."""
        return all(isinstance(each, str) and is_embedded(each) for each in self.coders)


def segment(text: str) -> tuple[Segment, ...]:
    """Return the numbered pieces of a text; joined, they equal it.

    >>> [piece.span.of("Tea first. Then talk.") for piece in segment("Tea first. Then talk.")]
    ['Tea first. ', 'Then talk.']
    """
    return segments(text)


@overload
def code(
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: CoderLike = ...,
    samples: int = ...,
    min_votes: float | None = ...,
    options: ModelOptions | None = ...,
    output: None = ...,
    ledger: PathLike | None = ...,
    progress: Listener | None = ...,
    engine: EngineOptions | None = ...,
) -> Codings: ...
@overload
def code(
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: CoderLike = ...,
    samples: int = ...,
    min_votes: float | None = ...,
    options: ModelOptions | None = ...,
    output: PathLike,
    ledger: PathLike | None = ...,
    progress: Listener | None = ...,
    engine: EngineOptions | None = ...,
) -> CodingsSummary: ...
def code(  # noqa: PLR0913  # all but chat and codebook by keyword, each with a default
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: CoderLike = EMBEDDED,
    samples: int = 1,
    min_votes: float | None = None,
    options: ModelOptions | None = None,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    progress: Listener | None = None,
    engine: EngineOptions | None = None,
) -> Codings | CodingsSummary:
    """Return the codings of a chat; with `output`, write them there and return their figures.

    With `output` nothing but one chunk of posts is held in memory, however long the chat file is.
    Also works inside a running event loop (a notebook), in a thread of its own.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one.
        codebook: A codebook or its file.
        coder: `embedded` (no key, no network), `embedded:MODEL` with a sentence-embedding model
            that lies on this machine (extra `embeddings`), `PROVIDER/MODEL` such as
            `openai/gpt-5-mini`, `MODEL@URL` for a server of its own, or a coder of your own.
            Several are a panel, whose votes decide; each member's codings are kept too, as
            `members` or in files beside the output.
        samples: How often each model is asked about each post; more than once is a panel, too.
        min_votes: Least share of a panel's votes, above 0.5; None: more than half. A post on which
            no side has so many goes to people.
        options: How a model is reached and asked. The embedded coder takes none.
        output: File for the codings; it appears when all posts are done.
        ledger: SQLite file that keeps a model's answers, so that no answer is paid for twice.
            Default for a model: `secondcoder-ledger.sqlite` beside `output`, or in this folder.
        progress: Called as posts are done.
        engine: Codes stretches of the chat by several workers, here or on a Ray cluster; the
            codings are the same. None: this process codes them all.

    A post on which the machinery fails is a `Failure` in the codings. Input that can't be used is
    an `InputError`; no key, no server, an unknown model a `ProviderError`; a file that can't be
    written a `StoreError`.
    """
    named = coders_of(coder)
    how = (samples, min_votes, options, output, ledger, progress, engine)
    order = Order(chat, codebook, named, *how)
    return finish(_code(order))


async def acode(  # noqa: PLR0913  # as `code`
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: CoderLike = EMBEDDED,
    samples: int = 1,
    min_votes: float | None = None,
    options: ModelOptions | None = None,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    progress: Listener | None = None,
    engine: EngineOptions | None = None,
) -> Codings | CodingsSummary:
    """Return what `code` returns, for callers that run an event loop of their own."""
    named = coders_of(coder)
    how = (samples, min_votes, options, output, ledger, progress, engine)
    order = Order(chat, codebook, named, *how)
    return await _code(order)


def coders_of(coder: CoderLike) -> tuple[str | PostCoder, ...]:
    """Return the coders that were named, one or several.

    Raises:
        InputError: If there is none.
    """
    if isinstance(coder, str) or not isinstance(coder, Sequence):
        return (coder,)
    coders = tuple(coder)
    if not coders:
        raise InputError("no coder is named; write coder='embedded', or name a model")
    return coders


async def _code(order: Order) -> Codings | CodingsSummary:
    """Return what was made of a chat."""
    refuse(order)
    book = order.codebook
    book = book if isinstance(book, Codebook) else read_codebook(Path(book))
    source = open_source(order.chat)
    target = Path(order.output) if order.output is not None else None
    async with AsyncExitStack() as stack:
        settle = stack.enter_context(settled_objects())
        found = survey(source, book, with_context=not order.is_embedded)
        order = naming(order, found)
        store = _ledger_path(order)
        told = noting(order.progress)
        answers = stack.enter_context(BatchLedger(store, told=told)) if store else None
        monitor = Monitor()
        coder = post_coder(order, found.codebook, unless_underway(answers), monitor)
        settle()
        runs = answers.runs() if answers is not None else ()
        if answers is not None and runs:
            look = partial(ahead, source, found)
            taken = _models(order)
            tell_of_other_prompts(taken, found.codebook, answers, runs, look, order.progress)
        sifted: Sifted = {}
        if isinstance(coder, LooksAhead):
            coder.look_ahead(ahead(source, found, runs, order.progress, sifted=sifted))
        described = new_run(coder, found.codebook)
        if target is not None:
            refuse_losing(target, order.chat, described)
        info = CodingsInfo(chat=found.info, codebook=found.codebook, run=described)
        ledgered = stack.enter_context(Bookkeeper(answers, info.run, monitor))
        sinks = Sinks(info, target, found.n_posts, order.progress, stack)
        if order.engine is None:
            done = in_order(source, found, coder, ledgered, sifted)
        else:
            done = _by_workers(order, source, found, coder, answers, monitor.tell)
        monitor.told = sinks.pause
        async with aclosing(done) as all_settled:
            async for settled in all_settled:
                if order.engine is not None:
                    ledgered.count(settled.usage)
                sinks.add(*settled)
        run = ledgered.end(as_chosen(sinks.run(), coder))
        return sinks.end(run, store, source)


def naming(order: Order, found: Survey) -> Order:
    """Return the order with the handles of the chat that its codebook and examples hold."""
    if order.is_embedded:
        return order
    options = with_named(order.options or ModelOptions(), found.codebook, found.handles)
    return order._replace(options=options)


def refuse(order: Order) -> None:
    """Refuse what nothing could come of, whatever the chat: a run and its dry run alike.

    Raises:
        InputError: Saying what does not go together, what to leave out, or what to install.
    """
    name, options = order.coders[0], order.options or ModelOptions()
    if order.is_embedded and options.examples is not None:
        raise InputError(
            "--examples are shown to a model; for the embedded coder, write quotes under "
            "'examples:' of the codebook's themes"
        )
    if order.is_embedded and options.likelihoods:
        raise InputError(f"--likelihoods: {name} asks no model; name one with --coder")
    if order.min_votes is not None and not order.is_panel:
        raise InputError("--min-votes is for a panel: name several coders, or --samples 3")
    if order.engine is None:
        return
    if order.is_panel or not isinstance(name, str) or options.likelihoods:
        what = "A panel" if order.is_panel else "A coder of your own"
        what = "--likelihoods" if options.likelihoods else what
        raise InputError(
            f"{what} codes in one process: leave out the engine, or name one coder by its name"
        )
    if not order.is_embedded:
        check_divides(options, order.engine.workers)
    from secondcoder.coding.hiring import workers_of  # noqa: PLC0415  # rare

    workers_of(order.engine)  # an extra that is missing is told of before a run is recorded


async def _by_workers(  # noqa: PLR0913, PLR0917  # what a run is made of, and who hears of it
    order: Order,
    source: Source,
    found: Survey,
    coder: PostCoder,
    answers: BatchLedger | None,
    told: Told,
) -> AsyncGenerator[Settled, None]:
    """Yield every post once, in the chat's order, coded in shards by several workers."""
    from secondcoder.api.sharding import ShardedJob, chosen, in_shards  # noqa: PLC0415  # rare
    from secondcoder.coding.hiring import workers_of  # noqa: PLC0415  # as above

    engine, name = order.engine or EngineOptions(), order.coders[0]
    assert isinstance(name, str)  # noqa: S101  # others were refused
    beside = Path(order.output).parent if order.output is not None else Path()
    job = ShardedJob(
        coder=name,
        codebook=found.codebook,
        options=None if is_embedded(name) else order.options or ModelOptions(),
        run=new_run(coder, found.codebook),
        engine=engine,
        folder=(engine.folder or beside / SHARDS_NAME).resolve(),
        ledger=None if is_embedded(name) else answers,
        known=unless_underway(answers),
    )
    job, spent = await chosen(job, coder)
    async with aclosing(in_shards(found.place(source), job, workers_of(engine, told))) as done:
        async for coded, usage in done:
            yield Settled(coded, usage.plus(spent))
            spent = Usage()


def _ledger_path(order: Order) -> Path | None:
    """Return where answers are kept: a paid answer always, the embedded coder's only if asked."""
    if order.ledger is not None:
        return Path(order.ledger)
    if any(isinstance(each, str) and not is_embedded(each) for each in order.coders):
        folder = Path(order.output).parent if order.output is not None else Path()
        return folder / LEDGER_NAME
    return None


def post_coder(
    order: Order, codebook: Codebook, answers: AnswerStore | None, monitor: Monitor
) -> PostCoder:
    """Return who codes; nothing is sent yet.

    Args:
        order: What was asked.
        codebook: Questions and themes.
        answers: Where a model's answers are looked up first, and kept.
        monitor: Told what is used.
    """
    if order.is_panel:
        return make_panel(
            order.coders,
            codebook,
            samples=order.samples,
            min_votes=order.min_votes,
            options=order.options,
            answers=answers,
            monitor=monitor,
        )
    (coder,) = order.coders
    if not isinstance(coder, str):
        return coder
    return coder_named(coder, codebook, options=order.options, answers=answers, monitor=monitor)


def _models(order: Order) -> list[Seat]:
    """Return the models that were named, and how each is to be asked."""
    named = [each for each in order.coders if isinstance(each, str)]
    taken = (
        seats(named, order.samples, order.options)
        if order.is_panel
        else [seat(each, order.options) for each in named]
    )
    return [each for each in taken if not each.is_embedded]


def new_run(coder: PostCoder, codebook: Codebook) -> Run:
    """Return a run of a coder that starts now."""
    return coder.describe(
        Run(
            id=uuid4().hex[:12],
            coder=coder.coder,
            started_at=datetime.now(UTC),
            secondcoder_version=__version__,
            codebook_sha256=codebook.sha256,
        )
    )
