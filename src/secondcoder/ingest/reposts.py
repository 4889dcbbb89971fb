"""Reposts: another's words passed on with `RT @name:` in front."""

import re
from typing import NamedTuple

_REPOST = re.compile(r"\s*RT\s+@(?P<author>\w[\w.@-]*):?\s*", re.IGNORECASE)
_CUT = re.compile(r"\s*…\s*$")


class Passed(NamedTuple):
    """What a repost passes on: whose words, which words, and whether the platform cut them."""

    author: str
    words: str
    """Without the dots at which the platform cut them."""
    whole: str
    """With them: an original may end in dots of its own."""
    is_cut: bool


def is_repost_text(text: str) -> bool:
    """Return whether a text says that it is a repost.

    >>> is_repost_text("RT @ward7: We huddle"), is_repost_text("Why RT @ward7?")
    (True, False)
    """
    return _REPOST.match(text) is not None


def passed_on(text: str) -> Passed | None:
    """Return the innermost words that a repost passes on, None if the text is no repost.

    >>> passed_on("RT @mara: RT @ward7: We huddle at…")
    Passed(author='ward7', words='We huddle at', whole='We huddle at…', is_cut=True)
    """
    author, start = None, 0
    while found := _REPOST.match(text, start):
        author, start = found["author"].rstrip(".-").casefold(), found.end()
    if author is None:
        return None
    words = text[start:].strip()
    cut = _CUT.search(words)
    return Passed(author, words[: cut.start()] if cut else words, words, cut is not None)
