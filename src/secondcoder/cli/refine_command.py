"""The command `refine`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

import secondcoder
from secondcoder.cli.parsing import AsJson
from secondcoder.cli.progress import EXIT_STOPPED, late_display, stoppable
from secondcoder.cli.spending import AskAbove, BudgetUsd, DryRun, may_go_on
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secondcoder.api.estimating import WorkEstimateReport
    from secondcoder.api.refining import Accept
    from secondcoder.schema.refinements import Refinement, Suggestion
    from secondcoder.schema.statistics import Statistic, Undefined

_VERDICTS = {
    "helps": "The change helps on posts it was not learnt from.",
    "harms": "The change makes it worse on posts it was not learnt from: do not keep it.",
    "no telling": "The change does not show a gain that chance can't explain: it may not help.",
    "no change": "The change does not help: every held-back post is coded as before.",
    "nothing to score": "So there is nothing to score, and the codebook stays as it is.",
}
_WHY_NONE = (
    "no line is suggested. One takes a quote that people gave a theme and the coder did not, "
    "unlike the theme's examples and the posts held back, or a theme that the coder gave in place "
    "of another in two posts; another --seed learns from other posts"
)
_FIELDS = {
    "definition": "another definition",
    "include": "use it when …",
    "exclude": "do not use it when …",
    "examples": "one more example",
}
_ANSWERS = {"y": "y", "yes": "y", "n": "n", "no": "n", "a": "a", "all": "a", "q": "q", "quit": "q"}


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
        str,
        typer.Option(
            help="Who is scored, and words lines if it is a model: 'embedded' (no key), or "
            "PROVIDER/MODEL such as openai/gpt-5-mini. A note says where another made the codings."
        ),
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
    by: Annotated[
        str | None,
        typer.Option(
            help="Who accepts, by name or initials; recorded with the edits. Default: asked in a "
            "terminal, else not told.",
            show_default=False,
        ),
    ] = None,
    budget: BudgetUsd = None,
    dry_run: DryRun = False,
    ask_above: AskAbove = 1.0,
    as_json: AsJson = False,
) -> None:
    """Sharpen themes where people and a coder differ; score before and after."""
    options = secondcoder.ModelOptions(base_url=base_url, budget_usd=budget)

    def estimate() -> "WorkEstimateReport":
        return secondcoder.estimate_refinement(
            codings,
            people,
            coder=coder,
            options=options,
            held_back=held_back,
            seed=seed,
            output=output,
            ledger=ledger,
        )

    if not may_go_on(estimate, coder=coder, dry_run=dry_run, ask_above=ask_above, as_json=as_json):
        return
    said: list[str] = []
    asks_who = by is None and output is not None and sys.stdin.isatty()
    chosen = _accept(accept, output, said if asks_who else None, as_json=as_json)
    asks_a_model = not coder.startswith("embedded")
    with (
        stoppable(has_ledger=asks_a_model, nothing="no codebook was written"),
        late_display(quiet=as_json) as progress,
    ):
        found = secondcoder.refine(
            codings,
            people,
            accept=chosen,
            coder=coder,
            options=options,
            held_back=held_back,
            seed=seed,
            output=output,
            ledger=ledger,
            by=by if by is not None else lambda: "".join(said),
            progress=progress,
        )
    _show(found, output, was_asked=callable(chosen), as_json=as_json)


def _accept(words: str, output: Path | None, said: list[str] | None, *, as_json: bool) -> "Accept":
    """Return what is accepted.

    Args:
        words: As given on the command line.
        output: Where the codebook goes.
        said: Takes the name of who is asked and accepts; None: they are not asked for it.
        as_json: Whether a program reads what is printed.

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
        return lambda lines: _ask(lines, output, said)
    try:
        return [int(number) for number in words.split(",")]
    except ValueError as error:
        raise InputError(
            f"--accept {words}: write all, none, ask, or numbers such as 1,3"
        ) from error


def _ask(lines: "Sequence[Suggestion]", output: Path | None, said: list[str] | None) -> list[int]:
    """Return the numbers of the lines that a person accepts, one question each."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    if not lines:
        return []
    n_lines = "1 line is" if len(lines) == 1 else f"{len(lines):,} lines are"
    console.print(
        f"{n_lines} suggested, from posts that people coded otherwise than the coder did.\n"
        f"Answer y to take a line into the codebook, n or Enter to leave it, a to take it and all "
        f"that follow, q to leave it and all that follow."
    )
    if output is None:
        console.print(
            "No --output is named: you see what your choice would do; nothing is written."
        )
    accepted: list[int] = []
    try:
        for number, line in enumerate(lines, start=1):
            _show_line(console, number, line, n=len(lines))
            match _answer():
                case "y":
                    accepted.append(number)
                case "a":
                    accepted += range(number, len(lines) + 1)
                    break
                case "q":
                    break
                case _:
                    pass
        if accepted and said is not None:
            said.append(_who())
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("\nstopped before the last line was answered; nothing was written\n")
        sys.exit(EXIT_STOPPED)
    console.print(f"\n{len(accepted):,} of {len(lines):,} accepted; coding the held-back posts …")
    return accepted


def _who() -> str:
    """Return who accepts; empty where they don't say."""
    asked = "\nWho accepts? A name or initials for the record, or Enter"
    return str(typer.prompt(asked, default="", show_default=False, err=True))


def _answer() -> str:
    """Return y, n, a or q, however often that takes."""
    while True:
        said = typer.prompt("     accept? y, n, a, q", default="n", show_default=False, err=True)
        answer = str(said).strip().casefold()
        if answer in _ANSWERS:
            return _ANSWERS[answer]
        sys.stderr.write("     type y (yes), n (no), a (all from here) or q (none from here)\n")


def _show(found: "Refinement", output: Path | None, *, was_asked: bool, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"learnt from {found.n_learnt:,} posts, {found.n_disagreed:,} of them coded otherwise by "
        f"{escape(found.people)} than by {escape(found.coder_before)}; "
        f"{found.n_held_back:,} posts by other authors held back"
    )
    if not was_asked:  # who was asked has just read them
        for number, line in enumerate(found.suggestions, start=1):
            is_accepted = number in found.accepted
            _show_line(console, number, line, n=len(found.suggestions), is_accepted=is_accepted)
    for note in found.notes:
        console.print(f"note: {escape(note.message)}")
    if not found.suggestions:
        agree = "no line is suggested: they agree on every post that was learnt from"
        console.print(_WHY_NONE if found.n_disagreed else agree)
    _show_scores(console, found)
    if not found.suggestions:
        return
    numbers = ",".join(map(str, found.accepted))
    if not found.accepted:
        how = "" if was_asked else "; --accept takes lines"
        console.print(f"nothing accepted, so the codebook stays as it is{how}")
    elif output is None:
        console.print(
            f"nothing written; the same with --accept {numbers} --output FILE writes the codebook"
        )
    else:
        console.print(f"wrote {escape(str(output))}: version {escape(found.codebook.version)}")


def _show_scores(console: Console, found: "Refinement") -> None:
    which = "the accepted lines" if found.scored == "accepted" else "all lines, none accepted yet"
    if found.scores:
        console.print(
            f"\nheld-back posts coded by {escape(found.coder)}, with the codebook before and after "
            f"{which}; 1 is full agreement with people, in brackets 95 % intervals"
        )
    for score in found.scores:
        parts = (score.before, score.after, score.difference)
        before, after, difference = (_number(part) for part in parts)
        console.print(f"{score.name}: before {before}; after {after}; difference {difference}")
    if found.scores:
        console.print(f"{found.n_changed:,} of {found.n_held_back:,} posts coded otherwise after")
    if found.n_failed:
        console.print(f"{found.n_failed:,} posts could not be coded and are left out")
    console.print(_VERDICTS[found.verdict])


def _show_line(
    console: Console, number: int, line: "Suggestion", *, n: int, is_accepted: bool = False
) -> None:
    mark = " (accepted)" if is_accepted else ""
    name = f"{escape(line.theme_name)} [dim]({escape(line.theme_id)})[/]"
    console.print(f"\n{number} of {n}. {name}: {_FIELDS[line.field]}{mark}")
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
