"""The commands on confidence: what it is worth, and whom unsure posts go to."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

import secondcoder
from secondcoder.cli import screen
from secondcoder.cli.parsing import AsJson, Output, one_of

if TYPE_CHECKING:
    from secondcoder.api.calibrating import CalibrationReport


def calibrate(
    codings: Annotated[Path, typer.Argument(help="Codings with a confidence.")],
    people: Annotated[
        list[Path], typer.Argument(help="People's codings of some of the posts; sheets too.")
    ],
    target: Annotated[
        str | None,
        typer.Option(help="What kept posts have to reach: alpha=.8, or exact=.7 (same themes)."),
    ] = None,
    method: Annotated[str, typer.Option(help="auto, platt or isotonic.")] = "auto",
    level: Annotated[float, typer.Option(help="Of all intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Say what a coder's confidence is worth; -o writes .json or .html."""
    found = secondcoder.calibrate(
        codings,
        *people,
        target=target,
        method=one_of(method, "--method", ("auto", "platt", "isotonic")) or "auto",
        level=level,
        seed=seed,
        output=output,
    )
    _show(found, output, as_json=as_json)


def abstain(
    codings: Annotated[Path, typer.Argument(help="Codings of the coder that was calibrated.")],
    calibration: Annotated[Path, typer.Option(help="The .json that 'calibrate' wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File for the codings.")],
    below: Annotated[
        float | None,
        typer.Option(help="Confidence, as the coder gives it. Default: the calibration's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Leave unsure posts to people, by a calibration; confidence becomes a chance."""
    summary = secondcoder.abstain(codings, calibration, below=below, output=output)
    screen.show_summary(summary, as_json=as_json)


def _show(found: "CalibrationReport", output: Path | None, *, as_json: bool) -> None:
    """Print what confidence is worth and what may be kept."""
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    from secondcoder.reporting import calibration_wording as wording  # noqa: PLC0415 # --help
    from secondcoder.reporting.tables import reliability_table  # noqa: PLC0415 # as above

    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\n[bold]{escape(found.title)}[/]: the confidence of {escape(found.coder)}\n")
    for sentence in wording.compared(found):
        console.print(escape(sentence))
    console.print("\n[bold]What confidence is worth[/]")
    for sentence in wording.worth(found):
        console.print(escape(sentence))
    console.print(reliability_table(found.as_given))
    console.print("\n[bold]What is reached at which coverage[/]")
    console.print(found.table())
    for sentence in wording.kept(found):
        console.print(escape(sentence))
    for note in found.notes:
        console.print(f"[yellow]note:[/] {escape(note)}")
    if output is not None:
        console.print(f"wrote {escape(str(output))}")
