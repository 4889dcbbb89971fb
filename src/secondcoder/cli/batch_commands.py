"""`code --batch`, and the commands `batch status`, `batch collect` and `batch cancel`."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import secondcoder
from secondcoder.cli import screen
from secondcoder.cli.parsing import AsJson, Quiet, one_of
from secondcoder.cli.progress import EXIT_STOPPED, notes, progress_display
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from secondcoder.schema.batches import AskAgain, Batch, BatchLimits, BatchReport, BatchRun
    from secondcoder.schema.runs import Usage

batch_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See to the batches that 'code --batch' submitted.",
)
LedgerPath = Annotated[
    Path, typer.Argument(help="The ledger they were submitted with; usually beside the codings.")
]
Again = Annotated[
    str,
    typer.Option(
        help="How to ask again about posts without a usable reply: batch (half price), requests "
        "(now, full price), no."
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help="Until all posts are decided.")]
Poll = Annotated[
    float, typer.Option("--poll", help="Seconds between two looks, with --wait; more than 0.")
]
_AGAIN: "tuple[AskAgain, ...]" = ("batch", "requests", "no")
_WIDEST = 1_000
_DEFAULT_LEDGER = Path("secondcoder-ledger.sqlite")


@batch_app.command()
def status(ledger: LedgerPath = _DEFAULT_LEDGER, *, as_json: AsJson = False) -> None:
    """Ask the provider how batches stand; change nothing."""
    report = secondcoder.status_batch(ledger, progress=None if as_json else notes())
    show_batches(report, as_json=as_json)


@batch_app.command()
def collect(
    ledger: LedgerPath = _DEFAULT_LEDGER,
    *,
    again: Again = "batch",
    wait: Wait = False,
    poll: Poll = 60.0,
    budget: Annotated[
        float | None, typer.Option(help="USD, in place of the one given at first.")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Read results into the ledger; write the codings when all are there."""
    with leaving_batches(), progress_display(quiet=quiet or as_json) as progress:
        report = secondcoder.collect_batch(
            ledger,
            again=ask_again(again),
            budget_usd=budget,
            wait=wait,
            poll_s=poll,
            progress=progress,
        )
    show_batches(report, as_json=as_json)
    sys.exit(exit_code(report))


@batch_app.command()
def cancel(
    ledger: LedgerPath = _DEFAULT_LEDGER,
    batch: Annotated[
        list[str] | None, typer.Option(help="Id, ours or the provider's; may be repeated.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Cancel all batches, or those named; collect then reads what was answered."""
    progress = None if as_json else notes()
    report = secondcoder.cancel_batch(ledger, *(batch or ()), progress=progress)
    show_batches(report, as_json=as_json)


@contextmanager
def leaving_batches() -> "Iterator[None]":
    """End the command with a sentence when Ctrl-C stops its block: batches go on without it."""
    try:
        yield
    except KeyboardInterrupt:
        screen.show_error(
            "stopped; batches that were submitted go on at the provider, and the ledger knows "
            "them: the same command, or 'secondcoder batch collect', goes on"
        )
        sys.exit(EXIT_STOPPED)


def ask_again(word: str) -> "AskAgain":
    """Return how posts are asked about again; another word is an `InputError`."""
    return one_of(word, "--again", _AGAIN) or "batch"


def seconds_between(poll: float) -> float:
    """Return the seconds between two looks; no pause is an `InputError`, of a dry run too."""
    from secondcoder.schema.batches import refuse_poll  # noqa: PLC0415  # --help need not load it

    refuse_poll(poll)
    return poll


def batch_limits(n_requests: int) -> "BatchLimits":
    """Return how large a batch may be.

    Raises:
        InputError: If it is out of range.
    """
    most = secondcoder.BatchLimits().max_requests
    if not 1 <= n_requests <= most:
        raise InputError(f"--requests-per-batch {n_requests}: write 1 to {most:,}")
    return secondcoder.BatchLimits(max_requests=n_requests)


def one_model(coders: "Sequence[str]", samples: int) -> str:
    """Return the coder that is asked in batches.

    Raises:
        InputError: If it is a panel.
    """
    if len(coders) > 1 or samples > 1:
        raise InputError(
            "--batch asks one model: submit and collect each member by itself; the panel, without "
            "--batch, then finds their answers in the ledger"
        )
    return coders[0]


def exit_code(report: "BatchReport") -> int:
    """Return 1 where posts of a run that ended could not be coded, else 0."""
    return 1 if any(summary.n_failed for summary in report.summaries) else 0


def show_batches(report: "BatchReport", *, as_json: bool) -> None:
    """Print how batches stand, and the figures of codings that were written."""
    if as_json:
        sys.stdout.write(report.model_dump_json(indent=2) + "\n")
        return
    console = Console(soft_wrap=True)
    if not report.runs:
        console.print(f"no batches in {escape(str(report.ledger))} are on their way")
    for run in report.runs:
        _show_run(console, run)
    for summary in report.summaries:
        screen.show_summary(summary, as_json=False)
    if report.n_open:
        place = "" if report.ledger == _DEFAULT_LEDGER else f" {report.ledger}"
        console.print(
            f"next: secondcoder batch collect{escape(place)} (with --wait, until all are decided)"
        )


def _show_run(console: Console, run: "BatchRun") -> None:
    title = f"run {run.run.id} by {run.run.coder.id}"
    ended = f", ended {run.run.finished_at:%Y-%m-%d %H:%M}" if run.run.finished_at else ""
    console.print(f"\n[bold]{escape(title)}[/]{ended}", highlight=False)
    table = Table("batch", "at the provider", "status", "requests", "done", "estimate", box=None)
    for batch in run.batches:
        estimate = "unknown" if batch.estimated_usd is None else f"${batch.estimated_usd:.4f}"
        table.add_row(
            escape(batch.id),
            escape(batch.provider_id or "-"),
            _status(batch),
            f"{batch.n_requests:,}",
            f"{batch.n_completed:,}",
            estimate,
        )
    if run.batches:
        # As wide as the table: ids are to be copied whole, and a terminal breaks where it must.
        Console(width=Console(width=_WIDEST).measure(table).maximum).print(table)
    console.print(
        f"posts: {run.n_open:,} on their way, {run.n_answered:,} answered, {run.n_failed:,} failed"
        + (f"; {run.run.usage.n_reused:,} from the ledger" if run.run.usage.n_reused else ""),
        highlight=False,
    )
    if run.run.usage.n_requests:
        console.print(f"used: {_used(run.run.usage)}", highlight=False)
    for problem in run.problems:
        console.print(f"[yellow]note:[/] {escape(problem)}", highlight=False)


def _status(batch: "Batch") -> str:
    return f"{batch.status}, read" if batch.collected_at and batch.provider_id else batch.status


def _used(usage: "Usage") -> str:
    cached = f" ({usage.cached_tokens:,} of them cached)" if usage.cached_tokens else ""
    cost = "cost unknown" if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"
    tokens = (
        f"{usage.prompt_tokens:,} prompt tokens{cached} and "
        f"{usage.completion_tokens:,} completion tokens"
    )
    if usage.has_no_tokens:
        tokens = "no tokens counted"
    return f"{usage.n_requests:,} requests, {tokens}, {cost}"
