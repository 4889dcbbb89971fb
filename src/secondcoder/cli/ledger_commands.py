"""The commands `ledger show`, `ledger export` and `ledger vacuum`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import secondcoder
from secondcoder.cli.parsing import AsJson
from secondcoder.cli.progress import notes

if TYPE_CHECKING:
    from pydantic import BaseModel

    from secondcoder.schema.ledgers import LedgerSummary
    from secondcoder.schema.runs import Run

ledger_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show, export or vacuum the file that keeps a model's answers.",
)
LedgerPath = Annotated[
    Path, typer.Argument(help="The ledger, such as secondcoder-ledger.sqlite beside the codings.")
]
_DEFAULT_LEDGER = Path("secondcoder-ledger.sqlite")


@ledger_app.command()
def show(ledger: LedgerPath = _DEFAULT_LEDGER, *, as_json: AsJson = False) -> None:
    """Show the runs with their tokens and cost, and the counts."""
    summary = secondcoder.show_ledger(ledger)
    _print(summary, None) if as_json else _show(summary)


@ledger_app.command()
def export(
    ledger: LedgerPath = _DEFAULT_LEDGER,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write: JSON lines.")],
    as_json: AsJson = False,
) -> None:
    """Write every answer with its raw reply, one JSON object per line."""
    done = secondcoder.export_ledger(ledger, output)
    _print(
        done, None if as_json else f"wrote {_answers(done.n_answers, done.n_drafts)} to {output}"
    )


@ledger_app.command()
def vacuum(ledger: LedgerPath = _DEFAULT_LEDGER, *, as_json: AsJson = False) -> None:
    """Make the file small; no answer is removed."""
    done = secondcoder.vacuum_ledger(ledger, progress=None if as_json else notes())
    text = (
        f"{done.n_bytes_before:,} bytes before, {done.n_bytes_after:,} after; "
        f"{_answers(done.n_answers)} kept, {done.n_replies_removed:,} replies of no answer removed"
    )
    _print(done, None if as_json else text)


def _print(model: "BaseModel", text: str | None) -> None:
    sys.stdout.write((model.model_dump_json(indent=2) if text is None else text) + "\n")


_WIDEST = 1_000


def _show(summary: "LedgerSummary") -> None:
    table = Table(
        "run", "coder", "started", "ended", "requests", "reused", "tokens", "cost", box=None
    )
    for run in summary.runs:
        usage = run.usage
        cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
        spent = (
            f"{usage.n_requests:,}",
            f"{usage.n_reused:,}",
            "none counted"
            if usage.has_no_tokens
            else f"{usage.prompt_tokens:,}{cached} + {usage.completion_tokens:,}",
            "unknown" if usage.has_unknown_cost else f"${usage.cost_usd or 0.0:.4f}",
        )
        table.add_row(
            escape(run.id),
            escape(run.coder.id),
            f"{run.started_at:%Y-%m-%d %H:%M}" if run.started_at else "",
            _end(run),
            # A run that was killed before it had its first answer has nothing to tell.
            *(spent if run.finished_at or usage.n_requests else ("",) * len(spent)),
        )
    # As wide as the table: a terminal breaks lines where it must, and a file keeps every word.
    console = Console(width=Console(width=_WIDEST).measure(table).maximum)
    if summary.runs:
        console.print(table)
    console.print(
        f"{_runs(len(summary.runs))}, {_answers(summary.n_answers, summary.n_drafts)} in "
        f"{_replies(summary.n_replies)}, {summary.n_bytes:,} bytes",
        highlight=False,
        soft_wrap=True,
    )


def _end(run: "Run") -> str:
    """Return when a run ended, and why if posts were left."""
    if run.finished_at is None:
        return "not ended"
    return f"{run.finished_at:%H:%M}" + (f" ({run.stopped})" if run.stopped else "")


def _runs(n: int) -> str:
    return f"{n:,} run" if n == 1 else f"{n:,} runs"


def _replies(n: int) -> str:
    # Posts of one request share theirs, and so do requests answered in the same words.
    return f"{n:,} reply" if n == 1 else f"{n:,} different replies"


def _answers(n: int, n_drafts: int = 0) -> str:
    drafts = f" and {n_drafts:,} other {'reply' if n_drafts == 1 else 'replies'}"
    return (f"{n:,} answer" if n == 1 else f"{n:,} answers") + drafts * bool(n_drafts)
