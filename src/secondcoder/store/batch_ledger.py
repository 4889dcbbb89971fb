"""The ledger's part about batches: what was ordered, what is on its way, and what came of it.

A batch and its requests are recorded before anything of them is sent, and everything that a result
changes is changed in one transaction: a process may be killed at any point, and the next one goes
on from what is recorded.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from secondcoder.errors import InputError, StoreError
from secondcoder.schema.answers import Answer, AnswerStore
from secondcoder.schema.batches import (
    Batch,
    BatchLimits,
    BatchOrder,
    BatchRun,
    OrderState,
    PendingRequest,
)
from secondcoder.schema.codings import Failure
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run
from secondcoder.store.ledger import CHUNK, Ledger
from secondcoder.store.ledger_faults import damaged, is_held

_LOCK_PATIENCE_S = 600.0
"""So long one process waits for another to submit or collect, which uploads may make slow."""

Model = TypeVar("Model", bound=Record)


class Counts(NamedTuple):
    """What has become of the posts of a run."""

    n_open: int
    n_answered: int
    n_failed: int


class Outcomes(NamedTuple):
    """What some requests of a batch came to, to be kept together or not at all."""

    settled: list[str]
    """Ids of requests there is a result for."""
    answers: list[Answer]
    failures: dict[str, Failure]
    """By key of the post."""
    again: list[PendingRequest]


class BatchLedger(Ledger):
    """A ledger, seen by those who submit and collect."""

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Let one process at a time submit or collect; the lock ends with the process.

        A second file is locked, not the ledger itself, which others may go on using.

        Raises:
            StoreError: If another process doesn't come to its end.
        """
        path = self.path.with_name(f"{self.path.name}-batch-lock")
        with closing(sqlite3.connect(path, timeout=_LOCK_PATIENCE_S, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                why = "another command submits or collects" if is_held(error) else str(error)
                raise StoreError(f"{path} can't be locked: {why}; try again later") from error
            yield

    def drop_proposals(self) -> None:
        """Remove what was planned by a process that ended before it was agreed to."""
        with self._transaction():
            self._db.execute(
                "DELETE FROM runs WHERE id IN "
                "(SELECT run FROM batch_orders WHERE state = 'proposed')"
            )
            for table in ("batch_requests", "batch_posts", "batches", "batch_orders"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE run IN "  # noqa: S608  # our own names
                    "(SELECT run FROM batch_orders WHERE state = 'proposed')"
                )

    def propose(self, order: BatchOrder, run: Run) -> None:
        """Record what is asked for; it counts once its state is set."""
        text = order.model_dump_json(exclude={"options": {"api_key"}})
        with self._transaction():
            self._db.execute(
                "INSERT INTO batch_orders VALUES (?, 'proposed', ?)", (order.run_id, text)
            )
            self._insert_run(run)

    def set_state(self, run: Run, state: OrderState) -> None:
        """Record how a run stands, and the run itself."""
        with self._transaction():
            self._db.execute("UPDATE batch_orders SET state = ? WHERE run = ?", (state, run.id))
            self._insert_run(run)

    def orders(self, *states: OrderState) -> tuple[BatchOrder, ...]:
        """Return the orders in any of these states."""
        marks = ",".join("?" * len(states))
        with self._faults():
            rows = self._db.execute(
                f"SELECT batch_order FROM batch_orders WHERE state IN ({marks})",  # noqa: S608
                states,
            ).fetchall()
        return tuple(self._read(BatchOrder, text) for (text,) in rows)

    def run(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            StoreError: If it is not there.
        """
        with self._faults():
            row = self._db.execute("SELECT run FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise StoreError(f"{self.path}: the run {run_id} is gone; {damaged()}")
        return self._run(run_id, row[0])

    def open_keys(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys whose posts are on their way."""
        found: set[str] = set()
        pending = iter(keys)
        while chunk := list(islice(pending, CHUNK)):
            marks = ",".join("?" * len(chunk))
            with self._faults():
                rows = self._db.execute(
                    "SELECT p.key FROM batch_posts p JOIN batch_orders o ON o.run = p.run "  # noqa: S608
                    f"WHERE p.request IS NOT NULL AND o.state <> 'proposed' AND p.key IN ({marks})",
                    chunk,
                )
                found.update(key for (key,) in rows)
        return found

    def failures(self, keys: Sequence[str]) -> dict[str, Failure]:
        """Return why posts could not be coded, by key."""
        found: dict[str, Failure] = {}
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            marks = ",".join("?" * len(chunk))
            with self._faults():
                rows = self._db.execute(
                    f"SELECT key, failure FROM batch_posts WHERE key IN ({marks}) "  # noqa: S608
                    "AND failure IS NOT NULL",
                    chunk,
                ).fetchall()
            found |= {key: self._read(Failure, text) for key, text in rows}
        return found

    def counts(self, run_id: str) -> Counts:
        """Return what has become of a run's posts."""
        with self._faults():
            row = self._db.execute(
                "SELECT count(request), count(*) - count(request) - count(failure), count(failure) "
                "FROM batch_posts WHERE run = ?",
                (run_id,),
            ).fetchone()
        return Counts(*row)

    def n_requests(self, run_id: str) -> int:
        """Return how many requests a run has had, settled ones included."""
        with self._faults():
            (count,) = self._db.execute(
                "SELECT count(*) FROM batch_requests WHERE run = ?", (run_id,)
            ).fetchone()
        return int(count)

    def waiting_usd(self, run_id: str) -> float | None:
        """Return what is planned and not submitted will cost; None where one is unknown."""
        planned = {batch.id for batch in self.batches(run_id) if batch.status == "planned"}
        with self._faults():
            rows = self._db.execute(
                "SELECT batch, sum(cost_usd), count(*) - count(cost_usd) FROM batch_requests "
                "WHERE run = ? AND request IS NOT NULL GROUP BY batch",
                (run_id,),
            ).fetchall()
        rows = [row for row in rows if row[0] is None or row[0] in planned]
        unknown = any(n_unknown for _, _, n_unknown in rows)
        return None if unknown else float(sum(cost or 0 for _, cost, _ in rows))

    def add(self, run_id: str, requests: Sequence[PendingRequest]) -> None:
        """Record requests that are to be sent."""
        with self._transaction():
            self._insert_requests(run_id, requests)

    def requests(self, run_id: str, batch_id: str | None) -> Iterator[PendingRequest]:
        """Yield the requests of a batch that are not settled, in order; None: those in no batch."""
        last = ""
        while True:
            with self._faults():
                rows = self._db.execute(
                    "SELECT id, request FROM batch_requests WHERE run = ? AND batch IS ? "
                    "AND request IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
                    (run_id, batch_id, last, CHUNK),
                ).fetchall()
            if not rows:
                return
            for _, text in rows:
                yield self._read(PendingRequest, text)
            last = rows[-1][0]

    def find_requests(self, batch: Batch, ids: Sequence[str]) -> dict[str, PendingRequest | None]:
        """Return the batch's requests of these ids; None for one that is settled."""
        marks = ",".join("?" * len(ids))
        with self._faults():
            rows = self._db.execute(
                f"SELECT id, request FROM batch_requests WHERE batch = ? AND id IN ({marks})",  # noqa: S608
                (batch.id, *ids),
            ).fetchall()
        return {
            name: None if text is None else self._read(PendingRequest, text) for name, text in rows
        }

    def settle(self, run: Run, outcomes: Outcomes) -> None:
        """Keep what requests came to, with what the run has used so far; all or nothing."""
        with self._transaction():
            self._insert(outcomes.answers)
            self._db.executemany(
                "UPDATE batch_requests SET request = NULL WHERE id = ?",
                [(name,) for name in outcomes.settled],
            )
            self._db.executemany(
                "UPDATE batch_posts SET request = NULL WHERE key = ?",
                [(answer.key,) for answer in outcomes.answers],
            )
            self._db.executemany(
                "UPDATE batch_posts SET request = NULL, failure = ? WHERE key = ?",
                [(why.model_dump_json(), key) for key, why in outcomes.failures.items()],
            )
            self._insert_requests(run.id, outcomes.again)
            self._insert_run(run)

    def put_into_batches(self, run_id: str, limits: BatchLimits) -> None:
        """Divide the requests that are in no batch yet among new ones, as large as may be."""
        for part in _parts(self._sizes(run_id, None), limits):
            with self._transaction():
                self._insert_batch(run_id, part)

    def take_out(self, batch: Batch) -> None:
        """Record how a batch stands whose requests wait for another one."""
        with self._transaction():
            self._db.execute(
                "UPDATE batch_requests SET batch = NULL WHERE batch = ? AND request IS NOT NULL",
                (batch.id,),
            )
            self._update_batch(batch)

    def release(self, run_id: str, batch_id: str | None) -> None:
        """Forget the requests of a batch that are not settled; None: those in no batch.

        Their posts may then be asked about anew.
        """
        with self._transaction():
            chosen = "run = ? AND batch IS ? AND request IS NOT NULL"
            self._db.execute(
                "DELETE FROM batch_posts WHERE request IN "  # noqa: S608  # our own words
                f"(SELECT id FROM batch_requests WHERE {chosen})",
                (run_id, batch_id),
            )
            self._db.execute(
                f"UPDATE batch_requests SET request = NULL WHERE {chosen}",  # noqa: S608
                (run_id, batch_id),
            )

    def _sizes(self, run_id: str, batch_id: str | None) -> "list[_Size]":
        with self._faults():
            rows = self._db.execute(
                "SELECT id, n_bytes, cost_usd FROM batch_requests WHERE run = ? AND batch IS ? "
                "AND request IS NOT NULL ORDER BY id",
                (run_id, batch_id),
            ).fetchall()
        return [_Size(*row) for row in rows]

    def batches(self, run_id: str) -> tuple[Batch, ...]:
        """Return a run's batches, in the order in which they were planned."""
        with self._faults():
            rows = self._db.execute(
                "SELECT batch FROM batches WHERE run = ? ORDER BY id", (run_id,)
            ).fetchall()
        return tuple(self._read(Batch, text) for (text,) in rows)

    def keep_batch(self, batch: Batch) -> None:
        """Record how a batch stands."""
        with self._transaction():
            self._update_batch(batch)

    def _update_batch(self, batch: Batch) -> None:
        self._db.execute(
            "UPDATE batches SET batch = ? WHERE id = ?", (batch.model_dump_json(), batch.id)
        )

    def _insert_batch(self, run_id: str, requests: "Sequence[_Size]") -> None:
        (n,) = self._db.execute("SELECT count(*) FROM batches WHERE run = ?", (run_id,)).fetchone()
        known = [request.cost_usd for request in requests if request.cost_usd is not None]
        batch = Batch(
            id=f"{run_id}-b{n + 1:05}",
            run_id=run_id,
            n_requests=len(requests),
            n_bytes=sum(request.n_bytes for request in requests),
            estimated_usd=sum(known) if len(known) == len(requests) else None,
            planned_at=datetime.now(UTC),
        )
        self._db.execute(
            "INSERT INTO batches VALUES (?, ?, ?)", (batch.id, run_id, batch.model_dump_json())
        )
        self._db.executemany(
            "UPDATE batch_requests SET batch = ? WHERE id = ?",
            [(batch.id, request.id) for request in requests],
        )

    def _insert_requests(self, run_id: str, requests: Sequence[PendingRequest]) -> None:
        self._db.executemany(
            "INSERT INTO batch_requests VALUES (?, ?, NULL, ?, ?, ?)",
            [(r.id, run_id, r.n_bytes, r.cost_usd, r.model_dump_json()) for r in requests],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO batch_posts VALUES (?, ?, ?, NULL)",
            [(post.key, run_id, request.id) for request in requests for post in request.posts],
        )

    def _read(self, model: type[Model], text: str) -> Model:
        try:
            return model.model_validate_json(text)
        except ValidationError as error:
            raise StoreError(
                f"{self.path}: what it holds of a batch is damaged; {damaged()}"
            ) from error


def run_report(
    store: BatchLedger,
    order: BatchOrder,
    batches: Sequence[Batch] | None = None,
    problems: Sequence[str] = (),
) -> BatchRun:
    """Return how a run stands by what is recorded.

    Args:
        store: Where it is recorded.
        order: What was asked for.
        batches: As the provider told of them just now; None: as they are recorded.
        problems: More that a person should know.
    """
    batches = store.batches(order.run_id) if batches is None else batches
    counts = store.counts(order.run_id)
    told = [f"batch {batch.id}: {batch.problem}" for batch in batches if batch.problem]
    if any(batch.status == "planned" for batch in batches):
        told.append("some batches are planned and not submitted; 'batch collect' submits them")
    return BatchRun(
        run=store.run(order.run_id),
        batches=tuple(batches),
        n_posts=sum(counts),
        n_open=counts.n_open,
        n_answered=counts.n_answered,
        n_failed=counts.n_failed,
        output=order.output,
        problems=(*told, *problems),
    )


def unless_underway(ledger: BatchLedger | None) -> AnswerStore | None:
    """Return a ledger as ordinary requests may use it: nobody pays twice for an answer."""
    return _Guarded(ledger) if ledger is not None and ledger.orders("open", "cancelled") else ledger


class _Guarded:
    """A ledger some of whose answers are on their way in batches."""

    def __init__(self, ledger: BatchLedger) -> None:
        self._ledger = ledger
        self.keep = ledger.keep
        self.find_draft, self.keep_draft = ledger.find_draft, ledger.keep_draft

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers there are.

        Raises:
            InputError: If one that is not there is on its way.
        """
        wanted = list(keys)
        found = self._ledger.find(wanted)
        if self._ledger.open_keys(key for key in wanted if key not in found):
            raise InputError(
                f"answers about some of these posts are on their way in batches, and would be paid "
                f"for twice: 'secondcoder batch collect {self._ledger.path}' reads them, 'batch "
                f"cancel' gives them up"
            )
        return found


class _Size(NamedTuple):
    """What must be known of a request to find it a batch."""

    id: str
    n_bytes: int
    cost_usd: float | None


def _parts(requests: Iterable[_Size], limits: BatchLimits) -> Iterator[list[_Size]]:
    """Yield the requests in order, in lists that each fit into one batch."""
    part: list[_Size] = []
    n_bytes = 0
    for request in requests:
        if part and (
            len(part) >= limits.max_requests or n_bytes + request.n_bytes > limits.max_bytes
        ):
            yield part
            part, n_bytes = [], 0
        part.append(request)
        n_bytes += request.n_bytes
    if part:
        yield part
