"""What can be said about a ledger, small enough for a screen."""

from pathlib import Path

from pydantic import Field

from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run


class LedgerSummary(Record):
    """What a ledger holds: the runs in the order of their starts, and how many answers."""

    ledger: Path
    n_answers: int = Field(ge=0, description="Posts with an answer, of all runs.")
    n_drafts: int = Field(
        default=0, ge=0, description="Other replies: drafts of words, and likelihoods of themes."
    )
    n_replies: int = Field(
        ge=0, description="Raw replies, equal ones once; posts of one request share theirs."
    )
    n_bytes: int = Field(ge=0, description="On disk, the write-ahead log included.")
    runs: tuple[Run, ...] = ()


class LedgerExport(Record):
    """What was written out of a ledger."""

    ledger: Path
    output: Path
    n_answers: int = Field(ge=0)
    n_drafts: int = Field(default=0, ge=0)


class LedgerVacuum(Record):
    """What a ledger lost in size. It never loses an answer."""

    ledger: Path
    n_answers: int = Field(ge=0)
    n_replies_removed: int = Field(ge=0, description="Replies that no answer referred to.")
    n_bytes_before: int = Field(ge=0)
    n_bytes_after: int = Field(ge=0)
