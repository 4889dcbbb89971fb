"""The ledger: one SQLite file that holds every answer the moment it arrives.

Write-ahead logging with full synchronisation: an answer that `keep` returned from survives
`kill -9` and a power cut, and several processes may read and write at once. Raw replies are kept
once each, however many posts shared the request.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from pydantic import ValidationError

from secondcoder.errors import StoreError, StoreVersionError
from secondcoder.schema.answers import Answer
from secondcoder.schema.drafting import Draft
from secondcoder.schema.ledgers import LedgerVacuum
from secondcoder.schema.runs import Run
from secondcoder.store.ledger_faults import damaged, is_held, remedy
from secondcoder.store.migrations import (
    APPLICATION_ID,
    READABLE,
    VERSION,
    statements_since,
)

KeptT = TypeVar("KeptT", Answer, Draft)

BUSY_S = 30.0
"""How long to wait for another process's write; a write takes milliseconds."""

PAUSE_S = 0.01
"""Between two attempts where SQLite itself does not wait."""

CHUNK = 500
"""Keys per SELECT: below SQLite's oldest limit of 999 variables."""


class Ledger:
    """Answers by key, and the runs that asked for them. An `AnswerStore`."""

    def __init__(
        self, path: Path, *, read_only: bool = False, told: Callable[[str], None] | None = None
    ) -> None:
        """Open the ledger, or make it.

        Args:
            path: The file.
            read_only: Change nothing, neither in the file nor beside it.
            told: Told when a ledger of an older version is brought up to date, and when it is.

        A file that can't be opened or is something else is a `StoreError`, one that a newer
        version made a `StoreVersionError`.
        """
        self.path = path
        self._read_only = read_only
        self._told = told
        self._writing = Lock()
        self._refuse_emptied()
        with self._faults():
            self._db = self._connected()
        try:
            self._prepare()
            with self._faults():
                self._reading = self._db if read_only else self._connected()
        except BaseException:
            self._db.close()
            raise

    def _connected(self) -> sqlite3.Connection:
        """Return a connection that may be used in any thread, in one at a time."""
        target = str(self.path)
        if self._read_only:
            # Without a log nobody is writing, and SQLite need make nothing beside the file.
            how = "mode=ro" if self._has_log() else "immutable=1"
            target = f"{self.path.resolve().as_uri()}?{how}"
        return sqlite3.connect(
            target,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            uri=self._read_only,
        )

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers there are, by key. A damaged one is a `StoreError`.

        Another thread may `keep` others meanwhile; neither waits for the other.
        """
        found: dict[str, Answer] = {}
        pending = iter(keys)
        while chunk := list(islice(pending, CHUNK)):
            marks = ",".join("?" * len(chunk))
            with self._faults():
                rows = self._reading.execute(
                    "SELECT a.key, a.answer, r.raw FROM answers a LEFT JOIN replies r "  # noqa: S608
                    f"ON r.sha256 = a.reply WHERE a.key IN ({marks})",  # only question marks
                    chunk,
                ).fetchall()
            for key, text, raw in rows:
                found[key] = self._answer(key, text, raw)
        return found

    def keep(self, answers: Iterable[Answer]) -> None:
        """Make the answers durable, all or none, before returning.

        An answer that is there already stays as it is: the first one was paid for and used.
        """
        with self._transaction():
            self._insert(answers)

    def find_draft(self, key: str) -> Draft | None:
        """Return the draft of that key, if there is one. A damaged one is a `StoreError`."""
        with self._faults():
            row = self._db.execute(
                "SELECT d.draft, r.raw FROM drafts d LEFT JOIN replies r ON r.sha256 = d.reply "
                "WHERE d.key = ?",
                (key,),
            ).fetchone()
        return None if row is None else self._whole(Draft, "draft", key, *row)

    def keep_draft(self, draft: Draft, *, instead: bool = False) -> None:
        """Make the draft durable before returning; one that is there already stays.

        Args:
            draft: The draft.
            instead: Whether it takes the place of one that is there, which can't be used.
        """
        digest = _digest(draft.raw)
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO replies VALUES (?, ?)", (digest, draft.raw))
            if instead:
                self._db.execute("DELETE FROM drafts WHERE key = ?", (draft.key,))
            self._db.execute(
                "INSERT OR IGNORE INTO drafts VALUES (?, ?, ?)",
                (draft.key, digest, draft.model_dump_json(exclude={"raw"})),
            )

    def n_drafts(self) -> int:
        """Return how many drafts there are."""
        with self._faults():
            (count,) = self._db.execute("SELECT count(*) FROM drafts").fetchone()
        return int(count)

    def keep_run(self, run: Run) -> None:
        """Record a run, in place of an earlier state of the same run."""
        with self._transaction():
            self._insert_run(run)

    def answers(self) -> Iterator[Answer]:
        """Yield every answer with its raw reply, by key, as they were when the first was read.

        A damaged one is a `StoreError`.
        """
        with self._faults():
            rows = self._db.execute(
                "SELECT a.key, a.answer, r.raw FROM answers a LEFT JOIN replies r "
                "ON r.sha256 = a.reply ORDER BY a.key"
            )
            for key, text, raw in rows:
                yield self._answer(key, text, raw)

    def drafts(self) -> Iterator[Draft]:
        """Yield every draft with its raw reply, as `answers` does."""
        with self._faults():
            rows = self._db.execute(
                "SELECT d.key, d.draft, r.raw FROM drafts d LEFT JOIN replies r "
                "ON r.sha256 = d.reply ORDER BY d.key"
            )
            for key, text, raw in rows:
                yield self._whole(Draft, "draft", key, text, raw)

    def vacuum(self) -> LedgerVacuum:
        """Make the file as small as it goes; return what was removed. No answer is.

        Replies that no answer refers to come about when two processes ask the same at once: the
        first answer stays.
        """
        n_bytes_before = self.n_bytes()
        with self._transaction():
            removed = self._db.execute(
                "DELETE FROM replies WHERE sha256 NOT IN "
                "(SELECT reply FROM answers UNION SELECT reply FROM drafts)"
            ).rowcount
        with self._faults():
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return LedgerVacuum(
            ledger=self.path,
            n_answers=len(self),
            n_replies_removed=removed,
            n_bytes_before=n_bytes_before,
            n_bytes_after=self.n_bytes(),
        )

    def n_replies(self) -> int:
        """Return how many raw replies there are; posts of one request share theirs."""
        with self._faults():
            (count,) = self._db.execute("SELECT count(*) FROM replies").fetchone()
        return int(count)

    def n_bytes(self) -> int:
        """Return the size on disk, the write-ahead log included."""
        files = (self.path, self._log)
        return sum(file.stat().st_size for file in files if file.exists())

    def runs(self) -> tuple[Run, ...]:
        """Return every run, in the order of their starts. A damaged one is a `StoreError`."""
        with self._faults():
            rows = self._db.execute("SELECT id, run FROM runs").fetchall()
        runs = [self._run(name, text) for name, text in rows]
        return tuple(sorted(runs, key=lambda run: (str(run.started_at), run.id)))

    def __len__(self) -> int:
        """Return how many answers there are."""
        with self._faults():
            (count,) = self._db.execute("SELECT count(*) FROM answers").fetchone()
        return int(count)

    def close(self) -> None:
        """Close the file, with all of it in it if it can be: people copy it without its log."""
        if not self._read_only:
            with suppress(sqlite3.Error):  # it is in the log then, and safe there
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._reading.close()
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _log(self) -> Path:
        return self.path.with_name(f"{self.path.name}-wal")

    def _has_log(self) -> bool:
        """Return whether anything is in the write-ahead log."""
        try:
            return self._log.stat().st_size > 0
        except OSError:
            return False

    def _refuse_emptied(self) -> None:
        """Refuse a file of no bytes beside a full log: SQLite would delete the log.

        Raises:
            StoreError: If so; what the log holds may be rescued as long as nobody opens the file.
        """
        try:
            is_emptied = self.path.stat().st_size == 0 and self._has_log()
        except OSError:  # it is not there, or SQLite will say what is wrong
            return
        if is_emptied:
            raise StoreError(
                f"{self.path} is empty, but {self._log.name} beside it is not: the ledger was cut "
                f"off. Nothing was changed; {damaged('restore both')}"
            )

    def _prepare(self) -> None:
        with self._faults():
            # One look at all three: another process may be making the tables.
            self._db.execute("BEGIN")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (application,) = self._db.execute("PRAGMA application_id").fetchone()
            (n_tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._db.execute("COMMIT")
        if application != APPLICATION_ID and (n_tables or application or version):
            raise StoreError(
                f"{self.path} is a database of another program; name another file with --ledger"
            )
        if version > VERSION:
            raise StoreVersionError(
                f"{self.path} is a ledger of version {version}, this version reads {VERSION}; "
                f"upgrade: pip install --upgrade secondcoder"
            )
        if self._read_only:
            if version < READABLE:
                self._copy_to_memory()
                self._bring_up(version)
            return
        with self._faults():
            self._write_ahead()
            self._db.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            # Looked at again inside the transaction: another process may have made the tables.
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            is_older = self._told is not None and 0 < version < VERSION
            if self._told is not None and is_older:
                self._told(
                    f"the ledger {self.path} ({self.n_bytes() / 1e6:,.1f} MB) is of an earlier "
                    f"version and is brought up to date, once; a large one takes a while"
                )
            self._bring_up(version)
        if self._told is not None and is_older:
            self._told(f"the ledger {self.path} is up to date")

    def _bring_up(self, version: int) -> None:
        """Make a ledger of a version one of the newest."""
        if version < VERSION:
            for statement in statements_since(version):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _copy_to_memory(self) -> None:
        """Go on with a copy, which may be changed."""
        with self._faults():
            copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._db.backup(copy)
            self._db.close()
            self._db = copy

    def _write_ahead(self) -> None:
        """Switch to write-ahead logging, which the first process does for all.

        Raises:
            OperationalError: If it can't be, or another process holds the file too long.
        """
        patience = time.monotonic() + BUSY_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # Two processes that open a new file at once: SQLite fails here without waiting.
                if not is_held(error) or time.monotonic() > patience:
                    raise
                time.sleep(PAUSE_S)
            else:
                return

    def _insert(self, answers: Iterable[Answer]) -> None:
        """Add answers inside a transaction."""
        rows = [(answer, _digest(answer.raw)) for answer in answers]
        self._db.executemany(
            "INSERT OR IGNORE INTO replies VALUES (?, ?)",
            [(digest, answer.raw) for answer, digest in rows],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO answers VALUES (?, ?, ?)",
            [(a.key, digest, a.model_dump_json(exclude={"raw"})) for a, digest in rows],
        )

    def _insert_run(self, run: Run) -> None:
        """Add a run, or put it in place of an earlier state, inside a transaction."""
        self._db.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?)", (run.id, run.model_dump_json())
        )

    def _answer(self, key: str, text: str, raw: str | None) -> Answer:
        return self._whole(Answer, "answer", key, text, raw)

    def _whole(self, kind: type[KeptT], name: str, key: str, text: str, raw: str | None) -> KeptT:
        """Return what was kept, its raw reply put back.

        Raises:
            StoreError: If it is damaged. Never "there is none", which would pay for it again in
                silence.
        """
        if raw is None:
            raise StoreError(f"{self.path}: the reply of {name} {key[:12]}… is gone; {damaged()}")
        try:
            kept = kind.model_validate_json(text[:-1] + ',"raw":""}')
        except ValidationError as error:
            raise StoreError(
                f"{self.path}: the {name} {key[:12]}… is damaged; {damaged()}"
            ) from error
        return kept.model_copy(update={"raw": raw})

    def _run(self, name: str, text: str) -> Run:
        try:
            return Run.model_validate_json(text)
        except ValidationError as error:
            raise StoreError(f"{self.path}: the run {name} is damaged; {damaged()}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # The members of a panel share a ledger, and each keeps its answers in a thread of its own.
        with self._writing, self._faults():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn what SQLite says into a sentence with a remedy.

        Raises:
            StoreError: In place of any `sqlite3.Error`.
        """
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the ledger {self.path} can't be used: {remedy(error)}") from error


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
