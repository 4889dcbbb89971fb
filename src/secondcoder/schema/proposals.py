"""Proposals: themes found in posts, with all that a person needs to judge and shape them."""

from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.quotes import Quote
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run

Grain = Literal["few", "medium", "many"]
"""How finely ideas are told apart."""


class NearTheme(Record):
    """Another theme, and how alike the two are: the mean similarity of their quotes, 0 to 1."""

    theme_id: Identifier
    similarity: float


class ThemeEvidence(Record):
    """What a theme under one question rests on."""

    question_id: Identifier | None
    theme_id: Identifier
    is_new: bool = Field(description="Proposed now; false: of the codebook to extend.")
    quotes: tuple[Quote, ...] = Field(description="All of them, the most typical first.")
    n_posts: int = Field(ge=0)
    n_authors: int = Field(ge=0, description="Distinct, as far as they are known.")
    terms: tuple[str, ...] = Field(
        default=(), description="Words that tell it from the question's other themes."
    )
    nearest: tuple[NearTheme, ...] = Field(default=(), description="The nearest first.")
    counter_examples: tuple[Quote, ...] = Field(
        default=(), description="Near to it in words, and laid under another theme or none."
    )
    codes: tuple[str, ...] = Field(default=(), description="The model's initial codes behind it.")


class SaturationPoint(Record):
    """How many themes had been met when so many posts had been read."""

    n_posts: int = Field(ge=0)
    n_themes: int = Field(ge=0)


class Saturation(Record):
    """New themes against posts read, of one question; the reading order is seeded."""

    question_id: Identifier | None
    points: tuple[SaturationPoint, ...] = Field(description="Where a theme was met, and the end.")


class Residue(Record):
    """The quotes of a question that no theme covers."""

    question_id: Identifier | None
    quotes: tuple[Quote, ...]


class ReadSample(Record):
    """Which posts were read. All that hold an answer, or a seeded part of each question's."""

    seed: int
    n_posts: int = Field(ge=0, description="Posts that hold an answer.")
    n_read: int = Field(ge=0)
    post_ids: tuple[Identifier, ...] = Field(
        default=(), description="Of the posts read, where not all were."
    )


class Proposal(Record):
    """A codebook, and for each theme of it what it rests on."""

    kind: Literal["proposal"] = "proposal"
    codebook: Codebook
    run: Run
    grain: Grain | int
    sample: ReadSample
    themes: tuple[ThemeEvidence, ...]
    residue: tuple[Residue, ...]
    saturation: tuple[Saturation, ...]
    notes: tuple[Note, ...] = ()

    def theme(self, theme_id: str) -> Theme:
        """Return the theme of that id."""
        return self.codebook.theme_by_id[theme_id]
