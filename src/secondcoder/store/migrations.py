"""The ledger's tables, version by version: a ledger of an older one is brought up to the newest."""

APPLICATION_ID = 0x32636F64
"""Marks the file as a ledger (`2cod`), so that no other database is written to by mistake."""

_ANSWERS = """
CREATE TABLE replies (sha256 TEXT PRIMARY KEY, raw TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE answers (
  key TEXT PRIMARY KEY,
  reply TEXT NOT NULL REFERENCES replies (sha256),
  answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (id TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
"""
_DRAFTS = """
CREATE TABLE drafts (
  key TEXT PRIMARY KEY,
  reply TEXT NOT NULL REFERENCES replies (sha256),
  draft TEXT NOT NULL
) WITHOUT ROWID;
"""
_BATCHES = """
CREATE TABLE batch_orders (
  run TEXT PRIMARY KEY, state TEXT NOT NULL, batch_order TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE batches (id TEXT PRIMARY KEY, run TEXT NOT NULL, batch TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE batch_requests (
  id TEXT PRIMARY KEY, run TEXT NOT NULL, batch TEXT, n_bytes INTEGER, cost_usd REAL, request TEXT
) WITHOUT ROWID;
CREATE INDEX batch_requests_by_batch ON batch_requests (run, batch);
CREATE TABLE batch_posts (
  key TEXT PRIMARY KEY, run TEXT NOT NULL, request TEXT, failure TEXT
) WITHOUT ROWID;
CREATE INDEX batch_posts_by_run ON batch_posts (run)
"""
# A request whose text is NULL is settled. A post with a request is on its way, one with a failure
# could not be coded, one with neither has its answer among the answers.

_ROWIDS = """
PRAGMA secure_delete = FAST;
CREATE TABLE answers_by_rowid (
  key TEXT NOT NULL UNIQUE,
  reply TEXT NOT NULL REFERENCES replies (sha256),
  answer TEXT NOT NULL
);
INSERT INTO answers_by_rowid SELECT key, reply, answer FROM answers;
DROP TABLE answers;
ALTER TABLE answers_by_rowid RENAME TO answers
"""
# WITHOUT ROWID, a row longer than a quarter of a page takes a page of its own for the rest
# (sqlite.org/fileformat2.html, 1.6); most answers are that long.
# FAST: many builds of SQLite overwrite what is dropped, which would double what is written.

MIGRATIONS = (_ANSWERS, _DRAFTS, _BATCHES, _ROWIDS)
"""What each version adds to the one before. A released one is never edited."""

VERSION = len(MIGRATIONS)
"""Version of the tables, kept in `PRAGMA user_version`."""

READABLE = 3
"""From this version on tables and columns are those of the newest: nothing need be made to read."""


def statements_since(version: int) -> list[str]:
    """Return the statements that make a ledger of a version one of the newest.

    >>> statements_since(VERSION)
    []
    """
    return [
        statement
        for migration in MIGRATIONS[version:]
        for statement in migration.strip().strip(";").split(";\n")
    ]
