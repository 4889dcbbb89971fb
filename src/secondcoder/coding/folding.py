"""Folding: characters in other shapes, each as the plain one it stands for."""

import unicodedata


class _Plain(dict[int, str]):
    """Code point → plain character; filled in as characters are met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        kind = unicodedata.category(character)
        plain = unicodedata.normalize("NFKC", character)
        if kind == "Pd" or character == "\u2212":
            plain = "-"
        elif kind == "Nd":
            plain = str(unicodedata.digit(character))
        self[point] = plain if len(plain) == 1 else character
        return self[point]


_PLAIN = _Plain()


def folded(text: str) -> str:
    """Return the text with full-width and other forms of characters as the plain ones.

    Dashes of every length become hyphens, digits of every script those of ASCII. What would become
    several characters stays, so every character keeps its place.

    >>> folded("\uff20ann \uff10\uff17\uff19\uff14\uff16\u2013\u0661\u0662\u0663")
    '@ann 07946-123'
    """
    return text if text.isascii() else text.translate(_PLAIN)
