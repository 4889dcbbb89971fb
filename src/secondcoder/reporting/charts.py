"""Charts as data: what is to be seen, in words and as a table, before anything is drawn."""

import re
import unicodedata
from itertools import accumulate
from typing import Literal, Self

from pydantic import Field, model_validator

from secondcoder.reporting.wording import number
from secondcoder.schema.record import Record

Cell = str | int | float | None
"""A whole number counts something; a float is a share of 1; None is a value that is missing."""

ChartKind = Literal["bars", "columns", "line"]
"""`bars` lie, one below the other; `columns` stand, one for each stretch of
time; a `line` joins points, with a gap where a value is missing."""

_FROM_THE_RIGHT = {"R", "AL", "RLE", "RLO", "RLI"}

_LONG_TABLE = 12
"""Rows beyond which stretches of time are printed in a line where no table can be folded."""

NO_VALUE = "—"

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e]")
"""Control characters, and those that turn the letters around them; joiners of emoji stay."""


class Mark(Record):
    """Something that happened at a row of a chart, such as a question being asked."""

    row: int = Field(ge=0, description="Position among the rows, counted from 0.")
    label: str


class Border(Record):
    """The name of a moment at which one column ends and the next begins."""

    row: int = Field(ge=0, description="The column that begins there; past the last, their end.")
    label: str


class Chart(Record):
    """A picture as data. The first column names the rows, the second is drawn."""

    id: str = Field(pattern=r"^[a-z0-9-]+$", description="Part of element ids and file names.")
    kind: ChartKind
    place: str = Field(description="Where a report shows it: `introduction`, `question-1`, …")
    title: str
    alt: str = Field(description="What is to be seen, in sentences; printed below the title.")
    columns: tuple[str, ...] = Field(min_length=2)
    rows: tuple[tuple[Cell, ...], ...]
    n_drawn: int = Field(ge=0, description="How many rows, from the first, the picture holds.")
    marks: tuple[Mark, ...] = ()
    borders: tuple[Border, ...] = Field(
        default=(), description="What stands below the axis; none: names of rows do, as fit."
    )
    median: float | None = Field(default=None, description="Of the second column, drawn as a line.")
    reach: float | None = Field(
        default=None, description="What the axis has room for, where charts are to be compared."
    )

    @model_validator(mode="after")
    def _rows_fit_the_columns(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"chart {self.id}: every row needs {len(self.columns)} cells")
        if self.n_drawn > len(self.rows) or any(mark.row >= self.n_drawn for mark in self.marks):
            raise ValueError(f"chart {self.id}: draws or marks a row it does not have")
        if any(border.row > self.n_drawn for border in self.borders):
            raise ValueError(f"chart {self.id}: names a border behind its end")
        return self

    @property
    def drawn(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the rows that the picture holds."""
        return self.rows[: self.n_drawn]

    @property
    def values(self) -> tuple[float | None, ...]:
        """Return what is drawn of each row; None is a gap."""
        return tuple(None if isinstance(row[1], str) else row[1] for row in self.drawn)

    @property
    def n_lines(self) -> int:
        """Return how many lines the longest name of a row takes; a line break parts them."""
        return max((str(row[0]).count("\n") + 1 for row in self.drawn), default=1)

    @property
    def is_share(self) -> bool:
        """Return whether shares are drawn, not counts."""
        return any(isinstance(row[1], float) for row in self.drawn)

    @property
    def top(self) -> float:
        """Return where the axis of values ends: a round number, nothing drawn being larger."""
        values = [one for one in (*self.values, self.median, self.reach) if one is not None]
        return round_top(max(values, default=0), least=0.02 if self.is_share else 1)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return where the axis of values carries a number."""
        half = self.top / 2
        return (0, self.top) if self.top == 1 and not self.is_share else (0, half, self.top)

    def tick(self, value: float) -> str:
        """Return a number of the axis in words."""
        return told_cell(float(value) if self.is_share else round(value))

    def value_words(self, row: tuple[Cell, ...]) -> str:
        """Return what stands beside a bar: its value, and the next column's."""
        value = told_cell(row[1])
        return f"{value} ({told_cell(row[2])})" if len(row) > 2 else value  # noqa: PLR2004 - third

    @property
    def is_told_in_a_line(self) -> bool:
        """Return whether the numbers read better one after the other than as a long table."""
        return self.kind == "columns" and len(self.rows) > _LONG_TABLE

    @property
    def line(self) -> str:
        """Return the numbers of all rows one after the other; empty ones are told of together."""
        told = [row for row in self.rows if row[1]]
        parts = [" ".join(map(told_cell, row)) for row in told]
        if n_empty := len(self.rows) - len(told):
            parts.append(f"0 in the other {number(n_empty)}")
        return " · ".join(parts)


def told_cell(cell: Cell) -> str:
    """Return a cell as it is printed.

    A share that is not quite nothing or everything is not printed as if it were.

    >>> told_cell(1234), told_cell(0.125), told_cell(None), told_cell("Tea")
    ('1,234', '12 %', '—', 'Tea')
    >>> told_cell(0.0), told_cell(0.004), told_cell(0.997), told_cell(1.0)
    ('0 %', '<1 %', '>99 %', '100 %')
    """
    if cell is None:
        return NO_VALUE
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return number(cell)
    words = f"{100 * cell:.0f} %"
    if words == "0 %" and cell > 0:
        return "<1 %"
    return ">99 %" if words == "100 %" and cell < 1 else words


def round_top(value: float, *, least: float = 1) -> float:
    """Return the smallest of 1, 2, 4, 6, 8, 10, 20, … that is not below the value.

    Args:
        value: What has to fit.
        least: The smallest answer; below it the steps are a hundredth as large.

    >>> round_top(7), round_top(11), round_top(0), round_top(0.3, least=0.02)
    (8, 20, 1, 0.4)
    """
    unit = 1 if least >= 1 else 100
    wanted, power = max(value, least) * unit, 1
    while wanted > 10 * power:
        power *= 10
    found = next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= wanted - 1e-9)
    return found if unit == 1 else found / unit


def letters(text: str) -> float:
    """Return how wide a text is, in letters of middling width.

    >>> letters("tea"), letters("WM"), letters("\u770b\u8b77")
    (3, 3.0, 4)
    """
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 2
    if letter in "mwMW@%":
        return 1.5
    return 1.25 if letter.isupper() else 1


def shortened(text: str, length: int) -> str:
    """Return the text on one line, cut after a word where it is wider than `length` letters.

    >>> shortened("Time to talk to patients", 17)
    'Time to talk to…'
    """
    line = " ".join(_UNSEEN.sub("", text).split())
    if letters(line) <= length:
        return line
    ends = accumulate(map(_letter, line))
    n = sum(end <= length - 1 for end in ends)
    whole = line[: n + 1].rpartition(" ")[0]
    return f"{whole if len(whole) > n // 2 else line[:n]}…"


def apart(name: str) -> str:
    """Return a name that leaves the order of the words around it alone, whatever its script.

    Source: Unicode Standard Annex 9, first strong isolate and pop directional isolate.

    >>> apart("Tea") , len(apart("\u05ea\u05d4"))
    ('Tea', 4)
    """
    if any(unicodedata.bidirectional(letter) in _FROM_THE_RIGHT for letter in name):
        return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
    return name
