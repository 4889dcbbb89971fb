"""The command `report`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import secondcoder
from secondcoder.cli import screen
from secondcoder.cli.parsing import AsJson, BaseUrl, Output, one_of
from secondcoder.cli.progress import Failures, notes
from secondcoder.cli.spending import AskAbove, BudgetUsd, DryRun, may_go_on

if TYPE_CHECKING:
    from secondcoder.api.estimating import WorkEstimateReport
    from secondcoder.reporting.breakdown import ThemeOrder
    from secondcoder.reporting.privacy import QuoteMode


def report(
    codings: Annotated[
        list[Path],
        typer.Argument(help="Codings made by 'code' or 'convert'; of several chats: over time."),
    ],
    output: Output = None,
    title: Annotated[
        str | None, typer.Option(help="Title of the report. Default: the chat's.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="Word document whose styles a .docx report takes.")
    ] = None,
    order: Annotated[
        str, typer.Option(help="Themes by 'authors', most first, or by the codebook's 'numbers'.")
    ] = "authors",
    quotes: Annotated[
        str,
        typer.Option(help="verbatim, masked (names hidden by rule), or paraphrased by --coder."),
    ] = "verbatim",
    opt_out: Annotated[
        Path | None, typer.Option(help="File of authors who asked to be left out, one a line.")
    ] = None,
    mask_also: Annotated[
        Path | None,
        typer.Option(help="File of more names and places to hide where quotes are not verbatim."),
    ] = None,
    agreement: Annotated[
        Path | None, typer.Option(help="JSON file written by 'agree', to state in the methods.")
    ] = None,
    private: Annotated[
        Path | None, typer.Option(help="CSV for the original words of paraphrased quotes.")
    ] = None,
    coder: Annotated[
        str | None,
        typer.Option(help="PROVIDER/MODEL that writes the key findings the codebook lacks."),
    ] = None,
    base_url: BaseUrl = None,
    ledger: Annotated[
        Path | None, typer.Option(help="Keeps what the model wrote. Default: beside the output.")
    ] = None,
    budget: BudgetUsd = None,
    dry_run: DryRun = False,
    ask_above: AskAbove = 1.0,
    as_json: AsJson = False,
) -> None:
    """Write the report as .md, .html, .docx, .pdf or .json, or show it.

    Codings of several chats make one report: themes over time, with counts and shares.
    """
    options = secondcoder.ModelOptions(base_url=base_url, budget_usd=budget)
    ordered: ThemeOrder = one_of(order, "--order", ("authors", "numbers")) or "authors"
    shown: QuoteMode = (
        one_of(quotes, "--quotes", ("verbatim", "masked", "paraphrased")) or "verbatim"
    )
    writer = coder or "embedded"

    def estimate() -> "WorkEstimateReport":
        return secondcoder.estimate_report(
            codings,
            coder=writer,
            options=options,
            output=output,
            order=ordered,
            quotes=shown,
            opt_out=opt_out or (),
            private=private,
            ledger=ledger,
        )

    if not may_go_on(estimate, coder=writer, dry_run=dry_run, ask_above=ask_above, as_json=as_json):
        return
    heard = Failures(notes())
    text = secondcoder.report(
        codings,
        form="json" if as_json else None,
        output=output,
        title=title,
        template=template,
        order=ordered,
        quotes=shown,
        opt_out=opt_out or (),
        mask_also=mask_also or (),
        private=private,
        agreement=agreement,
        coder=coder,
        options=options,
        ledger=ledger,
        progress=heard.hear,
    )
    screen.show_text(text, output)
    if heard.n_failed:
        sys.exit(1)
