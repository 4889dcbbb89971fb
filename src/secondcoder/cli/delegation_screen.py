"""What `delegate` prints: who may code what, and what that rests on."""

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

if TYPE_CHECKING:
    from secondcoder.schema.beside_people import BesidePeople


def show_delegation(found: "BesidePeople", *, as_json: bool) -> None:
    """Print who may code what, how far people agree, how common themes are, what to talk about."""
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    from secondcoder.reporting.delegation_talks import talks  # noqa: PLC0415 # --help is fast
    from secondcoder.reporting.delegation_wording import (  # noqa: PLC0415 # as above
        agreement,
        decisions,
        posts,
        shares,
    )

    console = Console()
    people = ", ".join(account.name for account in found.people)
    console.print(
        f"\n[bold]{escape(found.title)}[/]: {escape(f'{found.model.name} beside {people}')}",
        highlight=False,
    )
    sections = (
        ("What was coded", posts(found)),
        ("Who may code what", decisions(found)),
        ("How far people agree, and the model with them", agreement(found)),
        ("How common each theme is", shares(found)),
        ("Worth a talk", talks(found)),
    )
    for title, lines in sections:
        console.print(f"\n[bold]{title}[/]")
        for line in lines:
            inset = Padding(escape(line.text), (0, 0, 0, 2 * line.depth), expand=False)
            console.print(inset, highlight=False)
    for note in found.notes:
        console.print(f"[yellow]note:[/] {escape(note)}", highlight=False)
