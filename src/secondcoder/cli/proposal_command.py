"""The command `propose`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

import secondcoder
from secondcoder.cli.parsing import (
    AsJson,
    ChatPath,
    Columns,
    Length,
    Moderators,
    Sheet,
    StartsAt,
    TimeZone,
    chat_file,
    grain_of,
    one_of,
)
from secondcoder.cli.progress import late_display, stoppable
from secondcoder.cli.spending import AskAbove, BudgetUsd, DryRun, may_go_on

if TYPE_CHECKING:
    from secondcoder.api.estimating import WorkEstimateReport
    from secondcoder.api.proposal_showing import ShownQuotes
    from secondcoder.api.proposing import ProposalReport


def propose(  # typer: one parameter per option
    chat: ChatPath,
    codebook: Annotated[
        Path | None, typer.Option("--codebook", "-c", help="A codebook to extend.")
    ] = None,
    coded: Annotated[
        Path | None,
        typer.Option(
            help="People's codings of some posts, or a sheet with -c; their codebook is extended."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="YAML file for the codebook.")
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(help="File for what each theme rests on: .html or .md to read, or .json."),
    ] = None,
    quotes: Annotated[
        str, typer.Option(help="In evidence: verbatim, or masked (names hidden by rule).")
    ] = "verbatim",
    opt_out: Annotated[
        Path | None,
        typer.Option(help="File of authors who asked to be left out, one a line; not read."),
    ] = None,
    mask_also: Annotated[
        Path | None,
        typer.Option(help="File of names and places to hide in masked quotes too, one a line."),
    ] = None,
    coder: Annotated[
        str, typer.Option(help="'embedded' (no key), or PROVIDER/MODEL such as openai/gpt-5-mini.")
    ] = "embedded",
    base_url: Annotated[
        str | None, typer.Option(help="OpenAI-compatible server; the only place words are sent to.")
    ] = None,
    grain: Annotated[
        str, typer.Option(help="few, medium, many, or how many themes per question.")
    ] = "medium",
    sample: Annotated[int, typer.Option(help="Posts to read at most.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of the sample and the reading order.")] = 0,
    ledger: Annotated[
        Path | None, typer.Option(help="Keeps a model's answers. Default: beside the output.")
    ] = None,
    budget: BudgetUsd = None,
    dry_run: DryRun = False,
    ask_above: AskAbove = 1.0,
    column: Columns = None,
    timezone: TimeZone = None,
    sheet: Sheet = None,
    moderator: Moderators = None,
    start: StartsAt = None,
    length: Length = None,
    as_json: AsJson = False,
) -> None:
    """Propose a codebook from the posts; people shape it."""
    source = chat_file(chat, column, timezone, sheet, moderator, start, length)
    options = secondcoder.ModelOptions(base_url=base_url, budget_usd=budget)
    shown: ShownQuotes = one_of(quotes, "--quotes", ("verbatim", "masked")) or "verbatim"

    def estimate() -> "WorkEstimateReport":
        return secondcoder.estimate_proposal(
            source,
            coder=coder,
            codebook=codebook,
            coded=coded,
            options=options,
            grain=grain_of(grain),
            sample=sample,
            seed=seed,
            opt_out=opt_out or (),
            output=output,
            ledger=ledger,
        )

    if not may_go_on(estimate, coder=coder, dry_run=dry_run, ask_above=ask_above, as_json=as_json):
        return
    asks_a_model = not coder.startswith("embedded")
    with (
        stoppable(has_ledger=asks_a_model, nothing="no codebook was written"),
        late_display(quiet=as_json) as progress,
    ):
        found = secondcoder.propose(
            source,
            codebook=codebook,
            coded=coded,
            coder=coder,
            options=options,
            grain=grain_of(grain),
            sample=sample,
            seed=seed,
            output=output,
            evidence=evidence,
            quotes=shown,
            opt_out=opt_out or (),
            mask_also=mask_also or (),
            ledger=ledger,
            progress=progress,
        )
    _show(found, output, as_json=as_json)


def _show(found: "ProposalReport", output: Path | None, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    from secondcoder.reporting.proposal_pages import (  # noqa: PLC0415  # rare
        lead,
        saturation_sentence,
    )

    console = Console(soft_wrap=False)
    console.print(lead(found), highlight=False, soft_wrap=True)
    console.print(found.table())
    for curve in found.saturation:
        console.print(
            f"{escape(curve.question_id or 'No question')}. {saturation_sentence(curve)}",
            highlight=False,
        )
    for note in found.notes:
        console.print(f"note: {escape(note.message)}", highlight=False, soft_wrap=True)
    if output is not None:
        console.print(
            f"wrote {escape(str(output))}; 'secondcoder codebook' renames, merges and splits",
            highlight=False,
            soft_wrap=True,
        )
