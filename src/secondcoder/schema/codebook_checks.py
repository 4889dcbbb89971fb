"""What `codebook check` and `codebook diff` find."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.edits import CodebookEdit
from secondcoder.schema.quotes import Quote
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record


class IssueKind(StrEnum):
    """What may be wrong with themes."""

    SAME_NAME = "same-name"
    """Themes have one name, whatever their questions."""
    ALIKE = "alike"
    """Two themes that a post can carry say nearly the same."""
    TOGETHER = "together"
    """Two themes are given together more often than apart."""
    UNUSED = "unused"
    """No quote carries the theme."""
    ONE_PERSON = "one-person"
    """All its quotes are by one author."""
    FAR = "far"
    """A quote is more like the quotes of another theme than like those of its own."""
    STRAY = "stray"
    """A quote shares no word with its theme."""
    BARE = "bare"
    """It has a name and nothing else to recognise it by."""


class CodebookIssue(Record):
    """One thing to look at."""

    kind: IssueKind
    theme_ids: tuple[Identifier, ...] = Field(
        description="The theme first, then the other one; of kinds that need no other, all themes."
    )
    detail: str = Field(description="What was found, with its numbers, and what to do.")
    quotes: tuple[Quote, ...] = ()


class CodebookCheck(Record):
    """What a look at a codebook found, and at codings under it where they were given."""

    kind: Literal["codebook-check"] = "codebook-check"
    title: str
    version: str
    n_themes: int = Field(ge=0)
    n_quotes: int | None = Field(default=None, ge=0, description="None: no codings were given.")
    issues: tuple[CodebookIssue, ...]
    looked_for: tuple[str, ...] = Field(
        description="What each kind of issue is, with the thresholds from which it is told."
    )
    notes: tuple[Note, ...] = Field(default=(), description="What reading a sheet had to say.")


class FieldChange(Record):
    """One field of a theme or question that reads otherwise now."""

    owner: Literal["theme", "question"]
    id: Identifier = Field(description="Its id now.")
    field: str
    before: str
    after: str
    follows: bool = Field(
        default=False,
        description="Whether only names of other themes in it follow their rename or merge: nobody "
        "edited it, and nothing is asked again for it.",
    )


class CodebookDifference(Record):
    """What differs between two codebooks, and which questions must be asked again."""

    kind: Literal["codebook-difference"] = "codebook-difference"
    title: str
    version_before: str
    version_after: str
    themes_added: tuple[Identifier, ...] = Field(description="Without those that were renamed.")
    themes_removed: tuple[Identifier, ...] = Field(description="Likewise.")
    changes: tuple[FieldChange, ...]
    edits: tuple[CodebookEdit, ...] = Field(description="Recorded between the two.")
    asked_again: tuple[Identifier | None, ...] = Field(
        description="Questions about which a model is asked anew; None: posts that answer none."
    )
