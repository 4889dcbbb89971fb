"""What moved between two codings of one chat."""

from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record

ChangeKind = Literal["moved", "recut", "new", "gone"]
"""Other themes or another question; the same with other words; only after; only before."""


class ThemeChange(Record):
    """How the quotes of one theme changed: before = kept + lost, after = kept + gained."""

    theme_id: Identifier | None = Field(description="None: other ideas.")
    name: str
    n_kept: int = Field(ge=0, description="Quotes that have the theme before and after.")
    n_gained: int = Field(ge=0, description="Quotes that have it only after.")
    n_lost: int = Field(ge=0, description="Quotes that had it only before.")

    @property
    def n_before(self) -> int:
        """Return how many quotes had the theme."""
        return self.n_kept + self.n_lost

    @property
    def n_after(self) -> int:
        """Return how many quotes have it now."""
        return self.n_kept + self.n_gained


class Placing(Record):
    """Where one coding put a quote: its words, its question and its themes."""

    text: str
    question_id: Identifier | None = None
    theme_ids: tuple[Identifier, ...] = Field(default=(), description="None: other ideas.")


class QuoteChange(Record):
    """A quote that is not what it was."""

    kind: ChangeKind
    post_id: Identifier
    before: Placing | None = Field(description="None: the quote is new.")
    after: Placing | None = Field(description="None: the quote is gone.")


class OutcomeChange(Record):
    """A post that became something else: quoted, left out, abstained or failed."""

    post_id: Identifier
    text: str
    before: str = Field(description="Kind, and reason where it was left out.")
    after: str


class Difference(Record):
    """What moved between two codings of one chat, by theme, quote and post."""

    kind: Literal["difference"] = "difference"
    title: str
    coder_before: Identifier
    coder_after: Identifier
    is_same_codebook: bool
    overlap: float = Field(gt=0, le=1, description="Least overlap of two forms of one quote.")
    n_posts: int = Field(ge=0, description="Posts in both codings.")
    only_before: tuple[Identifier, ...] = Field(description="Posts that only the first has.")
    only_after: tuple[Identifier, ...] = Field(description="Posts that only the second has.")
    n_quotes_before: int = Field(ge=0, description="In posts of both.")
    n_quotes_after: int = Field(ge=0, description="In posts of both.")
    n_same: int = Field(ge=0, description="Quotes that are what they were, to the letter.")
    themes: tuple[ThemeChange, ...] = Field(description="In the order of the second's codebook.")
    quotes: tuple[QuoteChange, ...] = Field(description="In the order of posts, then of words.")
    posts: tuple[OutcomeChange, ...]
    names: dict[str, str] = Field(description="Of all themes, by id.")
    notes: tuple[str, ...] = Field(default=(), description="What reading sheets had to say.")

    def changed(self, kind: ChangeKind) -> tuple[QuoteChange, ...]:
        """Return the quotes that changed in this way."""
        return tuple(quote for quote in self.quotes if quote.kind == kind)
