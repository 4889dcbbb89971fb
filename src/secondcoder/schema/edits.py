"""Edits of a codebook: what was done to its themes, and why."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from secondcoder.schema.chat import Identifier
from secondcoder.schema.proposed import Proposed
from secondcoder.schema.record import Record
from secondcoder.schema.refined import Refined


class EditKind(StrEnum):
    """What an edit does to themes."""

    PROPOSE = "propose"
    """A program proposed themes from posts; those of the codebook that it extends stay."""
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    RETIRE = "retire"
    REFINE = "refine"
    """Another definition, or rules and examples more; the theme stays the same."""


_SIZES = {
    EditKind.PROPOSE: (0, 0, 0, None),
    EditKind.RENAME: (1, 1, 1, 1),
    EditKind.MERGE: (2, None, 1, 1),
    EditKind.SPLIT: (1, 1, 2, None),
    EditKind.RETIRE: (1, 1, 0, 0),
    EditKind.REFINE: (1, 1, 1, 1),
}
"""Fewest and most themes before, fewest and most after."""


class Reference(Record):
    """A rule that names a theme, and names it otherwise since that theme was renamed or merged."""

    theme: Identifier = Field(description="Id of the theme whose rule it is.")
    before: str
    after: str


class CodebookEdit(Record):
    """One step from a version of a codebook to the next, with its reason."""

    kind: EditKind
    before: tuple[Identifier, ...] = Field(
        default=(), description="Ids of the themes it was done to."
    )
    after: tuple[Identifier, ...] = Field(default=(), description="Ids of what they became.")
    reason: str = Field(min_length=1)
    version: str = Field(min_length=1, description="Of the codebook that it made.")
    references: tuple[Reference, ...] = Field(
        default=(), description="Rules of other themes that follow the name of this one."
    )
    made_at: AwareDatetime | None = None
    made_by: str | None = Field(default=None, min_length=1, description="The person who decided.")
    proposed: Proposed | None = Field(default=None, description="How, of a proposal.")
    refined: Refined | None = Field(
        default=None,
        description="Where its words came from and what they gained; with the first step of those "
        "that were accepted together.",
    )

    @property
    def words(self) -> str:
        """Return what was done, such as `merge tea, cake → food`."""
        if self.kind is EditKind.PROPOSE:  # too many to name
            return f"propose {len(self.after):,} {'theme' if len(self.after) == 1 else 'themes'}"
        became = f" → {', '.join(self.after)}" if self.after else ""
        return f"{self.kind} {', '.join(self.before)}{became}"

    def is_same_as(self, other: "CodebookEdit") -> bool:
        """Return whether two records are of one step.

        A proposal made again is the same step if the same themes came of it, whenever that was.
        """
        if self == other:
            return True
        if self.proposed is None or other.proposed is None:
            return False
        mine, theirs = ((one.kind, one.before, one.after, one.version) for one in (self, other))
        return mine == theirs and self.proposed.marks == other.proposed.marks

    @model_validator(mode="after")
    def _it_has_as_many_themes_as_its_kind(self) -> Self:
        fewest, most, fewest_after, most_after = _SIZES[self.kind]
        for ids, least, limit in (
            (self.before, fewest, most),
            (self.after, fewest_after, most_after),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError(f"edit '{self.kind}' names a theme twice: {', '.join(ids)}")
            if len(ids) < least or (limit is not None and len(ids) > limit):
                raise ValueError(
                    f"edit '{self.kind}' can't make {', '.join(self.after) or 'nothing'} of "
                    f"{', '.join(self.before) or 'nothing'}"
                )
        for kind, told in ((EditKind.PROPOSE, self.proposed), (EditKind.REFINE, self.refined)):
            if told is not None and self.kind is not kind:
                raise ValueError(f"edit '{self.kind}' can't hold how a '{kind}' was made")
        return self
