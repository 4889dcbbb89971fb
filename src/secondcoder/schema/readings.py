"""What reading a file gave beside the data: everything that was not taken in silently."""

from typing import Literal

from pydantic import Field

from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.record import Record

NoteKind = Literal["not-placed", "mended", "routine"]
"""Left out or not understood; read by guessing what was meant; as usual, but good to know."""
NoteUnit = Literal["line", "row", "item"]


class Note(Record):
    """Something a reader should know: a place that was not understood, mended or left out."""

    where: int | None = Field(default=None, ge=1, description="Line or row, counted from 1.")
    message: str = Field(description="What was found and what was done about it.")
    text: str | None = Field(default=None, description="The words in question.")
    kind: NoteKind = "mended"
    unit: NoteUnit = Field(default="line", description="What `where` counts.")


class ReportReading(Record):
    """A thematic report made by people, read: its codebook, their codings, and the notes."""

    codebook: Codebook
    codings: Codings
    notes: tuple[Note, ...] = ()


class SheetReading(Record):
    """A sheet of codings, read: what each coder of it decided, and the notes."""

    codings: tuple[Codings, ...] = Field(description="One per coder, in the sheet's order.")
    notes: tuple[Note, ...] = ()
