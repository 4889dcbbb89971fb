"""A progress display on a terminal; nothing anywhere else."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from secondcoder.cli import screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from secondcoder.schema.progress import Listener, Progress


EXIT_STOPPED = 130
"""As shells end a command stopped by Ctrl-C."""


@contextmanager
def stoppable(*, has_ledger: bool, nothing: str = "no codings were written") -> Iterator[None]:
    """End the command with a sentence and no traceback when Ctrl-C stops its block.

    Args:
        has_ledger: Whether answers that arrived are kept there, so that nothing is asked twice.
        nothing: What has not come about.
    """
    try:
        yield
    except KeyboardInterrupt:
        screen.show_error(
            f"stopped, and {nothing}; the answers that arrived are in the ledger: the same command "
            f"goes on from there"
            if has_ledger
            else f"stopped, and {nothing}; the same command starts again"
        )
        sys.exit(EXIT_STOPPED)


@contextmanager
def progress_display(*, quiet: bool) -> "Iterator[Listener]":
    """Yield a listener that draws how far the run has come.

    It draws on standard error, so that what a command prints can still be piped. Where that is no
    terminal it says what must be known before anything is paid for, and that the provider is down
    or back.

    Args:
        quiet: Say only the last: a run that stands still for minutes would seem to hang.
    """
    _log_to_nobody()
    if quiet:
        yield _Said(lambda words: sys.stderr.write(f"{words}\n")).hear_pauses
        return
    from rich.console import Console  # noqa: PLC0415  # --help need not load it

    console = Console(stderr=True, soft_wrap=True)
    said = _Said(lambda words: console.print(words, markup=False, highlight=False))
    if not console.is_terminal:
        yield said.hear
        return
    from rich import progress as bars  # noqa: PLC0415  # as above

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[state]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console) as display:
        task = display.add_task("posts", total=None, state="")

        def listen(state: "Progress") -> None:
            said.hear(state)
            display.update(
                task,
                completed=state.n_done,
                total=state.n_posts,
                state=describe(state),
                refresh=not state.n_done,  # what begins is seen, however soon it is over
            )

        yield listen


@contextmanager
def late_display(*, quiet: bool) -> "Iterator[Listener]":
    """Yield a listener that draws as `progress_display` does, from when there is news.

    Until then a person may be asked something on the same terminal.
    """
    _log_to_nobody()
    with ExitStack() as stack:
        listeners: list[Listener] = []

        def listen(state: "Progress") -> None:
            if not listeners:
                listeners.append(stack.enter_context(progress_display(quiet=quiet)))
            for listener in listeners:
                listener(state)

        yield listen


def _log_to_nobody() -> None:
    """Keep from the screen what is logged, unless somebody has set up logging."""
    import logging  # noqa: PLC0415  # --help need not load it

    # The same is said here, and whoever has not set up logging would read it twice.
    logging.getLogger("secondcoder").addHandler(logging.NullHandler())


def notes(*, quiet: bool = False) -> "Listener":
    """Return a listener that says on standard error what must be known, and draws nothing.

    Args:
        quiet: Say only that the provider is down or back, as `progress_display` does.
    """
    if quiet:
        return _Said(lambda words: sys.stderr.write(f"{words}\n")).hear_pauses
    from rich.console import Console  # noqa: PLC0415  # --help need not load it

    console = Console(stderr=True, soft_wrap=True)
    return _Said(lambda words: console.print(words, markup=False, highlight=False)).hear


class Failures:
    """Counts failures that are told of, and passes on what is heard."""

    def __init__(self, listener: "Listener") -> None:
        """Start with none.

        Args:
            listener: Who hears it too.
        """
        self.n_failed = 0
        self._listener = listener

    def hear(self, state: "Progress") -> None:
        """Count what is told, each note of its own failures."""
        self.n_failed += state.n_failed
        self._listener(state)


class _Said:
    """Says notes, and once that nothing is asked, and why, and once that it is again."""

    def __init__(self, say: "Callable[[str], object]") -> None:
        self._say = say
        self._paused = False

    def hear(self, state: "Progress") -> None:
        if state.note is not None:
            self._say(f"note: {state.note}")
        self.hear_pauses(state)

    def hear_pauses(self, state: "Progress") -> None:
        """Say of all that is told only when nothing is asked, and when it is again."""
        if state.paused is not None and not self._paused:
            self._say(
                f"paused: {state.paused}. Posts wait and do not fail; Ctrl-C stops, and the same "
                f"command goes on"
            )
        elif state.paused is None and self._paused:
            self._say("it is back: going on")
        self._paused = state.paused is not None


def describe(state: "Progress") -> str:
    """Return the state in a few words: quotes, then what went wrong, then tokens.

    Before the first post is coded, and while the provider is down: that instead.

    >>> from secondcoder.schema.progress import Progress
    >>> describe(Progress(n_done=9, n_quotes=12, n_failed=1))
    '12 quotes, 1 failed'
    """
    if state.stage is not None:
        return state.stage
    if state.paused is not None:
        return "paused: the provider is down"
    words = ["1 quote" if state.n_quotes == 1 else f"{state.n_quotes:,} quotes"]
    if state.n_abstained:
        words.append(f"{state.n_abstained:,} for people")
    if state.n_failed:
        words.append(f"{state.n_failed:,} failed")
    tokens = state.usage.prompt_tokens + state.usage.completion_tokens
    if tokens:
        words.append(f"{tokens:,} tokens")
    if state.usage.n_reused:
        words.append(f"{state.usage.n_reused:,} from the ledger")
    return ", ".join(words)
