"""How accepted lines of a codebook came about, and what they did to posts nobody learnt from."""

from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record
from secondcoder.schema.runs import PromptUsed

Verdict = Literal["helps", "harms", "no telling", "no change", "nothing to score"]


class ScoreChange(Record):
    """One score on the held-back posts, before and after; None: undefined."""

    name: str
    before: float | None = None
    after: float | None = None
    low: float | None = Field(default=None, description="Of the difference's interval.")
    high: float | None = None


class Refined(Record):
    """Who suggested the lines, from what, how many were accepted, and the scores."""

    secondcoder_version: str
    coder: str = Field(description="Who worded them and coded the held-back posts.")
    endpoint: str | None = Field(default=None, description="The one address words were sent to.")
    prompts: tuple[PromptUsed, ...] = ()
    people: Identifier = Field(description="Whose codings they were learnt from.")
    coder_before: Identifier = Field(description="Whose codings differed from people's.")
    seed: int = Field(description="Of the split.")
    n_learnt: int = Field(ge=0, description="Posts that they were learnt from.")
    n_held_back: int = Field(ge=0, description="Posts that were scored.")
    n_suggested: int = Field(ge=0)
    accepted: tuple[int, ...] = Field(description="Numbers of the lines, counted from 1.")
    scores: tuple[ScoreChange, ...] = ()
    verdict: Verdict
