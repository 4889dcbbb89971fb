"""Key findings: one sentence per theme of a question, and the quotes it rests on."""

from enum import StrEnum

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.quotes import Quote
from secondcoder.schema.record import Record


class FindingOrigin(StrEnum):
    """Where the sentence of a key finding comes from."""

    CODEBOOK = "codebook"
    """A person wrote it into the codebook."""
    MODEL = "model"
    """A model wrote it from the theme's quotes, and cites them."""
    COUNTS = "counts"
    """Put together from counts; it says nothing that was not counted."""


class KeyFinding(Record):
    """What was said of one theme under one question, in a sentence."""

    question_id: Identifier | None
    theme_id: Identifier
    text: str = Field(min_length=1, description="A sentence; no participant's words in it.")
    origin: FindingOrigin
    cites: tuple[Quote, ...] = Field(
        default=(), description="The quotes it rests on; of counts, the most typical one."
    )
    note: str | None = Field(default=None, description="What a reader should know before use.")
