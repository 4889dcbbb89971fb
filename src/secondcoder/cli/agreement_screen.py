"""What `agree` prints: what was compared, then how far the coders agree, then what is missing."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from secondcoder.api.agreeing import AgreementReport


def show_agreement(report: "AgreementReport", output: Path | None, *, as_json: bool) -> None:
    """Print how far coders agree, or where that was written."""
    if as_json:
        sys.stdout.write(report.model_dump_json(indent=2) + "\n")
        return
    from secondcoder.reporting import agreement_wording as wording  # noqa: PLC0415 # --help is fast

    console = Console()
    console.print(f"\n[bold]{escape(report.title)}[/]")
    for sentence in wording.what_was_compared(report):
        console.print(escape(sentence), highlight=False)
    for account in report.coders:
        console.print(f"[dim]{escape(wording.account_of(account))}[/]", highlight=False)
    for title, table in _sections(report):
        console.print(f"\n[bold]{escape(title)}[/]")
        console.print(table)
    remarks = [wording.never_given(report.overall), *wording.interval_notes(report.overall)]
    console.print()
    for sentence in [*filter(None, remarks), wording.about_intervals(report)]:
        console.print(escape(sentence), highlight=False)
    for note in report.notes:
        console.print(f"[yellow]note:[/] {escape(note)}", highlight=False)
    if output is not None:
        console.print(f"wrote {escape(str(output))}", soft_wrap=True)


def _sections(report: "AgreementReport") -> "Iterator[tuple[str, Table]]":
    """Yield the tables there are, each with its title."""
    from secondcoder.reporting import agreement_wording as wording  # noqa: PLC0415 # as above
    from secondcoder.reporting import tables  # noqa: PLC0415 # as above

    overall = report.overall
    yield "All themes together", tables.figure_table(wording.theme_figures(overall))
    if report.pairs:
        yield "Each two coders", tables.pair_table(report.pairs)
    if report.scores:
        yield f"Against {report.reference}", tables.score_table(report.scores)
    kappa = wording.kappa_name(overall)
    yield f"Theme by theme, given or not; {kappa}", report.table()
    if report.questions:
        yield "Question by question", tables.question_table(report)
    yield "What was quoted", tables.figure_table(wording.quote_figures(overall))
