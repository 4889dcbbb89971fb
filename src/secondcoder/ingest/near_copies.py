"""Near-copies: quotations that say the same in nearly the same letters, as groups."""

import re
import unicodedata
from collections.abc import Sequence

SHARED = 0.6
"""Share of the shorter one's character 5-grams from which two are near-copies. Our choice: an
abridged quotation shares nearly all of them with its whole, two different ones under a third."""
N_LETTERS = 5


def near_copy_groups(texts: Sequence[str]) -> list[int]:
    """Return the group of each text; near-copies, and near-copies of those, share one.

    >>> near_copy_groups(["We planted roses.", "Cake", "“we planted roses”"])
    [0, 1, 0]
    """
    grams = [_grams(letters_of(text)) for text in texts]
    groups = list(range(len(texts)))
    for one, of_one in enumerate(grams):
        for other in range(one):
            shorter = min(len(of_one), len(grams[other]))
            if len(of_one & grams[other]) > SHARED * shorter:
                old, new = groups[one], groups[other]
                groups = [new if group == old else group for group in groups]
    return groups


def letters_of(text: str) -> str:
    """Return a text's letters and digits in lower case, one space between words.

    >>> letters_of("“Tea, please!”")
    'tea please'
    """
    return re.sub(r"\W+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _grams(letters: str) -> set[str]:
    return {letters[at : at + N_LETTERS] for at in range(max(1, len(letters) - N_LETTERS + 1))}
