"""Files written whole or not at all, and the file of codings."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

from secondcoder.errors import CodingsError, StoreError, StoreVersionError
from secondcoder.schema.codings import Codings, CodingsInfo, PostCodings
from secondcoder.schema.runs import Run

FORMAT = 1
"""Version of the codings file. A newer one is refused, never half understood."""


class AtomicFile:
    """A file that appears under its name only when its block ends without an error."""

    def __init__(self, path: Path) -> None:
        """Open a hidden file beside `path`.

        Raises:
            StoreError: If the folder is missing or can't be written.
        """
        self.path = path
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        except OSError as error:
            raise StoreError(
                f"{path} can't be written: {error.strerror}; choose a folder that exists and "
                f"that you may write to"
            ) from error
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "wb")

    def write(self, text: str) -> None:
        """Append text. A disk that is full or gone is a `StoreError`."""
        self.write_bytes(text.encode("utf-8"))

    def write_bytes(self, content: bytes) -> None:
        """Append bytes.

        Raises:
            StoreError: If the disk is full or gone.
        """
        try:
            self._file.write(content)
        except OSError as error:
            raise StoreError(f"{self.path} can't be written: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Move the file to its name, or remove it when the block failed.

        Raises:
            StoreError: If the disk is full or the name can't be taken.
        """
        try:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
            self._file.close()
            if kind is None:
                # A temporary file is private; the result gets what any new file would get.
                self._temporary.chmod(0o666 & ~_umask())
                self._temporary.replace(self.path)
        except OSError as broken:
            raise StoreError(f"{self.path} can't be written: {broken.strerror}") from broken
        finally:
            with contextlib.suppress(OSError):
                self._file.close()
            self._temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with AtomicFile(path) as file:
        file.write(text)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file of any kind whole or not at all."""
    with AtomicFile(path) as file:
        file.write_bytes(content)


class CodingsWriter:
    """Writes a codings file post by post, so that memory does not grow with the chat."""

    def __init__(self, file: AtomicFile, info: CodingsInfo) -> None:
        self._file = file
        self._info = info
        self._ids: set[str] = set()
        self._line({"kind": "codings", "format": FORMAT, "info": info.model_dump(mode="json")})

    def add(self, coded: PostCodings) -> None:
        """Append one post.

        Raises:
            CodingsError: If the post is there already.
        """
        if coded.post.id in self._ids:
            raise CodingsError(f"post {coded.post.id} is coded twice; every post appears once")
        self._ids.add(coded.post.id)
        self._info.check(coded)
        self._line({"kind": "post", **coded.model_dump(mode="json", exclude_none=True)})

    def end(self, run: Run) -> None:
        """Append the last line, without which a file counts as cut off.

        Args:
            run: The run as it ended, with its usage; it replaces the one of the first line.
        """
        self._line({"kind": "end", "n_posts": len(self._ids), "run": run.model_dump(mode="json")})

    def _line(self, value: dict[str, object]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_codings(codings: Codings, path: Path) -> None:
    """Write codings to a file that holds all a report needs: chat, codebook, run and posts."""
    with AtomicFile(path) as file:
        writer = CodingsWriter(file, codings.info)
        for coded in codings.posts:
            writer.add(coded)
        writer.end(codings.info.run)


def read_codings(path: Path) -> Codings:
    """Return the codings of a file, every quote compared with its post.

    Raises:
        CodingsError: If the file is missing, cut off, not a codings file, or contradicts itself.
    """
    info, posts = open_codings(path)
    try:
        return Codings(info=info, posts=tuple(posts))
    except ValidationError as error:
        raise CodingsError(f"{path}: {_first(error)}") from error


def open_codings(path: Path) -> tuple[CodingsInfo, Iterator[PostCodings]]:
    """Return what holds for all codings of a file, and its posts one by one.

    Raises:
        CodingsError: If the file is missing, cut off or not a codings file.
        StoreVersionError: If a newer version wrote it.
    """
    try:
        with path.open("rb") as file:
            first, last = file.readline(), _last_line(file)
    except OSError as error:
        raise CodingsError(f"{path} can't be read: {error.strerror}") from error
    head, end = _object(path, 1, first), _object(path, None, last)
    if head.get("kind") != "codings" or "format" not in head:
        raise CodingsError(
            f"{path} line 1: not a codings file; it is made by 'secondcoder code' or "
            f"'secondcoder convert'"
        )
    if head["format"] != FORMAT:
        raise StoreVersionError(
            f"{path} has format {head['format']}, this version reads {FORMAT}; "
            f"upgrade: pip install --upgrade secondcoder"
        )
    if end.get("kind") != "end":
        raise CodingsError(
            f"{path} is cut off: its last line is not the end line; run the command that wrote it "
            f"again"
        )
    try:
        info = CodingsInfo.model_validate(head.get("info"))
        run = Run.model_validate(end.get("run"))
    except ValidationError as error:
        raise CodingsError(f"{path} line 1: {_first(error)}") from error
    n_posts = end.get("n_posts")
    return info.model_copy(update={"run": run}), _posts(path, n_posts)


def _posts(path: Path, n_posts: object) -> Iterator[PostCodings]:
    n_read = 0
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                continue
            value = _object(path, number, line)
            kind = value.pop("kind", None)
            if kind == "end":
                break
            if kind != "post":
                raise CodingsError(f"{path} line {number}: kind {kind!r} where 'post' belongs")
            try:
                coded = PostCodings.model_validate(value)
            except ValidationError as error:
                raise CodingsError(f"{path} line {number}: {_first(error)}") from error
            n_read += 1
            yield coded
    if n_read != n_posts:
        raise CodingsError(
            f"{path} holds {n_read} posts but says {n_posts} in its last line; every post must be "
            f"accounted for: restore the missing lines, or run the command that wrote it again"
        )


def _last_line(file: IO[bytes], window: int = 65_536) -> bytes:
    size = file.seek(0, os.SEEK_END)
    tail = b""
    while size > 0 and b"\n" not in tail.rstrip(b"\n"):
        step = min(window, size)
        size -= step
        file.seek(size)
        tail = file.read(step) + tail
    lines: Iterable[bytes] = tail.rstrip(b"\n").splitlines()
    return [b"", *lines][-1]


def _object(path: Path, number: int | None, line: bytes | str) -> dict[str, object]:
    where = f"{path} line {number}" if number else f"{path}, last line"
    try:
        value = json.loads(line)
    except ValueError as error:
        raise CodingsError(
            f"{where}: not JSON; a codings file holds one JSON object per line"
        ) from error
    if not isinstance(value, dict):
        raise CodingsError(f"{where}: not a JSON object")
    return value


def _first(error: ValidationError) -> str:
    """Return the first thing wrong, in one line a person can act on."""
    problem = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
