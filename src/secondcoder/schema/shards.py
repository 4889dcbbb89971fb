"""Shards: stretches of a chat that workers code apart, and what becomes of each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field

from secondcoder.schema.record import Record
from secondcoder.schema.runs import Usage

EngineName = Literal["processes", "ray"]
"""Who runs the workers: this machine's own processes, or a Ray cluster."""

SHARDS_NAME = "secondcoder-shards"
"""The folder of shards beside the codings, where no other is named."""


class EngineOptions(Record):
    """Where shards are coded, and by how many workers at once."""

    name: EngineName = "processes"
    workers: int = Field(
        default=2, ge=1, le=10_000, description="Shards coded at once; limits are divided by it."
    )
    shard_posts: int = Field(
        default=5_000, ge=1, le=1_000_000, description="Posts of the chat per shard."
    )
    ray_address: str | None = Field(
        default=None,
        description="Such as `auto`, `10.0.0.1:6379` or `ray://…`; None: a Ray of its own here.",
    )
    folder: Path | None = Field(
        default=None,
        description="For shards; all workers must see it. None: `secondcoder-shards` beside the "
        "output.",
    )
    max_retries: int = Field(
        default=3, ge=0, description="How often a shard whose worker died is coded again."
    )


class ShardManifest(Record):
    """What became of a shard. It is written last: where it lies, the shard is done."""

    key: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="Hash of all that determines the codings: posts, codebook, coder, parameters, "
        "prompt, endpoint, version.",
    )
    posts_sha256: str = Field(description="Of the shard's posts, row by row.")
    codings_sha256: str = Field(description="Of the file of codings, byte by byte.")
    codebook_sha256: str
    coder: str
    prompt_sha256: str | None = None
    prompt_version: str | None = None
    base_url: str | None = None
    parameters: Mapping[str, str | int | float | bool | None] = Field(default_factory=dict)
    secondcoder_version: str
    pyarrow_version: str
    n_posts: int = Field(ge=0)
    n_quotes: int = Field(ge=0)
    outcomes: Mapping[str, int] = Field(description="Posts by what became of them.")
    failures: tuple[str, ...] = Field(default=(), description="The first failures, in words.")
    usage: Usage = Usage()
    budgeted_usd: float = Field(
        default=0.0,
        ge=0,
        description="As a budget counts it: what was set aside, where a server counted no tokens.",
    )
    answers: str | None = Field(
        default=None, description="File beside this one that took the answers as they arrived."
    )
    started_at: AwareDatetime
    finished_at: AwareDatetime

    @property
    def n_failed(self) -> int:
        """Return how many posts the machinery failed on; they are asked again next time."""
        return self.outcomes.get("failed", 0)
