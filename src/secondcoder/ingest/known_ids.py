"""Known ids: whether a file gives a post twice, or two posts under one id."""

import zlib
from pathlib import Path

from secondcoder.errors import IngestError
from secondcoder.ingest.hash_table import HashTable, key_of_id
from secondcoder.ingest.notebook import Notebook
from secondcoder.schema.chat import Post

_ROW_SHIFT = 32


class KnownIds:
    """Remembers each id with its row and a checksum of its post, in 16 bytes and little more."""

    def __init__(self, path: Path, noun: str, notebook: Notebook) -> None:
        self._path = path
        self._noun = noun
        self._notebook = notebook
        self._table = HashTable()

    def is_new(self, post: Post) -> bool:
        """Return whether the post's id is new; a post given twice is noted.

        Raises:
            IngestError: If the id stood for another post before; both rows are named.
        """
        row = post.row or 1
        key = key_of_id(post.id)
        said = "\x1f".join((
            post.text,
            str(post.author),
            str(post.created_at),
            str(post.in_reply_to),
        ))
        checksum = zlib.crc32(said.encode("utf-8", "surrogatepass"))
        known = self._table.get(key)
        if not known:
            self._table.set(key, row << _ROW_SHIFT | checksum)
            return True
        if known & (1 << _ROW_SHIFT) - 1 != checksum:
            raise IngestError(
                f"{self._path} {self._noun}s {known >> _ROW_SHIFT} and {row} are two posts under "
                f"one id, '{post.id}'; ids must be unique: correct one, or name another column "
                f"with --column id=NAME"
            )
        self._notebook.count("posts given twice were dropped", where=row)
        return False
