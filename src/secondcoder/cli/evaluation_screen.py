"""What `sample` and `eval` print."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from secondcoder.schema.sampling import Sample


def show_sample(sample: "Sample", folder: Path, *, as_json: bool) -> None:
    """Print what was drawn, with which chances, and what to do next."""
    if as_json:
        sys.stdout.write(sample.model_dump_json(indent=2) + "\n")
        return
    console = Console(soft_wrap=True)
    console.print(
        f"[bold]{escape(sample.title)}[/]: {len(sample.posts):,} of {sample.n_codable:,} posts "
        f"drawn with seed {sample.seed} ({sample.n_posts - sample.n_codable:,} more are reposts, "
        f"repeats or questions)"
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
