"""Near-copies: quotations that say the same in nearly the same letters, as groups."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

SHARED = 0.6
"""Share of the shorter one's character 5-grams from which two are near-copies. Our choice: an
abridged quotation shares nearly all of them with its whole, two different ones under a third."""
N_LETTERS = 5


class Copy:
    """A text as it is compared with others."""

    def __init__(self, text: str) -> None:
        """Take the text apart.

        Args:
            text: As written.
        """
        self._grams = _grams(letters_of(text))

    def is_near(self, other: "Copy") -> bool:
        """Return whether one of the two says nearly what the other does, or a part of it.

        >>> Copy("We planted roses, and then it rained.").is_near(Copy("we planted roses"))
        True
        """
        shorter = min(len(self._grams), len(other._grams))  # noqa: SLF001  # its own kind
        return len(self._grams & other._grams) > SHARED * shorter  # noqa: SLF001  # as above


class Apart:
    """Texts of which none says nearly what another does, chosen one by one."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Begin with these, whatever they say."""
        self._copies = [Copy(text) for text in texts]

    def takes(self, text: str) -> bool:
        """Return whether a text says something else than those taken so far; it is taken then.

        >>> apart = Apart(["We planted roses."])
        >>> apart.takes("“we planted roses”"), apart.takes("Cake"), apart.takes("cake!")
        (False, True, False)
        """
        copy = Copy(text)
        if any(copy.is_near(other) for other in self._copies):
            return False
        self._copies.append(copy)
        return True


def near_copy_groups(texts: Sequence[str]) -> list[int]:
    """Return the group of each text; near-copies, and near-copies of those, share one.

    >>> near_copy_groups(["We planted roses.", "Cake", "“we planted roses”"])
    [0, 1, 0]
    """
    copies = [Copy(text) for text in texts]
    groups = list(range(len(texts)))
    for one, copy in enumerate(copies):
        for other in range(one):
            if copy.is_near(copies[other]):
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
