"""Files that are there whole or not at all, on any file system that workers share."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from secondcoder.errors import StoreError


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a name of its own, make it durable, and rename it.

    Raises:
        StoreError: If the disk is full, or the folder can't be written.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
