"""Sheet columns: what each column of a sheet of codings holds, and so how the sheet is laid out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from secondcoder.errors import CodingsError

FIELDS: Mapping[str, tuple[str, ...]] = {
    "post": ("postid", "tweetid", "statusid", "messageid", "idstr", "id", "post", "tweet"),
    "coder": ("coder", "coderid", "codername", "codedby", "rater", "annotator"),
    "question": ("question", "questionid"),
    "text": ("text", "fulltext", "posttext", "tweettext", "content", "body", "tweet", "post"),
    "quote": ("quote", "quotation", "excerpt", "verbatim", "codedtext"),
    "start": ("start", "startoffset", "quotestart"),
    "end": ("end", "endoffset", "quoteend"),
    "note": ("note", "notes", "comment", "comments", "memo"),
    "confidence": ("confidence",),
}
"""Usual names per field, in lower case without spaces, hyphens and underscores. The first that a
sheet has is taken; the others become ordinary columns."""
_THEME = re.compile(r"(?:theme|code|category|label)s?(?:id|name)?\d*")
ABOUT_THE_POST = frozenset({"author", "authorhandle", "createdat", "date", "time", "url", "lang"})
"""Columns that say something of the post and nothing of a coding."""


class Layout(StrEnum):
    """How a sheet is laid out."""

    LONG = "long"
    """Columns of themes; a row per quote, or per quote and theme."""
    WIDE = "wide"
    """One column per theme, holding 0 or 1."""
    CODERS = "coders"
    """One column per coder, holding the themes that coder gave the post."""


class Columns(NamedTuple):
    """The layout of a sheet and its columns."""

    layout: Layout
    fields: Mapping[str, str]
    """Field to column."""
    others: tuple[str, ...]
    """Columns of themes (long, wide) or of coders."""
    unread: tuple[str, ...]


def sheet_columns(
    path: Path,
    present: Sequence[str],
    *,
    is_theme: Callable[[str], bool],
    is_mark: Callable[[str], bool],
) -> Columns:
    """Return how a sheet is laid out.

    Args:
        path: Names the file in messages.
        present: The sheet's columns.
        is_theme: Whether a name is that of a theme of the codebook.
        is_mark: Whether all that a column holds is 0, 1 or blank, and not all of it blank.

    Raises:
        CodingsError: If no column holds the ids of posts, or none holds codings.
    """
    fields = _fields(present)
    if "post" not in fields:
        raise CodingsError(
            f"{path}: no column is known to hold the ids of posts; name it 'post_id' "
            f"(columns: {_listed(present)})"
        )
    taken = set(fields.values())
    rest = [n for n in present if n and n not in taken and _form(n) not in ABOUT_THE_POST]
    themes = [name for name in rest if _THEME.fullmatch(_form(name)) and not is_mark(name)]
    if themes:
        layout, others = Layout.LONG, themes
    elif wide := [name for name in rest if is_theme(name)] or list(filter(is_mark, rest)):
        # A column of marks that is no theme's is kept: reading it tells which name is unknown.
        marks = [name for name in rest if name in wide or is_mark(name)]
        layout, others = Layout.WIDE, marks
    elif "quote" in fields or "start" in fields:
        layout, others = Layout.LONG, []
    else:
        layout, others = Layout.CODERS, rest
    if not others and layout is not Layout.LONG:
        raise CodingsError(
            f"{path} holds no codings: add a column 'theme', a column of 0 and 1 for each theme, "
            f"or a column for each coder (columns: {_listed(present)})"
        )
    unread = tuple(name for name in rest if name not in others)
    return Columns(layout, fields, tuple(others), unread)


def _fields(present: Iterable[str]) -> dict[str, str]:
    by_form: dict[str, str] = {}
    for name in present:
        by_form.setdefault(_form(name), name)
    found: dict[str, str] = {}
    for field, names in FIELDS.items():
        known = [by_form[name] for name in names if name in by_form]
        free = [name for name in known if name not in found.values()]
        if free:
            found[field] = free[0]
    return found


def _form(name: str) -> str:
    return re.sub(r"[\s_-]", "", name.casefold())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
