"""Opening: the table in a file, whatever its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from secondcoder.errors import IngestError
from secondcoder.ingest.files import check_file, open_text
from secondcoder.ingest.json_posts import json_table
from secondcoder.ingest.notebook import Notebook
from secondcoder.ingest.parquet import parquet_table
from secondcoder.ingest.rows import Table
from secondcoder.ingest.tables import delimited_table
from secondcoder.ingest.workbooks import workbook_table

SPREADSHEETS = frozenset({".xls", ".ods", ".numbers", ".xlsb"})
READABLE = ".csv, .tsv, .xlsx, .jsonl, .ndjson, .json, .parquet, and the text ones with .gz"


@contextmanager
def open_table(
    path: Path, notebook: Notebook, *, sheet: str | None = None, keep_raw: bool = False
) -> Iterator[Table]:
    """Open the table of a file by the file's ending; it can be read once.

    Args:
        path: The file.
        notebook: Told what had to be assumed or mended.
        sheet: Sheet of a workbook; by default the first that holds anything.
        keep_raw: Whether rows of platform JSON keep their own names beside the fields read.

    Raises:
        IngestError: If it is no file, or of a kind that can't be read; the message says what to do.
    """
    check_file(path)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"]
    kind = (suffixes[-2:-1] if packed else suffixes[-1:] or [""])[0] if suffixes else ""
    if sheet is not None and kind not in {".xlsx", ".xlsm"}:
        raise IngestError(f"{path} is not a workbook, so it has no sheet '{sheet}'; leave it out")
    match kind:
        case ".csv" | ".tsv" | ".tab":
            with open_text(path, notebook) as handle:
                yield delimited_table(path, handle, notebook)
        case ".jsonl" | ".ndjson" | ".json":
            with open_text(path, notebook) as handle:
                yield json_table(path, handle, notebook, keep_raw=keep_raw)
        case ".xlsx" | ".xlsm" if not packed:
            with workbook_table(path, notebook, sheet=sheet) as table:
                yield table
        case ".parquet" if not packed:
            with parquet_table(path) as table:
                yield table
        case _ if kind in SPREADSHEETS:
            raise IngestError(
                f"{path}: {kind} can't be read; open it in a spreadsheet and save it as .xlsx, or "
                f"as CSV in UTF-8"
            )
        case _:
            raise IngestError(
                f"{path}: files ending in '{''.join(suffixes[-2:])}' can't be read as posts; "
                f"export one of {READABLE}"
            )
