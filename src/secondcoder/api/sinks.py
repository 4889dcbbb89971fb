"""Where coded posts go, in the chat's order: to a file, or to a list where none was named."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from secondcoder.api.member_files import member_files
from secondcoder.api.sources import CODINGS_START, Source, is_codings
from secondcoder.api.writing import refuse_overwriting
from secondcoder.coding.tasks import Decision
from secondcoder.errors import CodingsError, StoreError
from secondcoder.schema.chat import Chat
from secondcoder.schema.codings import (
    Codings,
    CodingsInfo,
    LeftOutReason,
    PostCodings,
)
from secondcoder.schema.options import ChatFile
from secondcoder.schema.progress import Listener
from secondcoder.schema.readings import Note
from secondcoder.schema.runs import Run, Usage
from secondcoder.schema.summaries import CodingsSummary, Tally
from secondcoder.store.files import AtomicFile, CodingsWriter, open_codings


class Sinks:
    """Takes what was decided, and of a panel what each member decided, beside it."""

    def __init__(
        self,
        info: CodingsInfo,
        output: Path | None,
        n_posts: int,
        progress: Listener | None,
        stack: AsyncExitStack,
    ) -> None:
        """Open the files.

        Args:
            info: Holds for all codings; the members of its run get sinks of their own.
            output: File for the codings; the members' lie beside it.
            n_posts: Of the chat, for `progress`.
            progress: Called as posts are done.
            stack: Closes the files.
        """
        self._main = _Sink(info, output, n_posts, progress, stack)
        runs = info.run.members
        self._members = [
            _Sink(info.model_copy(update={"run": run}), file, n_posts, None, stack)
            for run, file in zip(runs, files_of(output, runs), strict=True)
        ]

    def add(self, coded: PostCodings, usage: Usage, by_members: Sequence[Decision]) -> None:
        """Take the next post.

        Args:
            coded: The post and what was decided.
            usage: What that cost.
            by_members: What each member decided; none where rules decided for all.
        """
        self._main.add(coded, usage)
        for place, sink in enumerate(self._members):
            if by_members:
                _, outcome, spent, _ = by_members[place]
                own = PostCodings(post=coded.post, attribution=coded.attribution, outcome=outcome)
                sink.add(own, spent)
            else:
                sink.add(coded, Usage())

    def pause(self, why: str | None) -> None:
        """Tell why nothing is asked now; None: it is again."""
        self._main.pause(why)

    def run(self) -> Run:
        """Return the run as it ended, its members' with it."""
        return self._main.run().model_copy(
            update={"members": tuple(sink.run() for sink in self._members)}
        )

    def end(self, run: Run, ledger: Path | None, source: Source) -> Codings | CodingsSummary:
        """Return all that was taken, or its figures where it went to files."""
        done = self._main.end(run, ledger, source)
        if not self._members:
            return done
        pairs = zip(self._members, run.members, strict=True)
        members = tuple(sink.end(own, ledger, source) for sink, own in pairs)
        return done.model_copy(update={"members": members})


class _Sink:
    """Takes posts in the chat's order."""

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
        self._paused: str | None = None
        self._usage = info.run.usage
        self._tally = Tally(info.chat)
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
        self._tell()

    def pause(self, why: str | None) -> None:
        self._paused = why
        self._tell()

    def _tell(self) -> None:
        # What was on its way when a pause began may be answered in it, and does not end it.
        if self._progress is not None:
            state = self._tally.progress(self._n_posts, self._usage)
            self._progress(state.model_copy(update={"paused": self._paused}))

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


def files_of(output: Path | None, members: Sequence[Run]) -> Sequence[Path | None]:
    """Return the file of each member's codings; None for each where no output was named."""
    if output is None:
        return (None,) * len(members)
    return member_files(output, [run.coder.id for run in members])


def refuse_losing(output: Path, chat: Chat | ChatFile | str | Path, run: Run) -> None:
    """Refuse to write over anything but earlier codings by the same coders.

    Args:
        output: Where the codings are to go; a panel's members' beside it.
        chat: What is to be coded.
        run: Whose codings they are.
    """
    _refuse_losing(output, chat, run.coder.id)
    for member, file in zip(run.members, files_of(output, run.members), strict=True):
        if file is not None:
            _refuse_losing(file, chat, member.coder.id)


def _refuse_losing(output: Path, chat: Chat | ChatFile | str | Path, coder_id: str) -> None:
    """Refuse to write over anything but earlier codings by the same coder.

    Raises:
        StoreError: If the output holds something else, another's codings, or is the chat itself.
    """
    refuse_overwriting(output, unless_it_starts_with=CODINGS_START.decode())
    path = chat.path if isinstance(chat, ChatFile) else chat
    if isinstance(path, str | Path) and output.exists() and output.samefile(path):
        raise StoreError(f"{output} is what is to be coded; name another file with -o")
    holder = _holder(output) if is_codings(output) else None
    if holder is not None and holder != coder_id:
        raise StoreError(f"{output} holds the codings of {holder}; name another file with -o")


def _holder(output: Path) -> str | None:
    """Return whose codings a file holds; None for a broken file, which nobody can use."""
    try:
        return open_codings(output)[0].run.coder.id
    except CodingsError:
        return None


def _of_language(summary: CodingsSummary, language: str) -> Iterator[Note]:
    """Yield a note when most posts were left out for their language: the codebook may be wrong."""
    n_foreign = summary.left_out.get(LeftOutReason.NOT_ENGLISH, 0)
    if n_foreign * 2 > summary.n_posts:
        yield Note(
            message=f"{n_foreign:,} of {summary.n_posts:,} posts are not in the codebook's "
            f"language '{language}'; if they should be coded, set 'language:' in the codebook"
        )
