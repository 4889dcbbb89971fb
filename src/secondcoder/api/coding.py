"""Coding a chat: attribution, triage and a coder, in the chat's order, in flat memory."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, overload
from uuid import uuid4

from secondcoder.api.loops import finish
from secondcoder.api.sources import CODINGS_START, Source, is_codings, open_source
from secondcoder.api.survey import Survey, survey
from secondcoder.api.writing import refuse_overwriting
from secondcoder.coding.coders import EMBEDDED, coder_named, is_embedded
from secondcoder.coding.segments import segments
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import PostCoder, Task
from secondcoder.errors import CodingsError, InputError, StoreError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Codings,
    CodingsInfo,
    LeftOutReason,
    PostCodings,
)
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.schema.progress import Listener
from secondcoder.schema.quotes import Segment
from secondcoder.schema.readings import Note
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.summaries import CodingsSummary, Tally
from secondcoder.store.files import AtomicFile, CodingsWriter, open_codings
from secondcoder.store.ledger import Ledger
from secondcoder.version import __version__

PathLike = str | Path
ChatLike = Chat | ChatFile | PathLike
CodebookLike = Codebook | PathLike

LEDGER_NAME = "secondcoder-ledger.sqlite"


class _Order(NamedTuple):
    """What `code` was asked, as one thing to hand on."""

    chat: ChatLike
    codebook: CodebookLike
    coder: str | PostCoder
    options: ModelOptions | None
    output: PathLike | None
    ledger: PathLike | None
    progress: Listener | None


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
    coder: str | PostCoder = ...,
    options: ModelOptions | None = ...,
    output: None = ...,
    ledger: PathLike | None = ...,
    progress: Listener | None = ...,
) -> Codings: ...
@overload
def code(
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: str | PostCoder = ...,
    options: ModelOptions | None = ...,
    output: PathLike,
    ledger: PathLike | None = ...,
    progress: Listener | None = ...,
) -> CodingsSummary: ...
def code(  # noqa: PLR0913  # all but chat and codebook by keyword, each with a default
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: str | PostCoder = EMBEDDED,
    options: ModelOptions | None = None,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    progress: Listener | None = None,
) -> Codings | CodingsSummary:
    """Return the codings of a chat; with `output`, write them there and return their figures.

    With `output` nothing but one chunk of posts is held in memory, however long the chat file is.
    Also works inside a running event loop (a notebook), in a thread of its own.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one.
        codebook: A codebook or its file.
        coder: `embedded` (no key, no network), `embedded:MODEL` with a sentence-embedding model
            that lies on this machine (extra `embeddings`), `PROVIDER/MODEL` such as
            `openai/gpt-5-mini`, or a coder of your own.
        options: How a model is reached and asked. The embedded coder takes none.
        output: File for the codings; it appears when all posts are done.
        ledger: SQLite file that keeps a model's answers, so that no answer is paid for twice.
            Default for a model: `secondcoder-ledger.sqlite` beside `output`, or in this folder.
        progress: Called as posts are done.

    A post on which the machinery fails is a `Failure` in the codings. Input that can't be used is
    an `InputError`; no key, no server, an unknown model a `ProviderError`; a file that can't be
    written a `StoreError`.
    """
    return finish(_code(_Order(chat, codebook, coder, options, output, ledger, progress)))


async def acode(  # noqa: PLR0913  # as `code`
    chat: ChatLike,
    codebook: CodebookLike,
    *,
    coder: str | PostCoder = EMBEDDED,
    options: ModelOptions | None = None,
    output: PathLike | None = None,
    ledger: PathLike | None = None,
    progress: Listener | None = None,
) -> Codings | CodingsSummary:
    """Return what `code` returns, for callers that run an event loop of their own."""
    return await _code(_Order(chat, codebook, coder, options, output, ledger, progress))


async def _code(order: _Order) -> Codings | CodingsSummary:
    book = order.codebook
    book = book if isinstance(book, Codebook) else read_codebook(Path(book))
    source = open_source(order.chat)
    target = Path(order.output) if order.output is not None else None
    found = survey(source, book, with_context=not _is_embedded(order.coder))
    async with AsyncExitStack() as stack:
        store = _ledger_path(order)
        answers = stack.enter_context(Ledger(store)) if store else None
        coder = _post_coder(order, found.codebook, answers)
        if target is not None:
            _refuse_losing(target, order.chat, coder)
        info = CodingsInfo(
            chat=found.info, codebook=found.codebook, run=_run(coder, found.codebook)
        )
        if answers is not None:
            answers.keep_run(info.run)
        sink = _Sink(info, target, found.n_posts, order.progress, stack)
        async for coded, usage in _in_order(source, found, coder):
            sink.add(coded, usage)
        run = sink.run()
        if answers is not None:
            answers.keep_run(run)
        return sink.end(run, store, source)


def _refuse_losing(output: Path, chat: ChatLike, coder: PostCoder) -> None:
    """Refuse to write over anything but earlier codings by the same coder.

    Raises:
        StoreError: If the output holds something else, another's codings, or is the chat itself.
    """
    refuse_overwriting(output, unless_it_starts_with=CODINGS_START.decode())
    path = chat.path if isinstance(chat, ChatFile) else chat
    if isinstance(path, str | Path) and output.exists() and output.samefile(path):
        raise StoreError(f"{output} is what is to be coded; name another file with -o")
    holder = _holder(output) if is_codings(output) else None
    if holder is not None and holder != coder.coder.id:
        raise StoreError(f"{output} holds the codings of {holder}; name another file with -o")


def _holder(output: Path) -> str | None:
    """Return whose codings a file holds; None for a broken file, which nobody can use."""
    try:
        return open_codings(output)[0].run.coder.id
    except CodingsError:
        return None


class _Sink:
    """Takes posts in the chat's order: to a file, or to a list where none was named."""

    def __init__(
        self,
        info: CodingsInfo,
        output: Path | None,
        n_posts: int,
        progress: Listener | None,
        stack: AsyncExitStack,
    ) -> None:
        self._info = info
        self._output = output
        self._n_posts = n_posts
        self._progress = progress
        self._usage = Usage(cost_usd=None)
        self._tally = Tally()
        self._posts: list[PostCodings] = []
        self._writer = (
            CodingsWriter(stack.enter_context(AtomicFile(output)), info) if output else None
        )

    def add(self, coded: PostCodings, usage: Usage) -> None:
        self._usage = self._usage.plus(usage)
        self._tally.add(coded)
        if self._writer is not None:
            self._writer.add(coded)
        else:
            self._posts.append(coded)
        if self._progress is not None:
            self._progress(self._tally.progress(self._n_posts, self._usage))

    def run(self) -> Run:
        ended = {"finished_at": datetime.now(UTC), "usage": self._usage}
        return self._info.run.model_copy(update=ended)

    def end(self, run: Run, ledger: Path | None, source: Source) -> Codings | CodingsSummary:
        info = self._info.model_copy(update={"run": run})
        if self._writer is None:
            return Codings(info=info, posts=tuple(self._posts))
        self._writer.end(run)
        summary = self._tally.summary(info)
        notes = (*source.notes, *_of_language(summary, info.codebook.language))
        places = {"notes": notes, "output": self._output, "ledger": ledger}
        return summary.model_copy(update=places)


def _of_language(summary: CodingsSummary, language: str) -> Iterator[Note]:
    """Yield a note when most posts were left out for their language: the codebook may be wrong."""
    n_foreign = summary.left_out.get(LeftOutReason.NOT_ENGLISH, 0)
    if n_foreign * 2 > summary.n_posts:
        yield Note(
            message=f"{n_foreign:,} of {summary.n_posts:,} posts are not in the codebook's "
            f"language '{language}'; if they should be coded, set 'language:' in the codebook"
        )


async def _in_order(
    source: Source, found: Survey, coder: PostCoder
) -> AsyncIterator[tuple[PostCodings, Usage]]:
    """Yield every post once, in the chat's order, whatever order the coder answers in.

    Raises:
        InputError: If the coder leaves a task without a decision.
    """
    done: dict[int, tuple[PostCodings, Usage]] = {}
    asked: dict[str, int] = {}
    place = 0

    def settled(position: int, coded: PostCodings) -> None:
        done[position] = (coded, Usage())

    tasks = tasks_of(source, found, asked, settled)
    # Closed at once when the run is stopped, so that requests in flight are cancelled.
    async with aclosing(coder.code(tasks)) as decisions:
        async for task, outcome, usage in decisions:
            coded = PostCodings(post=task.post, attribution=task.attribution, outcome=outcome)
            done[asked.pop(task.post.id)] = (coded, usage)
            while place in done:
                yield done.pop(place)
                place += 1
    while place in done:
        yield done.pop(place)
        place += 1
    if asked or done:
        raise InputError(
            f"coder {coder.coder.id} gave no decision on {len(asked)} posts; a coder answers every "
            f"task, with a Failure where it must"
        )


def tasks_of(
    source: Source,
    found: Survey,
    asked: dict[str, int],
    settled: Callable[[int, PostCodings], None],
) -> Iterator[Task]:
    """Yield the posts that a coder must look at; the others are settled by rules.

    Args:
        source: The posts.
        found: What a first look at them told.
        asked: Takes the place in the chat of each post that is yielded, by id.
        settled: Called with the place and the decision of each of the others.
    """
    for position, placed in enumerate(found.place(source)):
        sifted = sift(placed, language=found.codebook.language)
        if isinstance(sifted, PostCodings):
            settled(position, sifted)
        else:
            asked[placed.post.id] = position
            yield sifted


def _ledger_path(order: _Order) -> Path | None:
    """Return where answers are kept: a paid answer always, the embedded coder's only if asked."""
    if order.ledger is not None:
        return Path(order.ledger)
    if isinstance(order.coder, str) and not _is_embedded(order.coder):
        folder = Path(order.output).parent if order.output is not None else Path()
        return folder / LEDGER_NAME
    return None


def _is_embedded(coder: str | PostCoder) -> bool:
    return isinstance(coder, str) and is_embedded(coder)


def _post_coder(order: _Order, codebook: Codebook, answers: Ledger | None) -> PostCoder:
    if not isinstance(order.coder, str):
        return order.coder
    return coder_named(order.coder, codebook, options=order.options, answers=answers)


def _run(coder: PostCoder, codebook: Codebook) -> Run:
    return coder.describe(
        Run(
            id=uuid4().hex[:12],
            coder=coder.coder,
            started_at=datetime.now(UTC),
            secondcoder_version=__version__,
            codebook_sha256=codebook.sha256,
        )
    )
