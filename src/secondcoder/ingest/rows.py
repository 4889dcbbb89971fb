"""Rows: what every kind of file is turned into before its cells become posts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from math import isnan
from typing import NamedTuple

from secondcoder.schema.readings import NoteUnit

Cell = str | int | float | bool | datetime | date | time | None
"""What one cell may hold. Text files give strings only."""


class Row(NamedTuple):
    """One row of a file: its number, counted from 1 with the header, and its cells by column."""

    number: int
    cells: Mapping[str, Cell]


class Table(NamedTuple):
    """A file opened for one pass: the names of its columns and the rows, read as they are taken."""

    columns: tuple[str, ...]
    """Empty where each row names its own (JSON)."""
    rows: Iterator[Row]
    noun: NoteUnit = "row"
    """What the file calls a row."""


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing: None, white space, or not a number.

    >>> is_blank(" "), is_blank(0)
    (True, False)
    """
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, float) and isnan(cell))
