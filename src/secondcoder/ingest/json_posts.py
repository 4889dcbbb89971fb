"""JSON: one object a line, an array, or pages of a platform's answers."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import TextIO

from secondcoder.errors import IngestError
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.platforms import platform_posts
from secondcoder.ingest.rows import Cell, Row, Table
from secondcoder.schema.readings import NoteUnit

CHUNK_CHARACTERS = 1 << 16
_WHITE = " \t\r\n"


def json_table(path: Path, handle: TextIO, notebook: Notebook, *, keep_raw: bool) -> Table:
    """Return the table of a JSON file; fields of objects become columns like `author.username`.

    Rows of X's API are turned into fields of a post already, and need no detection of columns.

    Args:
        path: Names the file in messages. A `.json` file may be an array or a single page; in
            others each line is an object.
        handle: The file, opened.
        notebook: Told what a platform left out.
        keep_raw: Whether rows of a platform keep their own names beside the fields of a post.
    """
    whole = any(suffix.lower() == ".json" for suffix in path.suffixes[-2:])
    values = _values(path, handle) if whole else _lines(path, handle)
    noun: NoteUnit = "item" if whole else "line"
    return Table((), _rows(path, values, noun, notebook, keep_raw=keep_raw), noun)


def flat(record: Mapping[str, object], prefix: str = "") -> dict[str, Cell]:
    """Return an object's values by dotted name. Lists are left out.

    >>> flat({"id": 1, "author": {"username": "ward7"}, "tags": ["a"]})
    {'id': 1, 'author.username': 'ward7'}
    """
    cells: dict[str, Cell] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            cells |= flat(value, f"{prefix}{key}.")
        elif value is None or isinstance(value, str | int | float | datetime | date | time):
            cells[f"{prefix}{key}"] = value
    return cells


def _rows(
    path: Path,
    values: Iterator[tuple[int, object]],
    noun: NoteUnit,
    notebook: Notebook,
    *,
    keep_raw: bool,
) -> Iterator[Row]:
    for number, value in values:
        if not isinstance(value, dict):
            raise IngestError(
                f"{path} {noun} {number} is not a JSON object; each post is one, such as "
                f'{{"id": "1", "text": "…"}}'
            )
        posts = platform_posts(value, number, notebook)
        if posts is None:
            yield Row(number, flat(value))
            continue
        for raw, fields in posts:
            yield Row(number, flat(raw) | fields if keep_raw else fields)


def _lines(path: Path, handle: TextIO) -> Iterator[tuple[int, object]]:
    # Lines end at "\n" alone: other breaks may stand inside a JSON text.
    for number, line in enumerate(_cut_at_newlines(handle), start=1):
        if line.strip(_WHITE):
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise IngestError(
                    f"{path} line {number} is not JSON ({error}); each line must be one object, or "
                    f"the file's name end in .json"
                ) from error


def _cut_at_newlines(handle: TextIO) -> Iterator[str]:
    rest = ""
    for piece in handle:
        rest += piece
        if piece.endswith("\n"):
            yield rest
            rest = ""
    yield rest


def _values(path: Path, handle: TextIO) -> Iterator[tuple[int, object]]:
    """Yield the items of an array, or the objects of a file, without holding the whole of it.

    Raises:
        IngestError: Naming the item that is not JSON.
    """
    decoder = json.JSONDecoder()
    buffer, number, in_array = "", 0, False
    while True:
        buffer = buffer.lstrip(_WHITE + ("," if in_array else ""))
        if not number and not in_array and buffer.startswith("["):
            buffer, in_array = buffer[1:], True
            continue
        if in_array and buffer.startswith("]"):
            return
        try:
            value, end = decoder.raw_decode(buffer)
        except ValueError as error:
            # Cut off by the chunk, most likely. Doubling keeps long items linear.
            more = handle.read(max(CHUNK_CHARACTERS, len(buffer)))
            if more:
                buffer += more
                continue
            if not buffer.strip(_WHITE) and not in_array:
                return
            raise IngestError(
                f"{path} item {number + 1} is not JSON ({error}); export the file again"
            ) from error
        number += 1
        buffer = buffer[end:]
        yield number, value
