"""What `sample` and `eval` print."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from secondcoder.reporting.packing_rows import packing_rows, packing_verdicts

if TYPE_CHECKING:
    from secondcoder.reporting.packing_rows import PackingRow
    from secondcoder.schema.evaluation import Difference, EvaluationResult, Score, Skipped
    from secondcoder.schema.sampling import Sample
    from secondcoder.schema.statistics import Statistic, Undefined


def show_sample(sample: "Sample", folder: Path, *, as_json: bool) -> None:
    """Print what was drawn, with which chances, and what to do next."""
    if as_json:
        sys.stdout.write(sample.model_dump_json(indent=2) + "\n")
        return
    console = Console(soft_wrap=True)
    console.print(
        f"[bold]{escape(sample.title)}[/]: {len(sample.posts):,} of {sample.n_codable:,} posts "
        f"drawn with seed {sample.seed} (reposts, repeats and questions besides: "
        f"{sample.n_posts - sample.n_codable:,})"
    )
    table = Table("drawn from", "posts", "drawn", "chance", box=None)
    for stratum in sample.strata:
        table.add_row(
            escape(stratum.name),
            f"{stratum.n_posts:,}",
            f"{stratum.n_drawn:,}",
            f"{stratum.probability:.3f}",
        )
    console.print(table)
    for name in sample.files:
        console.print(f"wrote {folder / name}", highlight=False)
    console.print(
        "Each coder fills in one sheet alone: themes by id or name; 'none' where there is nothing "
        "to code, 'other' for an idea without a theme, '?' where unsure. A row left empty is a "
        "post not coded. Copy a row for a second quote of a post."
    )


def show_evaluation(result: "EvaluationResult | Skipped", folder: Path, *, as_json: bool) -> None:
    """Print the scores, the differences and what was not reached; or why nothing was run."""
    if as_json:
        sys.stdout.write(result.model_dump_json(indent=2) + "\n")
        return
    console = Console()
    if result.kind == "skipped":
        Console(stderr=True, soft_wrap=True).print(
            f"[yellow]skipped {escape(result.task)}:[/] {escape(result.reason)}"
        )
        return
    console.print(f"[bold]{escape(result.task.name)}[/] ({escape('; '.join(result.notes))})")
    if packing := packing_rows(result):
        # Scores of ten conditions fill screens; they are in the files.
        console.print(_packing_table(packing))
        for words in packing_verdicts(packing):
            console.print(escape(words), highlight=False)
    else:
        console.print(_score_table(result.scores))
        if result.differences:
            console.print(_difference_table(result.differences))
    for run in result.runs:
        n_unusable = run.run.usage.n_unusable
        if run.n_failed or run.n_abstained or n_unusable:
            console.print(
                f"{escape(run.coder)}, {escape(run.condition)}: of {run.n_posts:,} posts "
                f"{n_unusable:,} asked about again for want of a usable reply, "
                f"{run.n_abstained:,} left to people, {run.n_failed:,} failed"
            )
    for one in result.left_out:
        console.print(
            f"{escape(one.coder)}, {escape(one.condition)}: left out; {escape(one.reason)}",
            soft_wrap=True,
        )
    for words in result.unmet:
        console.print(f"[red]not reached:[/] {escape(words)}")
    name = escape(str(folder / result.task.name))
    console.print(f"wrote {name}.html and {name}.json", highlight=False, soft_wrap=True)


def _packing_table(rows: "tuple[PackingRow, ...]") -> Table:
    table = Table(
        "posts",
        "requests",
        "tokens/post",
        "failed",
        "with reference",
        "with single answers",
        "in another order",
        box=None,
    )
    last = ""
    for row in rows:
        if row.coder != last:
            table.add_row(f"[bold]{escape(row.coder)}[/]")
        last = row.coder
        compared = (row.reference, row.single, row.other_order)
        table.add_row(
            "  shuffled" if "," in row.condition else row.condition.partition(" ")[0],
            f"{row.n_requests:,}",
            f"{row.tokens_per_post:,.0f}",
            f"{row.n_failed:,}",
            *("\n".join(_figures(one)) if one is not None else "" for one in compared),
        )
    return table


def _score_table(scores: "tuple[Score, ...]") -> Table:
    table = Table("score", "value", "interval", "of", box=None)
    last = ""
    for score in scores:
        place = f"{score.condition}: {score.coder} against {score.against}"
        if place != last:
            table.add_row(f"[bold]{escape(place)}[/]", end_section=False)
        last = place
        table.add_row(f"  {score.name}", *_figures(score.result), f"{score.result.n_units:,}")
    return table


def _difference_table(differences: "tuple[Difference, ...]") -> Table:
    table = Table("difference", "value", "interval", box=None)
    last = ""
    for one in differences:
        place = f"{one.condition}: {one.coder} minus {one.minus}"
        if place != last:
            table.add_row(f"[bold]{escape(place)}[/]")
        last = place
        table.add_row(f"  {one.name}", *_figures(one.result))
    return table


def _figures(result: "Statistic | Undefined") -> tuple[str, str]:
    """Return a value and its interval; a dash where there is none, the result says why."""
    if result.value is None:
        return "\u2013", ""
    interval = result.interval
    ends = interval.model_dump() if interval is not None else {}
    known = "low" in ends
    return f"{result.value:.3f}", f"{ends['low']:.3f} to {ends['high']:.3f}" if known else "\u2013"
