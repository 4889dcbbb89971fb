"""Quotes that people coded, to be shown to a model as examples."""

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.codings import Codings
from secondcoder.schema.identity import sha256
from secondcoder.schema.record import Record


class ExampleQuote(Record):
    """A quote with the themes that a person gave it."""

    post_id: Identifier
    text: str = Field(min_length=1)
    question_id: Identifier | None = None
    theme_ids: tuple[Identifier, ...] = Field(min_length=1)


class Examples(Record):
    """Quotes to choose from, and how many of each theme a post's prompt shows."""

    quotes: tuple[ExampleQuote, ...] = Field(min_length=1)
    per_theme: int = Field(default=2, ge=1, le=20)

    @property
    def name(self) -> str:
        """Return the start of the hash of the quotes, to name them by in the record of a run."""
        return sha256(self.quotes)[:12]


def example_quotes(codings: Codings) -> tuple[ExampleQuote, ...]:
    """Return the quotes of codings that have a theme; "other ideas" is an example of none."""
    return tuple(
        ExampleQuote(
            post_id=coding.quote.post_id,
            text=coding.quote.text,
            question_id=coding.question_id,
            theme_ids=coding.theme_ids,
        )
        for coding in codings.quotes
        if coding.theme_ids
    )
