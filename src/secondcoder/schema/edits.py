"""Edits of a codebook: what was done to its themes, and why."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record


class EditKind(StrEnum):
    """What an edit does to themes."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    RETIRE = "retire"
    REFINE = "refine"
    """Another definition, or rules and examples more; the theme stays the same."""


_SIZES = {
    EditKind.RENAME: (1, 1, 1, 1),
    EditKind.MERGE: (2, None, 1, 1),
    EditKind.SPLIT: (1, 1, 2, None),
    EditKind.RETIRE: (1, 1, 0, 0),
    EditKind.REFINE: (1, 1, 1, 1),
}
"""Fewest and most themes before, fewest and most after."""


class CodebookEdit(Record):
    """One step from a version of a codebook to the next, with its reason."""

    kind: EditKind
    before: tuple[Identifier, ...] = Field(description="Ids of the themes it was done to.")
    after: tuple[Identifier, ...] = Field(default=(), description="Ids of what they became.")
    reason: str = Field(min_length=1)
    version: str = Field(min_length=1, description="Of the codebook that it made.")
    made_at: AwareDatetime | None = None

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
        return self
