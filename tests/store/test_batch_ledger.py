"""The ledger's part about batches: older ledgers, damage, and one process at a time."""

import sqlite3
from pathlib import Path

import pytest
from api.batch_cases import collect, fill, ledger_of, submit
from pydantic import ValidationError
from servers.batch_server import BatchServer

import secondcoder
from secondcoder.errors import StoreError
from secondcoder.schema.batches import BatchLimits
from secondcoder.store import batch_ledger
from secondcoder.store.batch_ledger import BatchLedger
from secondcoder.store.ledger import Ledger
from secondcoder.store.migrations import VERSION


def test_a_ledger_of_version_2_takes_batches(tmp_path: Path) -> None:
    """What it holds stays; its runs are shown, and a batch can be submitted with it."""
    path = ledger_of(fill(tmp_path))
    with BatchServer() as server:
        options = secondcoder.ModelOptions(base_url=server.url, posts_per_request=1)
        secondcoder.code(
            tmp_path / "chat.csv",
            tmp_path / "codebook.yaml",
            coder="openai/tiny",
            options=options,
            output=tmp_path / "first.jsonl",
        )
        with sqlite3.connect(path) as db:
            for table in ("batch_orders", "batches", "batch_requests", "batch_posts"):
                db.execute(f"DROP TABLE {table}")
            db.execute("PRAGMA user_version = 2")
        report = submit(tmp_path, server)
        assert server.batches == {}
    assert report.summaries[0].run.usage.n_reused == 12
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_damaged_batch_is_an_error_and_never_forgotten(tmp_path: Path) -> None:
    """It would be submitted, and paid for, again."""
    with BatchServer() as server:
        submit(fill(tmp_path), server)
        with sqlite3.connect(ledger_of(tmp_path)) as db:
            db.execute("UPDATE batches SET batch = '{}'")
        with pytest.raises(StoreError, match="what it holds of a batch is damaged"):
            secondcoder.collect_batch(ledger_of(tmp_path))
        with pytest.raises(StoreError, match="damaged"):
            submit(tmp_path, server)


def test_a_run_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """Its tokens would be lost in silence."""
    with BatchServer() as server:
        submit(fill(tmp_path), server)
        with sqlite3.connect(ledger_of(tmp_path)) as db:
            db.execute("DELETE FROM runs")
        with pytest.raises(StoreError, match="is gone"):
            secondcoder.collect_batch(ledger_of(tmp_path))


def test_who_waits_too_long_for_another_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, and nothing was done."""
    monkeypatch.setattr(batch_ledger, "_LOCK_PATIENCE_S", 0.01)
    path = tmp_path / "l.sqlite"
    refused = pytest.raises(StoreError, match="another command submits or collects")
    with BatchLedger(path) as one, BatchLedger(path) as other, one.exclusively(), refused:
        other.exclusively().__enter__()
    with BatchLedger(path) as other, other.exclusively():
        pass


def test_what_was_proposed_and_never_agreed_to_is_dropped(tmp_path: Path) -> None:
    """A process that was killed while it planned leaves nothing that counts."""
    with BatchServer() as server:
        submit(fill(tmp_path), server)
        with sqlite3.connect(ledger_of(tmp_path)) as db:
            db.execute("UPDATE batch_orders SET state = 'proposed'")
        assert secondcoder.status_batch(ledger_of(tmp_path)).runs == ()
        report = submit(tmp_path, server)
        assert (len(report.runs), report.n_open) == (1, 12)
        collect(tmp_path)
    with Ledger(ledger_of(tmp_path)) as ledger:
        assert len(ledger.runs()) == 1


def test_a_batch_holds_50_000_requests_or_200_mb_where_nothing_is_said() -> None:
    """What OpenAI allows, to the last request and byte; more can't be asked for."""
    limits = BatchLimits()
    many = [batch_ledger._Size(str(n), 10, None) for n in range(50_001)]  # noqa: SLF001
    assert [len(part) for part in batch_ledger._parts(many, limits)] == [50_000, 1]  # noqa: SLF001
    long = [batch_ledger._Size(str(n), 50_000_000, None) for n in range(5)]  # noqa: SLF001
    assert [len(part) for part in batch_ledger._parts(long, limits)] == [4, 1]  # noqa: SLF001
    for more in ({"max_requests": 50_001}, {"max_bytes": 200_000_001}):
        with pytest.raises(ValidationError):
            BatchLimits.model_validate(more)
