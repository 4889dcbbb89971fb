"""What `diff` prints: counts by theme, then the quotes and posts that changed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from secondcoder.api.differing import DifferenceReport

SHOWN = 20
"""Quotes or posts listed of each kind."""


def show_difference(found: "DifferenceReport", output: Path | None, *, as_json: bool) -> None:
    """Print what moved, or where that was written."""
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    from secondcoder.reporting import difference as words  # noqa: PLC0415 # --help is fast

    console = Console(soft_wrap=True)
    console.print(f"\n[bold]{escape(found.title)}[/]")
    for sentence in words.sentences(found):
        console.print(escape(sentence), highlight=False)
    console.print()
    console.print(found.table())
    sections = [
        (title, [words.change_line(change, found) for change in found.changed(kind)])
        for kind, title in words.TITLES
    ]
    posts = [f"{post.before} → {post.after}: {post.text} ({post.post_id})" for post in found.posts]
    for title, lines in (*sections, ("Posts that became something else", posts)):
        if lines:
            console.print(f"\n[bold]{title}[/]: {len(lines):,}", highlight=False)
        for line in lines[:SHOWN]:
            console.print(f"  {escape(line)}", highlight=False)
        if len(lines) > SHOWN:
            console.print(f"  and {len(lines) - SHOWN:,} more; --json or -o shows all")
    if output is not None:
        console.print(f"wrote {escape(str(output))}")
