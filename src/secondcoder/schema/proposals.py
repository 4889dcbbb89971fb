"""Proposals: themes found in posts, with all that a person needs to judge and shape them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from secondcoder.schema.chat import Identifier
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.proposed import Grain
from secondcoder.schema.quotes import Quote
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run


class NearTheme(Record):
    """Another theme, and how alike the two are: the mean similarity of their quotes, 0 to 1."""

    theme_id: Identifier
    similarity: float


class InitialCode(Record):
    """An idea that a model saw in numbered segments, and the segments that it cited."""

    name: str
    segments: tuple[Quote, ...] = Field(
        default=(), description="Empty in evidence that was written before they were kept."
    )

    @model_validator(mode="before")
    @classmethod
    def _a_name_alone_is_one(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class ThemeEvidence(Record):
    """What a theme under one question rests on."""

    question_id: Identifier | None
    theme_id: Identifier
    is_new: bool = Field(description="Proposed now; false: of the codebook to extend.")
    quotes: tuple[Quote, ...] = Field(description="All of them, the most typical first.")
    examples: tuple[Quote, ...] = Field(
        default=(),
        description="The most typical of three to five people; near-copies for want of others.",
    )
    example_authors: tuple[str | None, ...] = Field(
        default=(), description="Who wrote each example, as far as it is known."
    )
    n_posts: int = Field(ge=0)
    n_authors: int = Field(ge=0, description="Distinct, as far as they are known.")
    terms: tuple[str, ...] = Field(
        default=(), description="Words that tell it from the question's other themes."
    )
    nearest: tuple[NearTheme, ...] = Field(default=(), description="The nearest first.")
    counter_examples: tuple[Quote, ...] = Field(
        default=(), description="Near to it in words, and laid under another theme or none."
    )
    codes: tuple[InitialCode, ...] = Field(
        default=(), description="The model's initial codes behind it."
    )


class SaturationPoint(Record):
    """How many proposed themes had been met when so many posts had been read."""

    n_posts: int = Field(ge=0)
    n_themes: int = Field(ge=0)


class Saturation(Record):
    """New themes against posts read, of one question; the reading order is seeded.

    A theme of the codebook to extend is never new.
    """

    question_id: Identifier | None
    points: tuple[SaturationPoint, ...] = Field(description="Where a theme was met, and the end.")

    @property
    def last_new(self) -> SaturationPoint:
        """Return where the last new theme was met; the end where none was."""
        most = self.points[-1].n_themes
        return next(point for point in self.points if point.n_themes == most)


class TooFew(Record):
    """Quotes that lie together, and are of too few people to be a theme."""

    name: str = Field(default="", description="What a model called it.")
    codes: tuple[InitialCode, ...] = Field(
        default=(), description="The model's initial codes behind it."
    )
    quotes: tuple[Quote, ...] = Field(description="The most typical first.")
    n_authors: int = Field(ge=0, description="Distinct, as far as they are known.")


class Residue(Record):
    """The quotes of a question that no theme covers."""

    question_id: Identifier | None
    quotes: tuple[Quote, ...]
    fewest_voices: int = Field(
        default=3,
        description="People who must be quoted for a theme of the question, each in words of "
        "their own.",
    )
    too_few: tuple[TooFew, ...] = Field(
        default=(), description="What lies together without that many."
    )


class ReadSample(Record):
    """Which posts were read: all that hold an answer as rules tell, or a seeded part of them."""

    seed: int
    n_posts: int = Field(ge=0, description="Posts that hold an answer.")
    n_read: int = Field(ge=0)
    left_out: Mapping[str, int] = Field(
        default_factory=dict,
        description="Posts that were left out before reading, by reason; see `LeftOutReason`.",
    )
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
