"""What moved between two codings, in words and as a table for a terminal."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from secondcoder.reporting.wording import count
from secondcoder.schema.differences import ChangeKind, Difference, Placing, QuoteChange

TITLES: tuple[tuple[ChangeKind, str], ...] = (
    ("moved", "Moved"),
    ("new", "New"),
    ("gone", "Gone"),
    ("recut", "The same themes, other words"),
)
NAMED = 5
"""Posts that only one coding has, named in a sentence."""


def difference_table(found: Difference) -> Table:
    """Return one line per theme that either coding gave."""
    table = Table("theme", box=None, pad_edge=False)
    for column in ("before", "after", "kept", "gained", "lost"):
        table.add_column(column, justify="right")
    for theme in found.themes:
        if theme.n_before or theme.n_after:
            counts = (theme.n_before, theme.n_after, theme.n_kept, theme.n_gained, theme.n_lost)
            table.add_row(escape(theme.name), *(f"{n:,}" for n in counts))
    return table


def sentences(found: Difference) -> list[str]:
    """Return what was compared, and how much of it is as it was."""
    counts = ", ".join(f"{len(found.changed(kind)):,} {kind}" for kind, _ in TITLES)
    said = [
        f"{found.coder_before} before, {found.coder_after} after; "
        f"{count(found.n_posts, 'post')} in both",
        f"{count(found.n_quotes_before, 'quote')} before, {found.n_quotes_after:,} after: "
        f"{found.n_same:,} unchanged, {counts}",
    ]
    if not found.is_same_codebook:
        said.append("The codebooks differ; themes are compared by id, or as the mapping says.")
    for which, ids in (("before", found.only_before), ("after", found.only_after)):
        if ids:
            more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
            posts = "post" if len(ids) == 1 else "posts"
            said.append(f"Only {which}, not compared: {posts} {', '.join(ids[:NAMED])}{more}.")
    return [*said, *(f"Note: {note}" for note in found.notes)]


def change_line(change: QuoteChange, found: Difference) -> str:
    """Return where a quote was and is, and its words; both wordings where they differ."""
    places = [_place(placing, found) for placing in (change.before, change.after) if placing]
    texts = [placing.text for placing in (change.before, change.after) if placing]
    words = " → ".join(f"“{text}”" for text in dict.fromkeys(texts))
    return f"{' → '.join(dict.fromkeys(places))}: {words} (post {change.post_id})"


def _place(placing: Placing, found: Difference) -> str:
    names: Sequence[str] = [found.names[theme] for theme in placing.theme_ids]
    question = f"{placing.question_id} " if placing.question_id else ""
    return question + (" + ".join(sorted(names)) or "Other ideas")
