"""Drafts in the ledger: kept beside the answers, in ledgers old and new."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from secondcoder.errors import StoreError
from secondcoder.schema.drafting import Draft, DraftStore
from secondcoder.store.ledger import Ledger
from secondcoder.store.migrations import VERSION


def draft(number: int, raw: str = "{}") -> Draft:
    """Return a draft whose key is the number."""
    return Draft(
        key=f"{number:064x}",
        task="key-findings/v1",
        raw=raw,
        model="m",
        prompt_sha256="p",
        answered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_a_draft_is_found_by_its_key_and_the_first_one_stays(tmp_path: Path) -> None:
    """A second draft under the same key changes nothing."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        store: DraftStore = ledger
        store.keep_draft(draft(1, raw="first"))
        store.keep_draft(draft(1, raw="second"))
        assert store.find_draft(draft(1).key) == draft(1, raw="first")
        assert store.find_draft(draft(2).key) is None
        assert ledger.n_drafts() == 1


def test_a_draft_takes_the_place_of_one_that_is_of_no_use(tmp_path: Path) -> None:
    """What an earlier version took and this one refuses would else be paid for at every report."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.keep_draft(draft(1, raw="first"))
        ledger.keep_draft(draft(1, raw="second"), instead=True)
        assert ledger.find_draft(draft(1).key) == draft(1, raw="second")
        assert ledger.n_drafts() == 1


def test_vacuum_keeps_the_reply_of_a_draft(tmp_path: Path) -> None:
    """No answer refers to it; the draft does. The reply that lost goes."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.keep_draft(draft(1, raw="first"))
        ledger.keep_draft(draft(1, raw="second"))
        assert ledger.vacuum().n_replies_removed == 1
        assert ledger.find_draft(draft(1).key) == draft(1, raw="first")


def test_a_ledger_of_version_1_is_brought_forward(tmp_path: Path) -> None:
    """It has no table of drafts until it is opened; what it holds stays."""
    path = tmp_path / "l.sqlite"
    with Ledger(path) as ledger:
        pass
    with sqlite3.connect(path) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in tables:
            if name not in {"answers", "replies", "runs"}:  # all that version 1 had
                db.execute(f"DROP TABLE {name}")
        db.execute("INSERT INTO runs VALUES ('r', '{}')")
        db.execute("PRAGMA user_version = 1")
    with Ledger(path) as ledger:
        ledger.keep_draft(draft(1))
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert db.execute("SELECT id FROM runs").fetchall() == [("r",)]


def test_a_draft_whose_reply_is_gone_is_an_error(tmp_path: Path) -> None:
    """Never "there is none", which would pay for it again in silence."""
    path = tmp_path / "l.sqlite"
    with Ledger(path) as ledger:
        ledger.keep_draft(draft(1))
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM replies")
    with Ledger(path) as ledger, pytest.raises(StoreError, match="the reply of draft 00000"):
        ledger.find_draft(draft(1).key)
