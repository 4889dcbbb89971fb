"""Lists of names: who opted out and which words to mask, given as such or in a file."""

from collections.abc import Iterable
from pathlib import Path

from secondcoder.errors import InputError
from secondcoder.reporting.privacy import QuoteMode


def lines_of(words: Iterable[str] | Path) -> tuple[str, ...]:
    """Return words given as such, or one a line in a file; `#` starts a comment.

    Raises:
        InputError: If the file can't be read.
    """
    if not isinstance(words, Path):
        return tuple(words)
    try:
        lines = words.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{words} can't be read ({error}); give one name a line") from error
    return tuple(name for line in lines if (name := line.partition("#")[0].strip()))


def to_mask(mask_also: Iterable[str] | Path, quotes: QuoteMode) -> tuple[str, ...]:
    """Return the words to hide besides likely names.

    Raises:
        InputError: If there are some, and quotes are verbatim.
    """
    hidden = lines_of(mask_also)
    if hidden and quotes == "verbatim":
        raise InputError(
            "--mask-also: quotes are verbatim, and nothing is masked in them; add --quotes masked"
        )
    return hidden
