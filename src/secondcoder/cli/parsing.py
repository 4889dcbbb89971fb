"""What the commands share: options, and turning words of the command line into models."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

import secondcoder
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secondcoder.schema.options import ChatFile, ModelOptions
    from secondcoder.schema.proposed import Grain

_GRAINS: "tuple[Grain, ...]" = ("few", "medium", "many")
Choice = TypeVar("Choice", bound=str)

ChatPath = Annotated[
    Path, typer.Argument(help="Posts: CSV, TSV, XLSX, JSONL or Parquet; twarc, TAGS and X API too.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="FIELD=COLUMN, such as text=Tweet; may be repeated."),
]
TimeZone = Annotated[
    str | None, typer.Option(help="Zone of dates that name none, such as Europe/London.")
]
Sheet = Annotated[str | None, typer.Option(help="Sheet of an Excel file.")]
Moderators = Annotated[
    list[str] | None, typer.Option("--moderator", help="Handle of a moderator; may be repeated.")
]
StartsAt = Annotated[
    str | None, typer.Option("--start", help="Start of the chat: 2026-05-14T19:00Z.")
]
Length = Annotated[
    str | None,
    typer.Option("--length", help="How long the chat lasted, such as 90m or 1h30m; else not told."),
]
Pack = Annotated[
    str,
    typer.Option(
        "--pack",
        "--posts-per-request",
        metavar="N|auto",
        help="Posts per request: more is cheaper, small models then err more. auto: as many as "
        "the model's answers hold at, measured on a sample of the chat. With --likelihoods: 1, or "
        "2 pieces of posts.",
    ),
]
BaseUrl = Annotated[
    str | None, typer.Option(help="OpenAI-compatible server; the only place words are sent to.")
]
Concurrency = Annotated[
    int, typer.Option(help="Requests in flight at once; fewer while the server is overloaded.")
]
Mode = Annotated[
    str, typer.Option(help="How replies are structured: auto, tools, json-schema, json.")
]
PromptVersion = Annotated[
    int | None,
    typer.Option(
        help="3 (the default): a line per post; 5: in other words; 4: for small models; 1: replies "
        "in nested lists, the default once; 2: in other words."
    ),
]
Likelihoods = Annotated[
    bool,
    typer.Option(
        "--likelihoods",
        help="Choose themes by how likely the model finds each, not by what it writes: for small "
        "models, at servers that give log probabilities.",
    ),
]
Temperature = Annotated[float | None, typer.Option(help="Default: the model's own.")]
Timeout = Annotated[float, typer.Option(help="Seconds one request may take.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]
ExampleFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--examples",
        help="People's codings or sheets: a model is shown the quotes nearest to each post, never "
        "of the post itself; may be repeated.",
    ),
]
ExamplesPerTheme = Annotated[int, typer.Option(help="Quotes of each theme shown with a post.")]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="No progress; that the provider is down is said still."),
]


def chat_file(
    path: Path,
    columns: list[str] | None,
    timezone: str | None,
    sheet: str | None,
    moderators: list[str] | None,
    starts_at: str | None,
    length: str | None,
) -> "ChatFile":
    """Return the file of posts and how to read it."""
    return secondcoder.ChatFile(
        path=path,
        columns=_pairs(columns or []),
        timezone=timezone,
        sheet=sheet,
        moderators=tuple(moderators or ()),
        starts_at=_time(starts_at, timezone) if starts_at else None,
        length=_length(length) if length else None,
    )


def model_options(**given: str | float | bool | None) -> "ModelOptions":
    """Return how a model is asked; fields that are None have their defaults.

    Raises:
        InputError: If a value is out of its range; the message names it.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # --help need not load pydantic

    try:
        said = {name: value for name, value in given.items() if value is not None}
        return secondcoder.ModelOptions.model_validate(said)
    except ValidationError as error:
        problem = error.errors()[0]
        field = str(problem["loc"][0])
        name = "pack" if field == "posts_per_request" else field
        name = name.removesuffix("_s").removesuffix("_usd").replace("_", "-")
        raise InputError(f"--{name} {problem['input']}: {problem['msg']}") from error


def posts_per_request(word: str) -> int | None:
    """Return how many posts share a request, None where that is to be measured.

    Raises:
        InputError: If the word is neither a number nor `auto`.

    >>> posts_per_request("8"), posts_per_request("auto")
    (8, None)
    """
    if word == "auto":
        return None
    if not word.isdecimal():
        raise InputError(f"--pack {word}: write a number of posts, or auto")
    return int(word)


def with_examples(
    options: "ModelOptions",
    people: "Sequence[Path]",
    per_theme: int,
    chat: "ChatFile",
    codebook: Path,
) -> "ModelOptions":
    """Return the options with the examples that people's codings give, where any are named."""
    if not people:
        return options
    found = secondcoder.read_examples(*people, per_theme=per_theme, chat=chat, codebook=codebook)
    return options.model_copy(update={"examples": found})


def one_of(word: str | None, option: str, words: "tuple[Choice, ...]") -> "Choice | None":
    """Return the word if it is one of those an option takes, None where it is not given.

    Raises:
        InputError: If it is another.
    """
    for known in words:
        if word == known:
            return known
    if word is None:
        return None
    raise InputError(f"{option} {word}: write {' or '.join(words)}")


def grain_of(word: str) -> "Grain | int":
    """Return how finely to look for themes: a word, or a number of themes per question.

    Raises:
        InputError: If it is neither.
    """
    if word.isdecimal() and int(word) > 0:
        return int(word)
    for grain in _GRAINS:
        if word == grain:
            return grain
    raise InputError(f"--grain {word}: write {', '.join(_GRAINS)}, or a number of themes")


def minima(words: "Sequence[str]") -> dict[str, float]:
    """Return the least values of scores.

    Raises:
        InputError: If one is no number.
    """
    found = {}
    for name, value in pairs(words, "--min", "NAME=VALUE").items():
        try:
            found[name] = float(value)
        except ValueError as error:
            raise InputError(f"--min {name}={value}: '{value}' is not a number") from error
    return found


def pairs(words: "Sequence[str]", option: str, form: str) -> dict[str, str]:
    """Return what stands in front of each word's `=`, and behind.

    Raises:
        InputError: If a word has another form, or a name is given twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals and value):
            raise InputError(f"{option} {word}: write {form}")
        if name in found:
            raise InputError(f"{option} {word}: '{name}' is given twice")
        found[name] = value
    return found


def theme_pairs(words: "Sequence[str]") -> dict[str, str | None]:
    """Return which theme id is compared as which; None: left out.

    >>> theme_pairs(["trust=safety", "misc="])
    {'trust': 'safety', 'misc': None}
    """
    renamed = pairs([word for word in words if not word.endswith("=")], "--map", "OLD=NEW")
    return renamed | {word.removesuffix("="): None for word in words if word.endswith("=")}


def _pairs(columns: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in columns:
        field, equals, column = text.partition("=")
        if not (field and equals and column):
            raise InputError(f"--column {text}: write FIELD=COLUMN, such as --column text=Tweet")
        if field in pairs:
            raise InputError(f"--column {text}: field '{field}' is given twice")
        pairs[field] = column
    return pairs


def _length(text: str) -> timedelta:
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?", text.strip().casefold())
    hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0)
    if not hours + minutes:
        raise InputError(f"--length {text}: not a length of time; write it like 90m or 1h30m")
    return timedelta(hours=hours, minutes=minutes)


def _time(text: str, timezone: str | None) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        zone = ZoneInfo(timezone or "UTC")
    except ValueError as error:
        raise InputError(
            f"--start {text}: not a time; write it like 2026-05-14T19:00+01:00"
        ) from error
    except ZoneInfoNotFoundError as error:
        raise InputError(
            f"--timezone {timezone}: no such zone; write it like Europe/London"
        ) from error
    return time if time.tzinfo else time.replace(tzinfo=zone)
