"""A sample of posts to be coded twice, with the chance each post had to be drawn."""

from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record

Stratify = Literal["question", "theme"]
"""What posts are grouped by before they are drawn."""
SheetForm = Literal["csv", "xlsx"]


class Stratum(Record):
    """Posts drawn with one chance."""

    name: str
    n_posts: int = Field(ge=1, description="Posts that could be drawn.")
    n_drawn: int = Field(ge=0)

    @property
    def probability(self) -> float:
        """Return the chance of each of its posts to be drawn."""
        return self.n_drawn / self.n_posts


class SampledPost(Record):
    """A post that was drawn."""

    post_id: Identifier
    stratum: str
    probability: float = Field(gt=0, le=1, description="Chance it had to be drawn.")
    text_sha256: str


class Sample(Record):
    """Posts drawn from a chat, and everything needed to draw them again and to weigh them."""

    kind: Literal["sample"] = "sample"
    title: str
    secondcoder_version: str
    seed: int
    stratify: Stratify | None = None
    n_asked: int = Field(ge=1, description="Posts asked for; a small chat may hold fewer.")
    n_posts: int = Field(ge=0, description="All posts of the chat.")
    n_codable: int = Field(ge=0, description="Posts that are no repost, repeat or question.")
    chat_sha256: str = Field(description="Of the ids and texts of all posts, in order.")
    codebook_sha256: str | None = None
    strata: tuple[Stratum, ...]
    posts: tuple[SampledPost, ...] = Field(description="In the chat's order.")
    coders: tuple[str, ...]
    files: tuple[str, ...] = Field(default=(), description="The sheets, beside this file.")
