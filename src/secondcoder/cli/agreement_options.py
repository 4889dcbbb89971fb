"""What part of the codings `agree` compares, and what counts as a rating, as options."""

from typing import TYPE_CHECKING, Annotated

import typer

import secondcoder
from secondcoder.cli.parsing import pairs
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from secondcoder.schema.agreement import Counting
    from secondcoder.schema.codings import Coding

Themes = Annotated[
    list[str] | None, typer.Option("--theme", help="Only this theme; may be repeated.")
]
Confidence = Annotated[
    float | None,
    typer.Option("--min-confidence", help="Only quotes of at least this; those without one stay."),
]
Counts = Annotated[
    list[str] | None,
    typer.Option(
        "--count",
        help="WHAT=HOW: never-seen, abstained, failed or left-out counts as missing or no-theme; "
        "other-ideas as no-theme or own-category; may be repeated.",
    ),
]
Overlap = Annotated[
    float, typer.Option(help="Least overlap of two matched quotes: intersection over union.")
]


def counting(words: "Sequence[str]") -> "Counting":
    """Return what counts as a rating, the defaults where nothing is said.

    Raises:
        InputError: If a word names what is not counted, or no way to count it.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # --help need not load pydantic

    given = {
        name.replace("-", "_"): how for name, how in pairs(words, "--count", "WHAT=HOW").items()
    }
    try:
        return secondcoder.Counting.model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0]).replace("_", "-")
        raise InputError(f"--count {name}={problem['input']}: {problem['msg']}") from error


def post_ids(path: "Path | None") -> "list[str] | None":
    """Return the ids of a text file, one a line, None without a file.

    Raises:
        InputError: If it can't be read, or holds none.
    """
    if path is None:
        return None
    try:
        found = path.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--posts {path}: can't be read as text ({error})") from error
    if not found:
        raise InputError(f"--posts {path}: there is no id in it; write one a line")
    return found


def confident(least: float | None) -> "Callable[[Coding], bool] | None":
    """Return what keeps the quotes of at least so much confidence, None where all are kept."""
    if least is None:
        return None
    return lambda coding: coding.confidence is None or coding.confidence >= least
