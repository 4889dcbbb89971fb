"""Key findings: one sentence per theme of a question, and the quotes it rests on."""

from enum import StrEnum

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.quotes import Quote
from secondcoder.schema.record import Record

AMOUNTS = (
    "How many, in words: out of fewer than ten, the number is named; so are one and two out of "
    "more. Otherwise all is everybody, nearly all is more than 90 %, most more than 50 %, many "
    "more than 25 %, several more than 10 %, a few the rest."
)
"""The rule of `induction.amounts` as reports state it: docs/decisions/0023-key-findings.md."""
REPEATS = "it repeats words of a quote, and quotes are not shown as they were written"
"""Why a sentence is withheld where quotes are paraphrased."""


class FindingOrigin(StrEnum):
    """Where the sentence of a key finding comes from."""

    CODEBOOK = "codebook"
    """A person wrote it into the codebook."""
    MODEL = "model"
    """A model wrote it from the theme's quotes, and cites them."""
    COUNTS = "counts"
    """Put together from counts; it says nothing that was not counted."""


class Withheld(Record):
    """Why a sentence is not printed, and that sentence: for an audit, and no finding."""

    origin: FindingOrigin = Field(description="Whose sentence it is.")
    sentence: str | None = Field(
        default=None, description="As it stands in the codebook; of a model's, none is kept."
    )
    why: str


class KeyFinding(Record):
    """What was said of one theme under one question, in a sentence."""

    question_id: Identifier | None
    theme_id: Identifier
    text: str = Field(min_length=1, description="A sentence; no participant's words in it.")
    origin: FindingOrigin
    cites: tuple[Quote, ...] = Field(
        default=(), description="The quotes it rests on; of counts, the most typical one."
    )
    withheld: Withheld | None = Field(
        default=None, description="The sentence that would stand here, and does not."
    )
