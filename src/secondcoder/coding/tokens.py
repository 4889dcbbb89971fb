"""Tokens: how many a text has, by a vocabulary that lies on this machine.

The extra `tokens` brings OpenAI's vocabulary within its package, so nothing is downloaded. Without
it tokens are estimated from the length of a text, and the result says so.
"""

import warnings
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

VOCABULARY = "o200k_base"
"""OpenAI's vocabulary since GPT-4o, published in May 2024; other makers' models count otherwise."""

BYTES_PER_TOKEN = 4
"""Of UTF-8, in English prose and lists of themes; a test holds it to within a quarter. Scripts with
more bytes per character have more tokens too, so bytes and not characters are counted."""


class Tokenizer(NamedTuple):
    """A way to count tokens, and its name."""

    name: str
    count: Callable[[str], int]


def count_tokens(text: str) -> int:
    """Return how many tokens a text has, by the best way there is on this machine.

    >>> count_tokens("")
    0
    """
    return tokenizer().count(text)


@cache
def tokenizer() -> Tokenizer:
    """Return the bundled vocabulary's count where the extra `tokens` is installed, else a guess."""
    try:
        with warnings.catch_warnings():
            # It opens its vocabulary by a function that Python 3.11 and 3.12 warn of.
            warnings.simplefilter("ignore", DeprecationWarning)
            from bpe_openai import get_encoding  # noqa: PLC0415  # an extra of 75 MB

            encoding = get_encoding(VOCABULARY)
    except ImportError:
        return Tokenizer("estimate from length", estimated_tokens)

    def count(text: str) -> int:
        return len(encoding.encode_ordinary(text))

    return Tokenizer(f"{VOCABULARY} (May 2024), bpe-openai {version('bpe-openai')}", count)


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text has, from its length in UTF-8.

    >>> estimated_tokens("Time is what most of us lack.")
    8
    """
    size = len(text.encode("utf-8", "replace"))
    return -(-size // BYTES_PER_TOKEN)
