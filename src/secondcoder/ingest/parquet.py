"""Parquet files, a batch of rows at a time. Needs the extra `parquet`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from secondcoder.errors import IngestError, MissingExtraError
from secondcoder.ingest.json_posts import flat
from secondcoder.ingest.rows import Row, Table

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

BATCH_ROWS = 2_000


@contextmanager
def parquet_table(path: Path) -> Iterator[Table]:
    """Open a Parquet file; fields of structs become columns such as `author.username`.

    Raises:
        IngestError: If the file is not Parquet.
        MissingExtraError: If pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional part
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("parquet", f"reading {path}") from error
    try:
        with pq.ParquetFile(path) as file:
            yield Table((), _rows(file))
    except pa.ArrowException as error:
        raise IngestError(
            f"{path} can't be read as Parquet ({error}); write it again, or export CSV"
        ) from error


def _rows(file: "ParquetFile") -> Iterator[Row]:
    number = 0
    for batch in file.iter_batches(batch_size=BATCH_ROWS):
        records: list[Mapping[str, object]] = batch.to_pylist()
        for record in records:
            number += 1
            yield Row(number, flat(record))
