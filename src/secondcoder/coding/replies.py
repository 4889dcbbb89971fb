"""Replies: the closed form a model must answer in, and reading what came back."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    create_model,
    field_validator,
)

from secondcoder.coding.slips import absent, listed, numbers, whole
from secondcoder.errors import ResponseError
from secondcoder.schema.codings import LeftOutReason
from secondcoder.schema.forms import inlined

_DECODER = json.JSONDecoder()
_JSON_START = re.compile(r'(?:\[\s*)?\{\s*"(?P<key>\w*)')
_MOST_BROKEN = 100
"""So many beginnings of JSON in a text lead nowhere before the rest is given up as prose."""


_LENIENT = ConfigDict(
    extra="ignore", frozen=True, json_schema_extra={"additionalProperties": False}
)
"""The schema that is sent admits no other fields; those that come all the same are dropped."""

# The docstrings and descriptions below are sent to the model: they are prompt text. They are part
# of every answer's key, so changing a word asks everything anew.


class Reason(StrEnum):
    """Why a post holds no idea to quote."""

    GREETING = LeftOutReason.GREETING.value
    LOGISTICS = LeftOutReason.LOGISTICS.value
    QUESTION = LeftOutReason.QUESTION.value
    OFF_TOPIC = LeftOutReason.OFF_TOPIC.value
    NOT_ENGLISH = LeftOutReason.NOT_ENGLISH.value
    NO_IDEA = LeftOutReason.NO_IDEA.value
    EMPTY = LeftOutReason.EMPTY.value


class QuoteReply(BaseModel):
    """One idea of a post."""

    model_config = _LENIENT

    segments: list[int] = Field(
        min_length=1, description="Numbers of the segments that carry the idea, in order."
    )
    question: str | None = Field(
        default=None, description="Id of the question it answers; null if it answers none."
    )
    themes: list[str] = Field(
        description="Ids of all themes it fits; empty if none fits, for other ideas."
    )

    _segments = field_validator("segments", mode="before")(numbers)
    _question = field_validator("question", mode="before")(absent)
    _themes = field_validator("themes", mode="before")(listed)


class PostReply(BaseModel):
    """What one post holds: quotes, or the reason why there are none."""

    model_config = _LENIENT

    post: int = Field(description="Number of the post, as in its fence.")
    quotes: list[QuoteReply] = Field(
        default=[], description="The ideas of the post, one each; empty if it holds none."
    )
    left_out: Reason | None = Field(
        default=None, description="Why the post holds no idea to quote; null if it has quotes."
    )
    undecided: str | None = Field(
        default=None, description="Only if a person has to decide: why, in a few words; else null."
    )

    _post = field_validator("post", mode="before")(whole)
    _quotes = field_validator("quotes", mode="before")(listed)
    _unsaid = field_validator("left_out", "undecided", mode="before")(absent)


class Reply(BaseModel):
    """The coding of every post of the request, each named once."""

    one: ClassVar[type[PostReply]] = PostReply
    """What each of the posts must be."""
    usual: ClassVar[JsonValue] = None
    """An ordinary post: one quote, with the longest of the themes."""

    # The schema sent is strict about every post. What is read first is not, so that one bad post
    # does not take the good ones of its request with it.
    posts: list[JsonValue]

    @classmethod
    def of(cls, n_posts: int, n_segments: int) -> type["Reply"]:  # noqa: ARG003
        """Return the form to ask for about so many posts; this one suits any number.

        Args:
            n_posts: Of the request.
            n_segments: Of the longest of them.
        """
        return cls

    @classmethod
    def posts_of(cls, n_posts: int, n_segments: int) -> dict[str, JsonValue] | None:  # noqa: ARG003
        """Return what the schema of `of` says of `posts`; None: the same as for any number."""
        return None

    @classmethod
    def worded_as(cls) -> type["Reply"]:
        """Return a reply whose form differs in nothing but `posts`, the same for many if it can be.

        To word a form takes some milliseconds, in which no request leaves.
        """
        return cls

    @classmethod
    def number_of(cls, item: JsonValue) -> int | None:
        """Return the number a post goes by in a reply, if it is one."""
        return _number(item)

    @classmethod
    def as_the_only_one(cls, item: JsonValue) -> JsonValue:
        """Return the one post of a reply about one post: without a number it can be no other."""
        if isinstance(item, dict) and item.get("post") is None:
            return {**item, "post": 1}
        return item

    @classmethod
    def read(cls, item: JsonValue) -> PostReply:
        """Return what the reply says of a post; a form that is not admitted is a `ValueError`."""
        return cls.one.model_validate(item)


def reply_model(theme_ids: Sequence[str], question_ids: Sequence[str]) -> type[Reply]:
    """Return the reply schema that admits these theme and question ids and nothing else.

    >>> schema = reply_model(["time"], ["Q1"]).model_json_schema()
    >>> quote = schema["properties"]["posts"]["items"]["properties"]["quotes"]["items"]
    >>> quote["properties"]["themes"]["items"]["enum"]
    ['time']
    """
    theme = Annotated[str, *_closed(theme_ids, "theme")]
    question = Annotated[str, *_closed(question_ids, "question")]
    fields = QuoteReply.model_fields
    quote = create_model(
        "QuoteReply",
        __base__=QuoteReply,
        __doc__=QuoteReply.__doc__,
        question=(question | None, fields["question"]),
        themes=(list[theme], fields["themes"]),
    )
    post = create_model(
        "PostReply",
        __base__=PostReply,
        __doc__=PostReply.__doc__,
        quotes=(list[quote], PostReply.model_fields["quotes"]),
    )
    items = inlined(post.model_json_schema())
    posts = Annotated[list[JsonValue], WithJsonSchema({"type": "array", "items": items})]
    closed = create_model("Reply", __base__=Reply, __doc__=Reply.__doc__, posts=(posts, ...))
    closed.one = post
    named: JsonValue = {
        "segments": [1],
        "question": max(question_ids, key=len, default=None),
        "themes": [max(theme_ids, key=len, default="")],
    }
    closed.usual = {"post": 10, "quotes": [named], "left_out": None, "undecided": None}
    return closed


def _closed(ids: Sequence[str], what: str) -> tuple[object, ...]:
    """Return the annotations of a string that admits the ids and nothing else."""
    known = frozenset(ids)

    def require(value: str) -> str:
        if value not in known:
            raise ValueError(f"{what} {value[:60]!r} is not one of {', '.join(ids) or 'none'}")
        return value

    # Servers refuse an empty enumeration; the empty text stands for "nothing may be named".
    closed: dict[str, JsonValue] = {"enum": list(ids)} if ids else {"maxLength": 0}
    return AfterValidator(require), Field(json_schema_extra=closed)


class Reading(NamedTuple):
    """What a reply says of each post, by number; what is wrong is told per post."""

    good: dict[int, PostReply]
    bad: dict[int, str]


def read_reply(raw: str, model: type[Reply], n_posts: int) -> Reading:
    """Return what a reply says of the posts numbered 1 to `n_posts`, each in one of two places.

    Raises:
        ResponseError: If no part of it can be used, not even for a single post.
    """
    found = find_json(raw)
    if found is None:
        what = "it is empty" if not raw.strip() else "it holds no complete JSON object with 'posts'"
        raise ResponseError(what, raw=raw)
    good: dict[int, PostReply] = {}
    bad: dict[int, str] = {}
    if n_posts == 1 and len(found) == 1:
        found = [model.as_the_only_one(found[0])]
    counts = Counter(map(model.number_of, found))
    for item in found:
        number = model.number_of(item)
        if number is None or not 1 <= number <= n_posts:
            continue
        if counts[number] > 1:
            bad[number] = f"post {number} is named {counts[number]} times"
            continue
        try:
            good[number] = model.read(item)
        except ValidationError as error:
            bad[number] = f"post {number}: {first_complaint(error)}"
        except ValueError as error:
            bad[number] = f"post {number}: {error}"
    for number in range(1, n_posts + 1):
        if number not in good and number not in bad:
            bad[number] = f"post {number} is missing{_instead(counts, n_posts)}"
    return Reading(good, bad)


def find_json(text: str) -> list[JsonValue] | None:
    """Return the `posts` of the last JSON object in a text, or None if there is none.

    Code fences and prose around it don't matter. A bare list of posts, or a single post without
    the object around it, is taken for what it means.

    >>> find_json('Here: {"posts": [{"post": 1}]}. Done.')
    [{'post': 1}]
    >>> find_json('{"posts": [{"post": 1}') is None
    True
    """
    found: list[JsonValue] | None = None
    for value in json_values(text):
        match value:
            case {"posts": [*posts]}:
                found = posts
            case {"posts": {"post": _} | str() as post}:
                found = [post]
            case {"post": _} if _number(value) is not None:
                found = [value]
            case [{"post": _} as first, *_] if _number(first) is not None:
                found = value
            case _:
                continue
    return found


def holds_posts(text: str) -> bool:
    """Return whether a text holds a reply about posts, whatever it says of them."""
    return find_json(text) is not None


def json_values(text: str) -> Iterator[JsonValue]:
    """Yield each complete JSON object, or list of objects, of a text; outermost ones only.

    Inside a reply that is cut off, a part may look complete. It is not the answer, so nothing
    behind the beginning of such a reply is read.
    """
    decode: Callable[[str, int], tuple[JsonValue, int]] = _DECODER.raw_decode
    at, n_broken = 0, 0
    while (found := _JSON_START.search(text, at)) and n_broken < _MOST_BROKEN:
        at = found.start()
        try:
            value, at = decode(text, at)
        except RecursionError:
            return
        except ValueError:
            if found["key"] == "posts":
                return
            n_broken += 1
            at += 1
        else:
            yield value


def _number(item: JsonValue) -> int | None:
    """Return the number a post goes by in a reply, if it is one."""
    number = whole(item.get("post")) if isinstance(item, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _instead(counts: Counter[int | None], n_posts: int) -> str:
    """Return what a reply names in place of a post that is missing, if anything."""
    foreign = sorted(n for n in counts if n is not None and not 1 <= n <= n_posts)
    if foreign:
        return f" (the reply names {', '.join(map(str, foreign))} instead)"
    return " (a post without a number under 'post' can't be placed)" if None in counts else ""


def first_complaint(error: ValidationError) -> str:
    """Return the first of a model's complaints, in one line."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
