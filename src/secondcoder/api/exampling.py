"""Examples: quotes that people coded, read to be shown to a model."""

from pathlib import Path

from secondcoder.api.reading import read_codings
from secondcoder.api.sheets import read_codings_sheet
from secondcoder.api.sources import is_codings
from secondcoder.errors import InputError
from secondcoder.ingest.sheets import is_sheet
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.examples import Examples, example_quotes
from secondcoder.schema.options import ChatFile

PathLike = str | Path

PER_THEME = 2


def read_examples(
    *people: Codings | PathLike,
    per_theme: int = PER_THEME,
    chat: Chat | ChatFile | PathLike | None = None,
    codebook: Codebook | PathLike | None = None,
) -> Examples:
    """Return quotes that people coded, for `ModelOptions(examples=...)`.

    With each post a model is shown, of every theme that it may be given, the quotes nearest to the
    post; never one of the post itself or of what says nearly the same.

    Args:
        *people: Codings, or files of them; sheets, too.
        per_theme: Quotes of each theme that are shown with a post, 1 to 20.
        chat: The chat that a sheet is about.
        codebook: The codebook whose themes a sheet names.

    Raises:
        InputError: If no quote has a theme, or `per_theme` is out of its range.
    """
    quotes = tuple(
        quote
        for each in people
        for one in _read(each, chat, codebook)
        for quote in example_quotes(one)
    )
    if not quotes:
        raise InputError("--examples: no quote has a theme; give codings by people")
    if not 1 <= per_theme <= 20:  # noqa: PLR2004  # as `Examples` has it
        raise InputError(f"--examples-per-theme {per_theme}: give 1 to 20")
    return Examples(quotes=quotes, per_theme=per_theme)


def _read(
    one: Codings | PathLike,
    chat: Chat | ChatFile | PathLike | None,
    codebook: Codebook | PathLike | None,
) -> tuple[Codings, ...]:
    if isinstance(one, Codings):
        return (one,)
    if is_sheet(Path(one)) and not is_codings(Path(one)):
        return read_codings_sheet(one, chat=chat, codebook=codebook).codings
    return (read_codings(one),)
