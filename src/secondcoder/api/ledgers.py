"""Ledgers: what they hold, as a summary or a file, and how to make them small."""

import json
from collections import Counter
from itertools import chain
from pathlib import Path

from secondcoder.api.writing import refuse_overwriting
from secondcoder.errors import StoreError
from secondcoder.schema.answers import Answer
from secondcoder.schema.ledgers import LedgerExport, LedgerSummary, LedgerVacuum
from secondcoder.schema.progress import Listener, noting
from secondcoder.store.files import AtomicFile
from secondcoder.store.ledger import Ledger

PathLike = str | Path
EXPORT_START = ('{"kind":"answer"', '{"kind":"draft"')
"""How each line of an export starts, so that nothing but an earlier export is overwritten."""


def show_ledger(ledger: PathLike) -> LedgerSummary:
    """Return what a ledger holds: its runs with their usage, and its counts.

    A file that is missing, damaged, of a newer version or no ledger is a `StoreError`.
    """
    with Ledger(existing_path(ledger), read_only=True) as opened:
        return LedgerSummary(
            ledger=opened.path,
            n_answers=len(opened),
            n_drafts=opened.n_drafts(),
            n_replies=opened.n_replies(),
            n_bytes=opened.n_bytes(),
            runs=opened.runs(),
        )


def export_ledger(ledger: PathLike, output: PathLike) -> LedgerExport:
    """Write all that models answered with each raw reply, whole or not at all; return how many.

    Args:
        ledger: The ledger; it is not changed.
        output: File to write: one JSON object per line, by key. It may replace an earlier export
            and nothing else; that, and a ledger that can't be read, is a `StoreError`.
    """
    output = Path(output)
    refuse_overwriting(output, unless_it_starts_with=EXPORT_START)
    counts = Counter[str]()
    with Ledger(existing_path(ledger), read_only=True) as opened, AtomicFile(output) as file:
        for kept in chain(opened.answers(), opened.drafts()):
            kind = "answer" if isinstance(kept, Answer) else "draft"
            line = {"kind": kind, **kept.model_dump(mode="json")}
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            counts[kind] += 1
    return LedgerExport(
        ledger=Path(ledger), output=output, n_answers=counts["answer"], n_drafts=counts["draft"]
    )


def vacuum_ledger(ledger: PathLike, *, progress: Listener | None = None) -> LedgerVacuum:
    """Make a ledger as small as it goes and return what that gave. No answer is removed.

    What goes: replies no answer refers to, the write-ahead log, and free pages. An answer under an
    older codebook stays: its question may be one that the edit did not touch.

    Args:
        ledger: The ledger.
        progress: Told if it is of an earlier version, and brought up to date first.
    """
    with Ledger(existing_path(ledger), told=noting(progress)) as opened:
        return opened.vacuum()


def existing_path(ledger: PathLike) -> Path:
    """Return the path of a ledger that is there; a mistyped name must not make an empty one.

    Raises:
        StoreError: If there is no such file.
    """
    path = Path(ledger)
    if not path.is_file():
        raise StoreError(
            f"there is no ledger {path}; 'secondcoder code' with a model makes one beside its "
            f"output, named secondcoder-ledger.sqlite"
        )
    return path
