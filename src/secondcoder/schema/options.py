"""What a user may choose: how a file of posts is read, how a model is asked."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator

from secondcoder.errors import InputError
from secondcoder.schema.examples import Examples
from secondcoder.schema.record import Record

MOST_WEIGHED_TOGETHER = 2
"""Pieces of posts that can share a request for likelihoods. Of three, a small model tells those
that stand first hardly better than by chance."""

ReplyMode = Literal["auto", "tools", "json-schema", "json"]
"""How a model is held to the reply's schema; `auto` tries the three in this order."""


class ChatFile(Record):
    """A file of posts, how to read it, and what it can't tell of the chat."""

    path: Path
    columns: Mapping[str, str] = Field(
        default_factory=dict, description="Field of a post → column of the file."
    )
    timezone: str | None = Field(
        default=None, description="Zone of dates that name none, such as `Europe/London`."
    )
    sheet: str | None = Field(default=None, description="Sheet of an Excel file.")
    title: str | None = None
    hashtag: str | None = None
    source_url: str | None = None
    starts_at: AwareDatetime | None = None
    length: timedelta | None = Field(
        default=None, gt=timedelta(0), description="None: not told; an hour is looked at."
    )
    moderators: tuple[str, ...] = ()


class ModelOptions(Record):
    """How a model is reached and asked. Words go to the one endpoint named here, no other."""

    base_url: str | None = Field(
        default=None, description="Any OpenAI-compatible server; None: the provider's own."
    )
    api_key: SecretStr | None = Field(
        default=None, description="None: the provider's variable, such as OPENAI_API_KEY."
    )
    posts_per_request: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="More is cheaper; small models then err more. None: as many as the model's "
        "answers hold at, measured on a sample of the chat; 1 where a chat is too small for that. "
        "With `likelihoods` 1 or 2.",
    )
    concurrency: int = Field(default=8, ge=1, le=1024, description="Requests in flight at once.")
    requests_per_minute: float | None = Field(
        default=None, gt=0, description="Sent evenly over time; None: as fast as answers come."
    )
    tokens_per_minute: float | None = Field(
        default=None, gt=0, description="Of prompts, counted roughly; None: no limit."
    )
    budget_usd: float | None = Field(
        default=None, gt=0, description="A run stops before it is passed; None: no limit."
    )
    mode: ReplyMode = "auto"
    prompt_version: int = Field(
        default=3,
        ge=1,
        description="Replies of a line per post (3; 5 says the same in other words; 4 is for small "
        "models), or in nested lists (1; 2 in other words).",
    )
    likelihoods: bool = Field(
        default=False,
        description="Themes are chosen by how likely the model finds each, not by what it writes; "
        "for small models, at servers that say so (`logprobs`).",
    )
    pseudonyms: bool = Field(
        default=True,
        description="Handles, mails, phone numbers and links are hidden in what is sent.",
    )
    named: tuple[str, ...] = Field(
        default=(),
        description="Handles of the chat that the codebook's texts or the examples hold without a "
        "sign, in small letters; filled in where a chat is coded.",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="None: the model's own; some refuse any other."
    )
    sample: int = Field(
        default=1, ge=1, description="2, 3, … ask the same once more, for another answer."
    )
    examples: Examples | None = Field(
        default=None, description="People's quotes; those nearest to a post are shown with it."
    )
    timeout_s: float = Field(default=60, gt=0, description="Of one request.")
    max_attempts: int = Field(
        default=8,
        ge=1,
        description="Requests that may carry one post: the first, and all after faults of the "
        "server or unusable replies, with others or alone. Where posts share requests, 2 at least.",
    )
    patience_s: float = Field(
        default=600, gt=0, description="A provider that is down is waited for this long."
    )

    @field_validator("base_url")
    @classmethod
    def _speaks_http(cls, value: str | None) -> str | None:
        if value is None:
            return None
        # Not a ValueError, which pydantic would bury in a report of its own.
        try:
            parts = urlsplit(value)
            _ = parts.port  # read so that a wrong one is found here
        except ValueError as error:
            raise InputError(f"--base-url {value}: not an address ({error})") from error
        if parts.scheme not in {"http", "https"}:
            raise InputError(f"--base-url {value}: start it with http:// or https://")
        if not parts.hostname or value.split() != [value]:
            raise InputError(f"--base-url {value}: write it like http://localhost:11434/v1")
        if "@" in parts.netloc or parts.query or parts.fragment:
            # It is written into ledger and codings, where no key may stand. No server is asked so
            # either: the path goes behind the query.
            bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
            raise InputError(
                f"--base-url {bare}: leave out the name, password or query that goes with it; a "
                f"key belongs in the provider's variable, such as OPENAI_API_KEY"
            )
        return value

    @model_validator(mode="after")
    def _weighs_plainly(self) -> Self:
        if not self.likelihoods:
            return self
        plain = type(self).model_fields
        if (self.posts_per_request or 1) > MOST_WEIGHED_TOGETHER:
            raise InputError(
                f"--pack {self.posts_per_request} with --likelihoods: no more than "
                f"{MOST_WEIGHED_TOGETHER} pieces of posts can share a request"
            )
        for option, value, default in (
            ("--mode", self.mode, "auto"),
            ("--prompt-version", self.prompt_version, plain["prompt_version"].default),
            ("--examples", self.examples and self.examples.name, None),
        ):
            if value != default:
                raise InputError(
                    f"{option} {value} goes with replies, and --likelihoods asks for none: pieces "
                    f"of posts are weighed one by one, with a prompt of their own; leave one out"
                )
        return self
