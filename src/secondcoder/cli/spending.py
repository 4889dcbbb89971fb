"""Telling what a model costs, and asking a person before much is spent."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from secondcoder.cli.progress import EXIT_STOPPED

if TYPE_CHECKING:
    from secondcoder.api.estimating import EstimateReport, WorkEstimateReport

BudgetUsd = Annotated[
    float | None,
    typer.Option("--budget", help="USD: stop before it is passed. Default: no limit."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print requests, tokens and cost; send nothing.")
]
AskAbove = Annotated[
    float, typer.Option(help="USD: in a terminal, ask before a run that costs more.")
]


def may_go_on(
    estimate: "Callable[[], WorkEstimateReport]",
    *,
    coder: str,
    dry_run: bool,
    ask_above: float,
    as_json: bool,
) -> bool:
    """Return whether to go on; a dry run prints the estimate instead, a person's no ends it."""
    if dry_run:
        _show_work(estimate(), as_json=as_json)
        return False
    if not coder.startswith("embedded"):
        stop_unless_wanted(estimate, ask_above=ask_above)
    return True


def _show_work(estimate: "WorkEstimateReport", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(estimate.model_dump_json(indent=2) + "\n")
        return
    from rich.console import Console  # noqa: PLC0415  # rare
    from rich.markup import escape  # noqa: PLC0415  # rare

    from secondcoder.reporting.estimate_table import work_sentences  # noqa: PLC0415  # loads Rich

    console = Console(highlight=False)
    console.print(estimate.table())
    for sentence in work_sentences(estimate):
        console.print(escape(sentence), soft_wrap=True)


def stop_unless_wanted(
    estimate: "Callable[[], EstimateReport | WorkEstimateReport]", *, ask_above: float
) -> None:
    """End the command if a person at a terminal does not want to spend more than this.

    Args:
        estimate: Tells what the run would cost; called in a terminal only.
        ask_above: In USD.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    found = estimate()
    if found.cost_usd is None or found.cost_usd <= ask_above:
        return
    for other in getattr(found, "other_prompts", ()):
        sys.stderr.write(f"note: {other.words}\n")
    requests = "request" if found.n_requests == 1 else "requests"
    most = "about" if getattr(found, "if_packed", None) is None else "at most about"
    if not typer.confirm(
        f"{most} {found.cost_usd:.4f} USD for {found.n_requests:,} {requests} "
        f"({found.price_source}, prices as of {found.price_as_of}; --dry-run tells more). Go on?",
        err=True,
    ):
        # A no is an answer and no error; nothing was done, so the exit code is not 0.
        sys.stderr.write("stopped before anything was sent\n")
        sys.exit(EXIT_STOPPED)
