"""How the themes of a codebook were proposed: by what, from which posts, and how they read then."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Coder, PromptUsed, Usage

Grain = Literal["few", "medium", "many"]
"""How finely ideas are told apart."""
Start = Literal["nothing", "codebook", "coded"]
"""What a proposal began with: no themes, a codebook to extend, or what people had coded."""


class QuestionRead(Record):
    """What was read of one question, and where in it the last new theme was met."""

    question_id: Identifier | None = Field(default=None, description="None: of no question.")
    n_posts: int = Field(ge=0, description="Posts that hold an answer.")
    n_read: int = Field(ge=0, description="Of those, posts that were read.")
    n_themes: int = Field(
        default=0,
        ge=0,
        description="Proposed themes that were met; older codebooks count known ones.",
    )
    last_new: int = Field(
        default=0,
        ge=0,
        description="Which post, in the order of the seed, held the last new theme.",
    )


class Proposed(Record):
    """Who proposed themes, how, and from what: enough to do it again with the same chat."""

    secondcoder_version: str
    coder: Coder
    endpoint: str | None = Field(default=None, description="The one address words were sent to.")
    prompts: tuple[PromptUsed, ...] = ()
    parameters: Mapping[str, str | int | float | bool | None] = Field(default_factory=dict)
    chat: str = Field(default="", description="Title of the chat that was read.")
    start: Start
    start_sha256: str | None = Field(default=None, description="Of the codebook that it extends.")
    n_coded: int = Field(default=0, ge=0, description="Posts read as people had coded them.")
    coded_by: Coder | None = Field(
        default=None, description="Who coded those, as their codings say: it may be no person."
    )
    grain: Grain | int
    seed: int = Field(
        description="Of the sample, and of the order in which saturation counts posts."
    )
    n_posts: int = Field(ge=0, description="Posts that hold an answer.")
    n_read: int = Field(ge=0, description="Fewer: drawn by chance from each question in proportion")
    n_other_language: int = Field(
        default=0,
        ge=0,
        description="Further posts, not read since they are in another language than the codebook.",
    )
    posts_sha256: str = Field(description="Of the ids of the posts read, by time.")
    questions: tuple[QuestionRead, ...] = ()
    usage: Usage = Usage()
    n_failed: int = Field(
        default=0, ge=0, description="Requests that failed: what they were about is in no theme."
    )
    marks: Mapping[Identifier, str] = Field(
        default_factory=dict,
        description="Of each proposed theme's words, which tells whether somebody changed them.",
    )

    @property
    def is_sample(self) -> bool:
        """Return whether some posts that hold an answer were not read."""
        return self.n_read < self.n_posts
