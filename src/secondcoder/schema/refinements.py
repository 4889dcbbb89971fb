"""Refinements: sharper definitions and examples that people accept line by line, and their gain."""

from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.quotes import Quote
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record
from secondcoder.schema.refined import Verdict
from secondcoder.schema.runs import Usage
from secondcoder.schema.statistics import Interval, Result, Statistic

RefinedField = Literal["definition", "include", "exclude", "examples"]


class Suggestion(Record):
    """One line of the diff: a definition in place of another, or a rule or example more."""

    theme_id: Identifier
    theme_name: str = ""
    field: RefinedField
    before: str | None = Field(default=None, description="What it takes the place of; None: added.")
    after: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    quotes: tuple[Quote, ...] = Field(
        default=(), description="What it rests on; none of a held-back post."
    )


class BeforeAfter(Record):
    """Agreement with people on the held-back posts, before and after."""

    name: str
    before: Result
    after: Result
    difference: Result = Field(description="After minus before, paired.")


class Refinement(Record):
    """What was suggested, what was accepted, and what that does to posts nobody learnt from."""

    kind: Literal["refinement"] = "refinement"
    coder: str = Field(description="Who coded the held-back posts before and after.")
    coder_before: Identifier = Field(description="Whose codings the suggestions were learnt from.")
    people: Identifier
    seed: int
    n_learnt: int = Field(ge=0, description="Posts that suggestions were learnt from.")
    n_disagreed: int = Field(ge=0, description="Of those, with other themes than people gave.")
    n_held_back: int = Field(ge=0, description="Posts that were scored, by other authors.")
    n_failed: int = Field(default=0, ge=0, description="Held-back posts left out: a coder failed.")
    n_changed: int = Field(default=0, ge=0, description="Held-back posts coded otherwise after.")
    suggestions: tuple[Suggestion, ...]
    accepted: tuple[int, ...] = Field(description="Numbers of suggestions, counted from 1.")
    scored: Literal["accepted", "all"] = Field(
        description="The suggestions behind the scores: all, where none was accepted."
    )
    scores: tuple[BeforeAfter, ...] = Field(description="Empty where nothing was suggested.")
    codebook: Codebook = Field(description="With what was accepted.")
    usage: Usage = Usage()
    notes: tuple[Note, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return whether the change helps, by the interval of the first score's difference."""
        if not self.scores:
            return "nothing to score"
        if not self.n_changed:
            return "no change"
        found = self.scores[0].difference
        if isinstance(found, Statistic) and isinstance(found.interval, Interval):
            if found.interval.low > 0:
                return "helps"
            if found.interval.high < 0:
                return "harms"
        return "no telling"
