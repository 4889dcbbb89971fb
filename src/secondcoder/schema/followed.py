"""Codings that followed the edits of their codebook."""

from pathlib import Path

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.codings import Codings
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record


class FollowedCodings(Record):
    """Codings under a later version of their codebook, and what is left to decide."""

    codings: Codings
    n_moved: int = Field(ge=0, description="Quotes whose theme has another id now.")
    n_retired: int = Field(ge=0, description="Quotes that lost a retired theme.")
    to_code_again: tuple[Identifier, ...] = Field(
        description="Posts with a quote whose theme was split."
    )
    notes: tuple[Note, ...] = Field(default=(), description="What reading a sheet had to say.")
    output: Path | None = None
