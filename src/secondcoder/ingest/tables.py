"""Tables: CSV and TSV files, row by row."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from secondcoder.errors import IngestError
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.rows import Row, Table

DELIMITERS = (",", ";", "\t")
SAMPLE_CHARACTERS = 1 << 16
LONGEST_FIELD = 1 << 24
"""Characters. A longer field is a quotation mark that was never closed."""

_HINT = re.compile("sep=[,;\t]?")

Record = tuple[int, list[str]]


def delimited_table(path: Path, handle: TextIO, notebook: Notebook) -> Table:
    """Return the table of a CSV or TSV file; its first row that is not blank is the header.

    Args:
        path: Names the file in messages; `.tsv` and `.tab` files are cut at tabs.
        handle: The file opened with `newline=""`, so that line breaks inside fields survive.
        notebook: Told about short rows.

    Raises:
        IngestError: If the file holds no header, or a row contradicts it; the row is named.
    """
    if csv.field_size_limit() < LONGEST_FIELD:
        csv.field_size_limit(LONGEST_FIELD)
    sample = handle.read(SAMPLE_CHARACTERS)
    handle.seek(0)
    tabs = any(suffix.lower() in {".tsv", ".tab"} for suffix in path.suffixes[-2:])
    records = _records(path, handle, "\t" if tabs else _delimiter(sample))
    for number, record in records:
        # Excel's own hint at the delimiter, in front of the header.
        if number == 1 and _HINT.fullmatch("".join(record)):
            continue
        if any(name.strip() for name in record):
            columns = tuple(name.strip() for name in record)
            return Table(columns, _rows(path, columns, records, notebook))
    raise IngestError(f"{path} holds no row but blank ones; export it again")


def _records(path: Path, handle: TextIO, delimiter: str) -> Iterator[Record]:
    # Strict: a stray quotation mark is an error, where csv would silently drop it from the text.
    reader = csv.reader(handle, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise IngestError(
                f"{path} row {number}, near line {reader.line_num}: {error}; a quotation mark in "
                f"a quoted field must be doubled, and every quoted field closed"
            ) from error
        yield number, record


def _rows(
    path: Path, columns: tuple[str, ...], records: Iterator[Record], notebook: Notebook
) -> Iterator[Row]:
    width = len(columns)
    for number, record in records:
        if len(record) > width and any(field.strip() for field in record[width:]):
            raise IngestError(
                f"{path} row {number} has {len(record)} fields, the header {width}; put quotation "
                f"marks around the field that holds the delimiter"
            )
        if 0 < len(record) < width and any(field.strip() for field in record):
            notebook.count("rows shorter than the header; missing cells are empty", where=number)
        yield Row(number, dict(zip(columns, record, strict=False)))


def _delimiter(sample: str) -> str:
    """Return the delimiter under which most rows are as wide as the header, the widest first."""
    if sample.startswith("sep=") and sample[4:5] in DELIMITERS:
        return sample[4]
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(sample, delimiter)
        if widths and widths[0] > 1:
            score = (round(widths.count(widths[0]) / len(widths), 2), widths[0])
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    """Return the widths of the sample's rows; the last may be cut off, so it counts only alone."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths = [len(record) for record in reader if record]
    return widths[:-1] if len(widths) > 1 and len(sample) == SAMPLE_CHARACTERS else widths
