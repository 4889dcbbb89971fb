"""A progress display on a terminal; nothing anywhere else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from secondcoder.cli import screen

if TYPE_CHECKING:
    from secondcoder.schema.progress import Listener, Progress


EXIT_STOPPED = 130
"""As shells end a command stopped by Ctrl-C."""


@contextmanager
def stoppable(*, has_ledger: bool) -> Iterator[None]:
    """End the command with a sentence and no traceback when Ctrl-C stops its block.

    Args:
        has_ledger: Whether answers that arrived are kept there, so that nothing is asked twice.
    """
    try:
        yield
    except KeyboardInterrupt:
        screen.show_error(
            "stopped, and no codings were written; the answers that arrived are in the ledger: the "
            "same command goes on from there"
            if has_ledger
            else "stopped, and no codings were written; the same command starts again"
        )
        sys.exit(EXIT_STOPPED)


@contextmanager
def progress_display(*, quiet: bool) -> "Iterator[Listener | None]":
    """Yield a listener that draws how far the run has come, or None where nobody is looking.

    It draws on standard error, so that what a command prints can still be piped.
    """
    from rich.console import Console  # noqa: PLC0415  # --help need not load it

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
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
            display.update(task, completed=state.n_done, total=state.n_posts, state=describe(state))

        yield listen


def describe(state: "Progress") -> str:
    """Return the state in a few words: quotes, then what went wrong, then tokens.

    Before the first post is coded: what is done instead.

    >>> from secondcoder.schema.progress import Progress
    >>> describe(Progress(n_done=9, n_quotes=12, n_failed=1))
    '12 quotes, 1 failed'
    """
    if state.stage is not None:
        return state.stage
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
