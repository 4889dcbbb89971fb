"""Files: what can be read at all, and text files in whatever encoding they come."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from io import BufferedReader
from pathlib import Path
from typing import TextIO

from secondcoder.errors import IngestError
from secondcoder.ingest.notebook import Notebook

CHUNK_BYTES = 1 << 20
GZIP, ZIP, PARQUET, OLD_OFFICE = b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"
"""First bytes. Sources: RFC 1952; PKWARE APPNOTE 4.3.7; Parquet's format; MS-CFB 2.2."""
EXCEL_FOLDER = b"xl/"
UNDEFINED_IN_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Bytes that Windows-1252 gives no character. Source: unicode.org, CP1252.TXT."""


def check_file(path: Path) -> None:
    """Refuse a path that holds no file to read.

    Raises:
        IngestError: If it is missing, a folder or empty.
    """
    if path.is_dir():
        raise IngestError(f"{path} is a folder; name one file in it")
    if not path.exists():
        raise IngestError(f"{path} does not exist; check the path")
    if path.stat().st_size == 0:
        raise IngestError(f"{path} is empty; export it again")


@contextmanager
def open_text(path: Path, notebook: Notebook) -> Iterator[TextIO]:
    """Open a text file, packed with gzip or not, its line breaks untouched.

    UTF-8 with or without its mark and UTF-16 with its mark are read; what is not UTF-8 is taken
    for Windows-1252, with a note, unless more of its lines are UTF-8 than not.

    Raises:
        IngestError: If the bytes fit no encoding; the message names the line.
    """
    try:
        encoding = _encoding(path, notebook)
        with _open_bytes(path) as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
            yield text
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise IngestError(f"{path} can't be unpacked ({error}); fetch it again") from error
    except UnicodeDecodeError as error:
        raise IngestError(
            f"{path} can't be read as {error.encoding} ({error.reason}); save it as UTF-8"
        ) from error
    except PermissionError as error:
        raise IngestError(f"{path} may not be read by you; change its permissions") from error


def _open_bytes(path: Path) -> GzipFile | BufferedReader:
    return GzipFile(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _encoding(path: Path, notebook: Notebook) -> str:
    """Return the encoding of the whole file, every byte of it looked at.

    Raises:
        IngestError: If it is not text.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    n_lines = 0
    with _open_bytes(path) as raw:
        head = raw.read(CHUNK_BYTES)
        _refuse_packed(path, head)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        marked = head.startswith(codecs.BOM_UTF8)
        chunk = head
        while chunk:
            if (place := chunk.find(b"\0")) >= 0:
                line = n_lines + chunk.count(b"\n", 0, place) + 1
                raise IngestError(
                    f"{path} line {line} holds a NUL byte: it is not text, or UTF-16 without its "
                    f"mark; save it as UTF-8"
                )
            n_lines += chunk.count(b"\n")
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return _not_utf8(path, notebook)
            chunk = raw.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _not_utf8(path, notebook)
    return "utf-8-sig" if marked else "utf-8"


def _refuse_packed(path: Path, head: bytes) -> None:
    """Refuse a file whose first bytes are those of another kind than its name says.

    Raises:
        IngestError: Saying which kind, and how to name it.
    """
    unpacked = path.name.removesuffix(".gz")
    if head.startswith(GZIP):
        raise IngestError(
            f"{path} is packed with gzip twice; unpack it once"
            if unpacked != path.name
            else f"{path} is packed with gzip; name it {path.name}.gz"
        )
    if head.startswith(PARQUET):
        raise IngestError(f"{path} is a Parquet file; name it {Path(unpacked).stem}.parquet")
    if head.startswith(ZIP) and EXCEL_FOLDER in head:
        raise IngestError(f"{path} is an Excel file; name it {Path(unpacked).stem}.xlsx")
    if head.startswith((ZIP, OLD_OFFICE)):
        raise IngestError(
            f"{path} is an archive or a document of an office program, not text; export CSV in "
            f"UTF-8 from what it holds"
        )


def _not_utf8(path: Path, notebook: Notebook) -> str:
    """Return `cp1252`, or refuse a file that is UTF-8 but for some lines.

    Read as Windows-1252, such a file would have every emoji and accent of its good lines mangled.

    Raises:
        IngestError: Naming the first line that can't be read.
    """
    n_good, bad, undefined = 0, list[int](), list[int]()
    with _open_bytes(path) as raw:
        for number, line in enumerate(raw, start=1):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                n_good += 1
            except UnicodeDecodeError:
                bad.append(number)
                if not UNDEFINED_IN_1252.isdisjoint(line):
                    undefined.append(number)
    if n_good > len(bad) or undefined:
        line_number = undefined[0] if undefined else bad[0]
        raise IngestError(
            f"{path} line {line_number} is neither UTF-8, as other lines are, nor Windows-1252; "
            f"mend that line, or export the file again as UTF-8"
            if n_good
            else f"{path} line {line_number} is neither UTF-8 nor Windows-1252; save it as UTF-8"
        )
    notebook.once(
        "the file is not UTF-8 and was read as Windows-1252; if accents look wrong, save it as "
        "UTF-8",
        where=bad[0],
        unit="line",
    )
    return "cp1252"
