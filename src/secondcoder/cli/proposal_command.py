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
    Moderators,
    Sheet,
    StartsAt,
    TimeZone,
    chat_file,
    grain_of,
)

if TYPE_CHECKING:
    from secondcoder.api.proposing import ProposalReport


def propose(  # typer: one parameter per option
    chat: ChatPath,
    codebook: Annotated[
        Path | None, typer.Option("--codebook", "-c", help="A codebook to extend.")
    ] = None,
    coded: Annotated[
        Path | None,
        typer.Option(help="People's codings of some posts; their codebook is extended."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="YAML file for the codebook.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="JSON file for all that each theme rests on.")
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
    column: Columns = None,
    timezone: TimeZone = None,
    sheet: Sheet = None,
    moderator: Moderators = None,
    start: StartsAt = None,
    as_json: AsJson = False,
) -> None:
    """Propose a codebook from the posts; people shape it."""
    found = secondcoder.propose(
        chat_file(chat, column, timezone, sheet, moderator, start),
        codebook=codebook,
        coded=coded,
        coder=coder,
        options=secondcoder.ModelOptions(base_url=base_url),
        grain=grain_of(grain),
        sample=sample,
        seed=seed,
        output=output,
        evidence=evidence,
        ledger=ledger,
    )
    _show(found, output, as_json=as_json)


def _show(found: "ProposalReport", output: Path | None, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    console = Console(soft_wrap=False)
    n_new = sum(theme.is_new for theme in found.themes)
    n_left = sum(len(part.quotes) for part in found.residue)
    read = f"{found.sample.n_read:,} of {found.sample.n_posts:,} posts with answers read"
    console.print(
        f"{read}; {n_new:,} {'theme' if n_new == 1 else 'themes'} proposed; "
        f"{n_left:,} quotes in no theme",
        highlight=False,
    )
    console.print(found.table())
    for curve in found.saturation:
        met = next(
            point.n_posts for point in curve.points if point.n_themes == curve.points[-1].n_themes
        )
        name = curve.question_id or "no question"
        console.print(
            f"{escape(name)}: the last new theme was met in post {met:,} of "
            f"{curve.points[-1].n_posts:,} read",
            highlight=False,
        )
    for note in found.notes:
        console.print(f"note: {escape(note.message)}", highlight=False, soft_wrap=True)
    if output is not None:
        console.print(
            f"wrote {escape(str(output))}: read it, rename, merge and split, then code with it",
            highlight=False,
            soft_wrap=True,
        )
