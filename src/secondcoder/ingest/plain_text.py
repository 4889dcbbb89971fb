"""Text files as people save them: UTF-8 with or without a BOM, UTF-16, Windows-1252."""

import codecs
from pathlib import Path

from secondcoder.errors import InputError


def read_text(path: Path, *, error: type[InputError] = InputError) -> str:
    """Return the characters of a text file, its line ends as they are and without a BOM.

    Args:
        path: The file.
        error: What to raise if there is no such file or it is not text; the message names the
            file and the remedy.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as missing:
        raise error(f"{path}: there is no such file; check the name") from missing
    except OSError as refused:
        raise error(f"{path} can't be read ({refused.strerror}); check the name") from refused
    return decode(data, name=str(path), error=error)


def decode(data: bytes, *, name: str, error: type[InputError] = InputError) -> str:
    """Return the characters of a file's bytes; what is not UTF-8 is read as Windows-1252.

    Bytes that are text in neither are an `error` that names the file.

    >>> decode("café".encode("windows-1252"), name="a.txt")
    'café'
    """
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError as undecodable:
        raise error(
            f"{name} is text in neither UTF-8 nor Windows-1252; save it as UTF-8"
        ) from undecodable
    if "\0" in text:
        raise error(f"{name} holds zero bytes, so it is not a text file; save it as plain text")
    return text
