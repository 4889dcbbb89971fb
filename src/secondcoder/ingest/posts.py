"""Posts: the messages of a file, read one at a time."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

from secondcoder.ingest.columns import FIELDS, find_columns, without_author
from secondcoder.ingest.damaged_ids import are_rounded
from secondcoder.ingest.dates import Clock, month_comes_first
from secondcoder.ingest.known_ids import KnownIds
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.opening import open_table
from secondcoder.ingest.post_rows import PostRows
from secondcoder.ingest.rows import Row, Table
from secondcoder.schema.chat import Post
from secondcoder.schema.readings import Note

LOOK_AHEAD_ROWS = 1_000
"""Rows looked at before the first post, to tell columns, the order of dates and damaged ids."""


def read_posts(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
    sheet: str | None = None,
) -> tuple[tuple[Post, ...], tuple[Note, ...]]:
    """Return the posts of a file and the notes on reading it; see `iter_posts`."""
    notes: list[Note] = []
    posts = tuple(iter_posts(path, columns=columns, notes=notes, timezone=timezone, sheet=sheet))
    return posts, tuple(notes)


def iter_posts(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    notes: list[Note] | None = None,
    timezone: str | None = None,
    sheet: str | None = None,
) -> Iterator[Post]:
    """Yield the posts of a file in its order, reading as they are taken.

    Args:
        path: CSV, TSV, JSONL or JSON, plain or with `.gz`; XLSX; Parquet.
        columns: Field of a post to column of the file, where the usual names don't tell:
            `{"text": "Tweet"}`.
        notes: Gets a note for all that was mended, assumed or skipped; sums come at the end.
        timezone: Zone of dates that name none, such as `Europe/London`; UTC unless given.
        sheet: Sheet of a workbook; by default the first that holds anything.

    Yields:
        One post per row with text. Texts are exactly as read. A row without an id is `row-12`.

    A file or columns that can't be read are an `IngestError` when the first post is taken; a row
    that contradicts the file is one when it comes. The message names the row and the remedy.
    """
    notebook = Notebook(notes)
    try:
        with open_table(path, notebook, sheet=sheet, keep_raw=columns is not None) as table:
            notebook.unit = table.noun
            first = list(islice(table.rows, LOOK_AHEAD_ROWS))
            fields = _fields(path, table, first, columns, notebook)
            ids, dates = fields.get("id", ""), fields.get("created_at", "")
            clock = Clock(
                notebook,
                timezone=timezone,
                month_first=month_comes_first(row.cells.get(dates) for row in first),
            )
            reader = PostRows(
                (path, table.noun),
                fields,
                clock,
                notebook,
                ids_are_rounded=are_rounded(row.cells.get(ids) for row in first),
            )
            known = KnownIds(path, table.noun, notebook)
            for row in chain(first, table.rows):
                post = reader.post(row)
                if post is not None and known.is_new(post):
                    yield post
    finally:
        notebook.close()


def _fields(
    path: Path,
    table: Table,
    first: list[Row],
    columns: Mapping[str, str] | None,
    notebook: Notebook,
) -> dict[str, str]:
    """Return the column of each field, looking at the first rows where there is no header."""
    if table.columns:
        fields = find_columns(path, table.columns, columns)
        if said := without_author(table.columns, fields):
            notebook.once(said)
        return fields
    if not first:
        return {}
    named = dict.fromkeys(name for row in first for name in row.cells)
    # An object that is null in some rows is named there by itself; its fields are the columns.
    objects = {name.rpartition(".")[0] for name in named}
    present = tuple(name for name in named if name not in objects)
    fields = find_columns(path, present, columns)
    if said := without_author(present, fields):
        notebook.once(said)
    # A later object may be the first to name a reply, say.
    for field in (*FIELDS, "is_repost"):
        if field not in fields and field not in present:
            fields[field] = field
    return fields
