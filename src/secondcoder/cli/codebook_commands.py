"""The commands `codebook rename|merge|split|retire|follow|diff|check`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

import secondcoder
from secondcoder.cli.parsing import AsJson, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secondcoder.schema.codebook import Codebook
    from secondcoder.schema.codebook_checks import CodebookCheck, CodebookDifference
    from secondcoder.schema.readings import Note

codebook_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Edit a codebook step by step, compare two, and look for themes that overlap.",
)
BookPath = Annotated[Path, typer.Argument(help="Codebook: YAML or JSON.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is recorded with the edit.")]
Edited = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="YAML file to write; it may be the same one. Comments are kept in a copy.",
    ),
]
Version = Annotated[
    str | None, typer.Option("--version", help="Of the new codebook. Default: the next.")
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", help="Who decides, by name or initials; recorded with the edit.", show_default=False
    ),
]
About = Annotated[
    Path | None,
    typer.Option("--chat", help="Posts that a sheet is about. Default: its column 'text'."),
]
Name = Annotated[str | None, typer.Option("--name", help="The theme's name from now on.")]


@codebook_app.command()
def rename(
    codebook: BookPath,
    theme: Annotated[str, typer.Argument(help="Id of the theme.")],
    to: Annotated[str | None, typer.Argument(help="Its new id. Default: its own.")] = None,
    *,
    reason: Reason,
    output: Edited,
    name: Name = None,
    version: Version = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Give a theme another id or name; codings can follow."""
    made = secondcoder.rename_codebook(
        codebook,
        theme,
        to,
        reason=reason,
        name=name,
        version=version,
        by=by,
        output=output,
        kept=_tell_copy,
    )
    _show_edit(made, output, as_json=as_json)


@codebook_app.command()
def merge(
    codebook: BookPath,
    themes: Annotated[list[str], typer.Argument(help="Ids of the themes.")],
    *,
    into: Annotated[str, typer.Option(help="Id of the one: one of theirs, or a new one.")],
    reason: Reason,
    output: Edited,
    name: Name = None,
    version: Version = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make one theme of several; their rules and examples stay."""
    made = secondcoder.merge_codebook(
        codebook,
        themes,
        into=into,
        reason=reason,
        name=name,
        version=version,
        by=by,
        output=output,
        kept=_tell_copy,
    )
    _show_edit(made, output, as_json=as_json)
    if name is None and not as_json:
        first = into if into in themes else themes[0]
        _say(f"{into} is called '{made.theme_by_id[into].name}', as {first} was; --name changes it")


@codebook_app.command()
def split(
    codebook: BookPath,
    theme: Annotated[str, typer.Argument(help="Id of the theme.")],
    *,
    into: Annotated[list[str], typer.Option(help="ID=NAME of a new theme; give it twice or more.")],
    reason: Reason,
    output: Edited,
    version: Version = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make several themes of one; define them before you code again."""
    made = secondcoder.split_codebook(
        codebook,
        theme,
        into=pairs(into, "--into", "ID=NAME"),
        reason=reason,
        version=version,
        by=by,
        output=output,
        kept=_tell_copy,
    )
    _show_edit(made, output, as_json=as_json)


@codebook_app.command()
def retire(
    codebook: BookPath,
    theme: Annotated[str, typer.Argument(help="Id of the theme.")],
    *,
    reason: Reason,
    output: Edited,
    version: Version = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take a theme out of a codebook."""
    made = secondcoder.retire_codebook(
        codebook, theme, reason=reason, version=version, by=by, output=output, kept=_tell_copy
    )
    _show_edit(made, output, as_json=as_json)


@codebook_app.command()
def follow(
    codebook: BookPath,
    codings: Annotated[Path, typer.Argument(help="Codings under an earlier version, or a sheet.")],
    *,
    coded_with: Annotated[
        Path | None,
        typer.Option("--codebook", "-c", help="The codebook that a sheet was coded with."),
    ] = None,
    chat: About = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="File for the codings.")],
    as_json: AsJson = False,
) -> None:
    """Move codings to a later version; nothing is decided anew."""
    found = secondcoder.follow_codebook(
        codebook, codings, chat=chat, coded_with=coded_with, output=output
    )
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2, exclude={"codings"}) + "\n")
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"{_count(found.n_moved, 'quote')} moved, {found.n_retired:,} lost a retired theme; wrote "
        f"{escape(str(output))}"
    )
    _show_notes(console, found.notes)
    if found.to_code_again:
        console.print(
            f"to code again, since their theme was split: "
            f"{escape(', '.join(found.to_code_again))}; 'secondcoder code' with this codebook and "
            f"your chat does, and until then they have no theme"
        )


@codebook_app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="The earlier codebook.")],
    after: Annotated[Path, typer.Argument(help="The later one.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two codebooks, and what is asked again."""
    found = secondcoder.diff_codebook(before, after)
    _show_difference(found) if not as_json else _json(found.model_dump_json(indent=2))


@codebook_app.command()
def check(
    codebook: BookPath,
    codings: Annotated[
        Path | None,
        typer.Option("--codings", help="Codings under it, or a sheet, to look at its quotes."),
    ] = None,
    *,
    chat: About = None,
    as_json: AsJson = False,
) -> None:
    """Look for themes that overlap or are not used, and quotes that lie elsewhere."""
    found = secondcoder.check_codebook(codebook, codings=codings, chat=chat)
    _show_check(found) if not as_json else _json(found.model_dump_json(indent=2))


def _tell_copy(copy: Path) -> None:
    sys.stderr.write(f"the file as it was, with its comments and layout, is kept as {copy}\n")


def _json(text: str) -> None:
    sys.stdout.write(text + "\n")


def _show_edit(made: "Codebook", output: Path, *, as_json: bool) -> None:
    if as_json:
        _json(made.model_dump_json(indent=2))
        return
    edit = made.edits[-1]
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"{escape(edit.words)}: version {escape(made.version)} of "
        f"'{escape(made.title)}' with {_count(len(made.themes), 'theme')}; wrote "
        f"{escape(str(output))}"
    )
    bare = [theme_id for theme_id in edit.after if made.theme_by_id[theme_id].is_bare]
    if bare:
        console.print(
            f"{escape(', '.join(bare))}: a name alone; write a definition or give examples in "
            f"{escape(str(output))} before you code"
        )


def _say(words: str) -> None:
    Console(soft_wrap=True, highlight=False).print(escape(words))


def _show_difference(found: "CodebookDifference") -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"'{escape(found.title)}': version {escape(found.version_before)} → "
        f"{escape(found.version_after)}"
    )
    for edit in found.edits:
        by = f" (by {edit.made_by})" if edit.made_by else ""
        console.print(f"  {escape(f'{edit.words}: {edit.reason}{by}')}")
    for title, ids in (("new", found.themes_added), ("gone", found.themes_removed)):
        if ids:
            console.print(f"{title}: {escape(', '.join(ids))}")
    for change in found.changes:
        by_itself = "" if not change.follows else " (follows a rename or merge; nobody edited it)"
        console.print(
            f"{change.owner} {escape(change.id)}, {change.field}: "
            f"{escape(change.before or 'nothing')} → {escape(change.after or 'nothing')}{by_itself}"
        )
    again = [question_id or "posts without a question" for question_id in found.asked_again]
    console.print(f"asked again: {escape(', '.join(again)) or 'nothing'}")


def _show_check(found: "CodebookCheck") -> None:
    console = Console(soft_wrap=True, highlight=False)
    quotes = "" if found.n_quotes is None else f", {_count(found.n_quotes, 'quote')}"
    console.print(
        f"'{escape(found.title)}', version {escape(found.version)}: "
        f"{_count(found.n_themes, 'theme')}{quotes}; "
        f"{_count(len(found.issues), 'thing')} to look at"
    )
    for issue in found.issues:
        console.print(f"{issue.kind}: {escape(', '.join(issue.theme_ids))}: {escape(issue.detail)}")
        for quote in issue.quotes:
            console.print(f"    {escape(' '.join(quote.text.split()))} (post {quote.post_id})")
    _show_notes(console, found.notes)
    console.print("looked for:")
    for kind in found.looked_for:
        console.print(f"  {escape(kind)}")
    if found.n_quotes is None:
        console.print("  in the codebook alone; --codings looks at the quotes under it, too")


def _show_notes(console: Console, notes: "Sequence[Note]") -> None:
    for note in notes:
        console.print(f"note: {escape(note.message)}")


def _count(n: int, one: str) -> str:
    return f"{n:,} {one if n == 1 else one + 's'}"
