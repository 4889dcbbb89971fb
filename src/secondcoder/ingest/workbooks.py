"""Workbooks: the rows of an Excel sheet, streamed. Needs the extra `excel`."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

from secondcoder.errors import IngestError, MissingExtraError
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.rows import Cell, Row, Table, is_blank

_ESCAPE = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff](?=_x[0-9A-Fa-f]{4}_))_")
"""How Excel stores a carriage return (`_x000D_`), other control characters, and an underscore that
would read as such an escape; openpyxl leaves them. Source: ECMA-376 part 1, 22.9.2.19."""
_Values = tuple[int, tuple[Cell, ...]]


@contextmanager
def workbook_table(path: Path, notebook: Notebook, *, sheet: str | None = None) -> Iterator[Table]:
    """Open a sheet of a workbook; its first row that is not blank is the header.

    Args:
        path: The file.
        notebook: Told which sheet was taken where there are several.
        sheet: Its name; None takes the first that holds anything.

    Raises:
        IngestError: If the file is no workbook, or has no such sheet.
        MissingExtraError: If openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - an optional part
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("excel", f"reading {path}") from error
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise IngestError(
            f"{path} can't be opened as a workbook ({error}); if it has a password, remove it; "
            f"else save it again as .xlsx"
        ) from error
    try:
        names = [each.title for each in workbook.worksheets]
        if sheet is not None and sheet not in names:
            listed = ", ".join(f"'{name}'" for name in names)
            raise IngestError(f"{path} has no sheet '{sheet}'; its sheets are: {listed}")
        for each in workbook.worksheets:
            if sheet is not None and each.title != sheet:
                continue
            # The stored size of a sheet is often wrong, and would cut rows off.
            each.reset_dimensions()
            rows = _filled(enumerate(each.iter_rows(values_only=True), start=1))
            header = next(rows, None)
            if header is None:
                continue
            if sheet is None and len(names) > 1:
                notebook.once(
                    f"the workbook has {len(names)} sheets; '{each.title}' was read, the others not"
                )
            columns = tuple("" if name is None else str(name).strip() for name in header[1])
            yield Table(columns, _rows(path, columns, rows))
            return
        raise IngestError(f"{path} holds no rows; save the sheet with the posts in it")
    finally:
        workbook.close()


def _filled(rows: Iterator[tuple[int, Sequence[object]]]) -> Iterator[_Values]:
    """Yield rows as they come, without blank ones before the first and after the last."""
    blank: list[_Values] = []
    started = False
    for number, values in rows:
        cells = tuple(_cell(value) for value in values)
        if all(map(is_blank, cells)):
            # Held as empty tuples: a sheet may be formatted down to its millionth row.
            blank.append((number, ()))
            continue
        if started:
            yield from blank
        blank.clear()
        started = True
        yield number, cells


def _cell(value: object) -> Cell:
    if isinstance(value, str) and "_x" in value:
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    if value is None or isinstance(value, str | int | float | datetime | date | time):
        return value
    return str(value)


def _rows(path: Path, columns: tuple[str, ...], rows: Iterator[_Values]) -> Iterator[Row]:
    width = len(columns)
    for number, cells in rows:
        if len(cells) > width and not all(map(is_blank, cells[width:])):
            raise IngestError(
                f"{path} row {number} has {len(cells)} cells, the header {width}; name the "
                f"columns beyond the header or empty them"
            )
        yield Row(number, dict(zip(columns, cells, strict=False)))
