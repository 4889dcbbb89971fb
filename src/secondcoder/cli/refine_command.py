"""The command `refine`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

import secondcoder
from secondcoder.cli.parsing import AsJson
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from secondcoder.api.refining import Accept
    from secondcoder.schema.refinements import Refinement, Suggestion
    from secondcoder.schema.statistics import Statistic, Undefined

_VERDICTS = {
    "helps": "The change helps on posts it was not learnt from.",
    "harms": "The change makes it worse on posts it was not learnt from: do not keep it.",
    "no telling": "The change does not show a gain that chance can't explain: it may not help.",
    "no change": "The change does not help: every held-back post is coded as before.",
    "nothing to score": "There is nothing to score.",
}


def refine(  # typer: one parameter per option
    codings: Annotated[Path, typer.Argument(help="The coder's codings.", show_default=False)],
    people: Annotated[
        Path, typer.Argument(help="People's codings of the same posts.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="YAML file for the new codebook.")
    ] = None,
    accept: Annotated[
        str,
        typer.Option(
            help="Lines to accept: 'all', 'none', numbers such as 1,3, or 'ask' about each. "
            "Default: ask in a terminal, else none.",
            show_default=False,
        ),
    ] = "",
    coder: Annotated[
        str, typer.Option(help="'embedded' (no key), or PROVIDER/MODEL such as openai/gpt-5-mini.")
    ] = "embedded",
    base_url: Annotated[
        str | None, typer.Option(help="OpenAI-compatible server; the only place words are sent to.")
    ] = None,
    held_back: Annotated[
        float, typer.Option(help="Share of posts to score on and never learn from.")
    ] = 0.5,
    seed: Annotated[int, typer.Option(help="Of the split into learnt and held back.")] = 0,
    ledger: Annotated[
        Path | None, typer.Option(help="Keeps a model's answers. Default: beside the output.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sharpen themes where people and a coder differ; score before and after."""
    found = secondcoder.refine(
        codings,
        people,
        accept=_accept(accept, as_json=as_json),
        coder=coder,
        options=secondcoder.ModelOptions(base_url=base_url),
        held_back=held_back,
        seed=seed,
        output=output,
        ledger=ledger,
    )
    _show(found, output, as_json=as_json)


def _accept(words: str, *, as_json: bool) -> "Accept":
    """Return what is accepted.

    Raises:
        InputError: If the words are none of those that can be given.
    """
    if not words:
        words = "ask" if sys.stdin.isatty() and not as_json else "none"
    if words == "all":
        return "all"
    if words == "none":
        return ()
    if words == "ask":
        return _ask
    try:
        return [int(number) for number in words.split(",")]
    except ValueError as error:
        raise InputError(
            f"--accept {words}: write all, none, ask, or numbers such as 1,3"
        ) from error


def _ask(number: int, line: "Suggestion") -> bool:
    _show_line(Console(stderr=True, soft_wrap=True, highlight=False), number, line)
    return typer.confirm("     accept?", default=False, err=True)


def _show(found: "Refinement", output: Path | None, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"learnt from {found.n_learnt:,} posts, {found.n_disagreed:,} of them coded otherwise by "
        f"{escape(found.people)} than by {escape(found.coder_before)}; "
        f"{found.n_held_back:,} posts by other authors held back"
    )
    for number, line in enumerate(found.suggestions, start=1):
        _show_line(console, number, line, is_accepted=number in found.accepted)
    which = "the accepted lines" if found.scored == "accepted" else "all lines, none accepted yet"
    if found.scores:
        console.print(f"\nheld-back posts coded by {escape(found.coder)}, beside people's; {which}")
    for score in found.scores:
        parts = (score.before, score.after, score.difference)
        before, after, difference = (_number(part) for part in parts)
        console.print(f"{score.name}: before {before}; after {after}; difference {difference}")
    if found.scores:
        console.print(f"{found.n_changed:,} of {found.n_held_back:,} posts coded otherwise after")
    if found.n_failed:
        console.print(f"{found.n_failed:,} posts could not be coded and are left out")
    console.print(_VERDICTS[found.verdict])
    for note in found.notes:
        console.print(f"note: {escape(note.message)}")
    if not found.accepted:
        console.print("nothing accepted, so the codebook stays as it is; see --accept")
    elif output is not None:
        console.print(f"wrote {escape(str(output))}: version {escape(found.codebook.version)}")


def _show_line(
    console: Console, number: int, line: "Suggestion", *, is_accepted: bool = False
) -> None:
    mark = " (accepted)" if is_accepted else ""
    console.print(f"\n{number:>3}. {escape(line.theme_id)}: {line.field}{mark}")
    if line.before is not None:
        console.print(f"     [red]- {escape(line.before)}[/]")
    console.print(f"     [green]+ {escape(line.after)}[/]")
    console.print(f"     [dim]{escape(line.reason)}[/]")


def _number(result: "Statistic | Undefined") -> str:
    if result.value is None:
        return f"undefined ({escape(result.reason)})"
    value, spread = f"{result.value:.3f}", result.interval
    if not isinstance(spread, secondcoder.Interval):
        return value
    return f"{value} ({spread.low:.3f} to {spread.high:.3f})"
