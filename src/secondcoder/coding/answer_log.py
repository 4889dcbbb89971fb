"""Answers of one shard, appended to a file of its own as they arrive.

A worker may run on any machine, and its folder may lie on a network, where SQLite must not be
shared (sqlite.org/wal.html). So each attempt at a shard appends to a file that nobody else writes,
and reads what earlier attempts left. Who started the workers takes all of it into the ledger.
"""

import json
import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from uuid import uuid4

from pydantic import ValidationError

from secondcoder.coding.whole_files import write_whole
from secondcoder.errors import StoreError
from secondcoder.schema.answers import Answer

NAME_DIGITS = 32
"""Digits of a key in the names of files; the manifest has all 64."""


class AnswerLog:
    """The answers about one shard. An `AnswerStore`, for the length of one attempt."""

    def __init__(self, folder: Path, key: str) -> None:
        """Read what earlier attempts were told; no file is made before the first answer.

        Args:
            folder: Where the logs lie.
            key: The shard's.
        """
        name = f"answers-{key[:NAME_DIGITS]}.{os.getpid()}.{uuid4().hex[:8]}.jsonl"
        self.path = folder / name
        self._file: IO[bytes] | None = None
        self._answers = {
            answer.key: answer for log in logs_of(folder, key) for answer in read_log(log)
        }

    @property
    def name(self) -> str | None:
        """Return the name of this attempt's file; None: nothing was answered."""
        return self.path.name if self._file is not None else None

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers there are, by key."""
        return {key: self._answers[key] for key in keys if key in self._answers}

    def keep(self, answers: Iterable[Answer]) -> None:
        """Make the answers durable before returning.

        Raises:
            StoreError: If the file can't be written.
        """
        new = [answer for answer in answers if answer.key not in self._answers]
        if not new:
            return
        try:
            if self._file is None:
                self._file = self.path.open("xb")
            self._file.write(log_lines(new))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StoreError(
                f"{self.path} can't be written: {error.strerror}; answers already in it are safe: "
                f"mend that, then run the same command"
            ) from error
        self._answers |= {answer.key: answer for answer in new}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()


def logs_of(folder: Path, key: str | None = None) -> list[Path]:
    """Return the logs in a folder, of one shard or of all."""
    name = "*" if key is None else key[:NAME_DIGITS]
    return sorted(folder.glob(f"answers-{name}.*.jsonl"))


def known_log(folder: Path, key: str) -> Path:
    """Return where a shard's worker is told what the ledger knows already."""
    return folder / f"answers-{key[:NAME_DIGITS]}.known.jsonl"


def write_log(path: Path, answers: Iterable[Answer]) -> None:
    """Write a log whole or not at all."""
    write_whole(path, lambda to: to.write_bytes(log_lines(answers)))


def log_lines(answers: Iterable[Answer]) -> bytes:
    """Return answers as lines of a log; a reply they share is written once."""
    lines = []
    for raw, group in groupby(answers, key=lambda answer: answer.raw):
        told = [answer.model_dump(mode="json", exclude={"raw"}) for answer in group]
        lines.append(json.dumps({"raw": raw, "answers": told}, separators=(",", ":")) + "\n")
    return "".join(lines).encode("ascii")


def read_log(path: Path) -> Iterator[Answer]:
    """Yield the answers of a log. A last line that was cut off by the end of its worker is none.

    Raises:
        StoreError: If another line is damaged, which would pay for it again in silence.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                told = json.loads(line)
                yield from (
                    Answer.model_validate_json(json.dumps({**answer, "raw": told["raw"]}))
                    for answer in told["answers"]
                )
            except (ValueError, KeyError, TypeError, ValidationError) as error:
                raise StoreError(
                    f"{path} line {number} is damaged: restore the file from a copy, or remove it "
                    f"(what it holds is then asked, and paid for, again)"
                ) from error
