"""Sheet forms: the sheets that people fill in, made so that they can be read back."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from secondcoder.errors import MissingExtraError, StoreError
from secondcoder.ingest.damaged_ids import EXCEL_DIGITS
from secondcoder.ingest.sheet_cells import guarded
from secondcoder.schema.codebook import Codebook

HEADER = (
    "post_id",
    "coder",
    "question",
    "text",
    "quote",
    "theme_1",
    "theme_2",
    "theme_3",
    "note",
)
THEME_HEADER = ("id", "name", "questions", "definition", "use it when", "not when")
WIDTHS = {"text": 70, "quote": 50, "note": 30, "definition": 60, "use it when": 50, "not when": 50}
"""Characters; other columns get 18."""

_Table = Sequence[Sequence[str]]


class FormRow(NamedTuple):
    """A post to be coded, and its question where there is only one it may answer."""

    post_id: str
    question: str
    text: str


def form_table(rows: Sequence[FormRow], coder: str) -> list[tuple[str, ...]]:
    """Return the sheet of one coder, header first; the cells to fill in are empty."""
    blank = ("",) * (len(HEADER) - 4)
    return [HEADER, *((row.post_id, coder, row.question, row.text, *blank) for row in rows)]


def theme_table(codebook: Codebook) -> list[tuple[str, ...]]:
    """Return the codebook as a table to look themes up in, header first."""
    return [
        THEME_HEADER,
        *(
            (
                theme.id,
                theme.name,
                " ".join(theme.questions),
                theme.definition,
                "\n".join(theme.include),
                "\n".join(theme.exclude),
            )
            for theme in codebook.themes
        ),
    ]


def csv_text(table: _Table) -> str:
    """Return a table as CSV; nothing in it is taken for a formula or a number that loses digits.

    >>> csv_text([("id", "text"), ("1234567890123456789", "=1+1")]).split()
    ['id,text', "'1234567890123456789,'=1+1"]
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_whole(guarded(cell)) for cell in row] for row in table)
    return out.getvalue()


def _whole(cell: str) -> str:
    return f"'{cell}" if cell.isdecimal() and len(cell) > EXCEL_DIGITS else cell


def write_workbook(path: Path, sheets: Mapping[str, _Table]) -> None:
    """Write tables as the sheets of an Excel file, every cell a text.

    Raises:
        MissingExtraError: If openpyxl is not installed.
        StoreError: If the file can't be written.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415  # an optional part
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
        from openpyxl.styles import Alignment, Font  # noqa: PLC0415
        from openpyxl.utils import get_column_letter  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("excel", f"writing {path}") from error
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        for row_number, row in enumerate(table, start=1):
            for column, text in enumerate(row, start=1):
                # Control characters can't stand in a workbook; the chat keeps them.
                cell = sheet.cell(row_number, column, ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))
                # Else a text that begins with = would be a formula.
                cell.data_type = "s"
                cell.number_format = "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column, name in enumerate(table[0], start=1):
            sheet.cell(1, column).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 18)
        sheet.freeze_panes = "A2"
    try:
        book.save(path)
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}") from error
